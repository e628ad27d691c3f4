package importing

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"quartier/reports/fault"
)

// delimited reads delimited text (RFC 4180, and with semicolons, tabs or bars). Broken quotes and texts that are not UTF-8 end the import: from
// there on rows would be made of pieces of others. A row with too few or too many fields is refused alone.
type delimited struct {
	in     *limited
	csv    *csv.Reader
	width  int   // fields of the header
	at     []int // places of the wanted columns
	fields []string
	line   int // on which the last record ends
	comma  rune
}

func newDelimitedReader(in *bufio.Reader, columns []string) (*delimited, error) {
	header, err := in.Peek(readAhead)
	if err != nil && err != io.EOF {
		return nil, err
	}
	d := &delimited{in: &limited{in: in}, comma: sniff(header)}
	d.in.allow(0)
	d.csv = csv.NewReader(d.in)
	d.csv.Comma = d.comma
	d.csv.ReuseRecord = true
	d.csv.FieldsPerRecord = -1 // counted below
	names, err := d.csv.Read()
	if err != nil {
		return nil, d.fault(err)
	}
	d.width = len(names)
	for i, name := range names {
		if !utf8.ValidString(name) {
			return nil, encodingFault(1)
		}
		names[i] = strings.TrimSpace(name)
	}
	var missing []string
	for _, column := range columns {
		i := slices.Index(names, column)
		if i < 0 {
			missing = append(missing, column)
		}
		d.at = append(d.at, i)
	}
	if len(missing) > 0 {
		return nil, missingColumns(missing, names)
	}
	return d, nil
}

func (d *delimited) next(r *record) error {
	d.in.allow(d.csv.InputOffset())
	fields, err := d.csv.Read()
	if err == io.EOF {
		return io.EOF
	}
	if err != nil {
		return d.fault(err)
	}
	d.fields = fields
	r.line, _ = d.csv.FieldPos(0)
	last := len(fields) - 1
	d.line, _ = d.csv.FieldPos(last)
	d.line += strings.Count(fields[last], "\n")
	r.place, r.reason, r.detail = placeColumns, "", ""
	for _, field := range fields {
		if !utf8.ValidString(field) {
			return encodingFault(r.line)
		}
	}
	if len(fields) != d.width {
		r.reason = reasonFields
		return nil
	}
	for i, at := range d.at {
		r.values[i] = strings.TrimSpace(fields[at])
	}
	return nil
}

// fault words the errors of the reader.
func (d *delimited) fault(err error) error {
	var parse *csv.ParseError
	switch {
	case fault.KindOf(err) != fault.Internal: // of the file below
		return err
	case err == io.EOF:
		return fault.New(fault.Invalid, "import.empty", nil)
	case errors.As(err, &parse):
		return lineFault("import.csv.quote", parse.StartLine, err)
	case errors.Is(err, errTooLarge):
		return lineFault("import.record_large", d.line+1, err)
	}
	return err
}

func (d *delimited) raw() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = d.comma
	_ = w.Write(d.fields) // into memory
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
