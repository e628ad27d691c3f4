package web

import (
	"math"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/fault"
	"quartier/reports/zone"
	"quartier/tiles"
	"quartier/tiles/raster"
	"quartier/web/page"
)

// newestOfZone is how many reports the page of a zone shows.
const newestOfZone = 10

// zonePath is the address of a zone's page. Codes may have any sign in them.
func zonePath(z *zone.Zone) string {
	return "/zones/" + url.PathEscape(z.Set.Slug) + "/" + url.PathEscape(z.Code)
}

// zoneView is the view that a zone fills.
func zoneView(z *zone.Zone) raster.View {
	const margin = 0.9 // of the picture that the zone may take
	bound := z.Geometry.Bound()
	middle := bound.Center()
	view := raster.View{Lon: middle[0], Lat: middle[1], Width: zoneWidth, Height: zoneHeight, Scale: 1}
	wide := math.Max(bound.Max[0]-bound.Min[0], 1e-4) / 360
	high := math.Max(bound.Max[1]-bound.Min[1], 1e-4) / 360 / math.Cos(middle[1]*math.Pi/180)
	zoom := math.Log2(margin / 512 * math.Min(zoneWidth/wide, zoneHeight/high))
	view.Zoom = math.Floor(20*math.Max(0, math.Min(closest, zoom))) / 20
	return view
}

// zonesPage lists all zones with their counts, from the index: it works while the database rests.
func (s *Server) zonesPage(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	a := askedOf(c)
	all, open := s.Map.Index.CountZones(tiles.Filter{}, audienceOf(a.actor))
	sets := make([]page.ZoneSet, 0, len(v.Sets))
	for _, set := range v.Sets {
		one := page.ZoneSet{Slug: set.Slug, Name: namedIn(a.language, set.NameFR, set.NameEN).Name}
		for _, z := range set.Zones {
			one.Rows = append(one.Rows, page.ZoneRow{Name: z.Name, Address: zonePath(z), Total: all[z.ID], Open: open[z.ID]})
		}
		sets = append(sets, one)
	}
	return render(c, fiber.StatusOK, page.Zones(s.frameOf(c, a.language.Say("zones.title", nil), s.links.page), sets))
}

// zonePage is the page of one zone: its numbers from the index, its newest reports from the record.
func (s *Server) zonePage(c *fiber.Ctx) error {
	v, err := s.vocabulary()
	if err != nil {
		return err
	}
	slug, code := pathPart(c, "set"), pathPart(c, "*")
	if v.Set(slug) == nil {
		return fault.Missing()
	}
	z, err := v.Find("zone", slug+"/"+code)
	if err != nil || z.Set.Slug != slug {
		return fault.Missing()
	}
	a := askedOf(c)
	query := url.Values{"zone": {z.Ref()}}
	figures := s.figures(c, v, query, tiles.Filter{Zones: []int32{z.ID}})
	middle := zoneView(z)
	view := page.ZoneView{Name: z.Name, Set: namedIn(a.language, z.Set.NameFR, z.Set.NameEN).Name,
		Picture: staticMap(middle, query, a.language.Say("static.count", map[string]any{"n": figures.counts.Total})),
		Map:     "/?" + mapQuery(middle, query).Encode(), List: page.Filters{Query: query}.At("/reports"), Stats: figures.stats(z.Set.Slug),
		Follow: page.Filters{Query: query}.At("/follow")}
	ctx, cancel := sparing(c)
	defer cancel()
	list, _, err := s.Register.List(ctx, a.actor, reports.Filter{Zones: []int32{z.ID}}, reports.Page{Limit: newestOfZone})
	switch {
	case err == nil:
		for _, one := range list {
			view.Newest = append(view.Newest, rowOf(one, v, a.language))
		}
	case ctx.Err() != nil || fault.KindOf(err) == fault.Unavailable:
		view.Resting = true
	default:
		return err
	}
	f := s.frameOf(c, z.Name, s.links.page)
	f.Feed = "/feeds" + zonePath(z) + ".atom"
	return render(c, fiber.StatusOK, page.Zone(f, view))
}
