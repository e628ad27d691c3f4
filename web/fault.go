package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/store"
)

// Problem is an error document (RFC 9457, application/problem+json) in the reader's language.
type Problem struct {
	Type   string         `json:"type" doc:"Identifies the kind of problem" example:"/problems/invalid"`
	Title  string         `json:"title" doc:"The kind of problem in words"`
	Status int            `json:"status" doc:"The HTTP status"`
	Detail string         `json:"detail" doc:"What is wrong and what to do"`
	Errors []ProblemField `json:"errors,omitempty" doc:"What is wrong with each field"`
	// Challenge is what a program must do before a suspicious filing is taken.
	Challenge *ProblemChallenge `json:"challenge,omitempty"`
	after     int               // seconds; 0: no Retry-After
}

// ProblemField is what is wrong with one field or parameter.
type ProblemField struct {
	Field  string `json:"field" doc:"Name of the field or parameter" example:"category"`
	Detail string `json:"detail" doc:"What is wrong with it"`
}

// ProblemChallenge is a proof of work that is wanted: a solution, in digits, with which SHA-256 of "text:solution" begins with so many zero bits. It goes with the
// same filing, under the uuid, in the header Quartier-Proof: "text:solution", or "text:none" if the report may wait for a moderator instead.
type ProblemChallenge struct {
	Text    string    `json:"text"`
	Bits    int       `json:"bits"`
	UUID    string    `json:"uuid"`
	Expires time.Time `json:"expires_at"`
}

// Error makes a Problem an error that Huma can send.
func (p *Problem) Error() string { return p.Detail }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses of the kinds of faults, and the last part of their problem type.
var statuses = map[fault.Kind]struct {
	status int
	name   string
}{
	fault.Internal:        {http.StatusInternalServerError, "internal"},
	fault.Invalid:         {http.StatusUnprocessableEntity, "invalid"},
	fault.NotFound:        {http.StatusNotFound, "not-found"},
	fault.Forbidden:       {http.StatusForbidden, "forbidden"},
	fault.Unauthenticated: {http.StatusUnauthorized, "unauthenticated"},
	fault.Conflict:        {http.StatusConflict, "conflict"},
	fault.TooLarge:        {http.StatusRequestEntityTooLarge, "too-large"},
	fault.TooMany:         {http.StatusTooManyRequests, "too-many"},
	fault.Unavailable:     {http.StatusServiceUnavailable, "unavailable"},
}

// words of the statuses that come from the router and the parsers instead of a fault.
var routerWords = map[int]string{
	http.StatusBadRequest:                  "error.request",
	http.StatusNotFound:                    "error.not_found",
	http.StatusMethodNotAllowed:            "error.method",
	http.StatusNotAcceptable:               "error.not_acceptable",
	http.StatusRequestTimeout:              "error.slow_request",
	http.StatusRequestEntityTooLarge:       "error.too_large",
	http.StatusUnsupportedMediaType:        "error.media_type",
	http.StatusUnprocessableEntity:         "error.request",
	http.StatusRequestHeaderFieldsTooLarge: "error.headers_large",
}

// problemOf turns any error into a problem document.
func problemOf(err error, l *language.Language) *Problem {
	var ready *Problem
	if errors.As(err, &ready) {
		return ready
	}
	var router *fiber.Error
	if errors.As(err, &router) && router.Code < 500 {
		word, known := routerWords[router.Code]
		if !known {
			word = "error.request"
		}
		return newProblem(router.Code, strings.ToLower(strings.ReplaceAll(http.StatusText(router.Code), " ", "-")), l, word, nil)
	}
	var f *fault.Error
	if !errors.As(store.Explain(err), &f) {
		f = &fault.Error{Kind: fault.Internal, Word: "error.internal"}
	}
	s := statuses[f.Kind]
	// A wrong parameter is a bad request; a well-formed body with a wrong field is unprocessable (RFC 9110, 15.5.1 and 15.5.21).
	if f.Kind == fault.Invalid && f.Word == "error.parameters" {
		s.status = http.StatusBadRequest
	}
	p := newProblem(s.status, s.name, l, f.Word, f.Args)
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Field: field.Name, Detail: l.Say(field.Word, field.Args)})
	}
	if len(p.Errors) == 1 {
		p.Detail = l.Say("error.field", map[string]any{"field": p.Errors[0].Field, "detail": p.Errors[0].Detail})
	}
	p.after = int(math.Ceil(f.After.Seconds()))
	return p
}

func newProblem(status int, name string, l *language.Language, word string, args fault.Args) *Problem {
	return &Problem{
		Type:   "/problems/" + name,
		Title:  l.Say("problem."+strconv.Itoa(status), nil),
		Status: status,
		Detail: l.Say(word, args),
	}
}

// fail is Fiber's error handler: the only place where an error becomes an answer, and the only one where internal errors are logged.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	asked := s.identified(c)
	p := problemOf(err, asked.language)
	asked.failed(p.Status, err)
	s.shield(c) // some errors come before the guards, or instead of them
	c.Status(p.Status)
	c.Set(fiber.HeaderCacheControl, "no-store")
	p.sayWhen(c)
	if p.Status == fiber.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer") // RFC 6750, 3
	}
	if wantsPage(c) {
		return s.failPage(c, p)
	}
	if err := c.JSON(p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, p.ContentType(""))
	return nil
}

// sayWhen says when to come again, if it is known (RFC 9110, 10.2.3).
func (p *Problem) sayWhen(c *fiber.Ctx) {
	if p.after > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.after))
	}
}

// wantsPage tells whether the answer goes to a person's browser: every path but those of programs.
func wantsPage(c *fiber.Ctx) bool {
	for _, prefix := range []string{"/api/", "/tiles/", "/maps/", "/media/", "/styles/", "/words/", "/feeds/", "/healthz", "/readyz", "/metrics", "/assets/"} {
		if strings.HasPrefix(c.Path(), prefix) {
			return false
		}
	}
	return true
}

// Huma asks these two for every error that it meets itself or that a handler returns.
func init() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		a := asking(context.Background())
		if ctx != nil {
			a = asking(ctx.Context())
		}
		err := errors.Join(errs...)
		if fault.KindOf(store.Explain(err)) == fault.Internal && status < 500 {
			err = fiber.NewError(status, msg)
		}
		p := problemOf(err, a.language)
		a.failed(p.Status, err)
		if ctx != nil {
			ctx.SetHeader(fiber.HeaderCacheControl, "no-store")
			if p.after > 0 {
				ctx.SetHeader(fiber.HeaderRetryAfter, strconv.Itoa(p.after))
			}
			if p.Status == fiber.StatusUnauthorized {
				ctx.SetHeader(fiber.HeaderWWWAuthenticate, "Bearer")
			}
		}
		return p
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return huma.NewErrorWithContext(nil, status, msg, errs...)
	}
}
