package web

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
)

// supports is how many support a report, as everybody reads it.
func (s *site) supports(id int64) (n int) {
	s.t.Helper()
	var one struct {
		SupportCount int `json:"support_count"`
	}
	if err := json.Unmarshal([]byte(s.get(fmt.Sprintf("/api/v1/reports/%d", id)).body), &one); err != nil {
		s.t.Fatal(err)
	}
	return one.SupportCount
}

// part is the part of a report's page with the two buttons.
func (v *visitor) part(id int64) string {
	v.s.t.Helper()
	body := v.get(fmt.Sprintf("/reports/%d", id)).body
	return regexp.MustCompile(`(?s)<section id="take-part".*?</section>`).FindString(body)
}

func TestSupportButton(t *testing.T) {
	s := newPublicSite(t)
	id, _ := s.file("Un trou")
	page := fmt.Sprintf("/reports/%d", id)
	jeanne, paul := newVisitor(s), newVisitor(s)
	for range 2 {
		if a := jeanne.send(page, page+"/support"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != page+"?done=support#take-part" {
			t.Fatalf("supporting: %d %s", a.StatusCode, a.body)
		}
	}
	paul.send(page, page+"/support")
	if n := s.supports(id); n != 2 {
		t.Errorf("two browsers count %d", n)
	}
	if part := jeanne.part(id); !strings.Contains(part, `aria-pressed="true"`) || !strings.Contains(part, `value="remove"`) {
		t.Errorf("Jeanne's button is not pressed:\n%s", part)
	}
	if part := newVisitor(s).part(id); strings.Contains(part, `aria-pressed="true"`) {
		t.Errorf("a stranger's button is pressed:\n%s", part)
	}

	// Jeanne, who supported it as a browser, signs in, supports it from another browser too, and counts once.
	link := func(v *visitor) {
		v.send("/sign-in", "/sign-in", "email", "jeanne@example.org")
		at := s.mailedLink("jeanne@example.org")
		v.send(at, "/sign-in/link", "token", at[strings.Index(at, "=")+1:])
	}
	link(jeanne)
	other := newVisitor(s)
	other.send(page, page+"/support")
	if n := s.supports(id); n != 3 {
		t.Errorf("before she signs in there: %d", n)
	}
	link(other)
	if n := s.supports(id); n != 2 {
		t.Errorf("Jeanne and Paul count %d", n)
	}
	if a := other.send(page, page+"/support", "do", "remove"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("taking back: %d", a.StatusCode)
	}
	if n := s.supports(id); n != 1 || strings.Contains(jeanne.part(id), `aria-pressed="true"`) {
		t.Errorf("without Jeanne %d count", n)
	}
	// "It's this one": both at once.
	if a := jeanne.send(page, page+"/support", "follow", "1"); a.Header.Get("Location") != page+"?done=follow#take-part" || s.count(`select count(*) from follow`) != 1 {
		t.Errorf("supporting and following leads to %s", a.Header.Get("Location"))
	}
	if a := paul.send(page, page+"/support", "follow", "1"); a.Header.Get("Location") != page+"/follow?supported=1" {
		t.Errorf("without an account it leads to %s", a.Header.Get("Location"))
	}
}

// One network makes no crowd: browsers without end are one machine.
func TestOneNetworkIsNoCrowd(t *testing.T) {
	s := newSite(t)
	id, _ := s.file("Un trou")
	page := fmt.Sprintf("/reports/%d", id)
	refused := 0
	for range voicesPerTenMinutes + 5 {
		if a := newVisitor(s).send(page, page+"/support"); a.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if n := s.supports(id); n != voicesPerTenMinutes || refused != 5 {
		t.Errorf("%d count, %d were refused", n, refused)
	}
}

func TestFollowWithoutAccount(t *testing.T) {
	s := newPublicSite(t)
	id, _ := s.file("Un trou")
	page := fmt.Sprintf("/reports/%d/follow", id)
	v := newVisitor(s)
	if a := v.send(page, page, "email", "x"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="email-error"`) {
		t.Errorf("no address: %d", a.StatusCode)
	}
	if a := v.send(page, page, "email", "jeanne@example.org", "website", "http://spam"); a.Header.Get("Location") != "/sign-in/sent" || s.count(`select count(*) from mail`) != 0 {
		t.Errorf("the trap: %d", a.StatusCode)
	}
	if a := v.send(page, page, "email", "jeanne@example.org"); a.Header.Get("Location") != "/sign-in/sent" {
		t.Fatalf("asking: %d %s", a.StatusCode, a.body)
	}
	link := s.mailedLink("jeanne@example.org")
	if a := newVisitor(s).get(link); a.StatusCode != http.StatusOK || s.count(`select count(*) from follow`) != 0 || s.count(`select count(*) from person`) != 0 {
		t.Fatalf("who only opens the link begins something: %d", a.StatusCode)
	}
	token := link[strings.Index(link, "=")+1:]
	a := v.send(link, "/sign-in/link", "token", token)
	if want := fmt.Sprintf("/reports/%d?done=follow#take-part", id); a.Header.Get("Location") != want {
		t.Fatalf("the link leads to %s, want %s", a.Header.Get("Location"), want)
	}
	if part := v.part(id); s.count(`select count(*) from follow where item_id = $1`, id) != 1 || !strings.Contains(part, `aria-pressed="true"`) {
		t.Errorf("it is not followed:\n%s", part)
	}
	for range mailsPerQuarter { // nobody is flooded by who types their address
		newVisitor(s).send(page, page, "email", "paul@example.org")
	}
	if a := newVisitor(s).send(page, page, "email", "paul@example.org"); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one mail too many: %d", a.StatusCode)
	}
}

// Who is led to the sign-in by somebody else's link follows nothing by it.
func TestNobodyElseMakesOneFollow(t *testing.T) {
	s := newPublicSite(t)
	id, _ := s.file("Un trou")
	v := newVisitor(s)
	v.send("/sign-in", "/sign-in", "email", "jeanne@example.org", "next", wish(url.Values{"item": {fmt.Sprint(id)}}))
	link := s.mailedLink("jeanne@example.org")
	a := v.send(link, "/sign-in/link", "token", link[strings.Index(link, "=")+1:])
	if a.Header.Get("Location") != "/" || s.count(`select count(*) from follow`) != 0 {
		t.Errorf("the link leads to %s and follows", a.Header.Get("Location"))
	}
}

const drawnSquare = "2.34000_48.84000~2.36000_48.84000~2.36000_48.86000~2.34000_48.86000"

func TestFollowForm(t *testing.T) {
	s := newPublicSite(t)
	insertZone(t, s, "centre", "Centre")
	v := newVisitor(s)
	v.signInAs("jeanne@example.org")
	for name, c := range map[string]struct{ fields, wrong string }{
		"nothing":           {"where=all", "error.follow.nothing"},
		"no zone":           {"where=zone", "error.required"},
		"no address":        {"where=near&radius=500", "error.required"},
		"unknown address":   {"where=near&radius=500&address=nulle+part", "error.address_unknown"},
		"nothing drawn":     {"where=area", "error.follow.undrawn"},
		"no area":           {"where=area&area=abc", "error.follow.area"},
		"a bow":             {"where=area&area=2.34_48.84~2.36_48.86~2.36_48.84~2.34_48.86", "error.follow.crossing"},
		"too many corners":  {"where=area&area=" + strings.Repeat("2.34_48.84~", 250) + "2.3_48", "error.follow.corners"},
		"an odd radius":     {"where=near&lat=48.85&lon=2.35&radius=9000", "error.follow.radius"},
		"an odd rhythm":     {"where=all&category=pothole&rhythm=hourly", "error.follow.rhythm"},
		"an unknown rubric": {"where=all&category=nothing", "error.category.unknown"},
		"no way to be told": {"where=all&category=pothole&by_mail=", "error.follow.how"},
	} {
		fields := []string{"rhythm", "daily", "by_mail", "1", "name", "Chez <moi>"}
		values, _ := url.ParseQuery(c.fields)
		for name := range values {
			fields = append(fields, name, values.Get(name))
		}
		a := v.send("/follow", "/follow", fields...)
		sentence, _, _ := strings.Cut(s.language("fr").Say(c.wrong, nil), "{")
		if a.StatusCode != http.StatusUnprocessableEntity || !containsText(a.body, sentence) || !containsText(a.body, `value="Chez <moi>"`) {
			t.Errorf("%s: %d, without %q or what was typed", name, a.StatusCode, sentence)
		}
	}
	for _, fields := range []string{
		"where=zone&zone=essai/centre", "where=zone&zone=centre&category=pothole", "where=near&lat=48,85&lon=2,35&radius=500", "where=area&area=" + drawnSquare, "where=all&category=pothole",
	} {
		values, _ := url.ParseQuery(fields + "&rhythm=weekly&by_mail=1")
		var pairs []string
		for name := range values {
			pairs = append(pairs, name, values.Get(name))
		}
		if a := v.send("/follow", "/follow", pairs...); a.Header.Get("Location") != "/me/follows?done=begun" {
			t.Errorf("%s: %d %s", fields, a.StatusCode, a.body)
		}
	}
	list := v.get("/me/follows?done=begun").body
	for _, want := range []string{"Centre", "dans un rayon de 500 m", "secteur dessiné"} {
		if !containsText(list, want) {
			t.Errorf("the list does not name %q", want)
		}
	}
	one := s.count(`select min(id) from follow`)
	if a := v.send("/me/follows", fmt.Sprintf("/me/follows/%d", one), "rhythm", "now", "name", "Centre !"); a.StatusCode != http.StatusUnprocessableEntity || !containsText(a.body, "Centre !") {
		t.Errorf("no way to be told: %d", a.StatusCode)
	}
	if a := v.send("/me/follows", fmt.Sprintf("/me/follows/%d", one), "rhythm", "now", "by_push", "1", "name", "Centre !"); a.StatusCode != http.StatusSeeOther || s.count(`select count(*) from follow where name = 'Centre !' and by_push and not by_mail and rhythm = 'now'`) != 1 {
		t.Errorf("changing: %d", a.StatusCode)
	}
	if a := v.send("/me/follows", fmt.Sprintf("/me/follows/%d/end", one)); a.StatusCode != http.StatusSeeOther || s.count(`select count(*) from follow`) != 4 {
		t.Errorf("ending: %d", a.StatusCode)
	}
}

// Without an account a drawn area goes with the mailed link, with as many corners as it may have.
func TestDrawnAreaGoesWithTheLink(t *testing.T) {
	s := newPublicSite(t)
	var corners []string
	for i := range 100 { // out along one side, back along the other
		corners = append(corners, fmt.Sprintf("%.5f_%.5f", 2.31+float64(i)/2000, 48.84+float64(i%2)/1000))
	}
	for i := range 100 {
		corners = append(corners, fmt.Sprintf("%.5f_%.5f", 2.36-float64(i)/2000, 48.86+float64(i%2)/1000))
	}
	v := newVisitor(s)
	a := v.send("/follow", "/follow", "where", "area", "area", strings.Join(corners, "~"), "rhythm", "daily", "by_mail", "1", "email", "jeanne@example.org")
	if a.Header.Get("Location") != "/sign-in/sent" {
		t.Fatalf("asking: %d %s", a.StatusCode, a.body)
	}
	link := s.mailedLink("jeanne@example.org")
	a = v.send(link, "/sign-in/link", "token", link[strings.Index(link, "=")+1:])
	if a.Header.Get("Location") != "/me/follows?done=begun" || s.count(`select ST_NPoints(area) from follow where rhythm = 'daily'`) != 201 {
		t.Errorf("the link leads to %s", a.Header.Get("Location"))
	}
}

func TestFollowsByKey(t *testing.T) {
	s := newSite(t)
	insertZone(t, s, "centre", "Centre")
	id, _ := s.file("Un trou")
	key := []string{"Authorization", "Bearer " + s.keyOf(s.personWith(), account.ScopeRead, account.ScopeWrite), "Content-Type", "application/json"}
	report := fmt.Sprintf("/api/v1/reports/%d", id)
	for range 2 {
		for _, path := range []string{"/support", "/follow"} {
			if a := s.do(http.MethodPut, report+path, "", key...); a.StatusCode != http.StatusNoContent {
				t.Fatalf("PUT %s: %d %s", path, a.StatusCode, a.body)
			}
		}
	}
	for _, body := range []string{
		`{"zone":"essai/centre","category":"pothole","rhythm":"weekly"}`,
		`{"location":{"type":"Point","coordinates":[2.35,48.85]},"radius_m":300,"by_mail":false,"by_push":true}`,
		`{"area":{"type":"Polygon","coordinates":[[[2.34,48.84],[2.36,48.84],[2.36,48.86],[2.34,48.84]]]},"name":"Triangle"}`,
	} {
		if a := s.do(http.MethodPost, "/api/v1/me/follows", body, key...); a.StatusCode != http.StatusCreated {
			t.Fatalf("%s: %d %s", body, a.StatusCode, a.body)
		}
	}
	for body, field := range map[string]string{
		`{}`:                           "where",
		`{"zone":"essai/nowhere"}`:     "zone",
		`{"category":"x"}`:             "category",
		`{"radius_m":300}`:             "location",
		`{"report":1,"category":"x"}`:  "report",
		`{"category":"pothole","x":1}`: "x",
		`{"area":{"type":"Polygon","coordinates":[[[2.34,48.84],[2.36,48.86],[2.36,48.84],[2.34,48.86],[2.34,48.84]]]}}`: "area",
		`{"area":{"type":"Polygon","coordinates":[[[2.34,48.84],[2.36,48.86],[2.36,48.84]]]}}`:                           "area",
	} {
		if a := s.do(http.MethodPost, "/api/v1/me/follows", body, key...); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s", body, a.StatusCode, a.body)
		}
	}
	var list struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(s.get("/api/v1/me/follows", key...).body), &list); err != nil || len(list.Items) != 4 {
		t.Fatalf("%v, %v", list, err)
	}
	if one := list.Items[0]; one["name"] != "Triangle" || fmt.Sprint(one["area"]) != "map[coordinates:[[[2.34 48.84] [2.36 48.84] [2.36 48.86] [2.34 48.84]]] type:Polygon]" {
		t.Errorf("the triangle came back as %v", one)
	}
	if one := list.Items[1]; one["radius_m"] != 300.0 || one["by_mail"] != false || one["by_push"] != true || one["rhythm"] != "daily" {
		t.Errorf("the circle came back as %v", one)
	}
	if one := list.Items[3]; one["report"] != float64(id) || one["title"] != "Un trou" || one["rhythm"] != "now" {
		t.Errorf("the report came back as %v", one)
	}
	for _, path := range []string{report + "/support", report + "/follow", fmt.Sprintf("/api/v1/me/follows/%v", list.Items[0]["id"])} {
		if a := s.do(http.MethodDelete, path, "", key...); a.StatusCode != http.StatusNoContent {
			t.Errorf("DELETE %s: %d %s", path, a.StatusCode, a.body)
		}
	}
	if s.supports(id) != 0 || s.count(`select count(*) from follow`) != 2 {
		t.Errorf("%d supports and %d follows are left", s.supports(id), s.count(`select count(*) from follow`))
	}
	// Without a key a network counts once.
	for range 2 {
		s.do(http.MethodPut, report+"/support", "")
	}
	if n := s.supports(id); n != 1 {
		t.Errorf("a network counts %d", n)
	}
}

// feed is what a reader takes from one.
type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  string   `xml:"author>name"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
	} `xml:"entry"`
}

func (s *site) feed(path string, headers ...string) (f feed, a answer) {
	s.t.Helper()
	a = s.get(path, headers...)
	if err := xml.Unmarshal([]byte(a.body), &f); a.StatusCode != http.StatusOK || err != nil {
		s.t.Fatalf("%s: %d %v %s", path, a.StatusCode, err, a.body)
	}
	return f, a
}

func TestFeeds(t *testing.T) {
	s := newPublicSite(t)
	insertZone(t, s, "a.b c", "Centre")
	ids := map[string]int64{}
	for _, name := range []string{"Un <trou> & plus", "privé", "caché", "en attente"} {
		ids[name], _ = s.file(name)
	}
	s.change(ids["privé"], `update report set visibility = 'private' where id = $1`, ids["privé"])
	s.change(ids["caché"], `update report set visibility = 'hidden' where id = $1`, ids["caché"])
	s.change(ids["en attente"], `update report set status = 'pending' where id = $1`, ids["en attente"])
	id := ids["Un <trou> & plus"]
	s.change(id, `update report set zone_ids = array(select id from zone where code = 'a.b c') where id = $1`, id)
	administrator := []string{"Cookie", s.signedInAs(account.Grant{Role: account.RoleAdministrator})}
	for path, alternate := range map[string]string{
		"/feeds/reports.atom":                      "/reports",
		"/feeds/reports.atom?category=pothole&x=1": "/reports?category=pothole",
		"/feeds/zones/essai/a.b%20c.atom":          "/zones/essai/a.b%20c",
		"/feeds/categories/pothole.atom":           "/reports?category=pothole",
		"/feeds/reports.atom?status=open,resolved": "/reports?status=open%2Cresolved",
	} {
		f, a := s.feed(path, administrator...)
		if len(f.Entries) != 1 || f.Entries[0].Title != "Un <trou> & plus" || f.Entries[0].ID != fmt.Sprintf("tag:ville.example,2026-01-01:/reports/%d", id) {
			t.Errorf("%s tells an administrator %+v", path, f.Entries)
		}
		if f.Updated != f.Entries[0].Updated || f.Author == "" || len(f.Links) != 2 || f.Links[1].Href != "http://ville.example"+alternate {
			t.Errorf("%s is %+v", path, f)
		}
		if a.Header.Get("Content-Type") != feedType || !strings.HasPrefix(a.Header.Get("Cache-Control"), "public") {
			t.Errorf("%s: %v", path, a.Header)
		}
		tag := a.Header.Get("ETag")
		if again := s.get(path, "If-None-Match", tag); again.StatusCode != http.StatusNotModified || again.body != "" {
			t.Errorf("%s again: %d", path, again.StatusCode)
		}
	}
	path := fmt.Sprintf("/feeds/reports/%d.atom", id)
	before, a := s.feed(path)
	if len(before.Entries) != 1 {
		t.Fatalf("the timeline is %+v", before.Entries)
	}
	s.change(id, `insert into timeline (kind, item_id, type, from_status, to_status, body, actor_role, created_at) values ('report', $1, 'status', 'new', 'acknowledged', 'Vu & noté', 'agent', now() + interval '1 minute')`, id)
	after, _ := s.feed(path, "If-None-Match", a.Header.Get("ETag"))
	if len(after.Entries) != 2 || after.Entries[1].ID != before.Entries[0].ID || after.ID != before.ID || after.Updated <= before.Updated {
		t.Errorf("after a step\n%+v\nbefore\n%+v", after, before)
	}
	for _, name := range []string{"privé", "caché", "en attente"} {
		if a := s.get(fmt.Sprintf("/feeds/reports/%d.atom", ids[name]), administrator...); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	for _, path := range []string{"/feeds/zones/essai/nowhere.atom", "/feeds/zones/essai/a.b%20c", "/feeds/categories/none.atom", "/feeds/reports/x.atom"} {
		if a := s.get(path); a.StatusCode != http.StatusNotFound || strings.Contains(a.body, "<html") {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	if a := s.get("/feeds/reports.atom?status=none"); a.StatusCode != http.StatusUnprocessableEntity && a.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown state: %d", a.StatusCode)
	}
	for _, page := range []string{"/reports", fmt.Sprintf("/reports/%d", id), "/zones/essai/a.b%20c"} {
		if !strings.Contains(s.get(page).body, `<link rel="alternate" type="application/atom+xml" href="/feeds/`) {
			t.Errorf("%s does not name its feed", page)
		}
	}
	if strings.Contains(s.get(fmt.Sprintf("/reports/%d", ids["caché"]), administrator...).body, "application/atom+xml") {
		t.Error("a hidden report names a feed that is not there")
	}
}

// Whoever asks for feeds asks an index: with a hundred thousand reports the newest of a category or of a place are found without reading the others.
func TestFeedsComeFromIndexes(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	s.run(`
		insert into report (category_id, title, lon, lat, h3, zone_ids, channel, created_at, updated_at)
		select c.id, 'Essai', 23000000 + n, 488000000 + n, 0, array[n % 50], 'import', now() - n * interval '1 minute', now()
		from generate_series(1, 40000) n
		join lateral (select id from category order by id offset n % 20 limit 1) c on true`)
	s.run(`vacuum analyze report`)
	var category int32
	if err := s.Register.DB.QueryRow(ctx, `select id from category order by id limit 1`).Scan(&category); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]reports.Filter{"all": {}, "category": {Categories: []int32{category}}, "zone": {Zones: []int32{7}}} {
		plan := s.plan(name, f)
		if strings.Contains(plan, "Seq Scan on report") {
			t.Errorf("the feed of %s reads every report:\n%s", name, plan)
		}
	}
}

// plan explains the query of a feed.
func (s *site) plan(name string, f reports.Filter) (plan string) {
	s.t.Helper()
	where, args := f.Where(account.Anonymous)
	rows, err := s.Register.DB.Query(s.t.Context(), `explain select r.id from report r where `+where+` order by r.created_at desc, r.id desc limit 51`, args)
	if err != nil {
		s.t.Fatal(name, err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		s.t.Fatal(name, err)
	}
	return strings.Join(lines, "\n")
}
