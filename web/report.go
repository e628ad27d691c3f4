package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/exporting"
	"quartier/reports/fault"
	"quartier/reports/media"
)

// filingBody is the body of POST /api/v1/reports (CONTRACT).
type filingBody struct {
	UUID        string            `json:"uuid,omitempty" format:"uuid" doc:"Made by the client; sending the same filing again gives the first answer"`
	Category    string            `json:"category" doc:"Slug of the category" example:"pothole"`
	Title       string            `json:"title" maxLength:"200"`
	Description string            `json:"description,omitempty" maxLength:"10000"`
	Location    *pointBody        `json:"location"`
	Address     string            `json:"address,omitempty" maxLength:"500"`
	Email       string            `json:"email,omitempty" doc:"Kept apart from the report and never shown"`
	Photos      []string          `json:"photos,omitempty" maxItems:"6" doc:"Ids of photos that were uploaded before (POST /api/v1/media), in their order"`
	Attributes  map[string]string `json:"attributes,omitempty" doc:"Answers to the category's extra questions"`
}

// pointBody is a GeoJSON point.
type pointBody struct {
	Type        string     `json:"type" enum:"Point"`
	Coordinates []*float64 `json:"coordinates" minItems:"2" maxItems:"2" doc:"Longitude, latitude in degrees (WGS 84)" example:"[2.3522,48.8566]"`
}

// reportAnswer is one report in the JSON API: what GeoJSON says of it, with its place beside.
type reportAnswer struct {
	exporting.Record
	Location location      `json:"location"`
	Photos   []photoAnswer `json:"photos"`
}

// location is a GeoJSON point of an answer.
type location struct{ exporting.Point }

// Schema describes a point to Huma, which cannot look into MarshalJSON.
func (location) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Description: "GeoJSON point", Properties: map[string]*huma.Schema{
		"type":        {Type: huma.TypeString, Enum: []any{"Point"}},
		"coordinates": {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeNumber}},
	}}
}

type (
	oneReport struct {
		Body reportAnswer
	}
	filedReport struct {
		Status   int
		Location string `header:"Location"`
		Token    string `header:"Quartier-Token" doc:"Send it back to see at least this write"`
		Body     reportAnswer
	}
	reportPage struct {
		Link string `header:"Link" doc:"The next page (RFC 8288)"`
		Body struct {
			Items      []reportAnswer `json:"items"`
			NextCursor *string        `json:"next_cursor" doc:"null on the last page"`
		}
	}
	updateAnswer struct {
		ID     int64         `json:"id"`
		Type   string        `json:"type" example:"status"`
		From   *string       `json:"from_status"`
		To     *string       `json:"to_status"`
		Body   string        `json:"body"`
		By     string        `json:"by" doc:"A service, a source, or the role of who made it"`
		At     time.Time     `json:"at"`
		Gone   bool          `json:"redacted,omitempty" doc:"Moderators took the body away"`
		Other  int64         `json:"other,omitempty" doc:"Of a merge: the report on its other side"`
		Due    *time.Time    `json:"due_at,omitempty" doc:"Until when something is expected"`
		Photos []photoAnswer `json:"photos,omitempty"`
	}
	updateList struct {
		Body struct {
			Items []updateAnswer `json:"items"`
		}
	}
)

// locationOf gives a position as an answer has it.
func locationOf(p geo.Position) location { return location{exporting.Point(p)} }

// registerReports adds the calls about reports.
func (s *Server) registerReports(api huma.API) {
	filing := operation(http.MethodPost, "/reports", "file-report", "File a report")
	filing.RequestBody = bodyOf[filingBody](api)
	filing.DefaultStatus = http.StatusCreated
	filing.MaxBodyBytes = maxBody
	filing.Parameters = append(filing.Parameters, uploadParameter)
	huma.Register(api, filing, func(ctx context.Context, in *struct {
		RawBody []byte
		Proof   string `header:"Quartier-Proof" doc:"A challenge that was set, a colon, and its solution or none"`
		Agent   string `header:"User-Agent" hidden:"true"`
	}) (*filedReport, error) {
		a := asking(ctx)
		f, err := decodeFiling(in.RawBody)
		if err != nil {
			return nil, err
		}
		f.Channel, f.Owner = "web", a.owner
		f.Site, f.Language = s.mailHome(a), a.language
		if f.Device, err = s.deviceOf(ctx, a); err != nil {
			return nil, err
		}
		by := signs{odd: in.Agent == ""}
		by.challenge, by.solution, _ = strings.Cut(in.Proof, ":")
		if err := s.vet(ctx, a, &f, by); err != nil {
			var ch *challenged
			if errors.As(err, &ch) {
				return nil, ch.problem(a)
			}
			return nil, err
		}
		receipt, err := s.Register.File(ctx, a.actor, f)
		if err != nil {
			return nil, err
		}
		answer := &filedReport{Status: http.StatusCreated, Location: s.to(fmt.Sprintf("/api/v1/reports/%d", receipt.ID)), Token: receipt.Token.String()}
		answer.Body, err = s.answer(ctx, receipt.Report)
		if err == nil && len(f.Photos) > 0 { // the others have none, and are answered without asking
			err = s.addPhotos(ctx, &answer.Body)
		}
		return answer, err
	})
	huma.Register(api, operation(http.MethodGet, "/reports", "list-reports", "List reports, newest first",
		append(filterNames, "bbox", "limit", "cursor")...),
		func(ctx context.Context, _ *struct{}) (*reportPage, error) { return s.reportPage(ctx) })
	huma.Register(api, operation(http.MethodGet, "/reports/{id}", "get-report", "One report"),
		func(ctx context.Context, in *struct {
			ID string `path:"id"`
		}) (*oneReport, error) {
			id, err := number(in.ID)
			if err != nil {
				return nil, err
			}
			one, err := s.Register.Get(ctx, asking(ctx).actor, id)
			if err != nil {
				return nil, err
			}
			body, err := s.answer(ctx, one)
			if err == nil {
				err = s.addPhotos(ctx, &body)
			}
			return &oneReport{Body: body}, err
		})
	huma.Register(api, operation(http.MethodGet, "/reports/{id}/updates", "list-updates", "The timeline of a report, oldest first"),
		func(ctx context.Context, in *struct {
			ID string `path:"id"`
		}) (*updateList, error) {
			id, err := number(in.ID)
			if err != nil {
				return nil, err
			}
			updates, err := s.Register.Timeline(ctx, asking(ctx).actor, id)
			if err != nil {
				return nil, err
			}
			list := &updateList{}
			list.Body.Items = make([]updateAnswer, 0, len(updates))
			for _, u := range updates {
				list.Body.Items = append(list.Body.Items, s.updateOf(ctx, u))
			}
			return list, nil
		})
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// answer gives a report in the words of the vocabulary.
func (s *Server) answer(ctx context.Context, one reports.Report) (reportAnswer, error) {
	v, err := s.vocabulary()
	if err != nil {
		return reportAnswer{}, err
	}
	return reportAnswer{Record: v.Words(asking(ctx).base).Record(one), Location: locationOf(one.Position), Photos: []photoAnswer{}}, nil
}

// addPhotos adds their photos to some reports that the reader was given.
func (s *Server) addPhotos(ctx context.Context, answers ...*reportAnswer) error {
	ids := make([]int64, len(answers))
	for i, one := range answers {
		ids[i] = one.ID
	}
	photos, err := s.Register.Photos(ctx, ids...)
	if err != nil {
		return err
	}
	for _, one := range answers {
		for _, p := range photos[one.ID] {
			one.Photos = append(one.Photos, s.photoAnswer(ctx, p))
		}
	}
	return nil
}

// reportPage answers one page of the list.
func (s *Server) reportPage(ctx context.Context) (*reportPage, error) {
	p := queried(ctx)
	v, err := s.vocabulary()
	if err != nil {
		return nil, err
	}
	sel, err := s.selects(p, v)
	if err != nil {
		return nil, err
	}
	if sel.record.Box, err = box(p); err != nil {
		return nil, err
	}
	limit, err := whole(p, "limit", 50, 1, reports.MaxPage)
	if err != nil {
		return nil, err
	}
	list, next, err := s.Register.List(ctx, asking(ctx).actor, sel.record, reports.Page{Limit: limit, After: p["cursor"]})
	if err != nil {
		return nil, err
	}
	page := &reportPage{}
	page.Body.Items = make([]reportAnswer, 0, len(list))
	for _, one := range list {
		answer, err := s.answer(ctx, one)
		if err != nil {
			return nil, err
		}
		page.Body.Items = append(page.Body.Items, answer)
	}
	answers := make([]*reportAnswer, len(list))
	for i := range answers {
		answers[i] = &page.Body.Items[i]
	}
	if err := s.addPhotos(ctx, answers...); err != nil {
		return nil, err
	}
	if next != "" {
		page.Body.NextCursor = &next
		p["cursor"] = next
		page.Link = fmt.Sprintf(`<%s/api/v1/reports?%s>; rel="next"`, asking(ctx).base, p.encode())
	}
	return page, nil
}

// decodeFiling reads a filing; what is wrong with single fields goes with it.
func decodeFiling(raw []byte) (reports.Filing, error) {
	var body filingBody
	if err := decodeJSON(raw, &body); err != nil {
		return reports.Filing{}, err
	}
	f := reports.Filing{Category: body.Category, Title: body.Title, Description: body.Description, Address: body.Address, Email: body.Email,
		Attributes: body.Attributes}
	f.UUID = uuid.New()
	if body.UUID != "" {
		var err error
		if f.UUID, err = uuid.Parse(body.UUID); err != nil || len(body.UUID) != 36 || f.UUID == uuid.Nil {
			f.Wrong.Add("uuid", "error.uuid", nil)
		}
	}
	f.Photos = media.CheckIDs(&f.Wrong, "photos", body.Photos)
	f.Position = pointOf(&f.Wrong, body.Location)
	return f, nil
}

// positionOf turns degrees into a position, and says what is wrong with those that are none.
func positionOf(check *fault.Check, field string, lon, lat float64) geo.Position {
	p, err := geo.FromDegrees(lon, lat)
	if err == nil {
		return p
	}
	if errors.Is(err, geo.ErrNullIsland) {
		check.Add(field, "error.position.null", nil)
	} else if _, swapped := geo.FromDegrees(lat, lon); swapped == nil {
		check.Add(field, "error.position.swapped", nil)
	} else {
		check.Add(field, "error.position.range", nil)
	}
	return geo.Position{}
}

// decodeJSON reads one JSON value: unknown fields, wrong types and anything after the value are refused with the field's name.
func decodeJSON(raw []byte, into any) error {
	if err := plainKeys(raw); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, err = d.Token(); err == io.EOF {
			return nil
		}
		return fault.Parameter("body", "error.json.trailing", nil)
	}
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && wrongType.Field != "" {
		return fault.In(wrongType.Field, "error.json.type", nil)
	}
	if field, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return fault.In(fault.Short(strings.Trim(field, `"`)), "error.json.unknown", nil)
	}
	return fault.Parameter("body", "error.json.syntax", nil)
}

// plainKeys refuses what encoding/json would let pass in an object: a key that comes twice (the last would win) or in capitals.
func plainKeys(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil // no object: the decoder says so
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil
		}
		if key != strings.ToLower(key) {
			return fault.In(fault.Short(key), "error.json.unknown", nil)
		}
		if seen[key] {
			return fault.In(fault.Short(key), "error.json.repeated", nil)
		}
		seen[key] = true
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil
		}
	}
	return nil
}

// deadlines of the route groups.
const (
	quick        = 5 * time.Second
	slow         = 30 * time.Second
	streamAtMost = 30 * time.Minute
)
