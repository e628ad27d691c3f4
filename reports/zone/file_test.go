package zone

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"quartier/reports/fault"
)

func TestReadFile(t *testing.T) {
	square := `"geometry":{"type":"Polygon","coordinates":[[[2,48],[3,48],[3,49],[2,48]]]}`
	feature := func(properties string) string {
		return `{"type":"Feature","properties":` + properties + `,` + square + `}`
	}
	for name, c := range map[string]struct {
		text       string
		code, name string // properties asked for
		want       string // codes and names
	}{
		"Paris":          {text: collection(feature(`{"c_ar":6,"l_qu":"Odéon","c_qu":22}`), feature(`{"c_ar":6,"l_qu":"Monnaie","c_qu":21}`)), want: "21=Monnaie 22=Odéon"},
		"New York":       {text: collection(feature(`{"BoroCD":206,"Shape_Leng":1.5}`)), want: "206=206"},
		"names alone":    {text: collection(feature(`{"name":" Roslindale "}`)), want: "Roslindale=Roslindale"},
		"communes":       {text: collection(feature(`{"code":"92004","nom":"Asnières-sur-Seine"}`)), want: "92004=Asnières-sur-Seine"},
		"told where":     {text: collection(feature(`{"code":"a","x":"b","y":"c"}`)), code: "x", name: "y", want: "b=c"},
		"not the same":   {text: collection(feature(`{"code":"a","id":"1"}`), feature(`{"code":"a","id":"2"}`)), want: "1=1 2=2"},
		"parts joined":   {text: collection(feature(`{"code":"a","name":"A"}`), feature(`{"code":"a","name":"A"}`)), want: "a=A"},
		"sequence":       {text: feature(`{"code":"a"}`) + "\n" + feature(`{"code":"b"}`), want: "a=a b=b"},
		"one feature":    {text: feature(`{"code":"a"}`), want: "a=a"},
		"byte-order":     {text: "\xef\xbb\xbf" + collection(feature(`{"code":"a"}`)), want: "a=a"},
		"name sometimes": {text: collection(feature(`{"code":"a","name":"A"}`), feature(`{"code":"b","name":null}`)), want: "a=a b=b"},
	} {
		t.Run(name, func(t *testing.T) {
			content, err := ReadFile(strings.NewReader(c.text), c.code, c.name)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range content.Shapes {
				got = append(got, s.Code+"="+s.Name)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	for name, c := range map[string]struct{ text, word, args string }{
		"empty":             {collection(), "import.zones.empty", "map[]"},
		"not JSON":          {"code;name", "import.json", "map[line:1]"},
		"cut off":           {"{\"features\":[\n" + feature(`{"code":"a"}`), "import.json", "map[line:2]"},
		"no polygon":        {collection(feature(`{"code":"a"}`), `{"type":"Feature","properties":{"code":"b"},"geometry":{"type":"Point","coordinates":[2,48]}}`), "import.zones.no_polygon", "map[feature:2 property:]"},
		"no geometry":       {collection(`{"type":"Feature","properties":{"code":"b"},"geometry":null}`), "import.zones.no_polygon", "map[feature:1 property:]"},
		"no rings":          {collection(`{"type":"Feature","properties":{"code":"b"},"geometry":{"type":"MultiPolygon","coordinates":[[]]}}`), "import.zones.no_polygon", "map[feature:1 property:]"},
		"ring open":         {collection(`{"type":"Feature","properties":{"code":"b"},"geometry":{"type":"Polygon","coordinates":[[[2,48],[3,48],[3,49],[2,49]]]}}`), "import.zones.ring_open", "map[feature:1 line:1]"},
		"ring short":        {collection(`{"type":"Feature","properties":{"code":"b"},"geometry":{"type":"Polygon","coordinates":[[[2,48],[3,48],[2,48]]]}}`), "import.zones.ring_short", "map[feature:1 line:1]"},
		"projected":         {collection(`{"type":"Feature","properties":{"code":"b"},"geometry":{"type":"Polygon","coordinates":[[[652000,6862000],[652001,6862000],[652001,6862001],[652000,6862000]]]}}`), "import.zones.coordinates", "map[feature:1 line:1]"},
		"no feature":        {collection(`{"type":"Polygon","coordinates":[]}`), "import.zones.feature", "map[feature:1 line:1]"},
		"no code":           {collection(feature(`{"a":"b","c":1}`)), "import.zones.no_code", "map[properties:a, c]"},
		"code is no text":   {collection(feature(`{"code":"a","id":"1"}`), feature(`{"code":{},"id":[]}`)), "import.zones.no_code", "map[properties:code, id]"},
		"one code, 2 names": {collection(feature(`{"code":"a","name":"A"}`), feature(`{"code":"a","name":"B"}`)), "import.zones.code_twice", "map[code:a feature:1 other:2 property:code]"},
		"long name":         {collection(feature(`{"code":"a","name":"` + strings.Repeat("é", 201) + `"}`)), "import.zones.name", "map[feature:1 property:name]"},
		"control in a code": {collection(feature(`{"code":"a\u0007"}`)), "import.zones.no_code", "map[properties:code]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadFile(strings.NewReader(c.text), "", "")
			var f *fault.Error
			if !errors.As(err, &f) || f.Word != c.word || fmt.Sprint(f.Args) != c.args {
				t.Errorf("%v %v, want %s %s", err, f.Args, c.word, c.args)
			}
		})
	}
	if _, err := ReadFile(strings.NewReader(collection(feature(`{"code":"a"}`))), "nom", ""); err == nil {
		t.Error("a property that is not there was taken for the code")
	}
}

// Whatever the bytes: a file that is accepted has zones, each code once, each with a polygon.
func FuzzReadFile(f *testing.F) {
	f.Add([]byte(collection(box("2", "Two", 2, 48, 1), box("10", "Ten", 3, 48, 1))))
	f.Add([]byte(collection(box("2", "Two", 2, 48, 1), box("2", "Two", 3, 48, 1))))
	f.Add([]byte(box("a", "", 0, 0, 1) + "\n" + box("b", "", 0, 0, 1)))
	f.Add([]byte(`[{"type":"Feature","properties":{"id":1e3},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		content, err := ReadFile(strings.NewReader(string(raw)), "", "")
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, s := range content.Shapes {
			if s.Code == "" || s.Name == "" || len(s.Geometry) == 0 || seen[s.Code] {
				t.Fatalf("%+v", s)
			}
			seen[s.Code] = true
		}
		if len(seen) == 0 {
			t.Fatal("nothing")
		}
	})
}
