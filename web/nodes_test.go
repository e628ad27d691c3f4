package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
	"quartier/tiles"
	"quartier/web/live"
)

// node is one of several servers over one database, with a pool, a map and a port of its own.
type node struct {
	t    *testing.T
	m    *live.Map
	base string
	stop func()
}

func startNode(t *testing.T, url string) *node {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 6})
	if err != nil {
		t.Fatal(err)
	}
	m, err := live.New(db, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Register: &reports.Register{DB: db, Now: time.Now}, People: &account.Directory{DB: db, Now: time.Now}, Map: m, Cache: tiles.NewCache(m.Index, 0), Log: slog.New(slog.DiscardHandler),
		TimeZone: time.UTC, FilingsPerTenMinutes: 1 << 20}
	if err := s.Prepare(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { m.Run(ctx) })
	running.Go(func() { _ = s.Serve(l) })
	n := &node{t: t, m: m, base: "http://" + l.Addr().String()}
	n.stop = sync.OnceFunc(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		cancel()
		running.Wait()
		db.Close()
	})
	t.Cleanup(n.stop)
	for n.get("/readyz").status != http.StatusOK {
	}
	return n
}

// reply is what a node answered.
type reply struct {
	status    int
	tag, body string
}

// get asks a node; headers come in pairs.
func (n *node) get(path string, headers ...string) reply {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.base+path, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header.Get("ETag"), string(body)}
}

// file files a report and gives its number and token.
func (n *node) file(p geo.Position, category string) (id int64, token string, err error) {
	lon, lat := p.Degrees()
	body := fmt.Sprintf(`{"category":%q,"title":"x","location":{"type":"Point","coordinates":[%.7f,%.7f]}}`, category, lon, lat)
	response, err := http.Post(n.base+"/api/v1/reports", "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	var filed struct{ ID int64 }
	if err := json.NewDecoder(response.Body).Decode(&filed); err != nil || response.StatusCode != http.StatusCreated {
		return 0, "", fmt.Errorf("filing: %d, %v", response.StatusCode, err)
	}
	return filed.ID, response.Header.Get(tokenHeader), nil
}

// tilesOf gives the addresses of the tiles in which items at some positions count, of the layers of items and of cells, at all zooms.
func tilesOf(positions []geo.Position) (paths []string) {
	seen := map[string]bool{}
	add := func(family string, t geo.Tile) {
		path := fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", family, t.Z, t.X, t.Y)
		if !seen[path] {
			paths, seen[path] = append(paths, path), true
		}
	}
	for _, p := range positions {
		for zoom := range uint8(geo.MaxZoom + 1) {
			add("items", geo.TileAt(p, zoom))
			add("items", geo.TileAt(geo.CellAt(p, tiles.Resolution(int(zoom))).Centre(), zoom))
			add("cells", geo.TileAt(p, zoom))
		}
	}
	return paths
}

// Three nodes over one database, one started late and one restarted while writers write on all of them, give the same bytes and the same ETags for every
// tile that has something, under any filter; a tag of one is known to the others, and a token of one is honoured by the others.
func TestNodesAgree(t *testing.T) {
	url := storetest.URL(t)
	a, b := startNode(t, url), startNode(t, url)
	db, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)

	random := rand.New(rand.NewPCG(61, 1))
	categories := []string{"pothole", "litter", "person-at-risk", "tag"}
	var positions []geo.Position
	for range 45 {
		c := geo.Position{Lon: 23_522_000, Lat: 488_566_000}
		if random.IntN(4) > 0 {
			c = geo.Position{Lon: c.Lon + random.Int32N(400_000), Lat: c.Lat + random.Int32N(400_000)}
		}
		positions = append(positions, c)
	}
	write := func(from *node, p geo.Position, n int) error {
		id, _, err := from.file(p, categories[n%len(categories)])
		if err != nil || n%3 > 0 {
			return err
		}
		return db.Write(t.Context(), func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), `update report set status = $2, visibility = $3 where id = $1`, id-int64(n%2),
				[]string{"planned", "pending", "reopened"}[n/3%3], []string{"public", "public", "hidden"}[n/5%3])
			if err != nil {
				return err
			}
			return store.Append(t.Context(), tx, store.Change{Kind: reports.Kind, First: id - int64(n%2), Last: id})
		})
	}
	writing := func(positions []geo.Position, to ...*node) (written func()) {
		var writers sync.WaitGroup
		writers.Go(func() {
			for i, p := range positions {
				if err := write(to[i%len(to)], p, i); err != nil {
					t.Error(err)
				}
			}
		})
		return writers.Wait
	}
	written := writing(positions[:15], a, b)
	late := startNode(t, url)
	written()
	written = writing(positions[15:30], a, late)
	b.stop()
	b = startNode(t, url)
	written()
	writing(positions[30:], a, b, late)()
	nodes := []*node{a, b, late}

	// Each token is of a write where nothing else is: whoever gets it along sees that write.
	for i := range int32(12) {
		p := geo.Position{Lon: -600_000_000 + i*1_000_000, Lat: 100_000_000}
		positions = append(positions, p)
		_, token, err := nodes[i%3].file(p, categories[0])
		if err != nil {
			t.Fatal(err)
		}
		at := geo.TileAt(p, geo.MaxZoom)
		path := fmt.Sprintf("/tiles/items/%d/%d/%d.mvt", at.Z, at.X, at.Y)
		for _, n := range nodes {
			if got := n.get(path, tokenHeader, token); got.status != http.StatusOK {
				t.Errorf("a node answers %d to who brings the token of a write there", got.status)
			}
		}
	}
	_, last, err := a.file(positions[0], categories[0])
	if err != nil {
		t.Fatal(err)
	}
	token, err := store.ParseToken(last)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if !n.m.Await(ctx, token) {
			t.Fatal("a node did not catch up within a minute")
		}
	}

	now := time.Now().UTC()
	filters := []string{"", "?status=open&category=roads,litter", "?kind=report&status=planned", fmt.Sprintf("?category=tag,pothole&from=%s&to=%s",
		now.Add(-time.Hour).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339))}
	full := 0
	for i, path := range tilesOf(positions) {
		for j, filter := range filters {
			if j > 0 && i%len(filters) != j { // each tile unfiltered and under one of the filters
				continue
			}
			for _, encoding := range []string{"identity", "gzip"} {
				want := a.get(path+filter, "Accept-Encoding", encoding)
				if want.status == http.StatusOK {
					full++
				}
				for _, n := range nodes[1:] {
					if got := n.get(path+filter, "Accept-Encoding", encoding); got != want {
						t.Fatalf("%s%s as %s: two nodes answer %d %s and %d %s, bytes equal: %v", path, filter, encoding, want.status, want.tag, got.status, got.tag, got.body == want.body)
					}
				}
				if want.status == http.StatusOK && i%7 == 0 {
					if got := late.get(path+filter, "Accept-Encoding", encoding, "If-None-Match", want.tag); got.status != http.StatusNotModified {
						t.Errorf("%s%s: a node answers %d to the tag of another", path, filter, got.status)
					}
				}
			}
		}
	}
	if full < 1000 {
		t.Errorf("only %d tiles have something", full)
	}
	for _, filter := range filters {
		path := "/api/v1/cells.geojson" + filter + map[bool]string{true: "&", false: "?"}[filter != ""] + "resolution=8"
		want := a.get(path)
		for _, n := range nodes[1:] {
			if got := n.get(path); got != want || want.status != http.StatusOK {
				t.Errorf("%s: two nodes answer %d and %d, bytes equal: %v", path, want.status, got.status, got.body == want.body)
			}
		}
	}
	compareCells(t, db, a)
}

// compareCells compares the export of cells with SQL.
func compareCells(t *testing.T, db *store.DB, n *node) {
	t.Helper()
	var cells struct {
		Features []struct {
			Properties struct {
				H3          string
				Count, Open int
			}
		}
	}
	if err := json.Unmarshal([]byte(n.get("/api/v1/cells.geojson?resolution=13&category=pothole,tag").body), &cells); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range cells.Features {
		got[f.Properties.H3] = fmt.Sprint(f.Properties.Count, f.Properties.Open)
	}
	rows, err := db.Query(t.Context(), `
		select to_hex(r.h3), count(*), count(*) filter (where r.status <> 'resolved')
		from report r join category c on c.id = r.category_id
		where r.visibility = 'public' and r.status <> 'pending' and c.slug in ('pothole', 'tag')
		group by 1`)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	var cell string
	var count, open int
	if _, err := pgx.ForEachRow(rows, []any{&cell, &count, &open}, func() error { want[cell] = fmt.Sprint(count, open); return nil }); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || len(want) < 5 {
		t.Errorf("cells %v, SQL says %v", got, want)
	}
}
