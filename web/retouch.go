package web

import (
	"math"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/reports/media"
	"quartier/web/page"
)

// areaFields are the four numbers of an area, in percent of the photo's width and height.
var areaFields = []string{"left", "top", "width", "height"}

// retouchPage shows a photo to who may make a part of it unreadable.
func (s *Server) retouchPage(c *fiber.Ctx) error { return s.showRetouch(c, fiber.StatusOK, typedOf(c)) }

func (s *Server) showRetouch(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	report, id, err := photoNamed(c)
	if err != nil {
		return err
	}
	p, err := s.Register.PhotoToRetouch(c.UserContext(), a.actor, report, id)
	if err != nil {
		return err
	}
	f := s.frameOf(c, a.language.Say("retouch.title", nil), s.links.account)
	return render(c, status, page.Retouch(f, page.RetouchView{Report: report, Photo: page.Photo{ID: string(p.ID), Width: p.Width, Height: p.Height}, Form: t}))
}

func photoNamed(c *fiber.Ctx) (report int64, id media.ID, err error) {
	if report, err = number(c.Params("id")); err != nil {
		return 0, "", err
	}
	id, err = media.ParseID(strings.Clone(c.Params("photo")))
	return report, id, err
}

// retouch blurs an area of a photo, or takes it away.
func (s *Server) retouch(c *fiber.Ctx) error {
	a, t := askedOf(c), typedOf(c)
	report, id, err := photoNamed(c)
	if err != nil {
		return err
	}
	if t.Value("do") == "remove" {
		err = s.Register.ErasePhoto(c.UserContext(), a.actor, report, id)
	} else {
		var area media.Area
		if area, err = areaTyped(t); err == nil {
			err = s.Register.BlurPhoto(c.UserContext(), a.actor, s.Photos, report, id, area)
		}
	}
	if err != nil {
		inputs := []page.Input{{Name: media.AreaField}}
		for _, name := range areaFields {
			inputs = append(inputs, page.Input{Name: name})
		}
		return again(c, err, t, inputs, func(status int, t page.Typed) error { return s.showRetouch(c, status, t) })
	}
	return c.Redirect(s.to("/reports/"+c.Params("id")), fiber.StatusSeeOther)
}

// areaTyped reads an area. Fractions of a thousandth are rounded outwards, so that nothing that was marked stays readable.
func areaTyped(t page.Typed) (media.Area, error) {
	var check fault.Check
	var n [4]float64
	for i, name := range areaFields {
		percent, ok := coordinate(&check, name, strings.TrimSpace(t.Value(name)))
		if ok && (percent < 0 || percent > 100) {
			check.Add(name, "error.photo.percent", nil)
		}
		n[i] = percent * 10
	}
	if err := check.Err(); err != nil {
		return media.Area{}, err
	}
	const slip = 1e-6 // of decimal fractions
	left, top := int(math.Floor(n[0]+slip)), int(math.Floor(n[1]+slip))
	return media.Area{Left: left, Top: top, Width: int(math.Ceil(n[0]+n[2]-slip)) - left, Height: int(math.Ceil(n[1]+n[3]-slip)) - top}, nil
}
