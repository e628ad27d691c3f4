package demo

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
)

// today is the day on which the tests look at the town.
var today = time.Date(2026, 6, 18, 15, 20, 0, 0, time.UTC)

var paris = sync.OnceValue(func() *time.Location {
	city, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return city
})

// filed is what most tests look at: none changes it.
var filed = sync.OnceValue(func() []*report {
	return town().reports(today, paris(), func(place int) int64 { return int64(place) + 1 })
})

// moves is the table of DOMAIN: where a report may go from a state.
var moves = map[string]string{
	"pending":      "new withdrawn rejected",
	"new":          "acknowledged planned in_progress resolved rejected duplicate referred withdrawn",
	"acknowledged": "planned in_progress waiting resolved rejected duplicate referred withdrawn",
	"planned":      "in_progress waiting resolved rejected duplicate referred",
	"in_progress":  "planned waiting resolved rejected duplicate referred",
	"resolved":     "reopened",
	"rejected":     "reopened",
	"referred":     "reopened",
	"duplicate":    "reopened",
	"reopened":     "planned in_progress waiting resolved rejected duplicate referred withdrawn",
}

func TestEveryTimelineIsLegal(t *testing.T) {
	for i, r := range filed() {
		state, before := "", ""
		at := r.created
		for k, u := range r.life.updates {
			switch {
			case u.at.Before(at) || k > 0 && !u.at.After(at):
				t.Errorf("report %d: entry %d is not after the one before", i, k)
			case u.at.After(today):
				t.Errorf("report %d: entry %d lies in the future", i, k)
			}
			at = u.at
			if (u.kind == "filed") != (k == 0) {
				t.Errorf("report %d: entry %d is %s", i, k, u.kind)
			}
			if u.to == "" {
				if u.body == "" {
					t.Errorf("report %d: a %s that says nothing", i, u.kind)
				}
				continue
			}
			if u.from != state {
				t.Errorf("report %d goes from %q, but is %q", i, u.from, state)
			}
			if k > 0 {
				allowed := moves[state]
				if state == "waiting" {
					allowed = before + " resolved rejected withdrawn"
				}
				if !slices.Contains(strings.Fields(allowed), u.to) {
					t.Errorf("report %d goes from %s to %s", i, state, u.to)
				}
			}
			if strings.Contains(" rejected duplicate referred waiting ", " "+u.to+" ") && (u.body == "" || u.private) {
				t.Errorf("report %d is %s without a word", i, u.to)
			}
			if u.role == account.RoleAgent && u.by == "" {
				t.Errorf("report %d: an agent of no service", i)
			}
			before, state = state, u.to
		}
		if state != r.life.status {
			t.Errorf("report %d is %s, its timeline says %s", i, r.life.status, state)
		}
		n := reports.StatusNumber(state)
		if n < 0 {
			t.Fatalf("report %d is %q", i, state)
		}
		if closed := reports.Statuses[n].Phase == "closed"; closed == r.life.closed.IsZero() {
			t.Errorf("report %d is %s and closed at %v", i, state, r.life.closed)
		}
	}
}

// The same moment gives the same reports; a later one, other ones.
func TestReportsAreAlwaysTheSame(t *testing.T) {
	tell := func(list []*report) string {
		var b strings.Builder
		for _, r := range list {
			fmt.Fprintln(&b, r.uuid, r.kind.slug, r.title, r.description, r.spot.at, r.created.Unix(), r.original, r.supports, r.visibility, r.channel, r.life.status)
			for _, u := range r.life.updates {
				fmt.Fprintln(&b, u.kind, u.from, u.to, u.body, u.at.Unix())
			}
		}
		return sum(t, b.String())
	}
	again := town().reports(today, paris(), func(place int) int64 { return int64(place) + 1 })
	if tell(again) != tell(filed()) {
		t.Error("two fillings differ")
	}
	golden(t, "reports.txt", fmt.Sprintln(len(filed()), "reports", tell(filed())))
}

// unelided is an article or a preposition that French does not leave whole before a vowel.
var unelided = regexp.MustCompile(`(?i)(^|[ ’])(de|le|la|je|que|ne|du) [aeiouàâéèêîôœ]`)

// loose is a double sign that could begin a line, or a quotation mark that could end one.
var loose = regexp.MustCompile(` [:;!?»]|« `)

func TestDoubleSignsStayOnTheirLine(t *testing.T) {
	for i, r := range filed() {
		texts := []string{r.title, r.description}
		for _, u := range r.life.updates {
			texts = append(texts, u.body)
		}
		for _, text := range texts {
			if loose.MatchString(text) {
				t.Errorf("report %d says %q", i, text)
			}
		}
	}
}

// back is how a remark begins that is understood only after what it remarks on.
var back = regexp.MustCompile(`^(Même |Déjà |Comme |Aucune étiquette|Un passage de plus|Chacun en rajoute|Troisième fois|C’est toujours|Du coup|À ce )`)

// Nobody remarks on what is still to be said, and thanks are said once.
func TestTextsAreInOrder(t *testing.T) {
	for i, r := range filed() {
		if back.MatchString(r.description) {
			t.Errorf("report %d begins with a remark: %q", i, r.description)
		}
		if strings.Count(strings.ToLower(r.description), "merci") > 1 {
			t.Errorf("report %d says its thanks twice: %q", i, r.description)
		}
	}
}

func TestReportsAreManifold(t *testing.T) {
	all := filed()
	if len(all) < 19_000 || len(all) > 21_000 {
		t.Errorf("%d reports", len(all))
	}
	titles, texts, states, slugs := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	described := 0
	for _, r := range all {
		titles[r.title]++
		states[r.life.status]++
		slugs[r.kind.slug]++
		if r.description != "" {
			described++
			texts[r.description]++
		}
		var check fault.Check
		for _, text := range []string{r.title, r.description} {
			if clean := reports.CheckText(&check, "text", text, reports.MaxTitle*10, true); clean != text {
				t.Errorf("%q is not as a form would store it", text)
			}
			for _, wrong := range []string{"  ", " ,", " .", "..", "$", "{", "}", "|", "[", "’ ", " du la ", " du l’", " des la "} {
				if strings.Contains(text, wrong) {
					t.Errorf("%q has %q in it", text, wrong)
				}
			}
			if wrong := unelided.FindString(text); wrong != "" {
				t.Errorf("%q has %q in it", text, wrong)
			}
		}
		if len([]rune(r.title)) > 110 || r.title == "" {
			t.Errorf("the title %q", r.title)
		}
	}
	if share := float64(len(titles)) / float64(len(all)); share < 0.45 {
		t.Errorf("of the titles %.2f differ", share)
	}
	if share := float64(len(texts)) / float64(described); share < 0.93 {
		t.Errorf("of the descriptions %.2f differ", share)
	}
	for title, n := range titles {
		if float64(n) > 0.006*float64(len(all)) {
			t.Errorf("%d reports are called %q", n, title)
		}
	}
	if share := float64(described) / float64(len(all)); share < 0.8 || share > 0.95 {
		t.Errorf("of the reports %.2f are described", share)
	}
	for _, s := range reports.Statuses {
		if states[s.Name] == 0 {
			t.Errorf("no report is %s", s.Name)
		}
	}
	for _, k := range kinds {
		if slugs[k.slug] == 0 {
			t.Errorf("no report is about %s", k.slug)
		}
	}
	if done := float64(states["resolved"]) / float64(len(all)); done < 0.7 || done > 0.9 {
		t.Errorf("of the reports %.2f are resolved: %v", done, states)
	}
}

// They come in the order of their numbers, by the hours and seasons of what they are about, on the ground of the town.
func TestReportsFitTheirHourAndPlace(t *testing.T) {
	all := filed()
	lamps, dark, terraces, warm := 0, 0, 0, 0
	lately := 0
	for i, r := range all {
		if i > 0 && r.created.Before(all[i-1].created) {
			t.Fatalf("report %d was filed before the one before it", i)
		}
		if r.created.After(today) {
			t.Fatalf("report %d comes from the future", i)
		}
		if today.Sub(r.created) < 3*time.Hour {
			lately++
		}
		lon, lat := r.spot.at.Degrees()
		v := vec{(lon - originLon) * metresPerLon, (lat - originLat) * metresPerLat}
		if !town().plan.land.holds(v) {
			t.Errorf("report %d lies in water: %v", i, r.spot.at)
		}
		if d := r.spot.address.door.away(v); d > 250 {
			t.Errorf("report %d is %.0f m from %s %s", i, d, r.spot.address.number, r.spot.address.street.name)
		}
		local := r.created.In(paris())
		switch r.kind.slug {
		case "lamp-out":
			lamps++
			if h := local.Hour(); h >= 17 || h < 9 {
				dark++
			}
		case "terrace":
			terraces++
			if m := local.Month(); m >= time.May && m <= time.September {
				warm++
			}
		case "person-at-risk":
			if r.visibility != "private" {
				t.Errorf("report %d of a person is %s", i, r.visibility)
			}
		}
		if r.original >= 0 {
			first := all[r.original]
			if r.original >= i || first.kind != r.kind || first.life.status == "duplicate" || first.visibility != "public" || apartInMetres(first.spot.at, r.spot.at) > 60 {
				t.Errorf("report %d repeats %d", i, r.original)
			}
		}
		if (r.original >= 0) != (r.life.status == "duplicate") {
			t.Errorf("report %d is %s and repeats %d", i, r.life.status, r.original)
		}
	}
	if dark*10 < lamps*8 {
		t.Errorf("of %d reports of lamps %d come when it is dark", lamps, dark)
	}
	if warm*10 < terraces*6 {
		t.Errorf("of %d reports of terraces %d come in summer", terraces, warm)
	}
	if lately < 4 {
		t.Errorf("%d reports are of the last three hours", lately)
	}
}

// Nobody finds a bicycle in the basin, or nets on the quay, in a street away from the water.
func TestWhatIsInTheWaterIsSeenFromTheQuay(t *testing.T) {
	quay := regexp.MustCompile(`visible à marée basse|la cale( |$)|Quai encombré|^Déchets sur le quai|^Goémon|bord du quai|côté (quai|bassin)|dans le bassin`)
	n := 0
	for i, r := range filed() {
		if !quay.MatchString(r.title) && !quay.MatchString(r.description) {
			continue
		}
		n++
		lon, lat := r.spot.at.Degrees()
		v := vec{(lon - originLon) * metresPerLon, (lat - originLat) * metresPerLat}
		if d, _ := town().plan.land.nearest(v); d > 31 && !strings.HasPrefix(r.spot.address.street.name, "Quai ") {
			t.Errorf("report %d, %s: %s, is %.0f m from the water", i, r.title, r.description, d)
		}
	}
	if n < 10 {
		t.Errorf("only %d reports of what lies in the water", n)
	}
}

func apartInMetres(a, b geo.Position) float64 {
	lon, lat := a.Degrees()
	lon2, lat2 := b.Degrees()
	return vec{(lon - lon2) * metresPerLon, (lat - lat2) * metresPerLat}.size()
}

// Whenever somebody looks, day or night, the town can be filled.
func TestReportsOfAnyMoment(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2028, 2, 29, 23, 59, 59, 0, time.UTC), time.Date(2027, 3, 28, 1, 30, 0, 0, time.UTC), // the hour that summer time leaves out
	} {
		all := town().reports(now, paris(), func(int) int64 { return 1 })
		if last := all[len(all)-1]; now.Sub(last.created) > 10*time.Minute || last.created.After(now) {
			t.Errorf("at %v the last report is of %v", now, last.created)
		}
	}
}

// A town hall that works: whenever somebody looks, what is open is of the last weeks, and next to nothing is forgotten.
func TestOpenReportsAreRecent(t *testing.T) {
	for _, now := range []time.Time{today, time.Date(2027, 1, 11, 10, 0, 0, 0, time.UTC)} {
		open, old, forgotten := 0, 0, 0
		for _, r := range town().reports(now, paris(), func(int) int64 { return 1 }) {
			if !r.life.closed.IsZero() {
				continue
			}
			open++
			if age := now.Sub(r.created); age > 183*24*time.Hour {
				forgotten++
			} else if age > 61*24*time.Hour {
				old++
			}
		}
		if open < 90 || old*100 > 10*open || forgotten*100 > 2*open {
			t.Errorf("at %v there are %d open reports, %d older than two months and %d older than six", now, open, old, forgotten)
		}
	}
}

// At no moment of these three years is there a report without a title, or one that begins in its middle.
func TestTitlesOfAnyMoment(t *testing.T) {
	g := newGazetteer(town())
	now := time.Date(2026, 7, 3, 5, 9, 0, 0, paris())
	for n := range 48 {
		now = now.AddDate(0, 0, 23).Add(31 * time.Minute)
		c := newChance(uint64(n))
		for i := range 10 * len(kinds) {
			k := &kinds[i%len(kinds)]
			title, _ := write(c, k, g.spot(c, k), now.Add(-time.Duration(c.IntN(3*365*24))*time.Hour))
			if first, _ := utf8.DecodeRuneInString(title); !unicode.IsUpper(first) && !unicode.IsDigit(first) {
				t.Errorf("at %v a report about %s is called %q", now, k.slug, title)
			}
		}
	}
}

func BenchmarkReports(b *testing.B) {
	town()
	for b.Loop() {
		town().reports(today, paris(), func(int) int64 { return 1 })
	}
}
