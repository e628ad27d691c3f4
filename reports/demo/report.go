package demo

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// reportsInAll is about how many reports the three years have.
const reportsInAll = 20_000

// report is one of the town's reports.
type report struct {
	uuid               uuid.UUID
	kind               *kind
	title, description string
	spot               spot
	channel            string
	visibility         string
	created            time.Time
	life               *life
	original           int // place of the report that this one repeats in the list; −1: none
	supports           int
}

// filing is the moment at which somebody files, before anything else is known.
type filing struct {
	at   time.Time
	kind *kind
}

// reports gives the three years before now, in the order in which they were filed; number gives the public number of the report at a place in
// the list. The same now gives the same reports.
func (t *Town) reports(now time.Time, city *time.Location, number func(place int) int64) []*report {
	c := newChance(21)
	g := newGazetteer(t)
	now = now.In(city)
	var all []*report
	lately := map[*kind][]int{} // places of reports that others may repeat
	for _, f := range filings(c, now) {
		r := &report{kind: f.kind, created: f.at, visibility: "public", original: -1}
		var bytes [16]byte
		for i := range bytes {
			bytes[i] = byte(c.Uint32())
		}
		bytes[6], bytes[8] = bytes[6]&0x0f|0x40, bytes[8]&0x3f|0x80 // RFC 9562, 5.4
		r.uuid = bytes
		var original func() string
		if c.in(f.kind.twin) {
			if known := recent(all, lately[f.kind], f.at); len(known) > 0 {
				r.original = pick(c, known)
				original = func() string { return decimal(number(r.original)) }
			}
		}
		if r.original >= 0 {
			r.spot = g.again(c, all[r.original].spot)
		} else {
			r.spot = g.spot(c, f.kind)
		}
		r.title, r.description = write(c, f.kind, r.spot, f.at)
		r.channel = [...]string{"web", "phone", "desk", "open311", "paper"}[weighted(c, []int{830, 90, 45, 25, 10})]
		r.life = lives(c, f.kind, f.at, now, original)
		if r.life.status != "duplicate" {
			r.original = -1
		} else {
			all[r.original].supports++
		}
		r.supports += support(c, f.kind)
		age := now.Sub(f.at)
		switch {
		case f.kind.slug == "person-at-risk":
			r.visibility = "private"
		case c.IntN(1000) < 3:
			r.visibility = "hidden"
		case age < 60*time.Hour && c.IntN(100) < 7 && r.original < 0:
			r.life.status, r.life.closed, r.life.paused = "pending", time.Time{}, 0
			r.life.updates = []update{{kind: "filed", to: "pending", role: r.life.updates[0].role, at: f.at}}
		}
		if r.visibility == "public" && r.life.status != "pending" && r.life.status != "duplicate" && r.life.status != "withdrawn" {
			lately[f.kind] = append(lately[f.kind], len(all))
		}
		all = append(all, r)
	}
	return all
}

// recent gives those of the places whose reports a neighbour could file again: of the last days, and not done with yet.
func recent(all []*report, places []int, at time.Time) []int {
	var out []int
	for i := len(places) - 1; i >= 0; i-- {
		r := all[places[i]]
		if at.Sub(r.created) > 12*24*time.Hour {
			break
		}
		if at.Sub(r.created) > time.Hour && (r.life.closed.IsZero() || r.life.closed.After(at)) {
			out = append(out, places[i])
		}
	}
	return out
}

// support is how many others say "me too": mostly none, now and then a whole quartier.
func support(c *chance, k *kind) int {
	if !c.in(4 * k.liked) {
		return 0
	}
	return min(140, int(math.Exp(float64(c.NormFloat64()*0.95)+float64(0.13*float64(k.liked))))+1)
}

// filings gives the moments of three years: more from year to year, more in the week than at its end, by the town's seasons and storms and by the
// months and hours of each kind.
func filings(c *chance, now time.Time) []filing {
	const days = 3 * 365
	weekdays := [7]float64{0.72, 1.16, 1.11, 1.09, 1.06, 1.02, 0.84} // from Sunday
	var all []filing
	y, m, d := now.Date()
	for back := days; back >= 0; back-- {
		day := time.Date(y, m, d-back, 0, 0, 0, 0, now.Location())
		growth := 0.74 + float64(0.52*float64(days-back))/days
		much := growth * season(day) * weekdays[day.Weekday()] * calm(day)
		blows := storm(day)
		if blows {
			much *= 1.35
		}
		shares := make([]int, len(kinds))
		for i, k := range kinds {
			shares[i] = k.share * k.months[day.Month()-1]
			if blows && strings.Contains(torn, " "+k.slug+" ") {
				shares[i] *= 4
			}
		}
		n := int(float64(reportsInAll/float64(days)*much) + c.Float64())
		for range n {
			k := &kinds[weighted(c, shares)]
			hour := weighted(c, k.hours[:])
			at := time.Date(day.Year(), day.Month(), day.Day(), hour, c.IntN(60), c.IntN(60), 0, day.Location())
			if !at.After(now) {
				all = append(all, filing{at, k})
			}
		}
	}
	// Whoever looks now sees that the town is awake.
	for _, minutes := range []float64{3, 11, 24, 41, 67, 98, 140} {
		at := now.Add(-time.Duration((minutes + c.between(0, 2)) * float64(time.Minute))).Truncate(time.Second)
		shares := make([]int, len(kinds))
		for i, k := range kinds {
			shares[i] = k.share * k.months[at.Month()-1] / 100 * k.hours[at.Hour()]
		}
		all = append(all, filing{at, &kinds[weighted(c, shares)]})
	}
	slices.SortStableFunc(all, func(a, b filing) int { return cmp.Compare(a.at.Unix(), b.at.Unix()) })
	return all
}
