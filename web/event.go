package web

import (
	"encoding/json"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/tiles"
	"quartier/web/live"
)

const (
	streamsAtOnce     = 10_000 // on one node
	streamsPerAddress = 50
)

// eventNames are the parameters of the event stream.
var eventNames = []string{"bbox", "item", "zoom", "layers", "last"}

// events streams changes (Server-Sent Events, HTML 9.2): of public items in a box, of one item, or of all; or, for a map, which tiles of its zoom
// changed in a box. What changed is said, not how: the reader fetches what it shows.
func (s *Server) events(c *fiber.Ctx) error {
	p, err := strictParameters(c, eventNames...)
	if err != nil {
		return err
	}
	interest, err := interestOf(p)
	if err != nil {
		return err
	}
	last := strings.Clone(c.Get("Last-Event-ID", p["last"])) // the browser's own word is newer than the address
	if _, err := s.vocabulary(); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	if c.Method() == fiber.MethodHead {
		return nil
	}
	asked := askedOf(c)
	var refusal fasthttp.Response
	c.Response().Header.CopyTo(&refusal.Header)
	// No length is known: the answer ends with the connection (RFC 9112, 6.3).
	c.Response().Header.SetContentLength(-2)
	head := slices.Clone(c.Response().Header.Header())
	c.Context().HijackSetNoResponse(true)
	// A place is taken only in here: a connection that fails before it is given away is never heard of again.
	c.Context().Hijack(func(taken net.Conn) {
		leave, err := s.streams.enter(asked.address)
		if err != nil {
			_ = refuseTo(taken, &refusal, problemOf(err, asked.language))
			return
		}
		if plain := tcp(taken); plain != nil {
			s.Map.Hub.Subscribe(plain, head, interest, last, leave)
			return
		}
		_ = taken.Close()
		leave()
	})
	return nil
}

// refuseTo answers a connection that was given away with a problem, as fail does, and ends it.
func refuseTo(taken net.Conn, r *fasthttp.Response, p *Problem) error {
	defer taken.Close()
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	r.SetStatusCode(p.Status)
	r.Header.SetContentType(p.ContentType(""))
	r.Header.Set(fiber.HeaderCacheControl, "no-store")
	r.Header.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.after))
	r.Header.SetConnectionClose()
	r.SetBodyRaw(body)
	_, err = r.WriteTo(taken)
	return err
}

// documentEvents describes the event stream.
func documentEvents(api huma.API) {
	op := operation(http.MethodGet, "/events", "events", "Changes as they happen (Server-Sent Events)", eventNames...)
	schemas := api.OpenAPI().Components.Schemas
	for _, data := range []reflect.Type{reflect.TypeFor[live.Change](), reflect.TypeFor[live.Tiles]()} {
		schemas.Schema(data, true, "")
	}
	op.Description = "Changes of public items, with one of these events: `change` (data: Change) for each changed item; `tiles` (data: Tiles) in its place " +
		"when a zoom is given: which tiles changed, gathered; `here` tells from time to time where the stream stands, and does so when it has begun; " +
		"`reset`: more happened than can be told, whatever was read before is to be read anew. The id of each event is understood by every node: " +
		"with it in the header Last-Event-ID (browsers send it by themselves) or the parameter `last` a new stream tells what was missed, some of it " +
		"perhaps twice. A reader who does not keep up is cut off and comes back in this way."
	op.Parameters = append(op.Parameters, &huma.Param{Name: "Last-Event-ID", In: "header", Description: queryDocs["last"],
		Schema: &huma.Schema{Type: huma.TypeString}})
	op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"text/event-stream": {}}}}
	api.OpenAPI().AddOperation(&op)
}

// interestOf reads what the reader wants to hear of.
func interestOf(p parameters) (interest live.Interest, err error) {
	if interest.Box, err = box(p); err != nil {
		return interest, err
	}
	if item := p["item"]; item != "" {
		if p["bbox"] != "" || p["zoom"] != "" {
			return interest, fault.Parameter("item", "error.parameter.alone", fault.Args{"others": "bbox, zoom"})
		}
		kind, id, _ := strings.Cut(item, "/")
		number, err := number(id)
		if place := slices.Index(live.Kinds, kind); err == nil && place >= 0 {
			interest.Item = tiles.Key{Kind: tiles.Kind(place), ID: number}
		} else {
			return interest, fault.Parameter("item", "error.parameter.value", fault.Args{"value": fault.Short(item)})
		}
	}
	if p["zoom"] != "" {
		zoom, err := whole(p, "zoom", 0, 0, geo.MaxZoom)
		if err != nil {
			return interest, err
		}
		interest.Tiles, interest.Zoom = true, uint8(zoom)
	}
	layers := p["layers"]
	switch {
	case layers == "":
	case !interest.Tiles:
		return interest, fault.Parameter("layers", "error.parameter.with", fault.Args{"other": "zoom"})
	case layers == "items,cells":
		interest.Cells = true
	case layers != "items":
		return interest, fault.Parameter("layers", "error.parameter.value", fault.Args{"value": fault.Short(layers)})
	}
	return interest, nil
}
