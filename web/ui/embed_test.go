package ui

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

const manifest = `{
	"src/page/main.ts": {"file": "assets/page-1.js", "isEntry": true, "imports": ["_token"], "css": ["assets/page-1.css"]},
	"src/map/main.ts": {"file": "assets/map-1.js", "isEntry": true, "imports": ["_token"], "dynamicImports": ["src/map/island.ts"], "css": ["assets/map-1.css"]},
	"src/map/island.ts": {"file": "assets/island-1.js", "isDynamicEntry": true, "imports": ["_token"]},
	"_token": {"file": "assets/token-1.js", "css": ["assets/token-1.css"]}
}`

func dist(manifest string, files ...string) fstest.MapFS {
	fsys := fstest.MapFS{
		".gitkeep": {}, "manifest.json": {Data: []byte(manifest)},
		"icons.json": {Data: []byte(`{"file":"assets/icons-1.svg","names":["bicycle","marker"]}`)}, "assets/icons-1.svg": {Data: []byte("<svg/>")},
		"worker.js": {Data: []byte("self")},
	}
	for _, file := range files {
		fsys["assets/"+file] = &fstest.MapFile{Data: []byte(file)}
	}
	return fsys
}

func TestEntries(t *testing.T) {
	a, err := open(dist(manifest, "page-1.js", "page-1.css", "map-1.js", "map-1.css", "island-1.js", "token-1.js", "token-1.css"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Entry{
		"page": {Script: "/assets/page-1.js", Styles: []string{"/assets/token-1.css", "/assets/page-1.css"}, Preload: []string{"/assets/token-1.js"}},
		"map":  {Script: "/assets/map-1.js", Styles: []string{"/assets/token-1.css", "/assets/map-1.css"}, Preload: []string{"/assets/token-1.js"}},
	} {
		got, err := a.Entry(name)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
	for name, want := range map[string]string{"bicycle": "/assets/icons-1.svg#bicycle", "no-such": "/assets/icons-1.svg#marker"} {
		if got := a.Icons().Symbol(name); got != want {
			t.Errorf("icon %s: %s, want %s", name, got, want)
		}
	}
	if _, err := a.Entry("island"); err == nil {
		t.Error("a chunk that is loaded lazily must not be an entry")
	}
	if file, err := a.Files().Open("page-1.js"); err != nil {
		t.Error(err)
	} else {
		file.Close()
	}
}

func TestWrongDist(t *testing.T) {
	tests := map[string]struct {
		dist fstest.MapFS
		want string
	}{
		"not built":      {fstest.MapFS{".gitkeep": {}}, "make build"},
		"no JSON":        {dist(`{`), "front end manifest"},
		"file lost":      {dist(manifest, "page-1.js"), "was not built"},
		"import missing": {dist(`{"src/page/main.ts": {"file": "assets/p.js", "isEntry": true, "imports": ["_gone"]}}`, "p.js"), `"_gone"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := open(test.dist)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
	if _, err := open(fstest.MapFS{}); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("got %v, want ErrNotBuilt", err)
	}
}

// A loop among modules is legal in JavaScript and must not hang the start.
func TestLoop(t *testing.T) {
	a, err := open(dist(`{
		"src/page/main.ts": {"file": "assets/p.js", "isEntry": true, "imports": ["_a"]},
		"_a": {"file": "assets/a.js", "imports": ["src/page/main.ts"]}
	}`, "p.js", "a.js"))
	if err != nil {
		t.Fatal(err)
	}
	if entry, _ := a.Entry("page"); !reflect.DeepEqual(entry, Entry{Script: "/assets/p.js", Preload: []string{"/assets/a.js"}}) {
		t.Errorf("got %+v", entry)
	}
}
