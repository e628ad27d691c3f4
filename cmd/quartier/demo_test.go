package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store/storetest"
)

// The demo shows itself to this machine only, unless somebody says that they mean it.
func TestDemoIsNotForEverybody(t *testing.T) {
	for _, listen := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:80", "example.org:80"} {
		code, _, stderr := quartier(t, "serve", "--demo", "--listen", listen, "--data", t.TempDir())
		if code != 1 || !strings.Contains(stderr, "--demo-public") || strings.Count(strings.TrimSpace(stderr), "\n") > 0 {
			t.Errorf("%s: exit %d, says %q", listen, code, stderr)
		}
	}
	for _, c := range []struct {
		listen string
		public bool
	}{{"127.0.0.1:80", false}, {"127.8.8.8:80", false}, {"[::1]:80", false}, {"localhost:80", false}, {"[::ffff:127.0.0.1]:80", false}, {"0.0.0.0:80", true}} {
		s := serveSettings{Demo: true, DemoPublic: c.public, Listen: c.listen}
		if err := s.demoGuard(); err != nil {
			t.Errorf("%s: %v", c.listen, err)
		}
	}
	if err := (&serveSettings{Listen: "0.0.0.0:80"}).demoGuard(); err != nil {
		t.Errorf("without the demo: %v", err)
	}
}

// get answers an address of a node.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(raw)
}

// townTile is the tile of Port-Méraël in which its market and the Grand-Rue lie.
const townTile = "/tiles/basemap/14/7864/5722.mvt"

// The first start fills an empty database, tells so, and lays the town's ground; the second one is silent and keeps what people did.
func TestDemo(t *testing.T) {
	url := storetest.URL(t)
	n := serve(t, "--demo", "--database", url)
	if said := n.stderr.String(); strings.Count(said, "Port-Méraël is built") != 1 {
		t.Errorf("the first start says %s", said)
	}
	if status, body := get(t, n.url+townTile); status != http.StatusOK || !strings.Contains(body, "Grand-Rue") {
		t.Errorf("the ground answers %d with %d bytes", status, len(body))
	}
	if status := post(t, n.url, "De plus"); status != http.StatusCreated {
		t.Fatalf("filing answers %d", status)
	}
	if code := n.stop(); code != 0 {
		t.Fatalf("exit %d: %s", code, n.stderr)
	}
	again := serve(t, "--demo", "--database", url)
	if said := again.stderr.String(); strings.Contains(said, "built") || strings.Contains(said, "leaves it alone") {
		t.Errorf("the second start says %s", said)
	}
	if status, _ := get(t, again.url+townTile); status != http.StatusOK {
		t.Errorf("the ground answers %d at the second start", status)
	}
	if _, body := get(t, again.url+"/api/v1/reports?limit=1"); !strings.Contains(body, "De plus") {
		t.Errorf("the report of before is gone: %s", body)
	}
}

// Somebody's own data is left alone, and the town's ground is not laid beneath it.
func TestDemoLeavesOthersAlone(t *testing.T) {
	url := storetest.URL(t)
	own := serve(t, "--database", url)
	if status := post(t, own.url, "À moi"); status != http.StatusCreated {
		t.Fatalf("filing answers %d", status)
	}
	own.stop()
	n := serve(t, "--demo", "--database", url)
	if said := n.stderr.String(); !strings.Contains(said, "leaves it alone") {
		t.Errorf("the start says %s", said)
	}
	if status, _ := get(t, n.url+townTile); status == http.StatusOK {
		t.Error("the town's ground lies beneath somebody's own data")
	}
	if _, body := get(t, n.url+"/api/v1/reports"); strings.Count(body, `"id":`) != 1 {
		t.Errorf("the reports are %s", body)
	}
}

// A town that this version did not build, or that was never built to its end, gets no ground that does not fit it, and one sentence says what to do.
func TestDemoOfAnotherDay(t *testing.T) {
	for _, c := range []struct{ name, note, says string }{
		{"another version", "0", "as another version built it"},
		{"cut off", "filling", "was cut off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := storetest.URL(t)
			conn, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			_, err = conn.Exec(t.Context(), `
				insert into setting (name, value) values ('demo', '`+c.note+`');
				insert into report (category_id, title, lon, lat, h3, channel, created_at, updated_at)
				values ((select id from category where slug = 'other'), 'De plus', 25000000, 485000000, 1, 'web', now(), now())`)
			if err != nil {
				t.Fatal(err)
			}
			if err := conn.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			n := serve(t, "--demo", "--database", url)
			if said := n.stderr.String(); strings.Count(said, c.says) != 1 || !strings.Contains(said, "--data") {
				t.Errorf("the start says %s", said)
			}
			if status, _ := get(t, n.url+townTile); status == http.StatusOK {
				t.Error("the ground of this version lies beneath it")
			}
			if _, body := get(t, n.url+"/api/v1/reports"); strings.Count(body, `"id":`) != 1 {
				t.Errorf("the reports are %s", body)
			}
		})
	}
}
