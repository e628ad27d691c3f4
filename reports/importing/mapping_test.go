package importing

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quartier/reports/fault"
)

var update = flag.Bool("update", false, "write what the mappings give as the new golden files")

// noon is the clock of the tests.
var noon = time.Date(2024, 9, 30, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := OpenFile(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func mapping(t testing.TB, name string) *Mapping {
	t.Helper()
	m, err := LoadMapping(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What the built-in mappings make of rows in each source's form stands in golden files, one line for each row. Read them as the meaning of a mapping.
func TestBuiltInMappings(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		if filepath.Ext(file) == ".golden" {
			continue
		}
		tried[name] = true
		t.Run(filepath.Base(file), func(t *testing.T) {
			got := tell(t, open(t, file), mapping(t, name))
			golden := file + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
	for _, name := range append(BuiltIn(KindReports), BuiltIn(KindAddresses)...) {
		if !tried[name] {
			t.Errorf("mapping %s has no rows to try it on", name)
		}
	}
}

// tell writes what a mapping makes of the rows of a file.
func tell(t *testing.T, f *File, m *Mapping) string {
	t.Helper()
	if m.Kind == KindAddresses {
		return tellAddresses(t, f, m)
	}
	p := newRowParser(m, noon)
	records, err := openRecords(f, p.columns, m.Records)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	r := record{values: make([]string, len(p.columns))}
	for {
		err := records.next(&r)
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		row, skip, no := p.parse(&r)
		switch {
		case skip:
			fmt.Fprintf(&b, "%d skipped\n", r.line)
		case no != nil:
			fmt.Fprintf(&b, "%d refused: %s %s\n", r.line, no.reason, no.detail)
		default:
			fmt.Fprintf(&b, "%d %s [%s] %s, at %v, %s, created %s", r.line, row.externalID, kindWords(p.categories, row.kind), row.status, row.position,
				row.service, day(row.created, row.createdPrecision))
			if !row.closed.IsZero() {
				fmt.Fprintf(&b, ", closed %s", day(row.closed, row.closedPrecision))
			}
			fmt.Fprintf(&b, ", changed %s: %q %q %q\n", row.updated.Format(time.RFC3339), row.title, row.description, row.address)
		}
	}
}

func day(t time.Time, precision string) string {
	return t.Format(time.RFC3339) + " (" + precision + ")"
}

func kindWords(c *classifier, n int) string {
	k := c.kinds[n]
	if k.slug != "" {
		return k.slug
	}
	top := c.top(k.kind)
	words := top.slug
	if k.sub != "" && k.sub != k.kind {
		below := c.below(k.sub, &top)
		words += " > " + below.slug + " " + below.fr + " | " + below.en
	}
	return words
}

func tellAddresses(t *testing.T, f *File, m *Mapping) string {
	t.Helper()
	p := newParser(m, noon)
	records, err := openRecords(f, p.columns, m.Records)
	if err != nil {
		t.Fatal(err)
	}
	a := &addresses{parser: p, records: records, record: record{values: make([]string, len(p.columns))}, passed: func() {}}
	var b strings.Builder
	for {
		e, err := a.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%d %s %s at %v\n", e.Number, e.ExternalID, e.Address.Label(), e.Address.Position)
	}
	for _, r := range a.refused {
		fmt.Fprintf(&b, "%d refused: %s %s\n", r.nth, r.reason, r.detail)
	}
	return b.String()
}

// whole is the least that a mapping of reports needs.
const whole = `kind: reports
source: x
time_zone: UTC
category: {type: a}
status: {always: new}
created: b
`

// A mapping without what it needs, or with what nobody knows, is refused with the place.
func TestMappingFaults(t *testing.T) {
	if _, err := ReadMapping(strings.NewReader(whole), "x"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, detail string }{
		"empty":              {"", "it is empty"},
		"not YAML":           {"kind: [", "[1:7] sequence end token ']' not found"},
		"unknown key":        {whole + "colour: red\n", `[7:1] unknown field "colour"`},
		"unknown inner key":  {strings.Replace(whole, "{type: a}", "{type: a, kind: b}", 1), `[4:21] unknown field "kind"`},
		"key twice":          {whole + "source: y\n", `[7:1] mapping key "source" already defined at [2:1]`},
		"a list for a text":  {whole + "time_zone_: 1\n", `[7:1] unknown field "time_zone_"`},
		"no kind":            {strings.Replace(whole, "kind: reports\n", "", 1), "kind: reports or addresses is needed"},
		"another kind":       {strings.Replace(whole, "reports", "works", 1), "kind: reports or addresses is needed"},
		"no source":          {strings.Replace(whole, "source: x\n", "", 1), "source: 1 to 63 lower case letters, digits, dots, - and _ are needed"},
		"no category":        {strings.Replace(whole, "category: {type: a}\n", "", 1), "reports need category, created, status and time_zone"},
		"strange time zone":  {strings.Replace(whole, "UTC", "Mars/Crater", 1), `time_zone: "Mars/Crater" is not the name of a time zone, such as Europe/Paris`},
		"the machine's zone": {strings.Replace(whole, "UTC", "Local", 1), `time_zone: "Local" is not the name of a time zone, such as Europe/Paris`},
		"strange state":      {strings.Replace(whole, "always: new", "always: done", 1), `status: "done" is not a state of a report`},
		"pending":            {strings.Replace(whole, "always: new", "always: pending", 1), `status: "pending" is not a state of a report`},
		"two states":         {strings.Replace(whole, "{always: new}", "{always: new, column: c}", 1), "status: either always or column is needed"},
		"strange form":       {strings.Replace(whole, "created: b", "created: {column: b, forms: [DD Month YYYY]}", 1), `created: form "DD Month YYYY": "onth YYYY" is not one of YYYY MM DD M D hh mm ss AM ZZ`},
		"form without a day": {strings.Replace(whole, "created: b", "created: {column: b, forms: [YYYY-MM]}", 1), `created: form "YYYY-MM": year, month and day are needed`},
		"strange slug":       {strings.Replace(whole, "{type: a}", "{type: a, default: Été}", 1), `category: "Été" is not a slug: lower case letters, digits and -`},
		"slug not alone":     {strings.Replace(whole, "{type: a}", "{slug: a, default: other}", 1), "category: slug stands alone"},
		"type without slug":  {strings.Replace(whole, "{type: a}", "{type: a, types: {x: {fr: y}}}", 1), "category.types: a slug is needed"},
		"area inside out":    {whole + "area: [3, 48, 2, 49]\n", "area: west, south, east, north are needed, in degrees"},
		"half a position":    {whole + "position: {lon: x}\n", "position: lon and lat are needed"},
		"open brace":         {whole + "title: \"{a\"\n", "a brace is not closed"},
		"broken expression":  {whole + "title: {from: a, replace: {'(': ''}}\n", "error parsing regexp"},
		"skip what":          {whole + "skip: [{column: a}]\n", "duplicate, skip: column and values are needed"},
		"addresses":          {"kind: addresses\nsource: x\nid: a\n", "addresses need id, street and position"},
		"large":              {whole + strings.Repeat("# more\n", 200_000), "it is larger than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadMapping(strings.NewReader(c.text), "x")
			f, ok := err.(*fault.Error)
			if !ok || f.Word != "import.mapping.broken" || !strings.Contains(fmt.Sprint(f.Args["detail"]), c.detail) {
				t.Errorf("%v, want %s", err, c.detail)
			}
		})
	}
	if _, err := LoadMapping("nowhere"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("unknown name: %v", err)
	}
	if _, err := LoadMapping("./nowhere.yaml"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("file that is not there: %v", err)
	}
}

func TestText(t *testing.T) {
	values := map[string]string{"a": "A", "b": "", "c": "C c", "n": "12 b"}
	for yaml, want := range map[string]string{
		"a":                 "A",
		"b":                 "",
		"[b, c]":            "C c",
		`"{a}, {b}"`:        "A",
		`"{b}, {a}"`:        "A",
		`"{a}, {c}"`:        "A, C c",
		`"<{a}>"`:           "<A>",
		`"<{b}>"`:           "",
		`["{b}", "nº {a}"]`: "nº A",
		`{from: c, replace: {' c$': ' d', '^C': ''}}`: "d",
		`{from: n, replace: {'^(\d+) b$': '$1 bis'}}`: "12 bis",
		`{from: [a, c], replace: {'A': ''}}`:          "C c",
	} {
		m, err := ReadMapping(strings.NewReader("kind: reports\nsource: x\ntime_zone: UTC\ncategory: {type: a}\nstatus: {always: new}\ncreated: a\ntitle: "+yaml+"\n"), "x")
		if err != nil {
			t.Errorf("%s: %v", yaml, err)
			continue
		}
		p := newParser(m, noon)
		row := make([]string, len(p.columns))
		for i, column := range p.columns {
			row[i] = values[column]
		}
		if got := m.Title.of(row); got != want {
			t.Errorf("%s gives %q, want %q", yaml, got, want)
		}
	}
}

// No YAML makes the reader panic or leaves a mapping that cannot be used.
func FuzzReadMapping(f *testing.F) {
	f.Add(whole)
	f.Add("kind: addresses\nsource: x\nid: \"{a} {b}\"\nstreet: {from: [c, d], replace: {'^(\\d+) b$': '$1 bis'}}\nposition: {lon: e, lat: f}\n")
	f.Add(whole + "skip: [{column: a, values: [b]}]\nclosed: {column: c, forms: [DD/MM/YYYY], if_closed: true}\narea: [1, 2, 3, 4]\nblank: [N/A]\n")
	f.Add("kind: reports\ncreated: !\n0: #")
	f.Add("title: {from: {from: a}}")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return
		}
		m, err := ReadMapping(strings.NewReader(text), "x")
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		r := record{}
		if m.Kind == KindReports {
			p := newRowParser(m, noon)
			r.values = make([]string, len(p.columns))
			p.parse(&r)
		} else {
			a := &addresses{parser: newParser(m, noon)}
			a.record.values = make([]string, len(a.parser.columns))
			if _, no := a.entry(); no == nil {
				t.Fatal("an address was made of nothing")
			}
		}
	})
}
