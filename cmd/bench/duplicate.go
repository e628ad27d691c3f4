package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
)

// duplicatesTitle heads the table of duplicates.
const duplicatesTitle = "Duplicates"

// request is a row of Chicago's file, as far as it tells what was open when another came in.
type request struct {
	id              string
	lon, lat        float64 // metres
	nature          string
	created, closed int // days; closed after all others: never
	flagged         bool
}

// verdict is what was found around a request when it came in.
type verdict struct {
	flagged bool
	best    float64 // likelihood of the likeliest open request nearby
	near    bool    // something open within 30 m
	shown   int     // candidates that a resident is shown
}

// Radius of the category, and of the trivial rule, in metres.
const (
	duplicateRadius = 50.0
	trivialRadius   = 30.0
)

// measureDuplicates asks for each sanitation request of Chicago whether a likely original was open when it came in, and compares with the city's flag, which names
// no original. The half that came first chooses the threshold, the other half is measured. Beside it: any open request within 30 m. Then the query itself,
// beside a look-up by primary key.
func measureDuplicates(ctx context.Context, b *bench) ([]result, error) {
	served, err := askForAlike(ctx, b)
	if err != nil {
		return nil, err
	}
	path, err := b.realFile(duplicatesTitle+" of Chicago", "reports/chicago311_sanitation.csv.gz")
	if path == "" {
		return served, err
	}
	requests, err := readRequests(path)
	if err != nil {
		return nil, err
	}
	verdicts := judge(requests)
	first, second := verdicts[:len(verdicts)/2], verdicts[len(verdicts)/2:]
	threshold, best := 0.0, -1.0
	for t := 0.02; t < 1; t += 0.02 {
		if s := scoreOf(first, func(v *verdict) bool { return v.best >= t }); s.f1() > best {
			threshold, best = t, s.f1()
		}
	}
	chosen := func(v *verdict) bool { return v.best >= threshold }
	product := func(v *verdict) bool { return v.best >= reports.Likely }
	trivial := func(v *verdict) bool { return v.near }
	ours, theirs := scoreOf(second, chosen), scoreOf(second, trivial)
	low, high := resampled(second, chosen)
	flagged, shown, candidates := 0, 0, 0
	for i := range second {
		if second[i].flagged {
			flagged++
		}
		if second[i].shown > 0 {
			shown++
			candidates += second[i].shown
		}
	}
	n := len(second)
	percent := func(part int) float64 { return 100 * float64(part) / float64(n) }
	return append(served,
		only("duplicates of Chicago, flagged by the city (base rate)", n, percent(flagged), "%"),
		only("duplicates, threshold that the first half chooses (the product has "+strconv.FormatFloat(reports.Likely, 'g', 2, 64)+")", len(first), threshold, "likelihood"),
		more("duplicates, precision / anything open within 30 m", n, 100*ours.precision(), 100*theirs.precision(), "%", 1),
		more("duplicates, recall / anything open within 30 m", n, 100*ours.recall(), 100*theirs.recall(), "%", 0),
		more("duplicates, F1 / anything open within 30 m", n, 100*ours.f1(), 100*theirs.f1(), "%", 1),
		only("duplicates, F1, 95 % interval by resampling: low", n, 100*low, "%"),
		only("duplicates, F1, 95 % interval by resampling: high", n, 100*high, "%"),
		only("duplicates, F1 with the product's threshold", n, 100*scoreOf(second, product).f1(), "%"),
		only("filings that are shown a candidate", n, percent(shown), "%"),
		only("candidates that those are shown, on average (5 at most)", shown, float64(candidates)/float64(max(1, shown)), "reports"),
	), nil
}

// readRequests reads the file in the order in which requests came: by day, then by number. Repeated numbers and rows without a place are left out.
func readRequests(path string) (list []request, err error) {
	seen := map[string]bool{}
	day := func(text string) int {
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return math.MaxInt
		}
		return int(t.Unix() / 86400)
	}
	const middle, metres = 41.85, 111_195.0 // of Chicago: flat enough
	err = eachRow(path, func(column func(string) string) error {
		lat, bad := strconv.ParseFloat(column("Latitude"), 64)
		lon, worse := strconv.ParseFloat(column("Longitude"), 64)
		id, status := column("Service_Request_Number"), column("Status")
		if bad != nil || worse != nil || seen[id] {
			return nil
		}
		seen[id] = true
		list = append(list, request{id: id, lon: lon * metres * math.Cos(middle*math.Pi/180), lat: lat * metres,
			nature: column("What_is_the_Nature_of_this_Code_Violation"), created: day(column("Creation_Date")), closed: day(column("Completion_Date")),
			flagged: status == "Completed - Dup" || status == "Open - Dup"})
		return nil
	})
	slices.SortFunc(list, func(a, b request) int { return cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.id, b.id)) })
	return list, err
}

// judge asks for each request what was open around it when it came in: created before it, and not closed before its day. All natures are kindred categories.
func judge(requests []request) []verdict {
	type cell struct{ x, y int }
	cellOf := func(r *request) cell {
		return cell{int(math.Floor(r.lon / duplicateRadius)), int(math.Floor(r.lat / duplicateRadius))}
	}
	open := map[cell][]*request{}
	verdicts := make([]verdict, len(requests))
	for i := range requests {
		r := &requests[i]
		v := &verdicts[i]
		v.flagged = r.flagged
		at := cellOf(r)
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				c := cell{at.x + dx, at.y + dy}
				open[c] = slices.DeleteFunc(open[c], func(o *request) bool { return o.closed < r.created })
				for _, o := range open[c] {
					e := reports.Resemblance{Radius: duplicateRadius, Metres: math.Hypot(o.lon-r.lon, o.lat-r.lat), Kinship: reports.Kin,
						Age: time.Duration(r.created-o.created) * 24 * time.Hour}
					if o.nature == r.nature {
						e.Kinship = reports.SameCategory
					}
					likelihood := e.Likelihood()
					v.best = max(v.best, likelihood)
					v.near = v.near || e.Metres <= trivialRadius
					if e.Shown(likelihood) && v.shown < reports.MaxAlike {
						v.shown++
					}
				}
			}
		}
		open[at] = append(open[at], r)
	}
	return verdicts
}

// score counts how a rule meets the flag.
type score struct{ right, wrong, missed int }

func scoreOf(list []verdict, rule func(*verdict) bool) (s score) {
	for i := range list {
		switch said := rule(&list[i]); {
		case said && list[i].flagged:
			s.right++
		case said:
			s.wrong++
		case list[i].flagged:
			s.missed++
		}
	}
	return s
}

func (s score) precision() float64 { return quotient(float64(s.right), float64(s.right+s.wrong)) }
func (s score) recall() float64    { return quotient(float64(s.right), float64(s.right+s.missed)) }
func (s score) f1() float64 {
	return quotient(2*float64(s.right), float64(2*s.right+s.wrong+s.missed))
}

// resampled gives the interval in which 95 of 100 F1 lie when the verdicts are drawn anew with replacement.
func resampled(list []verdict, rule func(*verdict) bool) (low, high float64) {
	const rounds = 200
	chance := rand.New(rand.NewPCG(1, 2))
	all, drawn := make([]float64, rounds), make([]verdict, len(list))
	for round := range all {
		for i := range drawn {
			drawn[i] = list[chance.IntN(len(list))]
		}
		all[round] = scoreOf(drawn, rule).f1()
	}
	return percentile(all, 3), percentile(all, 97)
}

// alikeAsked is how often candidates are asked for.
const alikeAsked = 1000

// askForAlike asks for candidates in a full database, beside reading a report by its number, in turns.
func askForAlike(ctx context.Context, b *bench) ([]result, error) {
	n := min(b.n, most)
	db, _, err := b.filled(ctx, n)
	if err != nil {
		return nil, err
	}
	register := &reports.Register{DB: db, Now: time.Now}
	catalogue, err := reports.ReadCatalogue(ctx, db)
	if err != nil {
		return nil, err
	}
	m := newMaker(regions[0], n)
	var ours, keyed []float64
	found := 0
	for i := range alikeAsked {
		one := m.make(i * 7919 % n)
		title, _ := words(i)
		a := reports.Alike{Position: geo.Position{Lon: one.at.Lon + 500, Lat: one.at.Lat + 500}, Category: catalogue.Category(int32(one.category)).Slug, Text: title}
		took, err := timed(func() error {
			list, err := register.Similar(ctx, account.Anonymous, a, reports.MaxAlike)
			found += len(list)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("ask for similar reports: %w", err)
		}
		ours = append(ours, milliseconds(took))
		took, err = timed(func() error {
			_, err := db.Exec(ctx, `select * from report where id = $1`, 1+i*7919%n)
			return err
		})
		if err != nil {
			return nil, err
		}
		keyed = append(keyed, milliseconds(took))
	}
	return []result{
		less("similar reports, p95 / a primary key's p95", n, percentile(ours, 95), percentile(keyed, 95), "ms", 0),
		less("similar reports, p50 / a primary key's p50", n, percentile(ours, 50), percentile(keyed, 50), "ms", 0),
		only("similar reports found, on average", n, float64(found)/alikeAsked, "reports"),
	}, nil
}
