package live_test

import (
	"context"
	"math/rand/v2"
	"slices"
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
)

// town makes reports around a few centres, many of them on one spot and some at the edges of tiles and of the world. Its writers may work at the
// same time.
type town struct {
	db         *store.DB
	categories []int32
	services   []int32
	reader     account.Actor // who asks the record and the map

	mu      sync.Mutex // guards what follows
	random  *rand.Rand
	ids     []int64
	moments []time.Time // of some reports' creation
}

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	return newTownIn(t, storetest.New(t), seed)
}

func newTownIn(t *testing.T, db *store.DB, seed uint64) *town {
	t.Helper()
	if _, err := db.Exec(t.Context(), twinSQL); err != nil {
		t.Fatal(err)
	}
	catalogue, err := reports.ReadCatalogue(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	w := &town{db: db, reader: account.Anonymous, random: rand.New(rand.NewPCG(seed, 1))}
	for _, c := range catalogue.Categories[:9] {
		w.categories = append(w.categories, c.ID)
	}
	for _, s := range catalogue.Services {
		w.services = append(w.services, s.ID)
	}
	return w
}

// one gives a random element.
func one[T any](w *town, of ...T) T { return of[w.random.IntN(len(of))] }

func (w *town) position() geo.Position {
	c := one(w, geo.Position{Lon: 23_522_000, Lat: 488_566_000}, geo.Position{Lon: -710_000_000, Lat: 423_000_000}, geo.Position{},
		geo.Position{Lon: -1_799_999_990, Lat: 650_000_000}, geo.Position{Lon: 1_799_990_000, Lat: -180_000_000})
	switch w.random.IntN(8) {
	case 0:
		return c // many on one spot
	case 1: // on the edge of a tile
		box := geo.TileAt(c, uint8(8+w.random.IntN(10))).Box()
		return geo.Position{Lon: box.West, Lat: box.North}
	}
	spread := one(w, 300.0, 300_000, 300_000, 20_000_000)
	lon := int64(c.Lon) + int64(w.random.NormFloat64()*spread)
	lon = (lon+3*1_800_000_000)%3_600_000_000 - 1_800_000_000
	return geo.Position{Lon: int32(lon), Lat: c.Lat + int32(w.random.NormFloat64()*spread/2)}
}

func (w *town) created() time.Time {
	return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(w.random.IntN(2*365*24*3600)) * time.Second)
}

// bound is a time that a range may begin or end at: often the very second of a report, or the one beside it.
func (w *town) bound() time.Time {
	if len(w.moments) == 0 || w.random.IntN(3) == 0 {
		return w.created()
	}
	return one(w, w.moments...).Add(time.Duration(w.random.IntN(3)-1) * time.Second)
}

// status gives a state, the time of closing that goes with it, and for a duplicate the original.
func (w *town) status() (name string, closed *time.Time, original *int64) {
	s := one(w, reports.Statuses...)
	if s.Phase == "closed" {
		at := w.created()
		closed = &at
	}
	if s.Name == "duplicate" && len(w.ids) > 0 {
		id := one(w, w.ids...)
		original = &id
	}
	return s.Name, closed, original
}

// write does some random things to the reports in one transaction, with their rows of the change log.
func (w *town) write(ctx context.Context) error {
	w.mu.Lock()
	things := one(w, 1, 1, 1, 2, 7)
	w.mu.Unlock()
	return w.db.Write(ctx, func(tx pgx.Tx) error {
		for range things {
			if err := w.change(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// change inserts, moves, moves on, hides, shows, confirms, merges or deletes a report. One that somebody else has just changed is left alone, so that
// writers never wait for each other.
func (w *town) change(ctx context.Context, tx pgx.Tx) error {
	w.mu.Lock()
	action := w.random.IntN(11)
	if len(w.ids) < 20 {
		action = 0
	}
	if action < 5 {
		insert := w.insertion()
		w.mu.Unlock()
		return w.insert(ctx, tx, insert)
	}
	id, p, visibility, category := one(w, w.ids...), w.position(), one(w, "public", "private", "hidden"), one(w, w.categories...)
	status, closed, original := w.status()
	w.mu.Unlock()
	var there bool
	err := tx.QueryRow(ctx, `select exists (select from report where id = $1 for update skip locked)`, id).Scan(&there)
	if err != nil || !there {
		return err
	}
	if original != nil && *original == id {
		original, status = nil, "rejected"
	}
	switch action {
	case 5:
		_, err = tx.Exec(ctx, `update report set lon = $2, lat = $3, h3 = $4 where id = $1`, id, p.Lon, p.Lat, int64(geo.CellAt(p, geo.CellResolution)))
	case 6, 7: // among them pending → new, a merge and its undoing
		// The original may be gone or locked by who deletes it.
		_, err = tx.Exec(ctx, `
			update report
			set status = @status, closed_at = @closed,
			    original_id = (select id from report where id = @original::bigint for key share skip locked),
			    channel = 'import'
			where id = @id`, pgx.NamedArgs{"id": id, "status": status, "closed": closed, "original": original})
	case 8:
		_, err = tx.Exec(ctx, `update report set visibility = $2 where id = $1`, id, visibility)
	case 9:
		_, err = tx.Exec(ctx, `update report set category_id = $2 where id = $1`, id, category)
	default:
		_, err = tx.Exec(ctx, `delete from report r where id = $1 and not exists (select from report where original_id = r.id)`, id)
	}
	if err != nil {
		return err
	}
	return store.Append(ctx, tx, store.Change{Kind: reports.Kind, First: id, Last: id})
}

// insertion gives the columns of a new report.
func (w *town) insertion() pgx.NamedArgs {
	p, created := w.position(), w.created()
	status, closed, _ := w.status()
	var due *time.Time
	if w.random.IntN(2) == 0 {
		at := w.created()
		due = &at
	}
	if w.moments = append(w.moments, created); len(w.moments) > 200 {
		w.moments = w.moments[100:]
	}
	var service *int32
	if w.random.IntN(5) > 0 {
		id := one(w, w.services...)
		service = &id
	}
	return pgx.NamedArgs{
		"category": one(w, w.categories...), "service": service, "lon": p.Lon, "lat": p.Lat,
		"h3": int64(geo.CellAt(p, geo.CellResolution)), "zones": one(w, []int32{}, []int32{int32(1 + w.random.IntN(5)), int32(10 + w.random.IntN(3))}),
		"status": status, "visibility": one(w, "public", "public", "public", "private", "hidden"), "created": created, "closed": closed, "due": due,
	}
}

func (w *town) insert(ctx context.Context, tx pgx.Tx, columns pgx.NamedArgs) error {
	var id int64
	err := tx.QueryRow(ctx, `
		insert into report (category_id, service_id, title, lon, lat, h3, zone_ids, status, visibility, channel, created_at, updated_at, closed_at, due_at)
		values (@category, @service, 'Titre', @lon, @lat, @h3, @zones, @status, @visibility, 'import', @created, @created, @closed, @due)
		returning id`, columns).Scan(&id)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.ids = append(w.ids, id)
	w.mu.Unlock()
	return store.Append(ctx, tx, store.Change{Kind: reports.Kind, First: id, Last: id})
}

// writes writes many times.
func (w *town) writes(t *testing.T, times int) {
	t.Helper()
	for range times {
		if err := w.write(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// staff is somebody at random who sees more than the public: the private reports of some services, categories and zones.
func (w *town) staff() account.Actor {
	some := func(from ...int32) (list []int32) {
		for range w.random.IntN(3) {
			list = append(list, one(w, from...))
		}
		return list
	}
	a := account.Actor{Role: account.RoleAgent}
	for range 1 + w.random.IntN(3) {
		a.Grants = append(a.Grants, account.Grant{Role: account.RoleAgent, Services: some(w.services...), Categories: some(w.categories...),
			Zones: some(1, 2, 3, 4, 5, 10, 11, 12)})
	}
	return a
}

// audience is the reader in the words of the map.
func (w *town) audience() tiles.Audience {
	a := tiles.Audience{Sees: tiles.Visibility(w.reader.Mask())}
	for _, g := range w.reader.Scopes() {
		a.Scopes = append(a.Scopes, tiles.Scope{Services: g.Services, Categories: g.Categories, Zones: g.Zones})
	}
	return a
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
		record.Zones = []int32{int32(1 + w.random.IntN(5)), 11}[:1+w.random.IntN(2)]
	}
	if w.random.IntN(4) == 0 {
		index.Kinds = []tiles.Kind{0}
	}
	if w.random.IntN(2) == 0 {
		record.From = w.bound()
		index.From = record.From.Unix()
	}
	if w.random.IntN(2) == 0 {
		if record.To = w.bound(); record.To.Before(record.From) {
			record.From, record.To, index.From = record.To, record.From, record.To.Unix()
		}
		index.To = record.To.Unix()
	}
	index.Categories, index.Services, index.Zones = record.Categories, record.Services, record.Zones
	return record, index
}
