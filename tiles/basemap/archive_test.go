package basemap

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/reports/language"
)

// Every tile comes back as it went in, whatever the archive is packed with and however deep its directories; what is not there is empty.
func TestArchive(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	tiles := map[geo.Tile]string{}
	for range 400 {
		z := uint8(2 + r.IntN(13))
		tiles[geo.Tile{Z: z, X: uint32(r.IntN(1 << z)), Y: uint32(r.IntN(1 << z))}] = strings.Repeat("tile ", r.IntN(40)) + "x"
	}
	for _, p := range []packing{{}, {zip: true}, {leaf: 20}, {zip: true, leaf: 4}} {
		t.Run(fmt.Sprintf("%+v", p), func(t *testing.T) {
			a, err := Open(write(t, p.pack(t, tiles)))
			if err != nil {
				t.Fatal(err)
			}
			if a.MaxZoom() != 14 || a.Attribution() != "© OpenStreetMap" || len(a.Version()) != 16 {
				t.Errorf("it says of itself %d %q %q", a.MaxZoom(), a.Attribution(), a.Version())
			}
			var readers sync.WaitGroup
			for range 4 {
				readers.Go(func() {
					for at, want := range tiles {
						if got, err := a.Tile(t.Context(), at); err != nil || string(got) != want {
							t.Errorf("%v is %q, %v; want %q", at, got, err, want)
							return
						}
					}
				})
			}
			readers.Wait()
			for range 1000 {
				z := uint8(r.IntN(19))
				at := geo.Tile{Z: z, X: uint32(r.IntN(1 << z)), Y: uint32(r.IntN(1 << z))}
				if got, err := a.Tile(t.Context(), at); err != nil || string(got) != tiles[at] {
					t.Errorf("%v is %q, %v; want %q", at, got, err, tiles[at])
				}
			}
		})
	}
}

// A file that cannot be a basemap is refused when the program starts, by a sentence that says what to do, in both languages.
func TestOpenRefuses(t *testing.T) {
	good := packing{zip: true}.pack(t, map[geo.Tile]string{{}: "tile"})
	changed := func(at int, to byte) []byte {
		b := slices.Clone(good)
		b[at] = to
		return b
	}
	about := func(metadata string) []byte {
		return packing{metadata: metadata}.pack(t, map[geo.Tile]string{{}: "tile"})
	}
	for name, c := range map[string]struct {
		content []byte
		word    string
	}{
		"empty":                    {nil, "basemap.format"},
		"another format":           {[]byte("SQLite format 3\x00" + strings.Repeat("x", 200)), "basemap.format"},
		"version 2":                {changed(7, 2), "basemap.format"},
		"cut in the header":        {good[:100], "basemap.cut"},
		"cut in the tiles":         {good[:len(good)-1], "basemap.cut"},
		"cut in the root":          {good[:headerSize+3], "basemap.cut"},
		"brotli":                   {changed(98, 3), "basemap.compression"},
		"directories in zstandard": {changed(97, 4), "basemap.compression"},
		"pictures":                 {changed(99, 2), "basemap.pictures"},
		"a broken root":            {changed(headerSize, 0), "basemap.broken"},
		"a huge root":              {changed(16+6, 1), "basemap.cut"},
		"no JSON":                  {about("no"), "basemap.broken"},
		"no layers":                {about("{}"), "basemap.schema"},
		"Protomaps' schema":        {about(`{"vector_layers":[{"id":"earth"},{"id":"roads"},{"id":"landcover"}]}`), "basemap.schema"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(write(t, c.content))
			var f *fault.Error
			if !errors.As(err, &f) || f.Word != c.word {
				t.Fatalf("%v, want %s", err, c.word)
			}
			for _, l := range language.All() {
				if said := l.Say(f.Word, f.Args); strings.Contains(said, "{") || !strings.Contains(said, "ground.pmtiles") {
					t.Errorf("%s: %s", l.Tag, said)
				}
			}
		})
	}
	for name, path := range map[string]string{"nothing there": filepath.Join(t.TempDir(), "none"), "a folder": t.TempDir()} {
		if _, err := Open(path); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Tiles that unpack to more than any map has are refused before they fill the memory.
func TestArchiveBomb(t *testing.T) {
	bomb := packing{zip: true}.pack(t, map[geo.Tile]string{{}: strings.Repeat("\x00", maxTile+1)})
	a, err := Open(write(t, bomb))
	if err != nil {
		t.Fatal(err)
	}
	if tile, err := a.Tile(t.Context(), geo.Tile{}); err == nil {
		t.Errorf("%d bytes came out of %d", len(tile), len(bomb))
	}
}

// An attribution is text: links and entities of the file do not reach the page as markup.
func TestPlain(t *testing.T) {
	for markup, want := range map[string]string{
		"": "", "IGN": "IGN", "<b>a</b>\n <i>b</i>": "a b", "&copy; A &amp; B": "© A & B", "a < b": "a < b", "<script>x</script>": "x",
		strings.Repeat("é", 400): strings.Repeat("é", 300) + "…",
	} {
		if got := plain(markup); got != want {
			t.Errorf("%q becomes %q, want %q", markup, got, want)
		}
	}
}

// Whole archives with anything in them are refused, or answer every tile with bytes or an error.
func FuzzArchive(f *testing.F) {
	tiles := map[geo.Tile]string{{}: "tile", {Z: 1}: "tile", {Z: 1, X: 1}: "other"}
	f.Add(packing{}.pack(f, tiles))
	f.Add(packing{zip: true}.pack(f, tiles))
	f.Add(packing{leaf: 1}.pack(f, tiles))
	f.Fuzz(func(t *testing.T, content []byte) {
		a, err := Open(write(t, content))
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("an internal error: %v", err)
			}
			return
		}
		for _, at := range []geo.Tile{{}, {Z: 1}, {Z: 1, X: 1}, {Z: 9, X: 100, Y: 100}} {
			_, _ = a.Tile(t.Context(), at)
		}
	})
}
