package importing

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quartier/reports/fault"
)

// Bounds of a file, in bytes.
const (
	maxRecord = 1 << 20
	readAhead = 64 << 10 // how far parsers may look beyond a record
)

var errTooLarge = errors.New("a record is longer than 1 MiB")

// record is one row of a file as the mapping needs it. It is filled anew for every row.
type record struct {
	line   int      // from 1
	values []string // texts of the columns that were asked for, trimmed; "" where there is nothing
	place  geometry // of a GeoJSON feature
	lon    float64  // degrees; set if place is placePoint
	lat    float64
	reason reason // why the record cannot be read, if it cannot
	detail string
}

type geometry uint8

const (
	placeColumns geometry = iota // the record has no geometry of its own
	placeNone                    // a feature without one
	placePoint
	placeOther // another geometry than a point
)

// reader gives the records of a file. There are three: delimited text, JSON and XML.
type reader interface {
	// next fills the record, or gives io.EOF, or a fault that ends the import.
	next(*record) error
	// raw is the record that next gave last, as a person would look for it in the file.
	raw() string
}

// openRecords begins to read a file's records. Its form is seen from its first character. The columns are those whose texts are wanted; for delimited
// text they must all be there.
func openRecords(f *File, columns []string, records string) (reader, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	for {
		c, err := in.ReadByte()
		if err == io.EOF {
			return nil, fault.New(fault.Invalid, "import.empty", nil)
		}
		if err != nil {
			return nil, err
		}
		switch c {
		case ' ', '\t', '\r', '\n':
			continue // before JSON and XML; a header does not begin so
		}
		if err := in.UnreadByte(); err != nil {
			return nil, err
		}
		switch c {
		case '{', '[', 0x1e:
			return newJSONReader(in, columns, records), nil
		case '<':
			return newXMLReader(in, columns, records), nil
		}
		return newDelimitedReader(in, columns)
	}
}

// delimiters are those that are looked for, the most usual first.
const delimiters = ",;\t|"

// sniff finds the delimiter of a header: the most frequent outside quotes.
func sniff(header []byte) rune {
	var counts [len(delimiters)]int
	quoted := false
	for _, c := range header {
		if c == '"' {
			quoted = !quoted
		}
		if i := strings.IndexByte(delimiters, c); i >= 0 && !quoted {
			counts[i]++
		}
		if c == '\n' && !quoted {
			break
		}
	}
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return rune(delimiters[best])
}

// missingColumns is the fault of a file without columns that the mapping reads.
func missingColumns(missing, header []string) error {
	const most = 30
	if len(header) > most {
		header = append(slices.Clone(header[:most]), "…")
	}
	return fault.New(fault.Invalid, "import.columns",
		fault.Args{"missing": strings.Join(missing, ", "), "header": strings.Join(header, ", ")})
}

// encodingFault says on which line a text that is not UTF-8 stands.
func encodingFault(line int) error {
	return fault.New(fault.Invalid, "import.encoding", fault.Args{"line": strconv.Itoa(line)})
}

// lineFault is what is wrong with the form of a file from a line on.
func lineFault(word string, line int, cause error) error {
	return &fault.Error{Kind: fault.Invalid, Word: word, Args: fault.Args{"line": strconv.Itoa(line)}, Cause: cause}
}

// printable keeps what is written into the file of refused rows readable.
func printable(text string) string {
	const longest = 4000
	if len(text) > longest {
		text = text[:longest] + "…"
	}
	return string(bytes.ToValidUTF8([]byte(text), []byte(string(utf8.RuneError))))
}
