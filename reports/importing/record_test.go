package importing

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"quartier/reports/fault"
)

// content makes a file of bytes.
func content(t testing.TB, raw []byte) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, content := range files {
		part, err := w.Create(fmt.Sprintf("%d.csv", i))
		if err == nil {
			_, err = part.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packed(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readAll gives every record as line:value,value.
func readAll(f *File, columns []string, records string) (rows []string, raws []string, err error) {
	r, err := openRecords(f, columns, records)
	if err != nil {
		return nil, nil, err
	}
	one := record{values: make([]string, len(columns))}
	for {
		err := r.next(&one)
		if err == io.EOF {
			return rows, raws, nil
		}
		if err != nil {
			return rows, raws, err
		}
		text := strings.Join(one.values, ",")
		if one.reason != "" {
			text = "!" + string(one.reason)
		}
		rows, raws = append(rows, fmt.Sprintf("%d:%s", one.line, text)), append(raws, r.raw())
	}
}

func TestRecords(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		want string // rows, joined by a space
		err  string // word and arguments of the fault
	}{
		"comma":               {[]byte("a,b,c\n1,2,3\n4,5,6\n"), "2:1,2 3:4,5", ""},
		"semicolon":           {[]byte("a;b;c\n1;2,5;3\n"), "2:1,2,5", ""},
		"tab":                 {[]byte("a\tb\tc\n1\t2\t3\n"), "2:1,2", ""},
		"bar":                 {[]byte("a|b|c\n1|2|3\n"), "2:1,2", ""},
		"delimiter in quotes": {[]byte("\"x;y;z;w\",a,b\n1,2,3\n"), "2:2,3", ""},
		"byte-order mark":     {[]byte("\xef\xbb\xbfa,b\n1,2\n"), "2:1,2", ""},
		"mark and quotes":     {[]byte("\xef\xbb\xbf\"a\",\"b\"\n1,2\n"), "2:1,2", ""},
		"carriage returns":    {[]byte("a,b\r\n1,2\r\n"), "2:1,2", ""},
		"other order":         {[]byte(" b , a \n 1 , 2 \n"), "2:2,1", ""},
		"lines in a field":    {[]byte("a,b\n\"1\n1\",2\n3,4\n"), "2:1\n1,2 4:3,4", ""},
		"no line break":       {[]byte("a,b\n1,2"), "2:1,2", ""},
		"header alone":        {[]byte("a,b\n"), "", ""},
		"empty lines":         {[]byte("a,b\n\n1,2\n\n"), "3:1,2", ""},
		"too few fields":      {[]byte("a,b\n1\n2,3\n"), "2:!fields 3:2,3", ""},
		"too many fields":     {[]byte("a,b\n1,2,3\n"), "2:!fields", ""},
		"packed":              {packed(t, "a,b\n1,2\n"), "2:1,2", ""},
		"packed, two members": {append(packed(t, "a,b\n1,2\n"), packed(t, "3,4\n")...), "2:1,2 3:3,4", ""},
		"JSON":                {[]byte(`[{"a":1,"b":"x"},{"a":null,"b":true},{"b":[1]}]`), "1:1,x 1:,true 1:,", ""},
		"JSON lines":          {[]byte("{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}\n"), "1:1,2 2:3,4", ""},
		"not objects":         {[]byte(`[1,null,{"a":1,"b":2}]`), "1:!record 1:!record 1:1,2", ""},
		"GeoJSON":             {[]byte("{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"properties\":{\"a\":1,\"b\":2},\"geometry\":null}]}"), "2:1,2", ""},
		"no properties":       {[]byte(`[{"type":"Feature","properties":null,"geometry":null}]`), "1:,", ""},
		"XML":                 {[]byte("<?xml version=\"1.0\"?>\n<list><request><a>1</a><b> é &lt; </b></request>\n<request><b>2</b></request></list>"), "2:1,é < 3:,2", ""},
		"XML without records": {[]byte("<list></list>"), "", ""},

		"missing columns":     {[]byte("a,x,y\n1,2,3\n"), "", "import.columns map[header:a, x, y missing:b]"},
		"another delimiter":   {[]byte("a:b\n1:2\n"), "", "import.columns map[header:a:b missing:a, b]"},
		"empty":               {nil, "", "import.empty map[]"},
		"white space":         {[]byte(" \n\n"), "", "import.empty map[]"},
		"packed nothing":      {packed(t, ""), "", "import.empty map[]"},
		"quote not closed":    {[]byte("a,b\n1,2\n\"3,4\n5,6\n"), "2:1,2", "import.csv.quote map[line:3]"},
		"quote in a field":    {[]byte("a,b\n1,2\n3\"3,4\n"), "2:1,2", "import.csv.quote map[line:3]"},
		"text after quotes":   {[]byte("a,b\n\"1\"2,3\n"), "", "import.csv.quote map[line:2]"},
		"quote in the header": {[]byte("a,\"b\n"), "", "import.csv.quote map[line:1]"},
		"Latin-1":             {[]byte("a,b\n1,2\ncaf\xe9,3\n"), "2:1,2", "import.encoding map[line:3]"},
		"Latin-1 header":      {[]byte("a,b,\xe9t\xe9\n1,2,3\n"), "", "import.encoding map[line:1]"},
		"Latin-1 in JSON":     {[]byte("[{\"a\":\"caf\xe9\"}]"), "", "import.encoding map[line:1]"},
		"Latin-1 in XML":      {[]byte("<l><request><a>caf\xe9</a></request></l>"), "", "import.encoding map[line:1]"},
		"XML says Latin-1":    {[]byte("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><l></l>"), "", "import.encoding map[line:1]"},
		"UTF-16":              {[]byte("\xff\xfea\x00,\x00b\x00"), "", "import.encoding map[line:1]"},
		"zip of one":          {archive(t, "a,b\n1,2\n"), "2:1,2", ""},
		"zip of two":          {archive(t, "a,b\n1,2\n", "a,b\n3,4\n"), "", "import.packed map[]"},
		"zip cut":             {archive(t, "a,b\n1,2\n")[:20], "", "import.packed map[]"},
		"zip":                 {[]byte("PK\x03\x04rest"), "", "import.packed map[]"},
		"gzip cut":            {packed(t, "a,b\n1,2\n")[:15], "", "import.gzip.cut map[]"},
		"gzip head cut":       {packed(t, "a,b\n1,2\n")[:4], "", "import.gzip.cut map[]"},
		"gzip broken":         {append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}, bytes.Repeat([]byte{0xff}, 20)...), "", "import.gzip.broken map[]"},
		"gzip cut in JSON":    {packed(t, `[{"a":1,"b":2},{"a":3}]`)[:24], "", "import.gzip.cut map[]"},
		"long row":            {[]byte("a,b\n1,2\n\"" + strings.Repeat("x", 2<<20) + "\",3\n"), "2:1,2", "import.record_large map[line:3]"},
		"long JSON record":    {[]byte("[{\"a\":1},\n{\"a\":\"" + strings.Repeat("x", 2<<20) + "\"}]"), "1:1,", "import.record_large map[line:1]"},
		"long XML record":     {[]byte("<l>\n<request><a>" + strings.Repeat("x", 2<<20) + "</a></request></l>"), "", "import.record_large map[line:2]"},
		"JSON cut":            {[]byte("[{\"a\":1,\"b\":2},\n"), "1:1,2", "import.json map[line:1]"},
		"JSON broken":         {[]byte("{\"a\":1,\"b\":2}\n{\"a\":oh}\n"), "1:1,2", "import.json map[line:2]"},
		"XML cut":             {[]byte("<l>\n<request><a>1</a>"), "", "import.xml map[line:2]"},
		"XML broken":          {[]byte("<l>\n<request><a>1</b></request></l>"), "", "import.xml map[line:2]"},
		"XML entity":          {[]byte("<!DOCTYPE l [<!ENTITY e \"x\">]>\n<l><request><a>&e;</a></request></l>"), "", "import.xml map[line:2]"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, _, err := readAll(content(t, c.raw), []string{"a", "b"}, "")
			if got := strings.Join(rows, " "); got != c.want {
				t.Errorf("rows %q, want %q", got, c.want)
			}
			got := ""
			var f *fault.Error
			if errors.As(err, &f) {
				got = fmt.Sprint(f.Word, " ", map[string]any(f.Args))
			} else if err != nil {
				got = "not a fault: " + err.Error()
			}
			if got != c.err {
				t.Errorf("error %q, want %q (%v)", got, c.err, err)
			}
		})
	}
}

// What is written into the file of refused rows can be found in the file, and imported again.
func TestRaw(t *testing.T) {
	for text, want := range map[string]string{
		"a;b\n\"1;\"\"x\";2\n":                   "\"1;\"\"x\";2",
		"[{\"a\": 1,\"b\":2}]":                   "{\"a\": 1,\"b\":2}",
		"<l><request><a>1</a><b/></request></l>": "<request><a>1</a><b/></request>",
	} {
		_, raws, err := readAll(content(t, []byte(text)), []string{"a", "b"}, "")
		if err != nil || len(raws) != 1 || raws[0] != want {
			t.Errorf("%q: %q %v", text, raws, err)
		}
	}
}

// Standard input is kept, so that it can be read twice, and removed.
func TestStandardInput(t *testing.T) {
	f, err := OpenFile(t.Context(), "-", strings.NewReader("a,b\n1,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	kept := f.file.Name()
	for range 2 {
		if rows, _, err := readAll(f, []string{"a"}, ""); err != nil || len(rows) != 1 {
			t.Errorf("%v %v", rows, err)
		}
	}
	if f.Name != "stdin" || f.Passed() != 8 || f.Size != 8 {
		t.Errorf("%s %d %d", f.Name, f.Passed(), f.Size)
	}
	f.Close()
	f.Close()
	if _, err := os.Stat(kept); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", kept, err)
	}
	if _, err := OpenFile(t.Context(), filepath.Join(t.TempDir(), "none.csv"), nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := OpenFile(t.Context(), t.TempDir(), nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a folder: %v", err)
	}
}

// Bytes of any kind give records or a fault, never anything else; lines never go back; a second reading gives the same.
func FuzzRecords(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a;b\n\"1\n\";2\n", "\xef\xbb\xbfa\tb\n", "[{\"a\":1}]", "{\"features\":[{\"type\":\"Feature\",\"properties\":{\"a\":1},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}]}",
		"<l><request><a>1</a></request></l>", "a,b\n\"1", "\x1f\x8b\x08", "a|b\n1|2|3\n",
	} {
		f.Add([]byte(seed))
	}
	f.Add(packed(f, "a,b\n1,2\n"))
	file, err := os.CreateTemp(f.TempDir(), "")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := file.Truncate(0); err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteAt(raw, 0); err != nil {
			t.Fatal(err)
		}
		one := &File{Name: "x", file: file}
		rows, _, err := readAll(one, []string{"a", "b"}, "")
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatalf("not a fault: %v", err)
		}
		again, _, errAgain := readAll(one, []string{"a", "b"}, "")
		if strings.Join(rows, "\x00") != strings.Join(again, "\x00") || (err == nil) != (errAgain == nil) {
			t.Fatalf("%q %v, then %q %v", rows, err, again, errAgain)
		}
		last := 0
		for _, row := range rows {
			var line int
			if _, err := fmt.Sscanf(row, "%d:", &line); err != nil || line < last || line < 1 {
				t.Fatalf("lines of %q", rows)
			}
			last = line
		}
		if _, _, err := columnsOf(one); err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatalf("columns: not a fault: %v", err)
		}
	})
}
