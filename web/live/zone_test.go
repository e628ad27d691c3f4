package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/zone"
	"quartier/tiles"
	"quartier/web/live"
)

// quilt is a square of patches with crooked seams: neighbours share their borders, some patches have a hole, and some holes are zones of their own.
type quilt struct {
	corners [][]geo.Position // of the patches, row by row
	holes   []geo.Position   // corners of holes
	text    string           // GeoJSON
}

const (
	patches = 5          // in each direction
	size    = 100_000    // of a patch, units of 1e-7 degrees
	west    = 23_000_000 // the south-western corner of the quilt
	south   = 488_000_000
)

// sew makes a quilt. Zones are named after a season, so that the names of revisions differ; a patch is left out now and then.
func sew(random *rand.Rand, season string) quilt {
	var q quilt
	for y := range int32(patches + 1) {
		var row []geo.Position
		for x := range int32(patches + 1) {
			p := geo.Position{Lon: west + x*size, Lat: south + y*size}
			if x > 0 && x < patches { // the outer edges are straight, so that positions lie exactly on them
				p.Lon += random.Int32N(size/2) - size/4
			}
			if y > 0 && y < patches {
				p.Lat += random.Int32N(size/2) - size/4
			}
			row = append(row, p)
		}
		q.corners = append(q.corners, row)
	}
	var features []string
	add := func(code string, rings ...[]geo.Position) {
		var text []string
		for _, ring := range rings {
			var points []string
			for _, p := range append(ring, ring[0]) {
				lon, lat := p.Degrees()
				points = append(points, fmt.Sprintf("[%.7f,%.7f]", lon, lat))
			}
			text = append(text, "["+strings.Join(points, ",")+"]")
		}
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"nom":%q},"geometry":{"type":"Polygon","coordinates":[%s]}}`,
			code, code+" "+season, strings.Join(text, ",")))
	}
	for y := range patches {
		for x := range patches {
			if random.IntN(8) == 0 {
				continue
			}
			outer := []geo.Position{q.corners[y][x], q.corners[y][x+1], q.corners[y+1][x+1], q.corners[y+1][x]}
			// Codes are mixed up, so that the one that sorts first lies on any side of a border.
			code := fmt.Sprintf("%02d", (7*(patches*y+x))%(patches*patches))
			if random.IntN(3) > 0 {
				add(code, outer)
				continue
			}
			c := geo.Position{Lon: west + int32(x)*size + size/2, Lat: south + int32(y)*size + size/2}
			const half = size / 10
			hole := []geo.Position{{Lon: c.Lon - half, Lat: c.Lat - half}, {Lon: c.Lon - half, Lat: c.Lat + half}, {Lon: c.Lon + half, Lat: c.Lat + half}, {Lon: c.Lon + half, Lat: c.Lat - half}}
			q.holes = append(q.holes, hole...)
			add(code, outer, hole)
			if random.IntN(2) == 0 {
				add("i"+code, hole)
			}
		}
	}
	q.text = `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
	return q
}

// positions gives some on corners and straight borders, and some anywhere in the quilt and around it.
func (q quilt) positions(random *rand.Rand, number int) (all []geo.Position) {
	for range number {
		p := geo.Position{Lon: west - size/2 + random.Int32N((patches+1)*size), Lat: south - size/2 + random.Int32N((patches+1)*size)}
		switch random.IntN(5) {
		case 0:
			p = q.corners[random.IntN(patches+1)][random.IntN(patches+1)]
		case 1:
			p.Lon = west + size*patches*random.Int32N(2)
		case 2:
			if len(q.holes) > 0 {
				p = q.holes[random.IntN(len(q.holes))]
				p.Lat += random.Int32N(3) - 1
			}
		}
		all = append(all, p)
	}
	return all
}

// bring makes a quilt the revision in force of a set.
func (q quilt) bring(t *testing.T, w *town, set string) {
	t.Helper()
	content, err := zone.ReadFile(strings.NewReader(q.text), "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zone.Import(t.Context(), w.db, account.System, zone.Naming{Slug: set, Source: "test"}, content); err != nil {
		t.Fatal(err)
	}
}

// fileAt stores a report as a filing does.
func (w *town) fileAt(ctx context.Context, p geo.Position) error {
	return w.db.Write(ctx, func(tx pgx.Tx) error {
		zones, err := zone.At(ctx, tx, p)
		if err != nil {
			return err
		}
		columns := w.insertion()
		columns["lon"], columns["lat"], columns["h3"], columns["zones"] = p.Lon, p.Lat, int64(geo.CellAt(p, geo.CellResolution)), zones
		return w.insert(ctx, tx, columns)
	})
}

// fileAll files a report at each of some positions.
func (w *town) fileAll(t *testing.T, positions []geo.Position) {
	for _, p := range positions {
		if err := w.fileAt(t.Context(), p); err != nil {
			t.Error(err)
		}
	}
}

// compareZones compares the counts and the tiles of every zone with what PostGIS says of the positions now, and the names with those in force.
func (w *town) compareZones(t *testing.T, m *live.Map, season string) {
	t.Helper()
	w.catchUp(t, m)
	count := func(condition string) map[string]int {
		return pairs(t, w, `
			select z::text, count(*) from report r cross join unnest(zones_at(r.lon, r.lat)) z
			where r.visibility = 'public' and r.status <> 'pending' and `+condition+` group by 1`, pgx.NamedArgs{})
	}
	number := func(n int32) string { return fmt.Sprint(n) }
	c := m.Index.Count(tiles.Filter{}, tiles.Everyone, time.Now())
	_, open := m.Index.CountZones(tiles.Filter{}, tiles.Everyone)
	if got, want := fmt.Sprint(texts(c.Zones, number)), fmt.Sprint(count(`true`)); got != want {
		t.Fatalf("items by zone: %s, PostGIS says %s", got, want)
	}
	if got, want := fmt.Sprint(texts(open, number)), fmt.Sprint(count(`r.status in `+statesOpen)); got != want {
		t.Fatalf("open items by zone: %s, PostGIS says %s", got, want)
	}
	for _, set := range m.Vocabulary().Sets {
		for _, z := range set.Zones {
			if !strings.HasSuffix(z.Name, season) {
				t.Errorf("zone %s is called %q in %s", z.Ref(), z.Name, season)
			}
			if got := m.Index.Total(tiles.Filter{Zones: []int32{z.ID}}, tiles.Everyone); got != c.Zones[z.ID] {
				t.Errorf("%d items in zone %s, counted by zone %d", got, z.Ref(), c.Zones[z.ID])
			}
		}
		two := []int32{set.Zones[0].ID, set.Zones[len(set.Zones)-1].ID}
		w.compare(t, m, reports.Filter{Zones: two}, tiles.Filter{Zones: two})
	}
}

// Counts by zone, and what is in a zone, are what PostGIS says to the last item, on borders, corners and holes, and follow a set's new revision while
// reports are filed.
func TestZonesEqualPostGIS(t *testing.T) {
	t.Parallel()
	w := newTown(t, 51)
	random := rand.New(rand.NewPCG(51, 2))
	quilts := []quilt{sew(random, "spring"), sew(random, "spring")}
	w.fileAll(t, quilts[0].positions(random, 150)) // before any zone is known
	m := w.newMap(t)
	w.catchUp(t, m)
	for _, season := range []string{"spring", "summer", "autumn"} {
		for i := range quilts {
			quilts[i] = sew(random, season)
		}
		beside := quilts[0].positions(random, 50)
		filed := make(chan struct{})
		go func() {
			defer close(filed)
			w.fileAll(t, beside)
		}()
		quilts[0].bring(t, w, "quarters")
		quilts[1].bring(t, w, "sectors")
		<-filed
		w.compareZones(t, m, season)
		w.fileAll(t, quilts[1].positions(random, 60))
		w.compareZones(t, m, season)
	}
}
