package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
)

// clock is a clock that only tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// withClock gives a site the clock.
func withClock(c *clock) func(*Server) {
	return func(s *Server) { s.Register.Now, s.People.Now = c.Now, c.Now }
}

// proven trusts the test's own address as a proxy, so that each request can come from another.
func proven(s *Server) { s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/8")} }

func solution(ch challenge, text string) string {
	for n := 0; ; n++ {
		if digits := strconv.Itoa(n); ch.solves(text, digits) {
			return digits
		}
	}
}

func TestStamps(t *testing.T) {
	key, other := make([]byte, 32), []byte(strings.Repeat("k", 32))
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	good := stamp(key, "browser", now)
	for _, c := range []struct {
		name    string
		key     []byte
		browser string
		text    string
		at      time.Time
		ours    bool
	}{
		{"a minute later", key, "browser", good, now.Add(time.Minute), true},
		{"at once", key, "browser", good, now, true},
		{"the next day", key, "browser", good, now.Add(25 * time.Hour), false},
		{"before it was given", key, "browser", good, now.Add(-time.Second), false},
		{"another browser's", key, "robot", good, now.Add(time.Minute), false},
		{"another town's", other, "browser", good, now.Add(time.Minute), false},
		{"an older time", key, "browser", "1" + good, now.Add(time.Minute), false},
		{"cut", key, "browser", good[:len(good)-1], now.Add(time.Minute), false},
		{"nothing", key, "browser", "", now, false},
		{"rubbish", key, "browser", "..%\x00", now, false},
		{"of another purpose", key, "browser", strconv.FormatInt(now.UnixMilli(), 36) + "." + good, now, false},
	} {
		age, ours := stampAge(c.key, c.browser, c.text, c.at)
		if ours != c.ours || ours && age != c.at.Sub(now) {
			t.Errorf("%s: %v, %v", c.name, age, ours)
		}
	}
}

func TestChallenges(t *testing.T) {
	key := make([]byte, 32)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	filing := uuid.New()
	ch := challenge{filing: filing, doubts: []reports.Doubt{reports.DoubtFast, reports.DoubtOdd}, bits: 8, expires: now.Add(challengeLife)}
	text := ch.encode(key)
	if read, ok := challengeOf(key, text, filing, now); !ok || fmt.Sprint(read.doubts) != fmt.Sprint(ch.doubts) || read.bits != 8 {
		t.Fatalf("read %+v, %v", read, ok)
	}
	if text == ch.encode(key) {
		t.Error("two challenges are the same: one solution would do for both")
	}
	for name, try := range map[string]func() bool{
		"expired":       func() bool { _, ok := challengeOf(key, text, filing, now.Add(challengeLife)); return ok },
		"foreign":       func() bool { _, ok := challengeOf(key, text, uuid.New(), now); return ok },
		"another key's": func() bool { _, ok := challengeOf([]byte("x"), text, filing, now); return ok },
		"empty":         func() bool { _, ok := challengeOf(key, "", filing, now); return ok },
		"a stamp":       func() bool { _, ok := challengeOf(key, stamp(key, "b", now), filing, now); return ok },
	} {
		if try() {
			t.Errorf("a challenge that is %s is taken", name)
		}
	}
	for i := range text {
		tampered := []byte(text)
		tampered[i] ^= 1
		if _, ok := challengeOf(key, string(tampered), filing, now); ok {
			t.Fatalf("with letter %d changed it is taken", i)
		}
	}
	right := solution(ch, text)
	if !ch.solves(text, right) || ch.solves(text, "") || ch.solves(text, strings.Repeat("0", 21)) || ch.solves(text[1:], right) {
		t.Error("solutions are told apart wrongly")
	}
}

var proofField = regexp.MustCompile(`data-proof="([^"]+)" data-bits="(\d+)"`)

// A form that was sent too fast, or by what fills in every field, asks for work; nothing typed is lost. Solved, it files; unsolved, it waits for a moderator.
func TestProofOnSuspicion(t *testing.T) {
	typed := url.Values{"category": {"pothole"}, "title": {"Trou <b>profond</b>"}, "description": {"Ici\net là"}, "lat": {"48.85"}, "lon": {"2.35"}, "email": {"jeanne@example.org"}}
	sent := func(f *form, more ...string) answer {
		values := url.Values{}
		for name, v := range typed {
			values[name] = v
		}
		for i := 0; i < len(more); i += 2 {
			values.Set(more[i], more[i+1])
		}
		return f.send(values, "User-Agent", "Firefox")
	}
	s := newSite(t)
	for _, c := range []struct {
		name    string
		prepare func(*form)
		trap    string
		status  string // of the report after the work was done
		reasons string // where it was not
	}{
		{"fast", func(f *form) { f.ripen(0) }, "", "new", "{fast}"},
		{"without a stamp", func(f *form) { f.hidden.Del("stamp") }, "", "new", "{stamp}"},
		{"with another browser's stamp", func(f *form) { f.hidden.Set("stamp", s.openForm().hidden.Get("stamp")) }, "", "new", "{stamp}"},
		{"trapped", func(*form) {}, "http://spam.example", "pending", "{trap}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, solve := range []bool{true, false} {
				f := s.openForm()
				c.prepare(f)
				before := s.count(`select count(*) from report`)
				a := sent(f, "website", c.trap)
				m := proofField.FindStringSubmatch(a.body)
				if a.StatusCode != http.StatusForbidden || m == nil || s.count(`select count(*) from report`) != before {
					t.Fatalf("answered %d %s", a.StatusCode, a.body)
				}
				for _, kept := range []string{`value="Trou &lt;b&gt;profond&lt;/b&gt;"`, "Ici\net là", `value="jeanne@example.org"`, `value="` + f.hidden.Get("uuid") + `"`} {
					if !strings.Contains(a.body, kept) {
						t.Errorf("what was typed is lost: %s", kept)
					}
				}
				bits, _ := strconv.Atoi(m[2])
				proof, want := unsolved, "pending"
				if solve {
					proof, want = solution(challenge{bits: bits}, m[1]), c.status
					if wrong := sent(f, "website", c.trap, "challenge", m[1], "proof", "x"); wrong.StatusCode != http.StatusForbidden {
						t.Errorf("a wrong solution is answered %d", wrong.StatusCode)
					}
				}
				if a := sent(f, "website", c.trap, "challenge", m[1], "proof", proof); a.StatusCode != http.StatusSeeOther {
					t.Fatalf("then answered %d %s", a.StatusCode, a.body)
				}
				var status, reasons string
				err := s.Register.DB.QueryRow(t.Context(), `select status, coalesce(q.reasons::text, '') from report r left join quarantine q on q.report_id = r.id where uuid = $1`,
					f.hidden.Get("uuid")).Scan(&status, &reasons)
				if err != nil || status != want || status == "pending" && reasons != c.reasons {
					t.Errorf("the report is %s because of %s, %v; want %s because of %s", status, reasons, err, want, c.reasons)
				}
				// The same proof for another text: the filing's uuid is taken.
				if a := sent(f, "website", c.trap, "challenge", m[1], "proof", proof, "title", "Autre chose"); a.StatusCode != http.StatusConflict {
					t.Errorf("the proof again is answered %d", a.StatusCode)
				}
				// And for another filing it is foreign.
				f.hidden.Set("uuid", uuid.NewString())
				if a := sent(f, "website", c.trap, "challenge", m[1], "proof", solution(challenge{bits: bits}, m[1])); a.StatusCode != http.StatusForbidden {
					t.Errorf("the proof for another filing is answered %d", a.StatusCode)
				}
			}
		})
	}
}

// A program learns from the problem document what to do.
func TestProofForPrograms(t *testing.T) {
	s := newSite(t, func(s *Server) { s.FilingsPerTenMinutes = 20 })
	body := func(id string) string {
		return fmt.Sprintf(`{"uuid":%q,"category":"pothole","title":"a","location":{"type":"Point","coordinates":[2.35,48.85]}}`, id)
	}
	var p Problem
	id := ""
	for n := range 20 {
		id = uuid.NewString()
		a := s.postJSON(body(id), "User-Agent", "script")
		if a.StatusCode == http.StatusForbidden {
			if n < 10 {
				t.Errorf("filing %d is suspicious", n)
			}
			if err := json.Unmarshal([]byte(a.body), &p); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	if p.Challenge == nil || p.Challenge.UUID != id || p.Challenge.Bits != challengeBits || p.Type != "/problems/proof-wanted" {
		t.Fatalf("no challenge: %+v", p)
	}
	text := p.Challenge.Text
	if a := s.postJSON(body(id), "User-Agent", "script", "Quartier-Proof", text+":"+solution(challenge{bits: challengeBits}, text)); a.StatusCode != http.StatusCreated || !strings.Contains(a.body, `"status":"new"`) {
		t.Errorf("solved: %d %s", a.StatusCode, a.body)
	}
	a := s.postJSON(body(uuid.NewString()), "User-Agent", "script", "Quartier-Proof", text+":none")
	if a.StatusCode != http.StatusForbidden {
		t.Errorf("with another filing's challenge: %d", a.StatusCode)
	}
	_ = json.Unmarshal([]byte(a.body), &p)
	if a := s.postJSON(body(p.Challenge.UUID), "User-Agent", "script", "Quartier-Proof", p.Challenge.Text+":none"); a.StatusCode != http.StatusCreated || !strings.Contains(a.body, `"status":"pending"`) {
		t.Errorf("unsolved: %d %s", a.StatusCode, a.body)
	}
}

// Ten thousand filings from a thousand networks, on one square: a few get in, none breaks anything, a resident elsewhere is not held up, and who has an account
// files on that square all the same.
func TestTenThousandFilings(t *testing.T) {
	c := &clock{now: time.Now().UTC()}
	s := newSite(t, proven, withClock(c), func(s *Server) { s.FilingsPerTenMinutes = 20 })
	var answered sync.Map
	count := func(status int) *atomic.Int64 {
		n, _ := answered.LoadOrStore(status, new(atomic.Int64))
		return n.(*atomic.Int64)
	}
	file := func(from, lon string, headers ...string) answer {
		return s.postJSON(`{"category":"pothole","title":"Publicité","location":{"type":"Point","coordinates":[`+lon+`,48.85]}}`,
			append([]string{"X-Forwarded-For", from, "User-Agent", "robot"}, headers...)...)
	}
	var work sync.WaitGroup
	for w := range 8 {
		work.Go(func() {
			for i := w; i < 10_000; i += 8 {
				a := file(fmt.Sprintf("10.0.%d.%d", i%1000/250, i%250), "2.35")
				count(a.StatusCode).Add(1)
				if a.StatusCode == http.StatusTooManyRequests && a.Header.Get("Retry-After") == "" {
					t.Error("a refusal does not say when to come again")
				}
			}
		})
	}
	work.Wait()
	created, asked, refused := count(201).Load(), count(403).Load(), count(429).Load()
	t.Logf("%d filed, %d asked to work, %d refused", created, asked, refused)
	if created+asked+refused != 10_000 || created > 100 || refused < 9_000 {
		t.Errorf("of 10 000 filings %d came in, %d were asked to work and %d were refused", created, asked, refused)
	}
	if a := file("192.0.2.7", "2.55"); a.StatusCode != http.StatusCreated {
		t.Errorf("a resident elsewhere is answered %d", a.StatusCode)
	}
	if a := file("192.0.2.8", "2.35", "Cookie", s.signedInAs(), "Sec-Fetch-Site", "same-origin"); a.StatusCode != http.StatusCreated {
		t.Errorf("who has an account is answered %d on that square", a.StatusCode)
	}
	c.pass(10 * time.Minute)
	if a := file("192.0.2.9", "2.35"); a.StatusCode != http.StatusCreated {
		t.Errorf("ten minutes later a resident is answered %d", a.StatusCode)
	}
	if a := s.get("/metrics", "X-Forwarded-For", "127.0.0.1"); !strings.Contains(a.body, `quartier_refused_total{limit="areas"}`) || !strings.Contains(a.body, "quartier_proofs_wanted_total "+fmt.Sprint(asked)) {
		t.Errorf("the metrics: %s", a.body)
	}
}

// An account has turns of its own: whoever changes networks does not get more.
func TestLimitByAccount(t *testing.T) {
	s := newSite(t, proven, func(s *Server) { s.FilingsPerTenMinutes = 5 })
	cookie := s.signedInAs()
	last := 0
	for i := range 6 {
		a := s.postJSON(`{"category":"pothole","title":"a","location":{"type":"Point","coordinates":[2.35,48.85]}}`, "X-Forwarded-For", fmt.Sprintf("10.0.0.%d", i+1),
			"Cookie", cookie, "Sec-Fetch-Site", "same-origin")
		last = a.StatusCode
		if i < 5 && last != http.StatusCreated {
			t.Fatalf("filing %d is answered %d", i, last)
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("one more than an account may file is answered %d", last)
	}
}

// Whoever has to wait, by network or by place, keeps what was typed, and is told for how long.
func TestFormAtTheLimit(t *testing.T) {
	typed := func() url.Values {
		return url.Values{"category": {"pothole"}, "title": {"Trou"}, "description": {"Longuement décrit"}, "lat": {"48.85"}, "lon": {"2.35"}}
	}
	for name, use := range map[string]func(*site){
		"network": func(s *site) { s.limits.filings.take(networkKey(netip.MustParseAddr("0.0.0.0"))) },
		"place": func(s *site) {
			at, _ := geo.FromDegrees(2.35, 48.85)
			for range areaFilings {
				s.limits.areas.take(areaKey(at))
			}
		},
	} {
		s := newSite(t, func(s *Server) { s.FilingsPerTenMinutes = 1 })
		use(s)
		a := s.openForm().send(typed(), "User-Agent", "Firefox")
		if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" || !strings.Contains(a.body, "Longuement décrit") {
			t.Errorf("by %s: %d, to come again after %q, %s", name, a.StatusCode, a.Header.Get("Retry-After"), a.body)
		}
	}
	s := newSite(t)
	id, token := s.file("Trou")
	s.awaitText(token)
	for range flagsPerTenMinutes {
		s.limits.flags.take(networkKey(netip.MustParseAddr("0.0.0.0")))
	}
	a := s.submit(fmt.Sprintf("/reports/%d/flag", id), "", url.Values{"reason": {"other"}, "words": {"Longuement dit"}})
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" || !strings.Contains(a.body, "Longuement dit") {
		t.Errorf("a flag: %d, to come again after %q, %s", a.StatusCode, a.Header.Get("Retry-After"), a.body)
	}
}

// A word of the block list is found also in the answers to extra questions.
func TestBlockedWordInAnswers(t *testing.T) {
	s := newSite(t)
	if err := s.People.AddBlock(t.Context(), account.Actor{Role: account.RoleModerator}, account.Block{Kind: account.BlockWord, Value: hush, Reason: "spam"}, 0); err != nil {
		t.Fatal(err)
	}
	s.exec(`update category set attributes = '[{"code":"more","label_fr":"Plus","label_en":"More","type":"string"}]' where slug = 'pothole'`)
	a := s.postJSON(`{"category":"pothole","title":"a","attributes":{"more":"voici `+hush+`"},"location":{"type":"Point","coordinates":[2.35,48.85]}}`, "User-Agent", "script")
	if a.StatusCode != http.StatusCreated || !strings.Contains(a.body, `"status":"pending"`) {
		t.Errorf("answered %d %s", a.StatusCode, a.body)
	}
}
