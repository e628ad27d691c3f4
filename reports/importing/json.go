package importing

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"quartier/geo"
	"quartier/reports/fault"
)

// jsonReader reads records of JSON: features of GeoJSON by their properties, other objects by their members; a dot leads into an object
// ("request_type.title").
type jsonReader struct {
	stream *geo.Stream
	paths  [][]string
	last   json.RawMessage
}

func newJSONReader(in io.Reader, columns []string, records string) *jsonReader {
	if records == "" {
		records = "features"
	}
	j := &jsonReader{stream: geo.NewStream(in, records, maxRecord)}
	for _, column := range columns {
		j.paths = append(j.paths, strings.Split(column, "."))
	}
	return j
}

func (j *jsonReader) next(r *record) error {
	raw, line, err := j.stream.Next()
	var syntax *geo.SyntaxError
	switch {
	case err == io.EOF:
		return io.EOF
	case fault.KindOf(err) != fault.Internal: // of the file below
		return err
	case errors.Is(err, geo.ErrRecordTooLarge) && errors.As(err, &syntax):
		return lineFault("import.record_large", syntax.Line, err)
	case errors.As(err, &syntax):
		return lineFault("import.json", syntax.Line, err)
	case err != nil:
		return err
	}
	j.last = raw
	r.line, r.place, r.reason, r.detail = line, placeColumns, "", ""
	if !utf8.Valid(raw) {
		return encodingFault(line)
	}
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil || object == nil {
		r.reason = reasonRecord
		return nil
	}
	if object["type"] == "Feature" {
		j.feature(r, raw)
		if object, _ = object["properties"].(map[string]any); object == nil {
			object = map[string]any{}
		}
	}
	for i, path := range j.paths {
		r.values[i] = strings.TrimSpace(follow(object, path))
	}
	return nil
}

// feature takes the place of a feature.
func (j *jsonReader) feature(r *record, raw []byte) {
	f, err := geo.ParseFeature(raw)
	switch {
	case errors.Is(err, geo.ErrOutOfRange):
		r.reason = reasonRange
	case errors.Is(err, geo.ErrNotFinite):
		r.reason = reasonNotFinite
	case err != nil:
		r.reason = reasonGeometry
	case f.Geometry == nil:
		r.place = placeNone
	default:
		point, ok := f.Geometry.(orb.Point)
		if !ok {
			r.place = placeOther
			return
		}
		r.place, r.lon, r.lat = placePoint, point[0], point[1]
	}
}

// follow gives the text at the end of a path; nothing for null, for objects and for lists.
func follow(object map[string]any, path []string) string {
	last := len(path) - 1
	for _, name := range path[:last] {
		inner, ok := object[name].(map[string]any)
		if !ok {
			return ""
		}
		object = inner
	}
	switch v := object[path[last]].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (j *jsonReader) raw() string { return string(j.last) }
