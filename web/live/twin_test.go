package live_test

import (
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
)

// twinSQL makes the twins of geo.TileAt and geo.Cell.Parent. tile_at gives the column of the greatest zoom times 2^18 plus the row: integers only
// decide, the formula of the web map only finds the row to begin with.
const twinSQL = `
	create function row_north(y bigint) returns bigint language sql immutable as $$
		select floor(degrees(atan(sinh(pi() * (1 - 2 * y / 262144.0::float8)))) * 1e7)::bigint
	$$;
	create function tile_at(lon integer, lat integer) returns bigint language plpgsql immutable parallel safe as $$
	declare
		x bigint := ((lon::bigint + 1800000000) << 18) / 3600000000;
		y bigint := greatest(0, least(262143, floor((0.5 - ln((1 + sind(lat / 1e7)) / (1 - sind(lat / 1e7))) / (4 * pi())) * 262144)::bigint));
	begin
		while y > 0 and lat > row_north(y) loop y := y - 1; end loop;
		while y < 262143 and lat <= row_north(y + 1) loop y := y + 1; end loop;
		return x << 18 | y;
	end $$;
	create function cell_parent(h3 bigint, resolution integer) returns bigint language sql immutable parallel safe as $$
		select (h3 & ~(15::bigint << 52)) | (resolution::bigint << 52) | ((1::bigint << 3 * (15 - resolution)) - 1)
	$$`

// tileOf reads what the SQL function tile_at gives, at a zoom.
func tileOf(place int64, zoom uint8) geo.Tile {
	shift := geo.MaxZoom - zoom
	return geo.Tile{Z: zoom, X: uint32(place>>18) >> shift, Y: uint32(place&(1<<18-1)) >> shift}
}

// The twins in SQL give the tile and the ancestors of a cell that Go gives, for positions all over the world and on the edges of tiles.
func TestTwins(t *testing.T) {
	w := newTown(t, 12)
	random := rand.New(rand.NewPCG(13, 1))
	var positions []geo.Position
	var lons, lats, resolutions []int32
	var cells []int64
	for range 3_000 {
		p := geo.Position{Lon: int32(random.Int64N(3_600_000_000) - 1_800_000_000), Lat: int32(random.Int64N(2*850_511_000+1) - 850_511_000)}
		if random.IntN(2) == 0 {
			box := geo.TileAt(p, uint8(random.IntN(geo.MaxZoom+1))).Box()
			p = geo.Position{Lon: box.East, Lat: max(box.South, -850_511_000)}
		}
		positions = append(positions, p)
		lons, lats, resolutions = append(lons, p.Lon), append(lats, p.Lat), append(resolutions, int32(random.IntN(geo.CellResolution+1)))
		cells = append(cells, int64(geo.CellAt(p, geo.CellResolution)))
	}
	rows, err := w.db.Query(t.Context(), `
		select n, tile_at(lon, lat), cell_parent(h3, resolution)
		from unnest($1::int[], $2::int[], $3::bigint[], $4::int[]) with ordinality as p (lon, lat, h3, resolution, n)`, lons, lats, cells, resolutions)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	var n, place, parent int64
	_, err = pgx.ForEachRow(rows, []any{&n, &place, &parent}, func() error {
		compared++
		p, cell, resolution := positions[n-1], geo.Cell(cells[n-1]), int(resolutions[n-1])
		for zoom := range uint8(geo.MaxZoom + 1) {
			if got, want := tileOf(place, zoom), geo.TileAt(p, zoom); got != want {
				t.Errorf("%v at zoom %d: SQL says %v, Go %v", p, zoom, got, want)
			}
		}
		if got, want := geo.Cell(parent), cell.Parent(resolution); got != want {
			t.Errorf("the ancestor of %s at resolution %d: SQL says %s, Go %s", cell, resolution, got, want)
		}
		return nil
	})
	if err != nil || compared != len(positions) {
		t.Errorf("%d of %d positions compared, %v", compared, len(positions), err)
	}
}
