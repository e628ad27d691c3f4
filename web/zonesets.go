package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/reports/zone"
	"quartier/web/page"
)

// zoneSetsPage lists zone sets.
func (s *Server) zoneSetsPage(c *fiber.Ctx) error {
	return s.showZoneSets(c, fiber.StatusOK, untyped(c, url.Values{}))
}

func (s *Server) showZoneSets(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	sets, err := zone.Sets(c.UserContext(), s.Register.DB, a.actor)
	if err != nil {
		return err
	}
	var rows []page.SetRow
	for _, one := range sets {
		rows = append(rows, setRow(a, one))
	}
	return render(c, status, page.ZoneSets(s.adminFrame(c, "admin.zones"), doneOf(c), rows, t))
}

func setRow(a *asked, set zone.Administered) page.SetRow {
	return page.SetRow{Slug: set.Slug, Name: namedIn(a.language, set.NameFR, set.NameEN).Name, Zones: set.Zones, Revision: set.Revision, Waiting: set.Waiting}
}

func zoneSetPath(slug string) string { return "/admin/zones/" + url.PathEscape(slug) }

// zoneSetPage shows one zone set.
func (s *Server) zoneSetPage(c *fiber.Ctx) error {
	return s.showZoneSet(c, fiber.StatusOK, nil, untyped(c, url.Values{}))
}

// showZoneSet shows a set; names nil: as they stand.
func (s *Server) showZoneSet(c *fiber.Ctx, status int, names *page.Typed, stage page.Typed) error {
	a := askedOf(c)
	set, revisions, err := zone.Revisions(c.UserContext(), s.Register.DB, a.actor, pathPart(c, "set"))
	if err != nil {
		return err
	}
	view := page.ZoneSetView{SetRow: setRow(a, set), Stage: stage}
	if names != nil {
		view.Names = *names
	} else {
		view.Names = untyped(c, url.Values{"name_fr": {set.NameFR}, "name_en": {set.NameEN}, "version": {strconv.Itoa(set.Version)}})
	}
	for _, r := range revisions {
		view.Revisions = append(view.Revisions, revisionRow(r))
	}
	f := s.adminFrame(c, "admin.zones")
	f.Title, f.Path = view.Name, zoneSetPath(set.Slug)
	return render(c, status, page.ZoneSetAdmin(f, doneOf(c), view))
}

func revisionRow(r zone.Revision) page.RevisionRow {
	return page.RevisionRow{Number: r.Number, Source: r.Source, Zones: r.Zones, Created: r.CreatedAt, Activated: r.ActivatedAt, InForce: r.InForce}
}

// renameZoneSet gives a set other names.
func (s *Server) renameZoneSet(c *fiber.Ctx) error {
	t, slug := typedOf(c), pathPart(c, "set")
	err := zone.Rename(c.UserContext(), s.Register.DB, askedOf(c).actor, slug, versionOf(t), t.Value("name_fr"), t.Value("name_en"))
	if err != nil {
		return again(c, err, t, page.RenameInputs, func(status int, t page.Typed) error {
			return s.showZoneSet(c, status, &t, untyped(c, url.Values{}))
		})
	}
	return s.done(c, zoneSetPath(slug), "saved")
}

// stageZones keeps an uploaded file as a revision of a set, of a new one or of the one in the address, and leads to its page.
func (s *Server) stageZones(c *fiber.Ctx) error {
	slug := pathPart(c, "set")
	u, err := s.uploadedZones(c)
	if u != nil {
		defer u.close()
	}
	if err == nil {
		naming := zone.Naming{Slug: slug, Source: u.name}
		if slug == "" {
			naming.Slug, naming.NameFR, naming.NameEN = strings.TrimSpace(u.typed.Value("set")), u.typed.Value("name_fr"), u.typed.Value("name_en")
		} else if _, _, err := zone.Revisions(c.UserContext(), s.Register.DB, askedOf(c).actor, slug); err != nil {
			return err
		}
		var number int32
		if number, err = s.stage(c, naming, u); err == nil {
			return s.done(c, zoneSetPath(naming.Slug)+"/"+strconv.Itoa(int(number)), "staged")
		}
	}
	if u == nil {
		return err
	}
	return again(c, err, u.typed, page.StageInputs(slug != ""), func(status int, t page.Typed) error {
		if slug == "" {
			return s.showZoneSets(c, status, t)
		}
		return s.showZoneSet(c, status, nil, t)
	})
}

// revisionAt reads the set and the number of a revision in an address.
func revisionAt(c *fiber.Ctx) (slug string, revision int32, err error) {
	n, err := strconv.ParseInt(c.Params("number"), 10, 32)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != c.Params("number") {
		return "", 0, fault.Missing()
	}
	return pathPart(c, "set"), int32(n), nil
}

// revisionPage shows what putting a revision into force would change.
func (s *Server) revisionPage(c *fiber.Ctx) error { return s.showRevision(c, fiber.StatusOK, "") }

func (s *Server) showRevision(c *fiber.Ctx, status int, problem string) error {
	slug, number, err := revisionAt(c)
	if err != nil {
		return err
	}
	a, ctx := askedOf(c), c.UserContext()
	set, _, err := zone.Revisions(ctx, s.Register.DB, a.actor, slug)
	if err != nil {
		return err
	}
	p, err := zone.PreviewOf(ctx, s.Register.DB, a.actor, slug, number)
	if err != nil {
		return err
	}
	view := page.RevisionView{RevisionRow: revisionRow(p.Revision), Slug: slug, Set: setRow(a, set).Name, Now: p.Now, Reports: p.Reports, Gone: p.Gone, New: p.New,
		CrossSite: crossSiteToken(c), Problem: problem, Map: zoneMap(a.language, p)}
	for _, r := range p.Repaired {
		view.Repaired = append(view.Repaired, page.RepairRow(r))
	}
	for _, o := range p.Outlines {
		name := o.Code
		if o.Name != o.Code {
			name += " · " + o.Name
		}
		view.Listed = append(view.Listed, name)
	}
	f := s.adminFrame(c, "admin.zones")
	f.Title = view.Set + " · " + a.language.Say("admin.zones.revision", map[string]any{"number": int(number)})
	f.Path = zoneSetPath(slug) + "/" + strconv.Itoa(int(number))
	return render(c, status, page.ZoneRevision(f, doneOf(c), view))
}

// actOnRevision puts a revision into force, or drops it.
func (s *Server) actOnRevision(c *fiber.Ctx) error {
	slug, number, err := revisionAt(c)
	if err != nil {
		return err
	}
	a, ctx, t := askedOf(c), c.UserContext(), typedOf(c)
	address, done := zoneSetPath(slug), "activated"
	switch c.Params("act") {
	case "activate":
		before, wrong := strconv.ParseInt(t.Value("before"), 10, 32)
		if wrong != nil {
			before = -1 // none: stale
		}
		_, err = zone.Activate(ctx, s.Register.DB, a.actor, slug, number, int32(before))
	case "drop":
		address, done, err = "/admin/zones", "dropped", zone.Drop(ctx, s.Register.DB, a.actor, slug, number)
	default:
		err = fault.Missing()
	}
	if err != nil {
		return again(c, err, page.Typed{Wrong: map[string]string{}}, nil, func(status int, t page.Typed) error { return s.showRevision(c, status, t.Problem) })
	}
	return s.done(c, address, done)
}
