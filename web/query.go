package web

import (
	"bytes"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/fault"
	"quartier/tiles"
	"quartier/web/live"
)

// filterNames are the parameters by which the map, the list and the exports choose items.
var filterNames = []string{"kind", "status", "category", "service", "zone", "from", "to"}

// maxQuery bounds the length of a query string in bytes.
const maxQuery = 8 << 10

// parameters are the query parameters of one request, each given once.
type parameters map[string]string

// strictParameters reads the query of a request that refuses unknown and repeated parameters (programs: a typo must not go unseen).
func strictParameters(c *fiber.Ctx, known ...string) (parameters, error) {
	raw := c.Context().QueryArgs()
	if len(c.Context().URI().QueryString()) > maxQuery {
		return nil, fault.Parameter("query", "error.parameter.long", nil)
	}
	p := parameters{}
	var problem error
	for key, value := range raw.All() {
		name := string(key)
		_, repeated := p[name]
		switch {
		case problem != nil:
		case !utf8.Valid(key) || !utf8.Valid(value):
			problem = fault.Parameter("query", "error.text.encoding", nil)
		case !slices.Contains(known, name):
			word := "error.parameter.unknown"
			if len(known) == 0 {
				word = "error.parameter.none"
			}
			problem = fault.Parameter(fault.Short(name), word, fault.Args{"known": strings.Join(known, ", ")})
		case repeated:
			problem = fault.Parameter(name, "error.parameter.repeated", nil)
		default:
			p[name] = string(value)
		}
	}
	return p, problem
}

// pathPart gives a part of the path, some of which may have come escaped without need (RFC 3986, 6.2.2.2).
func pathPart(c *fiber.Ctx, name string) string {
	part := c.Params(name)
	if strings.IndexByte(part, '%') < 0 {
		return part
	}
	plain, err := url.PathUnescape(part)
	if err != nil {
		return part // never: wellFormed has read it
	}
	return plain
}

// lenientParameters reads the query of a page: what it does not know is left alone, of repeated ones all values count as one list (so that
// a form of check boxes needs no script).
func lenientParameters(c *fiber.Ctx, known ...string) parameters {
	p := parameters{}
	for key, value := range c.Context().QueryArgs().All() {
		name := string(key)
		if !slices.Contains(known, name) || !utf8.Valid(value) || bytes.IndexByte(value, 0) >= 0 || len(value) == 0 || len(p[name])+len(value) > maxQuery {
			continue
		}
		if p[name] != "" {
			p[name] += ","
		}
		p[name] += string(value)
	}
	return p
}

// encode writes the parameters as a query string, in order of their names.
func (p parameters) encode() string {
	values := url.Values{}
	for name, value := range p {
		values.Set(name, value)
	}
	return values.Encode()
}

// selection is a filter in the words of both who keep items: the record and the map. Both choose the same items.
type selection struct {
	record reports.Filter
	index  tiles.Filter
}

// selects reads the filter parameters. Slugs are resolved through the vocabulary in memory, so it works while the database rests.
func (s *Server) selects(p parameters, v *live.Vocabulary) (selection, error) {
	var sel selection
	kinds, err := wordList(p, "kind", func(word string) ([]string, bool) {
		return []string{word}, slices.Contains(live.Kinds, word)
	})
	if err != nil {
		return sel, err
	}
	for _, kind := range kinds {
		sel.index.Kinds = append(sel.index.Kinds, tiles.Kind(slices.Index(live.Kinds, kind)))
	}
	if sel.record.Statuses, err = wordList(p, "status", func(word string) ([]string, bool) {
		names := reports.StatusesNamed(word)
		return names, len(names) > 0
	}); err != nil {
		return sel, err
	}
	for _, name := range sel.record.Statuses {
		sel.index.Statuses = append(sel.index.Statuses, uint8(reports.StatusNumber(name)))
	}
	if sel.record.Categories, err = wordList(p, "category", func(word string) ([]int32, bool) {
		if one := v.CategoryNamed(word); one != nil {
			return v.Family(one), true
		}
		return nil, false
	}); err != nil {
		return sel, err
	}
	if sel.record.Services, err = wordList(p, "service", func(word string) ([]int32, bool) {
		if one := v.ServiceNamed(word); one != nil {
			return []int32{one.ID}, true
		}
		return nil, false
	}); err != nil {
		return sel, err
	}
	if sel.record.Zones, err = zoneList(p["zone"], v); err != nil {
		return sel, err
	}
	if sel.record.From, err = s.moment(p, "from"); err != nil {
		return sel, err
	}
	if sel.record.To, err = s.moment(p, "to"); err != nil {
		return sel, err
	}
	if from, to := sel.record.From, sel.record.To; !from.IsZero() && !to.IsZero() && to.Before(from) {
		return sel, fault.Parameter("to", "error.period", nil)
	}
	sel.index.Categories, sel.index.Services, sel.index.Zones = sel.record.Categories, sel.record.Services, sel.record.Zones
	sel.index.From, sel.index.To = bound(sel.record.From), bound(sel.record.To)
	return sel, nil
}

// bound gives a time as the index has it: Unix seconds, 0 for none. The second 0 itself is moved by one: nothing is as old.
func bound(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	if t.Unix() == 0 {
		return -1
	}
	return t.Unix()
}

// wordList reads a comma list. Each word stands for some values; sorted, each once.
func wordList[T string | int32](p parameters, name string, values func(string) ([]T, bool)) ([]T, error) {
	if p[name] == "" {
		return nil, nil
	}
	var list []T
	for word := range strings.SplitSeq(p[name], ",") {
		some, known := values(word)
		if !known {
			return nil, fault.Parameter(name, "error.parameter.value", fault.Args{"value": fault.Short(word)})
		}
		list = append(list, some...)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// zoneList reads a comma list of zones. A code that several sets have is refused with the zones that it may mean.
func zoneList(text string, v *live.Vocabulary) ([]int32, error) {
	if text == "" {
		return nil, nil
	}
	var list []int32
	for word := range strings.SplitSeq(text, ",") {
		z, err := v.Find("zone", word)
		var unclear *fault.Error
		if errors.As(err, &unclear) {
			return nil, fault.Parameter("zone", unclear.Fields[0].Word, unclear.Fields[0].Args)
		}
		list = append(list, z.ID)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// moment reads a day of the city (its beginning) or a time (RFC 3339), cut to the second.
func (s *Server) moment(p parameters, name string) (time.Time, error) {
	text := p[name]
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, s.TimeZone)
	if err != nil {
		// A plus sign that was not escaped arrives as a space.
		t, err = time.Parse(time.RFC3339, strings.Replace(text, " ", "+", 1))
	}
	t = t.UTC().Truncate(time.Second)
	// The first moment of the year 1 is what no time looks like here, and would be taken for none.
	if err != nil || !t.After(time.Time{}) || t.Year() > 9999 {
		return time.Time{}, fault.Parameter(name, "error.parameter.time", fault.Args{"value": fault.Short(text)})
	}
	return t, nil
}

// box reads bbox=west,south,east,north in degrees. A box across the 180th meridian is to be asked for in two halves.
func box(p parameters) (*geo.Box, error) {
	text := p["bbox"]
	if text == "" {
		return nil, nil
	}
	parts := strings.Split(text, ",")
	var v [4]float64
	wrong := fault.Parameter("bbox", "error.parameter.bbox", nil)
	if len(parts) != len(v) {
		return nil, wrong
	}
	for i, part := range parts {
		var ok bool
		if v[i], ok = decimal(strings.TrimSpace(part)); !ok {
			return nil, wrong
		}
	}
	if v[0] < -180 || v[2] > 180 || v[1] < -90 || v[3] > 90 || v[0] > v[2] || v[1] > v[3] {
		return nil, wrong
	}
	return geo.BoxOf(v[0], v[1], v[2], v[3]), nil
}

// decimalForm is how people write a number; ParseFloat knows other ways, which are slips here.
var decimalForm = regexp.MustCompile(`^[+-]?[0-9]{1,20}(\.[0-9]{0,40})?$`)

// decimal reads a decimal number.
func decimal(text string) (float64, bool) {
	if !decimalForm.MatchString(text) {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}

// whole reads a whole number within bounds; absent: the value given.
func whole(p parameters, name string, absent, least, most int) (int, error) {
	text := p[name]
	if text == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fault.Parameter(name, "error.parameter.number", fault.Args{"least": least, "most": most})
	}
	return n, nil
}
