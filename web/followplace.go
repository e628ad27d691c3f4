package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/fault"
	"quartier/reports/follow"
	"quartier/reports/language"
	"quartier/reports/place"
	"quartier/web/live"
	"quartier/web/page"
)

// radii are those that the form offers, m.
var radii = []int{100, 250, 500, 1000, 2000, 5000}

// Where something can be followed, as the form says it.
var wheres = []string{"all", "zone", "near", "area"}

// wished are the fields of the form that say what is followed and how; the others are who wants it, and steps.
var wished = []string{"where", "zone", "category", "lat", "lon", "radius", "area", "name", "rhythm", "by_mail", "by_push"}

// followFields are those of the form.
func (s *Server) followFields(v *live.Vocabulary, l *language.Language, places []page.Choice, known bool) page.FollowFields {
	choices := func(word string, values ...string) (list []page.Choice) {
		for _, value := range values {
			list = append(list, page.Choice{Value: value, Label: l.Say(word+value, nil)})
		}
		return list
	}
	f := page.FollowFields{
		Where:    page.Input{Name: "where", Word: "follow_where", Type: "radio", Choices: choices("follow.where.", wheres...)},
		Zone:     page.Input{Name: "zone", Word: "follow_zone", Type: "select", Choices: []page.Choice{{Label: l.Say("follow.choose", nil)}}},
		Address:  page.Input{Name: "address", Word: "follow_address", Longest: reports.MaxAddress},
		Place:    page.Input{Name: "place", Word: "follow_place", Type: "radio", Choices: places},
		Radius:   page.Input{Name: "radius", Word: "follow_radius", Type: "select", Short: true},
		Area:     page.Input{Name: "area", Word: "follow_area"},
		Category: page.Input{Name: "category", Word: "follow_category", Type: "select", Choices: append([]page.Choice{{Label: l.Say("filter.all_categories", nil)}}, categoryChoices(v, l, func(c *reports.Category) bool { return c.Active })...)},
		Rhythm:   page.Input{Name: "rhythm", Word: "follow_rhythm", Type: "radio", Choices: choices("follow.rhythm.", follow.Rhythms...)},
		ByMail:   page.Input{Name: "by_mail", Word: "follow_by_mail", Type: "check"},
		ByPush:   page.Input{Name: "by_push", Word: "follow_by_push", Type: "check"},
		Name:     page.Input{Name: "name", Word: "follow_name", Longest: follow.MaxName},
		Email:    emailField,
		Known:    known,
	}
	for _, set := range v.Sets {
		for _, z := range set.Zones {
			f.Zone.Choices = append(f.Zone.Choices, page.Choice{Value: z.Ref(), Label: z.Name + " · " + namedIn(l, set.NameFR, set.NameEN).Name})
		}
	}
	for _, r := range radii {
		f.Radius.Choices = append(f.Radius.Choices, page.Choice{Value: strconv.Itoa(r), Label: l.Say("follow.metres", map[string]any{"n": r})})
	}
	return f
}

// followPage is the form to follow a zone, a place or a category. Its address says what to begin with: the filter and the view of the map.
func (s *Server) followPage(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	p := lenientParameters(c, append([]string{"address"}, wished...)...)
	values := url.Values{}
	for name, value := range p {
		values.Set(name, value)
	}
	for _, name := range []string{"zone", "category"} { // one of what the filter has
		first, _, _ := strings.Cut(values.Get(name), ",")
		values.Set(name, first)
	}
	if z, err := v.Find("zone", values.Get("zone")); err == nil {
		values.Set("zone", z.Ref())
	}
	if !slices.Contains(wheres, values.Get("where")) {
		switch {
		case values.Get("area") != "":
			values.Set("where", "area")
		case values.Get("zone") != "":
			values.Set("where", "zone")
		case values.Get("category") != "":
			values.Set("where", "all")
		default:
			values.Set("where", "near")
		}
	}
	if values.Get("where") != "near" { // only where the map looks
		values.Del("address")
	}
	for name, value := range map[string]string{"radius": "500", "rhythm": "daily"} {
		if values.Get(name) == "" {
			values.Set(name, value)
		}
	}
	if values.Get("by_push") == "" {
		values.Set("by_mail", "1")
	}
	if values.Get("address") == "" && c.Query("radius") == "" { // the view of the map is where to look, and not yet what to follow
		values.Del("lat")
		values.Del("lon")
	}
	return s.showFollow(c, fiber.StatusOK, untyped(c, values), nil)
}

func (s *Server) showFollow(c *fiber.Ctx, status int, t page.Typed, places []page.Choice) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	a := askedOf(c)
	f := s.frameOf(c, a.language.Say("follow.title", nil), s.links.follow)
	f.Path, f.Query = "/follow", nil
	island := s.islandOf(a.language, v)
	if p := lenientParameters(c, "z", "lat", "lon"); p["lat"] != "" { // the view of the map that led here
		lat, okLat := decimal(p["lat"])
		lon, okLon := decimal(p["lon"])
		zoom, okZoom := decimal(p["z"])
		if _, err := geo.FromDegrees(lon, lat); okLat && okLon && err == nil {
			island.Lat, island.Lon, island.Zoom = lat, lon, closeUp
			if okZoom {
				island.Zoom = zoom
			}
		}
	}
	here, err := s.hereOf(c)
	if err == nil {
		err = s.rowsHere(c, v, &here)
	}
	if err != nil {
		return err
	}
	if done := c.Query("done"); done == "begun" || done == "ended" {
		here.Done = strings.Clone(done)
	}
	return render(c, status, page.Follow(f, s.followFields(v, a.language, places, a.actor.Person != 0), here, t, island.encode()))
}

// follow takes the form.
func (s *Server) follow(c *fiber.Ctx) error {
	a, t := askedOf(c), typedOf(c)
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	var check fault.Check
	places, err := s.findCentre(c, t, &check)
	if err != nil {
		return err
	}
	f := s.followOf(t.Values, &check)
	fields := s.followFields(v, a.language, places, a.actor.Person != 0).All()
	show := func(status int, t page.Typed) error { return s.showFollow(c, status, t, places) }
	if string(c.Context().PostArgs().Peek("step")) == "search" && !check.Has("address") && !check.Has("place") { // the address alone was looked up
		return show(fiber.StatusOK, t)
	}
	done := "/me/follows?done=begun"
	if err = check.Err(); err == nil && a.actor.Person == 0 {
		f.Check(&check)
		if err = check.Err(); err == nil && f.ByMail {
			return s.askToFollow(c, t, fields, wishedOf(t.Values), show)
		}
		done = "/follow?done=begun"
		if err == nil {
			f.Who.Device, err = s.pushDevice(c.UserContext(), a)
		}
		if err == nil && f.Who.Device == nil {
			err = fault.In("by_push", "error.follow.device", nil)
		}
	}
	if err == nil {
		_, err = s.Register.Follow(c.UserContext(), a.actor, f)
	}
	if err != nil {
		return again(c, err, t, fields, show)
	}
	return c.Redirect(s.to(done), fiber.StatusSeeOther)
}

// wishedOf gives what of a form is to be followed.
func wishedOf(values url.Values) url.Values {
	kept := url.Values{}
	for _, name := range wished {
		if value := values.Get(name); value != "" {
			kept.Set(name, value)
		}
	}
	return kept
}

// findCentre writes the place of the address that was typed into the form. If the address can mean several, they are given to choose from.
func (s *Server) findCentre(c *fiber.Ctx, t page.Typed, check *fault.Check) (places []page.Choice, err error) {
	if t.Value("where") != "near" {
		return nil, nil
	}
	if chosen, label, _ := strings.Cut(t.Value("place"), " "); chosen != "" {
		lat, lon, _ := strings.Cut(chosen, ",")
		t.Values.Set("lat", lat)
		t.Values.Set("lon", lon)
		t.Values.Set("address", label)
	} else if address := strings.TrimSpace(t.Value("address")); address == "" {
		if t.Value("lat") == "" {
			check.Add("address", "error.required", nil)
		}
	} else if t.Value("lat") == "" || t.Value("near") != t.Value("address") {
		found, err := place.Search(c.UserContext(), s.Register.DB, askedOf(c).actor, address, place.MaxFound)
		switch {
		case err != nil:
			return nil, err
		case len(found) == 0:
			check.Add("address", "error.address_unknown", nil)
			return nil, nil
		case len(found) > 1 && (!found[0].Exact || found[1].Exact):
			for _, one := range found {
				lon, lat := one.Position.Degrees()
				places = append(places, page.Choice{Value: degreesText(lat) + "," + degreesText(lon) + " " + one.Label, Label: one.Label})
			}
			check.Add("place", "error.address_several", fault.Args{"n": len(found)})
			return places, nil
		}
		lon, lat := found[0].Position.Degrees()
		t.Values.Set("lat", degreesText(lat))
		t.Values.Set("lon", degreesText(lon))
		t.Values.Set("address", found[0].Label)
	}
	t.Values.Set("near", t.Value("address"))
	if t.Value("name") == "" {
		t.Values.Set("name", t.Value("address"))
	}
	return nil, nil
}

// followOf reads what is to be followed from the fields of the form. What cannot be read is noted.
func (s *Server) followOf(values url.Values, check *fault.Check) follow.Follow {
	f := follow.Follow{Settings: settingsOf(values)}
	v := s.Map.Vocabulary()
	if v == nil {
		return f
	}
	if slug := values.Get("category"); slug != "" {
		if one := v.CategoryNamed(slug); one != nil {
			f.Category = one.ID
		} else {
			check.Add("category", "error.category.unknown", fault.Args{"category": fault.Short(slug)})
		}
	}
	switch values.Get("where") {
	case "zone":
		if z, err := v.Find("zone", values.Get("zone")); err == nil && values.Get("zone") != "" {
			f.Zone = z.ID
		} else {
			check.Add("zone", "error.required", nil)
		}
	case "near":
		lat, okLat := coordinate(check, "address", values.Get("lat"))
		lon, okLon := coordinate(check, "address", values.Get("lon"))
		radius, err := strconv.Atoi(values.Get("radius"))
		if err != nil {
			radius = 0 // no radius: Check says so
		}
		if okLat && okLon {
			f.Area = &follow.Area{Centre: positionOf(check, "address", lon, lat), Radius: radius}
		}
	case "area":
		corners, ok := cornersOf(values.Get("area"))
		switch {
		case len(corners) == 0:
			check.Add("area", "error.follow.undrawn", nil)
		case !ok:
			check.Add("area", "error.follow.area", nil)
		default:
			f.Area = &follow.Area{Corners: corners}
		}
	}
	return f
}

func settingsOf(values url.Values) follow.Settings {
	return follow.Settings{Name: values.Get("name"), Rhythm: values.Get("rhythm"), ByMail: values.Get("by_mail") != "", ByPush: values.Get("by_push") != ""}
}

// cornersOf reads the corners of a drawn area as the form has them: longitude_latitude of each, ~ between them, as an address can hold them unescaped. !ok: some
// are none.
func cornersOf(text string) (corners []geo.Position, ok bool) {
	if text == "" {
		return nil, true
	}
	for word := range strings.SplitSeq(text, "~") {
		first, second, _ := strings.Cut(word, "_")
		lon, okLon := decimal(first)
		lat, okLat := decimal(second)
		at, err := geo.FromDegrees(lon, lat)
		if !okLon || !okLat || err != nil || len(corners) > follow.MaxCorners {
			return append(corners, at), len(corners) > follow.MaxCorners // too many are told as such
		}
		corners = append(corners, at)
	}
	return corners, true
}
