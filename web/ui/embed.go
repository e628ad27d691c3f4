// Package ui holds the front end inside the binary: the built scripts, styles and fonts, and the names that a page must link.
//
// The built files carry a hash of their content in their names, so a page cannot spell them: Vite's manifest says which file
// an entry became. It is read once, at start. Refused: reading dist from the disk (a binary without its checkout would serve
// pages without style), and fixed names with a version in the query (they are cached wrongly during a rolling update).
//
// dist is made by `make build` and is not committed; a binary built without it still compiles, and Open says what is missing.
package ui

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed all:dist
var built embed.FS

// ErrNotBuilt means that the binary was made before the front end was.
var ErrNotBuilt = errors.New("the front end is not built: run `make build` (or `npm ci && npm run build` in web/ui) and build the binary again")

// Entry is what a page links to load one entry.
type Entry struct {
	Script  string   // address of the module script, such as /assets/page-Xy12.js
	Styles  []string // addresses of the style sheets, in their order
	Preload []string // addresses of the modules that Script imports at once; what is loaded lazily is not among them
	Fonts   []string // addresses of the fonts that Styles use
}

// Icons is the sprite of the icons that categories may have.
type Icons struct {
	Address string   // of the sprite, such as /assets/icons-Xy12.svg
	Names   []string // of its symbols: Maki's and Temaki's own names
}

// otherIcon stands where a category names an icon that the sprite lacks.
const otherIcon = "marker"

// Known gives the name, or that of a plain marker if the sprite lacks it.
func (i Icons) Known(name string) string {
	if !slices.Contains(i.Names, name) {
		return otherIcon
	}
	return name
}

// Symbol gives the address of an icon, for <use>.
func (i Icons) Symbol(name string) string { return i.Address + "#" + i.Known(name) }

// Assets are the built files and the entries among them.
type Assets struct {
	files   fs.FS
	entries map[string]Entry
	icons   Icons
	worker  []byte
}

// Open reads the files that were built into the binary. The error is ErrNotBuilt when there are none.
func Open() (*Assets, error) {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		return nil, err
	}
	return open(dist)
}

// Entry returns the links of an entry: "page", which every page loads, or "map", for pages with a map.
func (a *Assets) Entry(name string) (Entry, error) {
	entry, ok := a.entries[name]
	if !ok {
		return Entry{}, fmt.Errorf("the front end has no entry %q", name)
	}
	return entry, nil
}

// Icons gives the sprite.
func (a *Assets) Icons() Icons { return a.icons }

// Worker gives the script of the service worker.
func (a *Assets) Worker() []byte { return a.worker }

// Files are the built files as they are served under /assets/; their names do not begin with that prefix. Names with a
// hash never change their content; icon.svg has none. Beside name.js stand name.js.br and name.js.gz, where they are smaller.
func (a *Assets) Files() fs.FS { return a.files }

// chunk is one entry of Vite's manifest, as far as we use it.
type chunk struct {
	File    string   `json:"file"`
	IsEntry bool     `json:"isEntry"`
	Imports []string `json:"imports"`
	CSS     []string `json:"css"`
	Assets  []string `json:"assets"`
}

func open(dist fs.FS) (*Assets, error) {
	raw, err := fs.ReadFile(dist, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("front end manifest: %w", err)
	}
	var manifest map[string]chunk
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return nil, fmt.Errorf("front end manifest: %w", err)
	}
	files, err := fs.Sub(dist, "assets")
	if err != nil {
		return nil, err
	}
	a := &Assets{files: files, entries: map[string]Entry{}}
	for key, c := range manifest {
		if !c.IsEntry {
			continue
		}
		entry, err := link(manifest, key)
		if err != nil {
			return nil, err
		}
		for _, address := range append(append([]string{entry.Script}, entry.Styles...), entry.Preload...) {
			if _, err := fs.Stat(dist, strings.TrimPrefix(address, "/")); err != nil {
				return nil, fmt.Errorf("front end manifest names a file that was not built: %w", err)
			}
		}
		a.entries[name(key)] = entry
	}
	if raw, err = fs.ReadFile(dist, "icons.json"); err != nil {
		return nil, fmt.Errorf("front end icons: %w", err)
	}
	var sprite struct {
		File  string   `json:"file"`
		Names []string `json:"names"`
	}
	if err := json.Unmarshal(raw, &sprite); err != nil {
		return nil, fmt.Errorf("front end icons: %w", err)
	}
	if _, err := fs.Stat(dist, sprite.File); err != nil {
		return nil, fmt.Errorf("front end icons name a file that was not built: %w", err)
	}
	if a.worker, err = fs.ReadFile(dist, "worker.js"); err != nil {
		return nil, fmt.Errorf("front end worker: %w", err)
	}
	a.icons = Icons{Address: "/" + sprite.File, Names: sprite.Names}
	return a, nil
}

// name is the folder of an entry's source: src/map/main.ts is "map".
func name(key string) string { return path.Base(path.Dir(key)) }

// link collects an entry's own files and those of its imports, each once, imports' styles first as the browser would have them.
func link(manifest map[string]chunk, key string) (Entry, error) {
	var entry Entry
	var walk func(key string, seen []string) error
	walk = func(key string, seen []string) error {
		c, ok := manifest[key]
		if !ok {
			return fmt.Errorf("front end manifest: %q is imported and missing", key)
		}
		if slices.Contains(seen, key) {
			return nil
		}
		for _, imported := range c.Imports {
			if err := walk(imported, append(seen, key)); err != nil {
				return err
			}
		}
		for _, css := range c.CSS {
			if address := "/" + css; !slices.Contains(entry.Styles, address) {
				entry.Styles = append(entry.Styles, address)
			}
		}
		for _, file := range c.Assets {
			if address := "/" + file; path.Ext(file) == ".woff2" && !slices.Contains(entry.Fonts, address) {
				entry.Fonts = append(entry.Fonts, address)
			}
		}
		switch address := "/" + c.File; {
		case len(seen) == 0:
			entry.Script = address
		case !slices.Contains(entry.Preload, address):
			entry.Preload = append(entry.Preload, address)
		}
		return nil
	}
	err := walk(key, nil)
	return entry, err
}
