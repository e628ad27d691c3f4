package zone

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"quartier/geo"
	"quartier/reports/fault"
)

// Limits of a file of zones.
const (
	maxFeature = 64 << 20 // bytes of one feature: the coast of a large region
	maxZones   = 100_000
	maxCode    = 100 // characters
	maxName    = 200
)

// Shape is one zone as a file describes it.
type Shape struct {
	Code, Name string
	Geometry   orb.MultiPolygon
	feature    int // number of its feature in the file, from 1
}

// Content is what a file of zones says.
type Content struct {
	Shapes       []Shape // ordered by code, in byte order; each code once
	CodeProperty string  // where the codes were found
	NameProperty string  // where the names were found; the same as CodeProperty when there are no names
	Merged       int     // features that were joined to another of the same code and name
}

// codeProperties and nameProperties are where codes and names are looked for, the likeliest first, whatever the case of the letters: open data of
// France (IGN, BAN, Paris), of American cities, and the plain words.
var (
	codeProperties = []string{"code", "c_qu", "c_ar", "c_quinsee", "code_insee", "insee", "insee_com", "ward", "boro_cd", "borocd", "codeid", "ref", "id", "slug"}
	nameProperties = []string{"name", "nom", "l_qu", "l_ar", "libelle", "label", "nom_com", "nom_commune", "title"}
)

// ReadFile reads a GeoJSON FeatureCollection or a sequence of features (one in a line, or RFC 8142). Code and name stand in the properties named, or
// are looked for if those are empty. A feature that is wrong refuses the file, as a fault with its number: a set with a hole in it would
// put reports into no zone without anybody being told.
func ReadFile(r io.Reader, codeProperty, nameProperty string) (*Content, error) {
	features, err := readFeatures(r)
	if err != nil {
		return nil, err
	}
	c := &Content{CodeProperty: codeProperty, NameProperty: nameProperty}
	if c.CodeProperty == "" {
		// A set without codes has its names for codes.
		c.CodeProperty = cmp.Or(detect(features, codeProperties, true), detect(features, nameProperties, false))
		if c.CodeProperty == "" {
			return nil, fault.New(fault.Invalid, "import.zones.no_code", fault.Args{"properties": strings.Join(propertyNames(features[0]), ", ")})
		}
	}
	if c.NameProperty == "" {
		c.NameProperty = cmp.Or(detect(features, nameProperties, false), c.CodeProperty)
	}
	for i, f := range features {
		if err := c.add(i+1, f); err != nil {
			return nil, err
		}
	}
	c.order()
	return c, c.merge()
}

func readFeatures(r io.Reader) ([]geo.Feature, error) {
	stream := geo.NewStream(r, "features", maxFeature)
	var features []geo.Feature
	for {
		raw, line, err := stream.Next()
		var syntax *geo.SyntaxError
		switch {
		case err == io.EOF && len(features) == 0:
			return nil, fault.New(fault.Invalid, "import.zones.empty", nil)
		case err == io.EOF:
			return features, nil
		case errors.As(err, &syntax):
			return nil, &fault.Error{Kind: fault.Invalid, Word: "import.json", Args: fault.Args{"line": strconv.Itoa(syntax.Line)}, Cause: err}
		case err != nil:
			return nil, err
		}
		f, err := geo.ParseFeature(raw)
		if err != nil {
			return nil, &fault.Error{Kind: fault.Invalid, Word: featureWord(err), Args: fault.Args{"feature": len(features) + 1, "line": strconv.Itoa(line)}, Cause: err}
		}
		if features = append(features, f); len(features) > maxZones {
			return nil, fault.New(fault.TooLarge, "import.zones.many", fault.Args{"most": maxZones})
		}
	}
}

// featureWord chooses the sentence for what is wrong with a feature.
func featureWord(err error) string {
	switch {
	case errors.Is(err, geo.ErrRingOpen):
		return "import.zones.ring_open"
	case errors.Is(err, geo.ErrRingWide):
		return "import.zones.ring_wide"
	case errors.Is(err, geo.ErrRingShort):
		return "import.zones.ring_short"
	case errors.Is(err, geo.ErrOutOfRange), errors.Is(err, geo.ErrNotFinite):
		return "import.zones.coordinates"
	}
	return "import.zones.feature"
}

// detect gives the first of the properties that every feature has a value of; when codes are asked for, one whose values differ is preferred.
func detect(features []geo.Feature, candidates []string, differing bool) string {
	fallback := ""
	for _, candidate := range candidates {
		for _, name := range propertyNames(features[0]) {
			if !strings.EqualFold(name, candidate) {
				continue
			}
			complete, unique := true, true
			seen := make(map[string]bool, len(features))
			for _, f := range features {
				value, ok := text(f.Properties[name])
				complete = complete && ok && value != ""
				unique = unique && !seen[value]
				seen[value] = true
			}
			if complete && (unique || !differing) {
				return name
			}
			if complete && fallback == "" {
				fallback = name
			}
		}
	}
	return fallback
}

func propertyNames(f geo.Feature) []string {
	names := make([]string, 0, len(f.Properties))
	for name := range f.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// text gives a property's value as text: a string trimmed, a number as it is written; false for anything else and for what is not printable.
func text(raw json.RawMessage) (string, bool) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if len(raw) == 0 || decoder.Decode(&value) != nil {
		return "", false
	}
	switch v := value.(type) {
	case string:
		v = strings.TrimSpace(v)
		return v, utf8.ValidString(v) && !strings.ContainsFunc(v, unicode.IsControl)
	case json.Number:
		return v.String(), true
	}
	return "", false
}

func (c *Content) add(number int, f geo.Feature) error {
	refuse := func(word string, property string) error {
		return fault.New(fault.Invalid, word, fault.Args{"feature": number, "property": property})
	}
	shape := Shape{feature: number}
	var ok bool
	if shape.Code, ok = text(f.Properties[c.CodeProperty]); !ok || shape.Code == "" || utf8.RuneCountInString(shape.Code) > maxCode {
		return refuse("import.zones.code", c.CodeProperty)
	}
	if shape.Name, ok = text(f.Properties[c.NameProperty]); !ok || shape.Name == "" || utf8.RuneCountInString(shape.Name) > maxName {
		return refuse("import.zones.name", c.NameProperty)
	}
	switch g := f.Geometry.(type) {
	case orb.Polygon:
		shape.Geometry = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		shape.Geometry = g
	default:
		return refuse("import.zones.no_polygon", "")
	}
	if len(shape.Geometry) == 0 || slices.ContainsFunc(shape.Geometry, func(p orb.Polygon) bool { return len(p) == 0 }) {
		return refuse("import.zones.no_polygon", "")
	}
	c.Shapes = append(c.Shapes, shape)
	return nil
}

// merge joins features that have the same code and name: older formats know no polygons of several parts. Another name is a fault of the file.
func (c *Content) merge() error {
	merged := c.Shapes[:0]
	for _, shape := range c.Shapes {
		last := len(merged) - 1
		if last < 0 || merged[last].Code != shape.Code {
			merged = append(merged, shape)
			continue
		}
		if merged[last].Name != shape.Name {
			return fault.New(fault.Invalid, "import.zones.code_twice",
				fault.Args{"code": shape.Code, "feature": merged[last].feature, "other": shape.feature, "property": c.CodeProperty})
		}
		merged[last].Geometry = append(merged[last].Geometry, shape.Geometry...)
		c.Merged++
	}
	c.Shapes = merged
	return nil
}

// Join makes one content of those of several files.
func Join(contents ...*Content) (*Content, error) {
	all := &Content{CodeProperty: contents[0].CodeProperty, NameProperty: contents[0].NameProperty}
	for _, c := range contents {
		all.Shapes = append(all.Shapes, c.Shapes...)
		all.Merged += c.Merged
	}
	all.order()
	return all, all.merge()
}

// order sorts the shapes by their codes, byte by byte.
func (c *Content) order() {
	slices.SortStableFunc(c.Shapes, func(a, b Shape) int { return strings.Compare(a.Code, b.Code) })
}

// sum identifies the content: codes, names and every coordinate.
func (c *Content) sum() [sha256.Size]byte {
	hash := sha256.New()
	number := func(n uint64) { _ = binary.Write(hash, binary.LittleEndian, n) } // a hash takes all
	for _, shape := range c.Shapes {
		fmt.Fprintf(hash, "%d %s %d %s", len(shape.Code), shape.Code, len(shape.Name), shape.Name)
		number(uint64(len(shape.Geometry)))
		for _, polygon := range shape.Geometry {
			number(uint64(len(polygon)))
			for _, ring := range polygon {
				number(uint64(len(ring)))
				for _, p := range ring {
					number(math.Float64bits(p[0]))
					number(math.Float64bits(p[1]))
				}
			}
		}
	}
	return [sha256.Size]byte(hash.Sum(nil))
}
