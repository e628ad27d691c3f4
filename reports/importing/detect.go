package importing

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"quartier/geo"
	"quartier/reports/fault"
)

// Detect gives the built-in mapping of a kind that fits a file: the one of which the file has all columns, and if there are several, the most. A file
// that none fits is an Invalid fault that lists them.
func Detect(f *File, kind string) (*Mapping, error) {
	columns, feature, err := columnsOf(f)
	if err != nil {
		return nil, err
	}
	var best *Mapping
	most := 0
	for _, name := range BuiltIn(kind) {
		m, err := LoadMapping(name)
		if err != nil {
			return nil, err
		}
		wanted := newParser(m, time.Time{}).columns
		if feature && m.Position != nil {
			wanted = slices.DeleteFunc(wanted, func(c string) bool { return c == m.Position.Lon || c == m.Position.Lat })
		}
		fits := !slices.ContainsFunc(wanted, func(c string) bool { return !slices.Contains(columns, c) })
		if fits && len(wanted) > most {
			best, most = m, len(wanted)
		}
	}
	if best == nil {
		return nil, fault.New(fault.Invalid, "import.mapping.none", fault.Args{"names": strings.Join(BuiltIn(kind), ", ")})
	}
	return best, nil
}

// columnsOf gives the columns of delimited text, or the members of the first record of JSON, and whether it is a feature of GeoJSON. XML has no
// columns: it is not told apart.
func columnsOf(f *File) (columns []string, feature bool, err error) {
	in, err := f.Open()
	if err != nil {
		return nil, false, err
	}
	head, err := in.Peek(readAhead)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	trimmed := bytes.TrimLeft(head, " \t\r\n\x1e")
	switch {
	case len(trimmed) == 0:
		return nil, false, fault.New(fault.Invalid, "import.empty", nil)
	case trimmed[0] == '<':
		return nil, false, nil
	case trimmed[0] == '{' || trimmed[0] == '[':
		raw, _, err := geo.NewStream(in, "features", maxRecord).Next()
		if err != nil {
			return nil, false, nil //nolint:nilerr // what is wrong with the file is said when it is read with a mapping
		}
		columns, feature = members(raw)
		return columns, feature, nil
	}
	limit := &limited{in: in}
	limit.allow(0)
	r := csv.NewReader(limit)
	r.Comma = sniff(head)
	names, err := r.Read()
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse):
		return nil, false, lineFault("import.csv.quote", parse.StartLine, err)
	case errors.Is(err, errTooLarge):
		return nil, false, lineFault("import.record_large", 1, err)
	case err != nil:
		return nil, false, err
	}
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names, false, nil
}

// members gives the paths of an object's members, as a mapping names them.
func members(raw []byte) (paths []string, feature bool) {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil {
		return nil, false
	}
	if feature = object["type"] == "Feature"; feature {
		object, _ = object["properties"].(map[string]any)
	}
	for name, value := range object {
		paths = append(paths, name)
		if inner, ok := value.(map[string]any); ok {
			for below := range inner {
				paths = append(paths, name+"."+below)
			}
		}
	}
	return paths, feature
}
