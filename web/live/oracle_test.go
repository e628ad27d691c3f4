package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/mvt"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
	"quartier/tiles"
	"quartier/web/live"
)

// tileAtSQL is the twin of geo.TileAt: integers only decide, the formula of the web map only finds the row to begin with.
const tileAtSQL = `
	create function row_north(y bigint) returns bigint language sql immutable as $$
		select floor(degrees(atan(sinh(pi() * (1 - 2 * y / 262144.0::float8)))) * 1e7)::bigint
	$$;
	create function tile_at(lon integer, lat integer, zoom integer) returns text language plpgsql immutable as $$
	declare
		x bigint := ((lon::bigint + 1800000000) << 18) / 3600000000;
		y bigint := greatest(0, least(262143, floor((0.5 - ln((1 + sind(lat / 1e7)) / (1 - sind(lat / 1e7))) / (4 * pi())) * 262144)::bigint));
	begin
		while y > 0 and lat > row_north(y) loop y := y - 1; end loop;
		while y < 262143 and lat <= row_north(y + 1) loop y := y + 1; end loop;
		return zoom || '/' || (x >> (18 - zoom)) || '/' || (y >> (18 - zoom));
	end $$`

// town makes reports around a few centres, many of them on one spot and some at the edges of tiles and of the world.
type town struct {
	db         *store.DB
	random     *rand.Rand
	categories []int32
	services   []int32
	ids        []int64
}

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	db := storetest.New(t)
	if _, err := db.Exec(t.Context(), tileAtSQL); err != nil {
		t.Fatal(err)
	}
	catalogue, err := reports.ReadCatalogue(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	w := &town{db: db, random: rand.New(rand.NewPCG(seed, 1))}
	for _, c := range catalogue.Categories[:9] {
		w.categories = append(w.categories, c.ID)
	}
	for _, s := range catalogue.Services {
		w.services = append(w.services, s.ID)
	}
	return w
}

func (w *town) position() geo.Position {
	centres := []geo.Position{{Lon: 23_522_000, Lat: 488_566_000}, {Lon: -710_000_000, Lat: 423_000_000}, {Lon: 0, Lat: 0}, {Lon: -1_799_999_990, Lat: 650_000_000}}
	c := centres[w.random.IntN(len(centres))]
	switch w.random.IntN(8) {
	case 0:
		return c // many on one spot
	case 1: // on the edge of a tile
		box := geo.TileAt(c, uint8(8+w.random.IntN(10))).Box()
		return geo.Position{Lon: box.West, Lat: box.North}
	}
	p := geo.Position{Lon: c.Lon + int32(w.random.NormFloat64()*300_000), Lat: c.Lat + int32(w.random.NormFloat64()*300_000)}
	if p.Lon < -1_800_000_000 {
		p.Lon = 1_799_999_999
	}
	return p
}

func (w *town) created() time.Time {
	return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(w.random.IntN(2*365*24*3600)) * time.Second)
}

// status gives a state and the time of closing that goes with it.
func (w *town) status() (string, *time.Time) {
	s := reports.Statuses[w.random.IntN(len(reports.Statuses))]
	if s.Phase != "closed" {
		return s.Name, nil
	}
	closed := w.created()
	return s.Name, &closed
}

// write does one random thing to the reports in a transaction with its change-log row.
func (w *town) write(ctx context.Context) error {
	return w.db.Write(ctx, func(tx pgx.Tx) error {
		id := int64(0)
		if len(w.ids) > 0 {
			id = w.ids[w.random.IntN(len(w.ids))]
		}
		action := w.random.IntN(10)
		var err error
		switch {
		case id == 0 || action < 5:
			id, err = w.insert(ctx, tx)
			w.ids = append(w.ids, id)
		case action < 6:
			p := w.position()
			_, err = tx.Exec(ctx, `update report set lon = $2, lat = $3, h3 = $4 where id = $1`, id, p.Lon, p.Lat, int64(geo.CellAt(p, geo.CellResolution)))
		case action < 7:
			status, closed := w.status()
			_, err = tx.Exec(ctx, `update report set status = $2, closed_at = $3 where id = $1`, id, status, closed)
		case action < 8:
			visibility := []string{"public", "private", "hidden"}[w.random.IntN(3)]
			_, err = tx.Exec(ctx, `update report set visibility = $2 where id = $1`, id, visibility)
		case action < 9:
			_, err = tx.Exec(ctx, `update report set category_id = $2 where id = $1`, id, w.categories[w.random.IntN(len(w.categories))])
		default:
			_, err = tx.Exec(ctx, `delete from report where id = $1`, id)
		}
		if err != nil {
			return err
		}
		return store.Append(ctx, tx, store.Change{Kind: reports.Kind, First: id, Last: id})
	})
}

func (w *town) insert(ctx context.Context, tx pgx.Tx) (id int64, err error) {
	p := w.position()
	status, closed := w.status()
	err = tx.QueryRow(ctx, `
		insert into report (category_id, service_id, title, lon, lat, h3, zone_ids, status, visibility, channel, created_at, updated_at, closed_at)
		values ($1, $2, 'Titre', $3, $4, $5, $6, $7, $8, 'import', $9, $9, $10)
		returning id`,
		w.categories[w.random.IntN(len(w.categories))], w.services[w.random.IntN(len(w.services))], p.Lon, p.Lat, int64(geo.CellAt(p, geo.CellResolution)),
		[]int32{int32(1 + w.random.IntN(5)), int32(10 + w.random.IntN(3))}, status, []string{"public", "public", "public", "private", "hidden"}[w.random.IntN(5)],
		w.created(), closed).Scan(&id)
	return id, err
}

// filter is a random filter in the words of both sides.
func (w *town) filter() (record reports.Filter, index tiles.Filter) {
	if w.random.IntN(2) == 0 {
		for range 1 + w.random.IntN(3) {
			n := w.random.IntN(len(reports.Statuses))
			record.Statuses = append(record.Statuses, reports.Statuses[n].Name)
			index.Statuses = append(index.Statuses, uint8(n))
		}
	}
	if w.random.IntN(2) == 0 {
		record.Categories = slices.Clone(w.categories[:1+w.random.IntN(4)])
	}
	if w.random.IntN(4) == 0 {
		record.Services = slices.Clone(w.services[:1+w.random.IntN(2)])
	}
	if w.random.IntN(4) == 0 {
		record.Zones = []int32{int32(1 + w.random.IntN(5))}
	}
	if w.random.IntN(2) == 0 {
		record.From = w.created()
		index.From = record.From.Unix()
	}
	if w.random.IntN(2) == 0 {
		record.To = w.created()
		index.To = record.To.Unix()
	}
	index.Categories, index.Services, index.Zones = record.Categories, record.Services, record.Zones
	return record, index
}

// tally is what one tile holds: how many items of each category and state (below the zoom of points: of each cell and group).
type tally map[string]int

// fromSQL counts over the rows what the tiles of a zoom must hold.
func (w *town) fromSQL(t *testing.T, zoom int, pointsFrom int, f reports.Filter) map[string]tally {
	t.Helper()
	where, args := f.Where(account.Anonymous)
	rows, err := w.db.Query(t.Context(), `
		select r.lon, r.lat, r.h3, c.slug, r.status, tile_at(r.lon, r.lat, `+fmt.Sprint(zoom)+`)
		from report r join category c on c.id = r.category_id
		where `+where, args)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]tally{}
	var p geo.Position
	var cell int64
	var category, status, tile string
	_, err = pgx.ForEachRow(rows, []any{&p.Lon, &p.Lat, &cell, &category, &status, &tile}, func() error {
		key := category + " " + status
		if zoom < pointsFrom {
			parent := geo.Cell(cell).Parent(tiles.Resolution(zoom))
			at := geo.TileAt(parent.Centre(), uint8(zoom))
			tile = fmt.Sprintf("%d/%d/%d", at.Z, at.X, at.Y)
			key = parent.String()
			s := reports.Statuses[reports.StatusNumber(status)]
			if s.Phase == "open" {
				add(want, tile, key+" open")
			}
			add(want, tile, key+" "+[]string{"new", "active", "resolved", "closed_other"}[s.Group])
		}
		add(want, tile, key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return want
}

func add(m map[string]tally, tile, key string) {
	if m[tile] == nil {
		m[tile] = tally{}
	}
	m[tile][key]++
}

// fromTile counts what a tile holds.
func fromTile(t *testing.T, raw []byte) tally {
	t.Helper()
	layers, err := mvt.Unmarshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	got := tally{}
	for _, layer := range layers {
		for _, feature := range layer.Features {
			p := feature.Properties
			if layer.Name == "items" {
				got[fmt.Sprint(p["category"], " ", p["status"])]++
				continue
			}
			cell := fmt.Sprint(p["h3"])
			got[cell] += int(p["count"].(float64))
			for _, name := range []string{"open", "new", "active", "resolved", "closed_other"} {
				if n := int(p[name].(float64)); n > 0 {
					got[cell+" "+name] += n
				}
			}
		}
	}
	return got
}

// compare asks the index for every tile that SQL says must hold something, at all zooms, and for the neighbours, which must hold nothing else.
func (w *town) compare(t *testing.T, m *live.Map, f reports.Filter, x tiles.Filter) {
	t.Helper()
	for zoom := 0; zoom <= geo.MaxZoom; zoom++ {
		want := w.fromSQL(t, zoom, m.Index.PointsFrom(), f)
		asked := map[string]bool{}
		for name := range want {
			var at geo.Tile
			if _, err := fmt.Sscanf(name, "%d/%d/%d", &at.Z, &at.X, &at.Y); err != nil {
				t.Fatal(err)
			}
			for dx := -1; dx <= 1; dx++ {
				for dy := -1; dy <= 1; dy++ {
					near := geo.Tile{Z: at.Z, X: at.X + uint32(dx), Y: at.Y + uint32(dy)}
					name := fmt.Sprintf("%d/%d/%d", near.Z, near.X, near.Y)
					if !near.Valid() || asked[name] {
						continue
					}
					asked[name] = true
					got := fromTile(t, m.Index.Tile(near, x, tiles.Everyone))
					if fmt.Sprint(got) != fmt.Sprint(w.orEmpty(want[name])) {
						t.Fatalf("tile %s under %+v holds\n%v, SQL says\n%v", name, f, got, want[name])
					}
				}
			}
		}
	}
}

func (w *town) orEmpty(t tally) tally {
	if t == nil {
		return tally{}
	}
	return t
}

// newMap runs a map over the town.
func (w *town) newMap(t *testing.T) *live.Map {
	t.Helper()
	m, err := live.New(w.db, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { m.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return m
}

// catchUp waits until a map has taken in everything that is committed.
func (w *town) catchUp(t *testing.T, m *live.Map) {
	t.Helper()
	var token store.Token
	err := w.db.Write(t.Context(), func(tx pgx.Tx) (err error) {
		token, err = store.CurrentToken(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if !m.Await(ctx, token) {
		t.Fatal("the map did not catch up within a minute")
	}
}

// Tiles hold exactly what SQL says, at every zoom, under random filters, between random writes, while readers run; and two nodes, one of
// them started late, give the same bytes.
func TestTilesEqualSQL(t *testing.T) {
	w := newTown(t, 11)
	for range 600 {
		if err := w.write(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	m := w.newMap(t)
	readers, stop := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	for seed := range uint64(2) {
		reading.Go(func() {
			random := rand.New(rand.NewPCG(seed, 2))
			for readers.Err() == nil {
				zoom := uint8(random.IntN(geo.MaxZoom + 1))
				m.Index.Tile(geo.TileAt(geo.Position{Lon: 23_522_000, Lat: 488_566_000}, zoom), tiles.Filter{}, tiles.Everyone)
			}
		})
	}
	for range 4 {
		for range 60 {
			if err := w.write(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.catchUp(t, m)
		w.compare(t, m, reports.Filter{}, tiles.Filter{})
		for range 3 {
			record, index := w.filter()
			w.compare(t, m, record, index)
		}
	}
	stop()
	reading.Wait()
	late := w.newMap(t)
	w.catchUp(t, late)
	for zoom := uint8(0); zoom <= geo.MaxZoom; zoom++ {
		at := geo.TileAt(geo.Position{Lon: 23_522_000, Lat: 488_566_000}, zoom)
		if string(m.Index.Tile(at, tiles.Filter{}, tiles.Everyone)) != string(late.Index.Tile(at, tiles.Filter{}, tiles.Everyone)) {
			t.Errorf("two nodes give different bytes for %v", at)
		}
	}
}

// The twin in SQL gives the tile that Go gives, for positions all over the world and on the edges of tiles.
func TestTileTwin(t *testing.T) {
	w := newTown(t, 12)
	random := rand.New(rand.NewPCG(13, 1))
	var lons, lats []int32
	var zooms []int32
	var want []string
	for range 3_000 {
		p := geo.Position{Lon: int32(random.Int64N(3_600_000_000) - 1_800_000_000), Lat: int32(random.Int64N(2*850_511_000+1) - 850_511_000)}
		zoom := uint8(random.IntN(geo.MaxZoom + 1))
		if random.IntN(2) == 0 {
			box := geo.TileAt(p, zoom).Box()
			p = geo.Position{Lon: box.East, Lat: max(box.South, -850_511_000)}
		}
		at := geo.TileAt(p, zoom)
		lons, lats, zooms = append(lons, p.Lon), append(lats, p.Lat), append(zooms, int32(zoom))
		want = append(want, fmt.Sprintf("%d/%d/%d", at.Z, at.X, at.Y))
	}
	rows, err := w.db.Query(t.Context(), `select tile_at(lon, lat, zoom) from unnest($1::int[], $2::int[], $3::int[]) with ordinality as p (lon, lat, zoom, n) order by n`, lons, lats, zooms)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d, %d at zoom %d: SQL says %s, Go %s", lons[i], lats[i], zooms[i], got[i], want[i])
		}
	}
}
