package page

import (
	"fmt"
	"time"
)

// Bar is one row of a bar chart: the table and the picture are one.
type Bar struct {
	Label string
	Value int
	Link  string // the rows behind the number; empty: none
	State string // the state whose colour and shape the bar has; empty: none
	Icon  string // of a category; empty: none
	Tint  string // of a category, #RRGGBB
}

// Bars is a bar chart.
type Bars struct {
	Title, Of, Unit string // heading of the chart, of its rows, and of its numbers
	Rows            []Bar
}

// rowsAtOnce is how many rows are shown before the rest is folded away: never for the sake of a few.
const rowsAtOnce = 15

func (b Bars) head() []Bar {
	if len(b.Rows) <= rowsAtOnce+5 {
		return b.Rows
	}
	return b.Rows[:rowsAtOnce]
}

func (b Bars) rest() []Bar { return b.Rows[len(b.head()):] }

// share gives a value's part of the greatest one, in hundredths with a sliver for whatever is not nothing.
func (b Bars) share(value int) string {
	most := 1
	for _, row := range b.Rows {
		most = max(most, row.Value)
	}
	if value == 0 {
		return "0"
	}
	return fmt.Sprintf("%.2f", max(0.6, 100*float64(value)/float64(most)))
}

// Column is one time of a column chart.
type Column struct {
	From  time.Time
	Label string // as the table says it
	Value int
}

// Columns is a chart of equal spans of time, without gaps, oldest first.
type Columns struct {
	ID, Title, Of, Unit string // id for labels, heading of the chart, of its spans, and of its numbers
	Columns             []Column
}

// Measures of the drawing, in pixels: it is as wide as there is room for, so that only heights are in pixels and text is never scaled.
const (
	plotTop    = 22
	plotHeight = 150
	plotBottom = plotTop + plotHeight
)

// top gives a round number for the highest line, whose half is whole.
func (c Columns) top() int {
	most := 1
	for _, one := range c.Columns {
		most = max(most, one.Value)
	}
	for power := 1; ; power *= 10 {
		for _, digit := range []int{2, 3, 4, 5, 6, 8, 10} {
			if top := digit * power; top >= most && top%2 == 0 {
				return top
			}
		}
	}
}

// bar is a column as it is drawn.
type bar struct{ x, width, y, height, label string }

// drawn places the columns.
func (c Columns) drawn() []bar {
	top, n := float64(c.top()), float64(len(c.Columns))
	bars := make([]bar, len(c.Columns))
	for i, one := range c.Columns {
		height := plotHeight * float64(one.Value) / top
		bars[i] = bar{
			x: fmt.Sprintf("%.3f%%", 100*(float64(i)+0.08)/n), width: fmt.Sprintf("%.3f%%", 84/n),
			y: fmt.Sprintf("%.1f", plotBottom-height), height: fmt.Sprintf("%.1f", height), label: one.Label,
		}
	}
	return bars
}

// tick is a word under the columns.
type tick struct{ x, text, anchor string }

// ticks names years where there are several, months otherwise; six at most.
func (c Columns) ticks(f Frame) []tick {
	name := func(t time.Time) (key int, text string) { return t.Year(), fmt.Sprint(t.Year()) }
	if n := len(c.Columns); n > 0 && c.Columns[n-1].From.Sub(c.Columns[0].From) < 550*24*time.Hour {
		name = func(t time.Time) (int, string) { return int(t.Month()), f.Language.Month(t) }
	}
	var all []tick
	last := -1
	for i, one := range c.Columns {
		key, text := name(one.From)
		if key != last && (i > 0 || one.From.Day() <= 7 || len(c.Columns) < 6) {
			all = append(all, tick{x: fmt.Sprintf("%.3f%%", 100*float64(i)/float64(len(c.Columns))), text: text, anchor: "start"})
		}
		last = key
	}
	const most = 6
	every := (len(all) + most - 1) / most
	var some []tick
	for i, one := range all {
		if i%max(every, 1) == 0 {
			some = append(some, one)
		}
	}
	return some
}
