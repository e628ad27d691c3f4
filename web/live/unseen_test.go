package live_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/store"
	"quartier/tiles"
)

// tags gives the ETags of the tiles in which items at some positions count, of the layers of items and of cells, at all zooms.
func tags(t *testing.T, cache *tiles.Cache, positions []geo.Position, x tiles.Filter) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, p := range positions {
		for zoom := range uint8(geo.MaxZoom + 1) {
			at, counted := geo.TileAt(p, zoom), geo.TileAt(p, zoom)
			if zoom < tiles.DefaultPointsFrom {
				counted = geo.TileAt(geo.CellAt(p, tiles.Resolution(int(zoom))).Centre(), zoom)
			}
			items, err := cache.Items(t.Context(), counted, x, tiles.Everyone)
			if err != nil {
				t.Fatal(err)
			}
			cells, err := cache.Cells(t.Context(), at, x, tiles.Everyone)
			if err != nil {
				t.Fatal(err)
			}
			found[fmt.Sprint("items ", counted)] = items.PlainTag + items.GzipTag
			found[fmt.Sprint("cells ", at)] = cells.PlainTag + cells.GzipTag
		}
	}
	return found
}

// What happens to hidden, pending and private reports moves no ETag of a public tile, at no zoom, and no count: among them one that goes from one
// kind of unseen to another. What happens to a public one moves all of its tiles.
func TestUnseenMovesNothing(t *testing.T) {
	t.Parallel()
	w := newTown(t, 41)
	spot := geo.Position{Lon: 23_522_000, Lat: 488_566_000}
	var next int64
	put := func(p geo.Position, status, visibility string) int64 {
		t.Helper()
		next++
		w.log(t, next, `
			insert into report (id, category_id, title, lon, lat, h3, status, visibility, channel, created_at, updated_at)
			values (@id, @category, 'x', @lon, @lat, @h3, @status, @visibility, 'web', now(), now())`, pgx.NamedArgs{
			"id": next, "category": w.categories[0], "lon": p.Lon, "lat": p.Lat, "h3": int64(geo.CellAt(p, geo.CellResolution)), "status": status, "visibility": visibility})
		return next
	}
	// Public ones on the spot, beside it and alone; unseen ones among them and where nothing else is.
	alone, empty := geo.Position{Lon: -710_000_000, Lat: 423_000_000}, geo.Position{Lon: 1_350_000_000, Lat: 346_000_000}
	public := put(spot, "new", "public")
	put(geo.Position{Lon: spot.Lon + 20_000, Lat: spot.Lat}, "planned", "public")
	put(alone, "resolved", "public")
	unseen := []int64{put(spot, "pending", "public"), put(spot, "new", "hidden"), put(alone, "new", "private"), put(empty, "pending", "private"), put(empty, "resolved", "hidden")}

	m := w.newMap(t)
	w.catchUp(t, m)
	cache := tiles.NewCache(m.Index, 0)
	places := []geo.Position{spot, alone, empty}
	filters := []tiles.Filter{{}, {Categories: w.categories[:1]}, {Statuses: []uint8{uint8(reports.StatusNumber("new")), uint8(reports.StatusNumber("pending"))}}}
	var before []map[string]string
	var counts []int
	for _, x := range filters {
		before = append(before, tags(t, cache, places, x))
		counts = append(counts, m.Index.Count(x, tiles.Everyone, time.Now()).Total)
	}
	same := func(what string) {
		t.Helper()
		w.catchUp(t, m)
		for i, x := range filters {
			for key, tag := range tags(t, cache, places, x) {
				if tag != before[i][key] {
					t.Errorf("%s: the tag of %s under %+v has moved from %s to %s", what, key, x, before[i][key], tag)
				}
			}
			if got := m.Index.Count(x, tiles.Everyone, time.Now()).Total; got != counts[i] {
				t.Errorf("%s: %d items under %+v, before %d", what, got, x, counts[i])
			}
		}
	}
	for what, sql := range map[string]string{
		"other categories":      `update report set category_id = 2 where id = @id`,
		"other places":          `update report set lon = 23522000 + id, lat = 488566000, h3 = (select h3 from report where id = 1) where id = @id`,
		"other states":          `update report set status = 'planned', visibility = 'hidden' where id = @id`,
		"other kinds of unseen": `update report set status = 'pending', visibility = 'public' where id = @id`,
		"gone":                  `delete from report where id = @id and id % 2 = 0`,
	} {
		for _, id := range unseen {
			w.log(t, id, sql, pgx.NamedArgs{"id": id})
		}
		same(what)
	}
	put(spot, "new", "private")
	put(empty, "pending", "public")
	same("new ones")

	w.log(t, public, `update report set visibility = 'hidden' where id = @id`, pgx.NamedArgs{"id": public})
	w.catchUp(t, m)
	for key, tag := range tags(t, cache, []geo.Position{spot}, tiles.Filter{}) {
		if tag == before[0][key] {
			t.Errorf("the tag of %s has not moved when a public report was hidden", key)
		}
	}
	w.log(t, public, `update report set visibility = 'public' where id = @id`, pgx.NamedArgs{"id": public})
	same("hidden and shown again")
}

// log changes a report and logs the change.
func (w *town) log(t *testing.T, id int64, sql string, args pgx.NamedArgs) {
	t.Helper()
	err := w.db.Write(t.Context(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), sql, args); err != nil {
			return err
		}
		return store.Append(t.Context(), tx, store.Change{Kind: reports.Kind, First: id, Last: id})
	})
	if err != nil {
		t.Fatal(err)
	}
}
