package web

import (
	"context"
	"math"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/fault"
)

// mostSuggested is how many categories are suggested for a text.
const mostSuggested = 3

type (
	// alikeBody is what is about to be filed, as far as it is known. It comes in a body: addresses are logged by proxies, and texts hold people's words.
	alikeBody struct {
		Location *pointBody `json:"location"`
		Category string     `json:"category,omitempty" doc:"Slug of the category, if it is chosen" example:"pothole"`
		Text     string     `json:"text,omitempty" maxLength:"10000" doc:"What was typed so far"`
	}
	alikeAnswer struct {
		reportAnswer
		Distance int  `json:"distance_m" doc:"Metres"`
		Likely   bool `json:"likely" doc:"It is probably the same thing; the others are only near"`
	}
	suggestBody struct {
		Text string `json:"text" maxLength:"10000" doc:"What was typed so far" example:"Lampadaire cassé devant l’école"`
	}
	suggestAnswer struct {
		Category string  `json:"category" doc:"Slug" example:"lamp-out"`
		Name     string  `json:"name" doc:"In the reader's language"`
		Share    float64 `json:"share" doc:"How probable it is, 0 to 1"`
	}
)

// registerAlike adds the calls that help who files: what is like it, and which category it may be of.
func (s *Server) registerAlike(api huma.API) {
	similar := operation(http.MethodPost, "/reports/similar", "similar-reports", "Open reports that may be about the same thing as what is about to be filed, the likeliest first, 5 at most")
	similar.RequestBody = bodyOf[alikeBody](api)
	similar.MaxBodyBytes = maxBody
	huma.Register(api, similar, func(ctx context.Context, in *struct{ RawBody []byte }) (*listOf[alikeAnswer], error) {
		a, err := decodeAlike(in.RawBody)
		if err != nil {
			return nil, err
		}
		return s.alike(ctx, a)
	})
	suggest := operation(http.MethodPost, "/categories/suggest", "suggest-categories", "Categories that a text may be about, by what similar past reports were, the likeliest first, 3 at most")
	suggest.RequestBody = bodyOf[suggestBody](api)
	suggest.MaxBodyBytes = maxBody
	huma.Register(api, suggest, func(ctx context.Context, in *struct{ RawBody []byte }) (*listOf[suggestAnswer], error) {
		var body suggestBody
		if err := decodeJSON(in.RawBody, &body); err != nil {
			return nil, err
		}
		var check fault.Check
		text := reports.CheckText(&check, "text", body.Text, reports.MaxDescription, true)
		if err := check.Err(); err != nil {
			return nil, err
		}
		items, err := s.suggested(asking(ctx), text)
		return itemsOf(items), err
	})
}

// decodeAlike reads what is about to be filed.
func decodeAlike(raw []byte) (a reports.Alike, err error) {
	var body alikeBody
	if err := decodeJSON(raw, &body); err != nil {
		return a, err
	}
	var check fault.Check
	a.Position = pointOf(&check, body.Location)
	a.Category = body.Category
	a.Text = reports.CheckText(&check, "text", body.Text, reports.MaxDescription, true)
	return a, check.Err()
}

// pointOf reads the place of a body.
func pointOf(check *fault.Check, l *pointBody) (p geo.Position) {
	switch {
	case l == nil:
		check.Add("location", "error.required", nil)
	case l.Type != "Point" || len(l.Coordinates) != 2 || l.Coordinates[0] == nil || l.Coordinates[1] == nil:
		check.Add("location", "error.position.point", nil)
	default:
		p = positionOf(check, "location.coordinates", *l.Coordinates[0], *l.Coordinates[1])
	}
	return p
}

// alike answers the open reports that may be about the same thing.
func (s *Server) alike(ctx context.Context, a reports.Alike) (*listOf[alikeAnswer], error) {
	found, err := s.Register.Similar(ctx, asking(ctx).actor, a, reports.MaxAlike)
	if err != nil {
		return nil, err
	}
	items, answers := make([]alikeAnswer, len(found)), make([]*reportAnswer, len(found))
	for i, c := range found {
		one, err := s.answer(ctx, c.Report)
		if err != nil {
			return nil, err
		}
		items[i] = alikeAnswer{one, int(math.Round(c.Distance)), c.Likely}
		answers[i] = &items[i].reportAnswer
	}
	if len(answers) > 0 {
		err = s.addPhotos(ctx, answers...)
	}
	return itemsOf(items), err
}

// suggested gives the categories that a text may be about, in the reader's language. Forms ask it too.
func (s *Server) suggested(a *asked, text string) ([]suggestAnswer, error) {
	v, err := s.vocabulary()
	if err != nil {
		return nil, err
	}
	items := []suggestAnswer{}
	for _, g := range s.Suggestions.Guess(text, mostSuggested) {
		// What was learnt may be older than what can be filed.
		if c := v.Category(g.Category); c != nil && c.Active {
			items = append(items, suggestAnswer{c.Slug, c.Name(a.language.Tag), math.Round(1000*g.Share) / 1000})
		}
	}
	return items, nil
}
