package importing

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"quartier/reports/fault"
)

// xmlReader reads records of XML: elements of one name, by the elements right below them (GeoReport v2: requests of service_requests). Attributes
// and what stands deeper are not looked at; entities other than XML's own, and other encodings than UTF-8, are refused.
type xmlReader struct {
	in      *limited
	decoder *xml.Decoder
	element string
	columns map[string]int
	started bool
	last    string
}

func newXMLReader(in io.Reader, columns []string, records string) *xmlReader {
	if records == "" {
		records = "request"
	}
	x := &xmlReader{in: &limited{in: in}, element: records, columns: make(map[string]int, len(columns))}
	for i, column := range columns {
		x.columns[column] = i
	}
	x.in.allow(0)
	x.decoder = xml.NewDecoder(x.in)
	return x
}

func (x *xmlReader) next(r *record) error {
	for {
		x.in.allow(x.decoder.InputOffset())
		token, err := x.decoder.Token()
		if err == io.EOF && x.started {
			return io.EOF
		}
		if err != nil {
			return x.fault(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		x.started = true
		if start.Name.Local == x.element {
			return x.record(r, start)
		}
	}
}

func (x *xmlReader) record(r *record, start xml.StartElement) error {
	r.line, _ = x.decoder.InputPos()
	r.place, r.reason, r.detail = placeColumns, "", ""
	var element struct {
		Inner  string `xml:",innerxml"`
		Fields []struct {
			XMLName xml.Name
			Text    string `xml:",chardata"`
		} `xml:",any"`
	}
	if err := x.decoder.DecodeElement(&element, &start); err != nil {
		return x.fault(err)
	}
	clear(r.values)
	for _, field := range element.Fields {
		if i, wanted := x.columns[field.XMLName.Local]; wanted {
			r.values[i] = strings.TrimSpace(field.Text)
		}
	}
	x.last = "<" + x.element + ">" + element.Inner + "</" + x.element + ">"
	return nil
}

func (x *xmlReader) fault(err error) error {
	line, _ := x.decoder.InputPos()
	var syntax *xml.SyntaxError
	switch {
	case fault.KindOf(err) != fault.Internal:
		return err
	case errors.Is(err, errTooLarge):
		return lineFault("import.record_large", line, err)
	case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "UTF-8"):
		return encodingFault(syntax.Line)
	case errors.As(err, &syntax):
		return lineFault("import.xml", syntax.Line, err)
	case strings.HasPrefix(err.Error(), "xml: encoding"):
		return encodingFault(line)
	}
	return lineFault("import.xml", line, err)
}

func (x *xmlReader) raw() string { return x.last }
