package web

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/media"
	"quartier/reports/place"
	"quartier/reports/store"
	"quartier/web/live"
	"quartier/web/page"
)

// formPage is the empty form; category, lat, lon and address may be given in its address, so that the map can lead here.
func (s *Server) formPage(c *fiber.Ctx) error {
	rememberBrowser(c)
	p := lenientParameters(c, "category", "lat", "lon", "address")
	d := page.Draft{UUID: uuid.NewString(), Category: p["category"], Lat: p["lat"], Lon: p["lon"], Address: p["address"]}
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	return s.showForm(c, fiber.StatusOK, d, s.spotMap(v, d))
}

// showForm shows the form with what was typed; m is its map without script.
func (s *Server) showForm(c *fiber.Ctx, status int, d page.Draft, m spotMap) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	l := askedOf(c).language
	d.CrossSite = crossSiteToken(c)
	d.Stamp = s.stampFor(c, d.CrossSite, d.Stamp)
	d.Photos = s.keptPhotos(c, d.Photos)
	d.Kinds, d.Rest = kinds(v, l)
	d.Questions = questionsFor(v, l, d)
	for _, one := range v.Categories {
		if one.Active && len(one.Attributes) > 0 {
			d.Asking = append(d.Asking, one.Slug)
		}
		if one.Active && one.Private {
			d.Private = append(d.Private, one.Slug)
		}
	}
	at := placed(d)
	if at != nil && d.Said == "" {
		d.Said = l.Say("place.set", map[string]any{"lat": d.Lat, "lon": d.Lon})
	}
	d.Map = m.page(l, at)
	d.Map.Makers = s.attribution()
	title, path := "form.title.page", "/reports/new"
	if d.Desk != nil {
		title, path = "desk.title", "/desk/new"
	}
	f := s.frameOf(c, l.Say(title, nil), s.links.filing)
	f.Path, f.Query = path, nil // also where a refused form is shown again
	return render(c, status, page.Form(f, d, s.island(l, v)))
}

// tilesOfKinds is how many categories of the first level have a tile in the form; the others are a list.
const tilesOfKinds = 16

// kinds gives the active categories as the form shows them.
func kinds(v *live.Vocabulary, l *language.Language) (tiles []page.Kind, rest []page.Choice) {
	first := true // the categories of the first level still have tiles
	for _, one := range v.Categories {
		choice := page.Choice{Value: one.Slug, Label: one.Name(l.Tag), Below: one.Parent != 0}
		switch {
		case !one.Active:
		case one.Parent == 0 && len(tiles) < tilesOfKinds:
			tiles = append(tiles, page.Kind{Value: choice.Value, Label: choice.Label, Icon: one.Icon, Colour: one.Colour})
		case one.Parent == 0 || !first:
			first, rest = false, append(rest, choice)
		default:
			last := &tiles[len(tiles)-1]
			last.Below = append(last.Below, choice)
		}
	}
	return tiles, rest
}

// keptPhotos gives those photos of a form that its sender holds. While the database does not say, they stay: nothing that was sent is lost for that.
func (s *Server) keptPhotos(c *fiber.Ctx, sent []string) (kept []string) {
	if len(sent) == 0 {
		return nil
	}
	var check fault.Check
	held, err := s.Photos.Held(c.UserContext(), askedOf(c).owner, media.CheckIDs(&check, media.Field, sent))
	if err != nil {
		return sent
	}
	for _, p := range held {
		kept = append(kept, string(p.ID))
	}
	return kept
}

// draftOf reads what was typed. A list below a category, if something in it was chosen, is more exact than the category.
func draftOf(c *fiber.Ctx) page.Draft {
	field := func(name string) string { return string(c.Context().PostArgs().Peek(name)) }
	d := page.Draft{UUID: field("uuid"), Category: field("category"), Title: field("title"), Description: field("description"), Address: field("address"),
		Lat: strings.TrimSpace(field("lat")), Lon: strings.TrimSpace(field("lon")), Email: field("email"), Near: field("near"), Stamp: strings.Clone(field("stamp")), Wrong: map[string]string{}}
	for _, id := range c.Context().PostArgs().PeekMulti("photos") {
		d.Photos = append(d.Photos, string(id))
	}
	d.Answers = answersOf(c)
	d.Desk = deskOf(c)
	if refused := photosRefused(c); len(refused) > 0 {
		d.Wrong[media.Field] = strings.Join(refused, " ")
	}
	if more := field("more." + d.Category); more != "" {
		d.Category = more
	}
	return d
}

// filePage takes the form. What is wrong is said beside the fields, and nothing that was typed is lost.
func (s *Server) filePage(c *fiber.Ctx) error {
	field := func(name string) string { return string(c.Context().PostArgs().Peek(name)) }
	d := draftOf(c)
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	a := askedOf(c)
	if unasked(c, v, d) { // of what was chosen only now
		d.Problem = a.language.Say("form.attributes.more", nil)
		m, known := spotMapOf(field("map"), "/")
		if !known {
			m = s.spotMap(v, d)
		}
		return s.showForm(c, fiber.StatusUnprocessableEntity, d, m)
	}
	var receipt reports.Receipt
	if d.Desk == nil {
		err = s.limits.filings.check(c)
	}
	if err == nil { // here, not above the route: who has to wait has typed
		receipt, err = s.fileDraft(c.UserContext(), a, &d, field("place"), signsOf(c))
	}
	var f *fault.Error
	var ch *challenged
	switch {
	case errors.As(err, &ch):
		return s.showChallenge(c, ch, &d)
	case err == nil && d.Desk != nil:
		return c.Redirect(s.to(receiptFor(receipt)), fiber.StatusSeeOther)
	case err == nil:
		return c.Redirect(s.to(thanksFor(receipt)), fiber.StatusSeeOther)
	case errors.As(store.Explain(err), &f) && f.Kind != fault.Internal:
		p := problemOf(f, a.language)
		blame(&d, p)
		if len(p.Errors) == 0 {
			d.Problem = p.Detail
		}
		a.failed(p.Status, err)
		p.sayWhen(c)
		m, known := spotMapOf(field("map"), "/")
		if !known {
			m = s.spotMap(v, d)
		}
		return s.showForm(c, p.Status, d, m)
	}
	return err
}

// blame writes what is wrong to the fields of the form.
func blame(d *page.Draft, p *Problem) {
	for _, e := range p.Errors {
		if name := formField(e.Field); d.Wrong[name] == "" {
			d.Wrong[name] = e.Detail
		}
	}
}

// formField gives the field of the form for a field of a filing.
func formField(name string) string {
	switch {
	case name == "location" || strings.HasPrefix(name, "location."):
		return "lat"
	case name == "uuid":
		return "title"
	case name == "photos":
		return media.Field
	}
	return name
}

// fileDraft files what the form says.
func (s *Server) fileDraft(ctx context.Context, a *asked, d *page.Draft, chosen string, by signs) (reports.Receipt, error) {
	f := reports.Filing{Category: d.Category, Title: d.Title, Description: d.Description, Address: d.Address, Email: d.Email, Channel: "web", Owner: a.owner}
	if d.Desk != nil {
		f.Channel, f.Desk = d.Desk.Channel, &reports.Desk{Name: d.Desk.Name, Phone: d.Desk.Phone}
	}
	if d.Wrong[media.Field] != "" { // said already, in its own words
		f.Wrong.Add(media.Field, "error.photo.refused", nil)
	}
	f.Photos = media.CheckIDs(&f.Wrong, media.Field, d.Photos)
	if v := s.Map.Vocabulary(); v != nil {
		f.Attributes = answersTo(v.CategoryNamed(d.Category), d.Answers, s.TimeZone)
	}
	var err error
	if f.UUID, err = uuid.Parse(d.UUID); err != nil || f.UUID == uuid.Nil {
		f.UUID = uuid.New()
		d.UUID = f.UUID.String()
	}
	if chosen == "" && (d.Lat != "" || d.Lon != "") {
		f.Position = positionTyped(&f.Wrong, d)
	} else if f.Position, err = s.placeByWords(ctx, a.actor, &f.Wrong, d, chosen); err != nil {
		return reports.Receipt{}, err
	}
	f.Address = d.Address
	f.Site, f.Language = s.mailHome(a), a.language
	if d.Desk == nil { // at the desk the browser is not the resident's, and limits are not meant
		if f.Device, err = s.deviceOf(ctx, a); err != nil {
			return reports.Receipt{}, err
		}
		if err := s.vet(ctx, a, &f, by); err != nil {
			return reports.Receipt{}, err
		}
	}
	return s.Register.File(ctx, a.actor, f)
}

// positionTyped reads the form's coordinates.
func positionTyped(check *fault.Check, d *page.Draft) (at geo.Position) {
	lat, latOK := coordinate(check, "lat", d.Lat)
	lon, lonOK := coordinate(check, "lon", d.Lon)
	if latOK && lonOK {
		at = positionOf(check, "lat", lon, lat)
	}
	return at
}

// placeByWords finds the place of an address: the one chosen among several, or the one that was typed.
func (s *Server) placeByWords(ctx context.Context, actor account.Actor, check *fault.Check, d *page.Draft, chosen string) (geo.Position, error) {
	if chosen != "" {
		place, label, _ := strings.Cut(chosen, " ")
		d.Lat, d.Lon, _ = strings.Cut(place, ",")
		if label != "" {
			d.Address = label
		}
		return positionTyped(check, d), nil
	}
	if strings.TrimSpace(d.Address) == "" {
		check.Add("address", "error.place_missing", nil)
		return geo.Position{}, nil
	}
	return s.positionOfAddress(ctx, actor, check, d)
}

// coordinate reads degrees as people write them, with a point or a comma.
func coordinate(check *fault.Check, field, text string) (degrees float64, ok bool) {
	if degrees, ok = decimal(strings.Replace(text, ",", ".", 1)); !ok {
		check.Add(field, "error.position.number", nil)
	}
	return degrees, ok
}

// positionOfAddress finds the place that an address means. If it can mean several, they are offered for choice.
func (s *Server) positionOfAddress(ctx context.Context, actor account.Actor, check *fault.Check, d *page.Draft) (geo.Position, error) {
	found, err := s.Places.Search(ctx, actor, d.Address, place.MaxFound)
	if err != nil {
		return geo.Position{}, err
	}
	switch {
	case len(found) == 0:
		check.Add("address", "error.address_unknown", nil)
	case len(found) == 1 || found[0].Exact && !found[1].Exact:
		return found[0].Position, nil
	default:
		for _, one := range found {
			lon, lat := one.Position.Degrees()
			d.Places = append(d.Places, page.Choice{Value: fmt.Sprintf("%.7f,%.7f %s", lat, lon, one.Label), Label: one.Label})
		}
		check.Add("place", "error.address_several", fault.Args{"n": len(found)})
	}
	return geo.Position{}, nil
}

// showChallenge asks a browser to work for a suspicious filing. All that was typed goes on with the form, whatever fields it has.
func (s *Server) showChallenge(c *fiber.Ctx, ch *challenged, d *page.Draft) error {
	p := page.Proof{Challenge: ch.text, Bits: ch.bits}
	for name, value := range c.Context().PostArgs().All() {
		switch name := string(name); name {
		case "challenge", "proof", "uuid", "csrf":
		default:
			p.Typed = append(p.Typed, page.Hidden{Name: name, Value: string(value)})
		}
	}
	p.Typed = append(p.Typed, page.Hidden{Name: "uuid", Value: d.UUID}, page.Hidden{Name: "csrf", Value: crossSiteToken(c)})
	f := s.frameOf(c, askedOf(c).language.Say("moderation.proof.title", nil), s.links.page)
	f.Path, f.Query = "/reports/new", nil
	return render(c, fiber.StatusForbidden, page.ProofWanted(f, p))
}
