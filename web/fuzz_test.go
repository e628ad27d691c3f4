package web

import (
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"quartier/reports/fault"
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
	app := fiber.New()
	f.Fuzz(func(t *testing.T, accept, match string) {
		c := app.AcquireCtx(&fasthttp.RequestCtx{})
		defer app.ReleaseCtx(c)
		c.Request().Header.Set(fiber.HeaderAcceptEncoding, accept)
		if acceptsCoding(c, "gzip") && !strings.Contains(strings.ToLower(accept), "gzip") && !strings.Contains(accept, "*") {
			t.Errorf("%q does not name gzip", accept)
		}
		if matches(match, `"tag"`) && match != "*" && !strings.Contains(match, `"tag"`) {
			t.Errorf("%q does not name the tag", match)
		}
	})
}
