package geo

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

func collect(text, member string, limit int) (records []string, lines []int, err error) {
	s := NewStream(strings.NewReader(text), member, limit)
	for {
		raw, line, err := s.Next()
		if err == io.EOF {
			return records, lines, nil
		}
		if err != nil {
			return records, lines, err
		}
		records, lines = append(records, string(raw)), append(lines, line)
	}
}

func TestStream(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		records string // joined by a space
		lines   string
		err     string
	}{
		"collection":              {text: "{\"type\":\"FeatureCollection\",\n\"features\":[\n1,\n{\"a\":[2]}\n]}\n", records: `1 {"a":[2]}`, lines: "3 4"},
		"members behind":          {text: `{"features":[1],"name":"x","crs":{"features":[3]}}`, records: "1", lines: "1"},
		"empty collection":        {text: `{"features":[]}`},
		"array":                   {text: "\n [1,\n2]", records: "1 2", lines: "2 3"},
		"byte-order mark":         {text: "\xef\xbb\xbf[1]", records: "1", lines: "1"},
		"newline-delimited":       {text: "{\"a\":1}\n\n{\"a\":2}\n", records: `{"a":1} {"a":2}`, lines: "1 3"},
		"record separators":       {text: "\x1e{\"a\":1}\n\x1e{\"a\":2}\n", records: `{"a":1} {"a":2}`, lines: "1 2"},
		"one object":              {text: `{"a":1,"b":"é"}`, records: `{"a":1,"b":"é"}`, lines: "1"},
		"nothing":                 {text: "", err: "line 1: the document ends too early"},
		"white space":             {text: " \n ", err: "line 2: the document ends too early"},
		"not JSON":                {text: "id;name\n1;a", err: "line 1: neither a JSON object nor an array"},
		"ends in the array":       {text: "{\"features\":[1,\n2", records: "1 2", lines: "1 2", err: "line 2: the document ends too early"},
		"ends in a record":        {text: "[1,\n{\"a\":", records: "1", lines: "1", err: "line 1: the document ends too early"},
		"ends in a sequence":      {text: "{\"a\":1}\n{\"a\"", records: `{"a":1}`, lines: "1", err: "line 2: the document ends too early"},
		"ends in the object":      {text: `{"features":[1],`, records: "1", lines: "1", err: "line 1: the document ends too early"},
		"member is no array":      {text: `{"features":{"a":1}}`, err: `line 1: "features" is not an array`},
		"member twice":            {text: `{"features":[1],"features":[2]}`, records: "1", lines: "1", err: `line 1: "features" stands there twice`},
		"two documents":           {text: "[1]\n[2]", records: "1", lines: "1", err: "line 2: something follows the end of the document"},
		"broken in a sequence":    {text: "{\"a\":1}\n{\"a\":1}\n{\"a\":oh}\n", records: `{"a":1} {"a":1}`, lines: "1 2", err: "line 3: invalid character 'o' looking for beginning of value"},
		"a record over the limit": {text: "[1,\n\"" + strings.Repeat("x", 200) + "\"]", records: "1", lines: "1", err: "line 1: a record is longer than allowed"},
		"white space over it":     {text: "[1," + strings.Repeat(" ", 300) + "2]", records: "1", lines: "1", err: "line 1: a record is longer than allowed"},
		"a member over the limit": {text: `{"a":"` + strings.Repeat("x", 200) + `"}`, err: "line 1: a record is longer than allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			records, lines, err := collect(c.text, "features", 100)
			got := strings.Join(records, " ")
			if got != c.records {
				t.Errorf("records %s, want %s", got, c.records)
			}
			if l := strings.Trim(strings.Join(strings.Fields(string(must(json.Marshal(lines)))), ""), "[]"); strings.ReplaceAll(l, ",", " ") != c.lines && !(l == "null" && c.lines == "") {
				t.Errorf("lines %s, want %s", l, c.lines)
			}
			if c.err == "" && err != nil || c.err != "" && (err == nil || err.Error() != c.err) {
				t.Errorf("error %v, want %s", err, c.err)
			}
		})
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// Many records pass through a bound that each keeps, and lines stay right.
func TestStreamLong(t *testing.T) {
	const n = 20_000
	text := "[\n" + strings.Repeat("{\"a\":\"0123456789\"},\n", n-1) + "{}\n]"
	records, lines, err := collect(text, "", 64)
	if err != nil || len(records) != n {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for i, line := range lines {
		if line != i+2 {
			t.Fatalf("record %d is said to be on line %d", i, line)
		}
	}
}

// Whatever the bytes: records are valid JSON, lines never go back, and the end is reached.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{`{"features":[1,2],"x":3}`, "[1,2]", "{}\n{}", "\x1e{}\n\x1e{}", `{"features":[`, "\xef\xbb\xbf[]", "[1][2]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		records, lines, err := collect(text, "features", 1000)
		for i, r := range records {
			if !json.Valid([]byte(r)) {
				t.Fatalf("record %q is not JSON", r)
			}
			if lines[i] < 1 || i > 0 && lines[i] < lines[i-1] || lines[i] > 1+strings.Count(text, "\n") {
				t.Fatalf("lines %v", lines)
			}
		}
		var syntax *SyntaxError
		if err != nil && !errors.As(err, &syntax) {
			t.Fatalf("%T %v", err, err)
		}
	})
}
