package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
)

// followBody is the body of POST /api/v1/me/follows.
type followBody struct {
	Report   int64        `json:"report,omitempty" doc:"One report by its number; nothing else of what follows is given then"`
	Zone     string       `json:"zone,omitempty" doc:"set/code" example:"arrondissements/11"`
	Category string       `json:"category,omitempty" doc:"Slug of a category; those below it count too"`
	Area     *polygonBody `json:"area,omitempty" doc:"A GeoJSON polygon of one ring: 200 corners, 1 000 m² to 100 km², and no crossing"`
	Location *pointBody   `json:"location,omitempty" doc:"The middle of a circle, with radius_m"`
	Radius   int          `json:"radius_m,omitempty" minimum:"25" maximum:"5000"`
	Name     string       `json:"name,omitempty" maxLength:"100" doc:"Your own word for it"`
	Rhythm   string       `json:"rhythm,omitempty" enum:"now,daily,weekly" doc:"Of one report now, of everything else daily, unless it is given"`
	ByMail   *bool        `json:"by_mail,omitempty" doc:"true unless it is given; never of a browser without an account"`
	ByPush   bool         `json:"by_push,omitempty"`
}

// polygonBody is a GeoJSON polygon.
type polygonBody struct {
	Type        string         `json:"type" enum:"Polygon"`
	Coordinates [][][]*float64 `json:"coordinates" doc:"One ring of longitude, latitude in degrees (WGS 84); the last corner is the first again"`
}

// followAnswer is a follow as the API tells it.
type followAnswer struct {
	ID       int64      `json:"id"`
	Report   *int64     `json:"report"`
	Title    *string    `json:"title" doc:"Of the report, while you may see it"`
	Zone     *string    `json:"zone"`
	Category *string    `json:"category"`
	Area     *drawnArea `json:"area" doc:"Drawn"`
	Location *location  `json:"location" doc:"The middle of a circle"`
	Radius   *int       `json:"radius_m"`
	Name     string     `json:"name"`
	Rhythm   string     `json:"rhythm"`
	ByMail   bool       `json:"by_mail"`
	ByPush   bool       `json:"by_push"`
	Since    time.Time  `json:"created_at"`
}

// drawnArea is a GeoJSON polygon of an answer.
type drawnArea struct {
	Type        string        `json:"type"`
	Coordinates [][][]float64 `json:"coordinates"`
}

type (
	oneFollow struct {
		Status int
		Body   followAnswer
	}
	followList struct {
		Body struct {
			Items []followAnswer `json:"items"`
		}
	}
)

// about is the number of a report in the path of a call.
type about struct {
	ID string `path:"id"`
}

// registerSupports adds the calls that support and follow a report, and take that back. Each may come again: it changes nothing then.
func (s *Server) registerSupports(api huma.API) {
	call := func(method, path, id, summary string, do func(ctx context.Context, a *asked, id int64) error) {
		op := operation(method, "/reports/{id}/"+path, id, summary)
		op.DefaultStatus = http.StatusNoContent
		op.MaxBodyBytes = maxBody
		huma.Register(api, op, func(ctx context.Context, in *about) (*struct{}, error) {
			report, err := number(in.ID)
			if err != nil {
				return nil, err
			}
			return nil, do(ctx, asking(ctx), report)
		})
	}
	as := func(do func(ctx context.Context, actor account.Actor, id int64, device []byte) error) func(context.Context, *asked, int64) error {
		return func(ctx context.Context, a *asked, id int64) error {
			if a.actor.Person != 0 { // the network is others' too
				return do(ctx, a.actor, id, nil)
			}
			device, err := s.device(ctx, a, "")
			if err != nil {
				return err
			}
			return do(ctx, a.actor, id, device)
		}
	}
	call(http.MethodPut, "support", "support-report", "Me too: counted once for a person, or without a key once for a network", as(s.Register.Support))
	call(http.MethodDelete, "support", "take-support-back", "Not me any more", as(s.Register.TakeBack))
	call(http.MethodPut, "follow", "follow-report", "Follow a report, at once: by mail, or a browser without an account by push if it takes that", func(ctx context.Context, a *asked, id int64) error {
		device, err := s.pushDevice(ctx, a)
		if err == nil {
			_, err = s.Register.Follow(ctx, a.actor, reportFollowBy(id, device))
		}
		return err
	})
	call(http.MethodDelete, "follow", "unfollow-report", "Follow a report no more", func(ctx context.Context, a *asked, id int64) error {
		device, err := s.deviceOf(ctx, a)
		if err != nil {
			return err
		}
		return s.Register.Unfollow(ctx, a.actor, id, device)
	})
}

// registerFollows adds the calls about what a person follows, or a browser without an account that takes push messages.
func (s *Server) registerFollows(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/me/follows", "list-follows", "What the person follows, newest first"),
		func(ctx context.Context, _ *struct{}) (*followList, error) {
			a := asking(ctx)
			device, err := s.pushDevice(ctx, a)
			if err != nil {
				return nil, err
			}
			if a.actor.Person == 0 && device == nil {
				return nil, fault.New(fault.Unauthenticated, "error.sign_in", nil)
			}
			follows, err := s.Register.Follows(ctx, a.actor, device)
			if err != nil {
				return nil, err
			}
			list := &followList{}
			list.Body.Items = make([]followAnswer, 0, len(follows))
			for _, f := range follows {
				answer, err := s.followAnswer(f)
				if err != nil {
					return nil, err
				}
				list.Body.Items = append(list.Body.Items, answer)
			}
			return list, nil
		})
	op := operation(http.MethodPost, "/me/follows", "follow", "Follow a report, or everything that meets zone, category and area; what is followed already is left as it is")
	op.RequestBody = bodyOf[followBody](api)
	op.DefaultStatus = http.StatusCreated
	op.MaxBodyBytes = maxBody
	huma.Register(api, op, func(ctx context.Context, in *struct{ RawBody []byte }) (*oneFollow, error) {
		a := asking(ctx)
		device, err := s.pushDevice(ctx, a)
		if err != nil {
			return nil, err
		}
		f, err := s.decodeFollow(in.RawBody, device)
		if err != nil {
			return nil, err
		}
		id, err := s.Register.Follow(ctx, a.actor, f)
		if err != nil {
			return nil, err
		}
		follows, err := s.Register.Follows(ctx, a.actor, device)
		for _, f := range follows {
			if f.ID == id {
				answer, err := s.followAnswer(f)
				return &oneFollow{Status: http.StatusCreated, Body: answer}, err
			}
		}
		if err == nil { // ended meanwhile
			err = fault.Missing()
		}
		return nil, err
	})
	end := operation(http.MethodDelete, "/me/follows/{id}", "end-follow", "Follow it no more")
	end.DefaultStatus = http.StatusNoContent
	end.MaxBodyBytes = maxBody
	huma.Register(api, end, func(ctx context.Context, in *about) (*struct{}, error) {
		id, err := number(in.ID)
		if err != nil {
			return nil, err
		}
		device, err := s.deviceOf(ctx, asking(ctx))
		if err != nil {
			return nil, err
		}
		return nil, s.Register.EndFollow(ctx, asking(ctx).actor, id, device)
	})
}

// decodeFollow reads what is to be followed, by a browser without an account if there is a device.
func (s *Server) decodeFollow(raw []byte, device []byte) (follow.Follow, error) {
	var body followBody
	if err := decodeJSON(raw, &body); err != nil {
		return follow.Follow{}, err
	}
	v, err := s.vocabulary()
	if err != nil {
		return follow.Follow{}, err
	}
	f := follow.Follow{Item: body.Report, Settings: follow.Settings{Name: body.Name, Rhythm: body.Rhythm, ByMail: body.ByMail == nil || *body.ByMail, ByPush: body.ByPush}}
	if f.Rhythm == "" {
		f.Rhythm = "daily"
		if f.Item != 0 {
			f.Rhythm = "now"
		}
	}
	var check fault.Check
	if device != nil {
		if body.ByMail != nil && *body.ByMail {
			check.Add("by_mail", "error.follow.push_only", nil)
		}
		f.Who.Device, f.ByMail, f.ByPush = device, false, true
	}
	if f.Item != 0 && (body.Zone != "" || body.Category != "" || body.Area != nil || body.Location != nil) {
		check.Add("report", "error.follow.both", nil)
	}
	if body.Category != "" {
		if one := v.CategoryNamed(body.Category); one != nil {
			f.Category = one.ID
		} else {
			check.Add("category", "error.category.unknown", fault.Args{"category": fault.Short(body.Category)})
		}
	}
	if body.Zone != "" {
		if z, err := v.Find("zone", body.Zone); err == nil {
			f.Zone = z.ID
		} else {
			check.Add("zone", "error.parameter.value", fault.Args{"value": fault.Short(body.Zone)})
		}
	}
	switch {
	case body.Area != nil && body.Location != nil:
		check.Add("area", "error.follow.both_areas", nil)
	case body.Area != nil:
		f.Area = body.Area.read(&check)
	case body.Location != nil || body.Radius != 0:
		f.Area = &follow.Area{Centre: body.Location.read(&check), Radius: body.Radius}
	}
	return f, check.Err()
}

// read gives the place of a point that an answer was sent.
func (p *pointBody) read(check *fault.Check) geo.Position {
	if p == nil || p.Type != "Point" || len(p.Coordinates) != 2 || p.Coordinates[0] == nil || p.Coordinates[1] == nil {
		check.Add("location", "error.position.point", nil)
		return geo.Position{}
	}
	return positionOf(check, "location.coordinates", *p.Coordinates[0], *p.Coordinates[1])
}

// read gives a polygon's corners.
func (p *polygonBody) read(check *fault.Check) *follow.Area {
	a := &follow.Area{}
	if p.Type != "Polygon" || len(p.Coordinates) != 1 || len(p.Coordinates[0]) < 4 {
		check.Add("area", "error.follow.area", nil)
		return a
	}
	for _, c := range p.Coordinates[0] {
		if len(c) != 2 || c[0] == nil || c[1] == nil {
			check.Add("area", "error.follow.area", nil)
			return a
		}
		a.Corners = append(a.Corners, positionOf(check, "area.coordinates", *c[0], *c[1]))
	}
	last := len(a.Corners) - 1
	if a.Corners[0] != a.Corners[last] {
		check.Add("area", "error.follow.area", nil)
	}
	a.Corners = a.Corners[:last]
	return a
}

// followAnswer tells a follow.
func (s *Server) followAnswer(f reports.Followed) (followAnswer, error) {
	v, err := s.vocabulary()
	if err != nil {
		return followAnswer{}, err
	}
	answer := followAnswer{ID: f.ID, Title: orNull(f.Title), Name: f.Name, Rhythm: f.Rhythm, ByMail: f.ByMail, ByPush: f.ByPush, Since: f.CreatedAt.UTC().Truncate(time.Second)}
	if f.Item != 0 {
		answer.Report = &f.Item
	}
	if z := v.Zone(f.Zone); z != nil {
		answer.Zone = orNull(z.Ref())
	}
	if c := v.Category(f.Category); c != nil {
		answer.Category = &c.Slug
	}
	switch {
	case f.Area == nil:
	case f.Area.Radius != 0:
		at := locationOf(f.Area.Centre)
		answer.Location, answer.Radius = &at, &f.Area.Radius
	default:
		answer.Area = &drawnArea{Type: "Polygon", Coordinates: [][][]float64{degreesOf(f.Area.Polygon()[0])}}
	}
	return answer, nil
}

func degreesOf(ring orb.Ring) (list [][]float64) {
	for _, p := range ring {
		list = append(list, []float64{p[0], p[1]})
	}
	return list
}
