package reports_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
)

// How likely a candidate is: what speaks for it and against it, each alone and together.
func TestLikelihood(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		e      reports.Resemblance
		likely bool
		shown  bool
	}{
		"the very spot, the same day":                      {reports.Resemblance{Radius: 50, Age: 5 * time.Hour}, true, true},
		"the very spot, the day before":                    {reports.Resemblance{Radius: 50, Age: day}, true, true},
		"the very spot, a fortnight ago":                   {reports.Resemblance{Radius: 50, Age: 14 * day}, false, true},
		"the very spot, a kindred category":                {reports.Resemblance{Radius: 50, Kinship: reports.Kin, Age: 5 * time.Hour}, true, true},
		"the very spot, something else":                    {reports.Resemblance{Radius: 50, Kinship: reports.Stranger, Age: 2 * day}, false, true},
		"20 m away":                                        {reports.Resemblance{Radius: 50, Metres: 20}, false, true},
		"20 m away, the same words":                        {reports.Resemblance{Radius: 50, Metres: 20, Text: true, Words: 1}, true, true},
		"20 m away, half of the words":                     {reports.Resemblance{Radius: 50, Metres: 20, Text: true, Words: 0.5}, false, true},
		"8 m away, the same words, a fortnight ago":        {reports.Resemblance{Radius: 50, Metres: 8, Age: 14 * day, Text: true, Words: 1}, false, true},
		"the very spot, the same words, a month ago":       {reports.Resemblance{Radius: 50, Age: 30 * day, Text: true, Words: 1}, true, true},
		"20 m away, misspelt":                              {reports.Resemblance{Radius: 50, Metres: 20, Text: true, Letters: 1}, true, true},
		"20 m away, other words, another category":         {reports.Resemblance{Radius: 50, Metres: 20, Kinship: reports.Stranger, Text: true}, false, false},
		"20 m away, the same words, another category":      {reports.Resemblance{Radius: 50, Metres: 20, Kinship: reports.Stranger, Text: true, Words: 1}, true, true},
		"30 m away, a month ago, no category":              {reports.Resemblance{Radius: 50, Metres: 30, Age: 30 * day, Kinship: reports.Stranger, Unsorted: true}, false, true},
		"beyond the radius":                                {reports.Resemblance{Radius: 50, Metres: 51, Text: true, Words: 1}, false, false},
		"a category of which nothing is filed twice":       {reports.Resemblance{Radius: 0}, false, false},
		"filed by a clock that is ahead, at the very spot": {reports.Resemblance{Radius: 50, Age: -day}, true, true},
	} {
		share := c.e.Likelihood()
		if likely, shown := share >= reports.Likely, c.e.Shown(share); likely != c.likely || shown != c.shown || share < 0 || share > 1 {
			t.Errorf("%s: %.3f, likely %t, shown %t", name, share, likely, shown)
		}
	}
	// Nearer, younger and more alike is never less likely.
	base := reports.Resemblance{Radius: 50, Metres: 20, Age: 3 * day, Text: true, Words: 0.5, Letters: 0.5}
	for name, better := range map[string]func(*reports.Resemblance){
		"nearer":  func(e *reports.Resemblance) { e.Metres = 3 },
		"younger": func(e *reports.Resemblance) { e.Age = day },
		"words":   func(e *reports.Resemblance) { e.Words = 0.8 },
		"letters": func(e *reports.Resemblance) { e.Letters = 0.9 },
	} {
		e := base
		if better(&e); e.Likelihood() <= base.Likelihood() {
			t.Errorf("%s: %.3f, not more than %.3f", name, e.Likelihood(), base.Likelihood())
		}
	}
}

// at is a filing some metres to the east of another.
func at(f reports.Filing, metres float64, category, title string) reports.Filing {
	other := filing()
	other.Position = geo.Position{Lon: f.Position.Lon + int32(metres/0.00731), Lat: f.Position.Lat} // at this latitude a degree has 73.1 km
	other.Category, other.Title = category, title
	return other
}

func TestSimilar(t *testing.T) {
	r := newRegister(t)
	f := filing()
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := r.DB.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	name := map[int64]string{}
	for _, one := range []struct {
		metres          float64
		category, title string
	}{
		{20, "pothole", "Nid-de-poule profond devant l’école"},
		{10, "pothole", "Chaussée affaissée"},
		{15, "pavement-damage", "Dalle descellée"},
		{12, "lamp-out", "Lampadaire éteint"},
		{5, "tag", "Gros nid-de-poule, devant école"},
		{49, "pothole", "Trou"},
		{52, "pothole", "Nid-de-poule profond devant l’école"},
	} {
		name[file(t, r, at(f, one.metres, one.category, one.title)).ID] = fmt.Sprintf("%s %.0f", one.category, one.metres)
	}
	gone := map[string]string{"private": `visibility = 'private'`, "hidden": `visibility = 'hidden'`, "pending": `status = 'pending'`,
		"resolved": `status = 'resolved', closed_at = created_at`, "rejected": `status = 'rejected', closed_at = created_at`}
	for state, set := range gone {
		id := file(t, r, at(f, 1, "pothole", "Nid-de-poule profond devant l’école")).ID
		exec(`update report set `+set+` where id = $1`, id)
		name[id] = state
	}
	ask := func(actor account.Actor, category, text string, limit int) string {
		t.Helper()
		list, err := r.Similar(t.Context(), actor, reports.Alike{Position: f.Position, Category: category, Text: text}, limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range list {
			one := name[c.ID]
			if c.Likely {
				one += "!"
			}
			if want := one; c.Distance < 0 || c.Distance > 50 {
				t.Errorf("%s stands %f m away", want, c.Distance)
			}
			got = append(got, one)
		}
		return strings.Join(got, ", ")
	}
	for _, c := range []struct {
		name, category, text, want string
		limit                      int
	}{
		{"the text decides", "pothole", "NID DE POULE devant l'ecole", "pothole 20!, tag 5!, pothole 10, pothole 49", 5},
		{"nothing typed: the nearest of the category", "pothole", "", "pothole 10, pavement-damage 15, pothole 20, pothole 49", 5},
		{"a limit", "pothole", "nids-de-poule", "pothole 20!, tag 5!", 2},
		{"no category: all that is near", "", "", "tag 5, pothole 10, lamp-out 12, pavement-damage 15, pothole 20", 5},
		{"the family above", "roads", "", "pothole 10, pavement-damage 15, pothole 20, pothole 49", 5},
		{"an unknown category", "nothing-like-it", "lampadaires éteints", "lamp-out 12!", 1},
		{"misspelt: the first, though nothing is sure", "", "lanpadaire eteind", "lamp-out 12", 1},
	} {
		if got := ask(account.Anonymous, c.category, c.text, c.limit); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// Roles alone show nothing more: who has no grant that reaches the report is shown what everybody is.
	for _, role := range []account.Role{account.RoleResident, account.RoleAgent, account.RoleAnalyst} {
		if got := ask(account.Actor{Role: role, Person: 7}, "pothole", "nids-de-poule", 5); strings.Contains(got, "private") || strings.Contains(got, "hidden") || strings.Contains(got, "pending") {
			t.Errorf("%s is shown %s", role, got)
		}
	}
	if got := ask(account.System, "pothole", "nid de poule profond devant l'école", 1); got != "private!" && got != "hidden!" {
		t.Errorf("who sees everything is shown %s", got)
	}
	exec(`update category set duplicate_radius_m = 60 where slug = 'pothole'`)
	if list, err := r.Similar(t.Context(), account.Anonymous, reports.Alike{Position: f.Position, Category: "pothole"}, 5); err != nil || len(list) != 5 {
		t.Errorf("a wider radius: %d, %v", len(list), err)
	}
	exec(`update category set duplicate_radius_m = 0 where slug = 'pothole'`)
	if got := ask(account.Anonymous, "pothole", "nid de poule", 5); got != "" {
		t.Errorf("a category without duplicates: %s", got)
	}
	for _, text := range []string{strings.Repeat("trou ", 2000), "%_\\' ; drop table report", "\xff\x00"} {
		if _, err := r.Similar(t.Context(), account.Anonymous, reports.Alike{Position: geo.Position{Lat: 850511000}, Text: text}, 5); err != nil {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// On a large table the index of what is open finds the neighbours, and nothing else is read.
func TestSimilarIsServed(t *testing.T) {
	r := newRegister(t)
	_, err := r.DB.Exec(t.Context(), `
		insert into report (category_id, title, lon, lat, h3, channel, status, created_at, updated_at)
		select 1 + n % 40, 'Trou', 23000000 + (n::bigint * 7919) % 1000000, 488000000 + (n::bigint * 104729) % 1000000, 0, 'import', case when n % 5 = 0 then 'new' else 'resolved' end, now(), now()
		from generate_series(1, 50000) n`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.DB.Exec(t.Context(), `analyze report`); err != nil {
		t.Fatal(err)
	}
	for name, actor := range map[string]account.Actor{"visitor": account.Anonymous, "resident": {Role: account.RoleResident, Person: 7},
		"agent": {Role: account.RoleAgent, Person: 8, Grants: []account.Grant{{Role: account.RoleAgent, Services: []int32{1}}}}} {
		for _, radius := range []float64{50, reports.MaxDuplicate} {
			plan, err := r.ExplainSimilar(t.Context(), actor, reports.Alike{Position: geo.Position{Lon: 23_522_000, Lat: 488_566_000}, Text: "trou"}, radius)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(plan, "Index Scan using report_open_position") || strings.Contains(plan, "Seq Scan on report") {
				t.Errorf("%s, %v m: not served by the index:\n%s", name, radius, plan)
			}
		}
	}
}
