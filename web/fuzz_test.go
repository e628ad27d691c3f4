package web

import (
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/zone"
	"quartier/tiles/raster"
	"quartier/web/live"
)

// A filing that is read without fault has a position that exists; one that is not read says why as an Invalid fault.
func FuzzDecodeFiling(f *testing.F) {
	f.Add([]byte(`{"uuid":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","category":"pothole","title":"a","location":{"type":"Point","coordinates":[2.35,48.85]}}`))
	f.Add([]byte(`{"location":{"type":"Point","coordinates":[1e400,null]}}`))
	f.Add([]byte(`[]`))
	f.Add([]byte(`{"title":"\ud800","attributes":{"a":"b"}}{}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		filing, err := decodeFiling(raw)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", raw, err)
			}
			return
		}
		if filing.Wrong.Err() == nil && !filing.Position.Valid() {
			t.Errorf("%q was read as the position %v", raw, filing.Position)
		}
	})
}

// Parameters that are read without fault are within the bounds that they promise.
func FuzzParameters(f *testing.F) {
	f.Add("2.3,48.8,2.4,48.9", "2026-03-01", "50")
	f.Add("NaN,1e400,,", "2026-03-01T12:00:00 02:00", "-1")
	f.Add("-180,-90,180,90", "0001-01-01T00:00:00Z", "+5")
	s := &Server{TimeZone: time.UTC}
	f.Fuzz(func(t *testing.T, bbox, day, number string) {
		p := parameters{"bbox": bbox, "from": day, "limit": number}
		if b, err := box(p); err == nil && b != nil && (b.West > b.East || b.South > b.North) {
			t.Errorf("bbox=%q was read as %+v", bbox, *b)
		}
		if at, err := s.moment(p, "from"); err == nil && at.Nanosecond() != 0 {
			t.Errorf("from=%q was read as %v", day, at)
		}
		if n, err := whole(p, "limit", 7, 1, 500); err == nil && (n < 1 || n > 500) {
			t.Errorf("limit=%q was read as %d", number, n)
		}
	})
}

// Whatever a client accepts or remembers, asking about it ends.
func FuzzConditionalHeaders(f *testing.F) {
	f.Add("gzip;q=0.5, br", `W/"a", "b"`)
	f.Add(";;q=,", `"`)
	f.Fuzz(func(t *testing.T, accept, match string) {
		taken := weightsOf(accept)
		if taken[inGzip] > 0 && accept != "" && !strings.Contains(strings.ToLower(accept), "gzip") && !strings.Contains(accept, "*") {
			t.Errorf("%q does not name gzip", accept)
		}
		if best, ok := taken.best([codings]bool{true, true, true}); ok != (taken != weights{}) || taken[best] < slices.Max(taken[:]) || slices.Min(taken[:]) < 0 {
			t.Errorf("of %q, %v is the best of %v", accept, best, taken)
		}
		if matches(match, `"tag"`) && match != "*" && !strings.Contains(match, `"tag"`) {
			t.Errorf("%q does not name the tag", match)
		}
	})
}

// Whatever a form without script sends, its map is one that exists, before and after a step, and a press lies on it.
func FuzzFormStep(f *testing.F) {
	f.Add([]byte("tile.17.66391.45093.x=100&tile.17.66391.45093.y=30&map=17%2F66391%2F45093"))
	f.Add([]byte("tile.0.0.0.x=0&tile.0.0.0.y=0&step=west&map=0/0/0"))
	f.Add([]byte("map=19/524287/0&step=in&lat=48.85&lon=2.35&tile.1.2.3.x=1"))
	f.Add([]byte("tile.-1.0.0.x=9&tile.99.1.1.x=9&tile.3.08.+1.x=-1&map=1/1&step=out"))
	f.Add([]byte("&=&%&tile..x&tile.9999999999999999999.0.0.x=%00&map=%2f%2f&step"))
	at := geo.Position{Lon: -1_800_000_000, Lat: 850_511_000}
	app := fiber.New()
	f.Fuzz(func(t *testing.T, form []byte) {
		c := app.AcquireCtx(&fasthttp.RequestCtx{})
		defer app.ReleaseCtx(c)
		c.Request().Header.SetMethod(fiber.MethodPost)
		c.Request().Header.SetContentType(fiber.MIMEApplicationForm)
		c.Request().SetBody(form)
		exists := func(m spotMap) {
			if _, err := raster.TileView(m.z, m.x, m.y, 1); err != nil {
				t.Errorf("%q leads to the map %v", form, m)
			}
		}
		if m, x, y, ok := pressedTile(c); ok {
			exists(m)
			if lon, lat := raster.At(m.z, float64(m.x*raster.TilePixels)+x, float64(m.y*raster.TilePixels)+y); lon <= -180 || lon >= 180 || math.Abs(lat) >= 85.052 {
				t.Errorf("%q is a press at %v %v", form, lon, lat)
			}
		}
		if m, ok := spotMapOf(string(c.Context().PostArgs().Peek("map")), "/"); ok {
			exists(m)
			m = m.moved(string(c.Context().PostArgs().Peek("step")))
			exists(m)
			if again, ok := spotMapOf(m.String(), "/"); !ok || again != m {
				t.Errorf("%v is read as %v", m, again)
			}
			m.page(language.French, &at)
		}
	})
}

// Whatever the map page's address says, it shows a view that exists, and a press leads to another.
func FuzzMapPress(f *testing.F) {
	f.Add("z=14&lat=48.85&lon=2.35&at.x=640&at.y=450")
	f.Add("z=19&lat=-85.0511&lon=-180&at.x=0&at.y=899")
	f.Add("z=0&lat=85.0511&lon=180&at.x=1279&at.y=1")
	f.Add("z=1e9&lat=NaN&lon=-0x1p3&at.x=%2B1&at.y=99999999999999999999")
	f.Add("z=&lat&lon=2&at.x=&at.y=-1&at.x=3")
	m, err := live.New(nil, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	s, v := &Server{Map: m}, &live.Vocabulary{Atlas: &zone.Atlas{}}
	app := fiber.New()
	f.Fuzz(func(t *testing.T, query string) {
		c := app.AcquireCtx(&fasthttp.RequestCtx{})
		defer app.ReleaseCtx(c)
		c.Request().URI().SetQueryString(query)
		view := s.plainView(c, v)
		next := closer(view, lenientParameters(c, "at.x", "at.y"))
		if !view.Valid() || !next.Valid() || next.Zoom < view.Zoom {
			t.Errorf("%q shows %+v and then %+v", query, view, next)
		}
		if b := boxOf(next); b.West > b.East || b.South > b.North {
			t.Errorf("%q counts what is in %+v", query, *b)
		}
	})
}
