package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
)

// result is one measurement beside what it is compared with: what others do, or a target. Ratio is always the better the greater: ours ÷ baseline where
// more is better (rows/s), baseline ÷ ours where less is (ms, MiB). A baseline of 0 is none.
type result struct {
	Name     string  `json:"name"`
	N        int     `json:"n"`
	Ours     float64 `json:"ours"`
	Baseline float64 `json:"baseline"`
	Ratio    float64 `json:"ratio"`
	Unit     string  `json:"unit"`

	reach     float64 // what the ratio is to be at least; 0: nothing was promised
	elsewhere bool    // it stands in a table of its own
}

// more makes the result of something of which more is better.
func more(name string, n int, ours, baseline float64, unit string, reach float64) result {
	return result{Name: name, N: n, Ours: ours, Baseline: baseline, Ratio: quotient(ours, baseline), Unit: unit, reach: reach}
}

// less makes the result of something of which less is better.
func less(name string, n int, ours, baseline float64, unit string, reach float64) result {
	return result{Name: name, N: n, Ours: ours, Baseline: baseline, Ratio: quotient(baseline, ours), Unit: unit, reach: reach}
}

// within makes the result of something that is to stay within a target.
func within(name string, n int, ours, target float64, unit string) result {
	return less(name, n, ours, target, unit, 1)
}

// only makes the result of something that is compared with nothing.
func only(name string, n int, ours float64, unit string) result {
	return result{Name: name, N: n, Ours: ours, Unit: unit}
}

// quotient gives a ÷ b; 0 where that is no number, so that the file stays JSON.
func quotient(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// mark says whether what was promised is reached.
func (r *result) mark() string {
	switch {
	case r.reach == 0:
		return ""
	case r.Ratio >= r.reach:
		return "yes"
	}
	return "NO"
}

// printTable prints the results of a part.
func printTable(to io.Writer, title string, results []result) {
	results = slices.DeleteFunc(slices.Clone(results), func(r result) bool { return r.elsewhere })
	if len(results) == 0 {
		return
	}
	fmt.Fprintf(to, "\n%s\n", title)
	out := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "what\tn\tours\tbaseline\tunit\tratio\treach\treached\t")
	for i := range results {
		r := &results[i]
		baseline, ratio, reach := "", "", ""
		if r.Baseline != 0 {
			baseline, ratio = figure(r.Baseline), figure(r.Ratio)
		}
		if r.reach != 0 {
			reach = "≥ " + figure(r.reach)
		}
		fmt.Fprintf(out, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t\n", r.Name, r.N, figure(r.Ours), baseline, r.Unit, ratio, reach, r.mark())
	}
	_ = out.Flush() // a terminal that went away
}

// figure writes a number with three figures, and thousands in full.
func figure(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// missed lists the results that fall short.
func missed(results []result) (list []result) {
	for _, r := range results {
		if r.mark() == "NO" {
			r.elsewhere = false
			list = append(list, r)
		}
	}
	return list
}

// writeFile writes all results for programs.
func writeFile(name string, results []result) error {
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o644)
}
