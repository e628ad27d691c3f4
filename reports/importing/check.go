package importing

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"quartier/reports"
)

var sourceForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// check looks at what belongs together, and prepares forms of dates and the time zone.
func (m *Mapping) check() error {
	if !sourceForm.MatchString(m.Source) {
		return errors.New("source: 1 to 63 lower case letters, digits, dots, - and _ are needed")
	}
	if len(m.Area) != 0 && (len(m.Area) != 4 || m.Area[0] >= m.Area[2] || m.Area[1] >= m.Area[3]) {
		return errors.New("area: west, south, east, north are needed, in degrees")
	}
	if m.Position != nil && (m.Position.Lon == "" || m.Position.Lat == "") {
		return errors.New("position: lon and lat are needed")
	}
	switch m.Kind {
	case KindReports:
		return m.checkReports()
	case KindAddresses:
		if m.ID == nil || m.Street == nil || m.Position == nil {
			return errors.New("addresses need id, street and position")
		}
		return nil
	}
	return errors.New("kind: reports or addresses is needed")
}

func (m *Mapping) checkReports() (err error) {
	if m.Category == nil || m.Created == nil || m.Status == nil || m.TimeZone == "" {
		return errors.New("reports need category, created, status and time_zone")
	}
	if m.location, err = time.LoadLocation(m.TimeZone); err != nil || m.TimeZone == "Local" {
		return fmt.Errorf("time_zone: %q is not the name of a time zone, such as Europe/Paris", m.TimeZone)
	}
	for name, moment := range map[string]*Moment{"created": m.Created, "updated": m.Updated, "closed": m.Closed} {
		if moment == nil {
			continue
		}
		if moment.Column == nil {
			return fmt.Errorf("%s: column is needed", name)
		}
		if moment.layouts, err = parseForms(moment.Forms); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := m.Category.check(); err != nil {
		return err
	}
	if m.Service != nil && m.Service.Column == nil {
		return errors.New("service: column is needed")
	}
	return m.checkStatus()
}

func (m *Mapping) checkStatus() error {
	s := m.Status
	if (s.Always == "") == (s.Column == nil) {
		return errors.New("status: either always or column is needed")
	}
	ours := slices.Collect(func(yield func(string) bool) {
		for _, v := range s.Values {
			if !yield(v) {
				return
			}
		}
	})
	if s.Always != "" {
		ours = append(ours, s.Always)
	}
	for _, v := range ours {
		if reports.StatusNumber(v) < 0 || v == "pending" {
			return fmt.Errorf("status: %q is not a state of a report", v)
		}
	}
	for _, match := range append(slices.Clone(m.Skip), deref(m.Duplicate)...) {
		if match.Column == nil || len(match.Values) == 0 {
			return errors.New("duplicate, skip: column and values are needed")
		}
	}
	return nil
}

func deref(m *Match) []Match {
	if m == nil {
		return nil
	}
	return []Match{*m}
}

var slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,94}$`)

func (c *CategoryMap) check() error {
	if (c.Slug == nil) == (c.Type == nil) {
		return errors.New("category: either slug or type is needed")
	}
	if c.Slug != nil && (c.Subtype != nil || len(c.Types) > 0 || len(c.Subtypes) > 0 || c.Default != "") {
		return errors.New("category: slug stands alone")
	}
	refs := []CategoryRef{}
	for _, ref := range c.Types {
		if ref.Slug == "" {
			return errors.New("category.types: a slug is needed")
		}
		refs = append(refs, ref)
	}
	for _, ref := range c.Subtypes {
		refs = append(refs, ref)
	}
	for _, ref := range append(refs, CategoryRef{Slug: c.Default}) {
		if ref.Slug != "" && !slugForm.MatchString(ref.Slug) {
			return fmt.Errorf("category: %q is not a slug: lower case letters, digits and -", ref.Slug)
		}
	}
	return nil
}
