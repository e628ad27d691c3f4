package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/reports/language"
)

// newAPI lays the JSON API over the app. Huma's own documentation page would fetch its scripts from a stranger; ours is page/docs.templ.
func newAPI(app *fiber.App, base string) huma.API {
	config := huma.DefaultConfig("Quartier", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", ""
	config.CreateHooks = nil // no $schema links in answers
	config.Info.Description = "Neighbourhood reports: file, read, list, count, export. Dates are RFC 3339 in UTC, coordinates WGS 84 with longitude " +
		"first. Unknown and repeated query parameters are refused. Errors are RFC 9457 problem documents in French or English (Accept-Language)."
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	if base != "" {
		config.Servers = []*huma.Server{{URL: base}}
	}
	api := humafiber.New(app, config)
	api.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) { next(readBody{ctx}) })
	return api
}

// readBody gives Huma the body that bounded has read.
type readBody struct{ call }

type call huma.Context // has a method of that name

func (b readBody) BodyReader() io.Reader { return bytes.NewReader(humafiber.Unwrap(b.call).BodyRaw()) }
func (b readBody) Unwrap() huma.Context  { return b.call }

// queryDocs tells of every query parameter what it means; handlers and the OpenAPI document name parameters from here.
var queryDocs = map[string]string{
	"kind":       "Kinds of items, separated by commas: report. Default: all",
	"status":     "States, separated by commas; open and closed mean all such states",
	"category":   "Slugs of categories, separated by commas; a category stands for those below it too",
	"service":    "Slugs of services, separated by commas",
	"zone":       "Zones, separated by commas: set/code, or the code alone where only one set has it",
	"from":       "Created from this day of the city (2026-03-01) or this time (RFC 3339) on",
	"to":         "Created before this day or time",
	"bbox":       "west,south,east,north in degrees; edges belong to it",
	"limit":      "Number of reports on a page, 1 to 500. Default 50",
	"cursor":     "The next_cursor of the page before",
	"resolution": "H3 resolution of the cells, 0 to 13",
	"q":          "What to look for: an address or the name of a zone",
	"lat":        "Latitude of a place, in degrees",
	"lon":        "Longitude of a place, in degrees",
	"item":       "One item: kind/id, as report/12",
	"zoom":       "Tell which tiles of this zoom changed, 0 to 18, instead of which items",
	"layers":     "Which tiles, with zoom: items (default), or items,cells",
	"last":       "The id of the last event that was heard",
}

// operation describes a call: its query parameters are checked strictly before the handler runs and come to it through queried.
func operation(method, path, id, summary string, query ...string) huma.Operation {
	op := huma.Operation{
		Method: method, Path: "/api/v1" + path, OperationID: id, Summary: summary,
		SkipValidateParams: true, SkipValidateBody: true,
		Middlewares: huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
			p, err := strictParameters(humafiber.Unwrap(ctx), query...)
			if err != nil {
				sendProblem(ctx, err)
				return
			}
			next(huma.WithValue(ctx, queryKey{}, p))
		}},
	}
	for _, name := range query {
		op.Parameters = append(op.Parameters, queryParameter(name))
	}
	return op
}

func queryParameter(name string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: queryDocs[name], Schema: &huma.Schema{Type: huma.TypeString}}
}

type queryKey struct{}

// queried gives the checked query parameters of a call.
func queried(ctx context.Context) parameters {
	p, _ := ctx.Value(queryKey{}).(parameters)
	return p
}

// sendProblem answers a call with an error before its handler ran.
func sendProblem(ctx huma.Context, err error) {
	p := problemOf(err, asking(ctx.Context()).language)
	c := humafiber.Unwrap(ctx)
	_ = c.Status(p.Status).JSON(p)
	c.Set(fiber.HeaderContentType, p.ContentType(""))
}

// number reads a public number from a path. What is no number names nothing.
func number(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != text {
		return 0, fault.Missing()
	}
	return n, nil
}

// documentStream describes a call that a plain handler answers (streams and exports), so that the OpenAPI document is complete.
func documentStream(api huma.API, path, id, summary, contentType string, query ...string) {
	op := operation(http.MethodGet, path, id, summary, query...)
	op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{contentType: {}}}}
	api.OpenAPI().AddOperation(&op)
}

// bodyOf describes a JSON body that the handler decodes itself.
func bodyOf[T any](api huma.API) *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		fiber.MIMEApplicationJSON: {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")},
	}}
}

// named gives a name in the reader's language beside both.
type named struct {
	Name   string `json:"name" doc:"In the reader's language"`
	NameFR string `json:"name_fr"`
	NameEN string `json:"name_en"`
}

func namedIn(l *language.Language, fr, en string) named {
	n := named{Name: fr, NameFR: fr, NameEN: en}
	if l == language.English {
		n.Name = en
	}
	return n
}
