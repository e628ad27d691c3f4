package basemap

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"

	"quartier/geo"
	"quartier/reports/fault"
	"quartier/reports/language"
)

// packing is how a test writes an archive.
type packing struct {
	zip      bool // directories, metadata and tiles
	leaf     int  // entries of a leaf directory; 0: all in the root
	metadata string
}

const metadata = `{"attribution":"<a href=\"https://www.openstreetmap.org/copyright\">&copy; OpenStreetMap</a>","vector_layers":[{"id":"transportation"},{"id":"place"}]}`

// pack writes an archive (PMTiles 3) of tiles; equal neighbours share their bytes, as writers do.
func (p packing) pack(t testing.TB, tiles map[geo.Tile]string) []byte {
	t.Helper()
	squeeze := func(b []byte) []byte {
		if !p.zip {
			return b
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		z.Write(b)
		z.Close()
		return packed.Bytes()
	}
	var addresses []geo.Tile
	for at := range tiles {
		addresses = append(addresses, at)
	}
	slices.SortFunc(addresses, func(a, b geo.Tile) int { return cmp.Compare(tileID(a), tileID(b)) })
	var data []byte
	var entries []entry
	var low, high uint8 = 255, 0
	before := ""
	for _, at := range addresses {
		low, high = min(low, at.Z), max(high, at.Z)
		if n := len(entries); n > 0 && before == tiles[at] && entries[n-1].id+entries[n-1].run == tileID(at) {
			entries[n-1].run++
			continue
		}
		before = tiles[at]
		content := squeeze([]byte(before))
		entries = append(entries, entry{id: tileID(at), offset: uint64(len(data)), length: uint64(len(content)), run: 1})
		data = append(data, content...)
	}
	var leaves []byte
	if p.leaf > 0 {
		var top []entry
		for chunk := range slices.Chunk(entries, p.leaf) {
			leaf := squeeze(writeDirectory(chunk))
			top = append(top, entry{id: chunk[0].id, offset: uint64(len(leaves)), length: uint64(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		entries = top
	}
	root, about := squeeze(writeDirectory(entries)), squeeze([]byte(cmp.Or(p.metadata, metadata)))
	file := append([]byte("PMTiles\x03"), make([]byte, headerSize-8)...)
	at := uint64(headerSize)
	for i, part := range [][]byte{root, about, leaves, data} {
		binary.LittleEndian.PutUint64(file[8+16*i:], at)
		binary.LittleEndian.PutUint64(file[16+16*i:], uint64(len(part)))
		at += uint64(len(part))
	}
	file[97], file[98] = byte(uncompressed), byte(uncompressed)
	if p.zip {
		file[97], file[98] = byte(gzipped), byte(gzipped)
	}
	file[99], file[100], file[101] = vectorTiles, low, high
	return slices.Concat(file, root, about, leaves, data)
}

func writeDirectory(entries []entry) []byte {
	b := binary.AppendUvarint(nil, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b, last = binary.AppendUvarint(b, e.id-last), e.id
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.run)
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.length)
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+entries[i-1].length {
			b = binary.AppendUvarint(b, 0)
		} else {
			b = binary.AppendUvarint(b, e.offset+1)
		}
	}
	return b
}

func write(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ground.pmtiles")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The numbers of tiles are those of the specification (PMTiles 3, clause 4.1.1), and each has another.
func TestTileID(t *testing.T) {
	for at, want := range map[geo.Tile]uint64{{}: 0, {Z: 1}: 1, {Z: 1, Y: 1}: 2, {Z: 1, X: 1, Y: 1}: 3, {Z: 1, X: 1}: 4, {Z: 2}: 5, {Z: 12, X: 3423, Y: 1763}: 19_078_479} {
		if got := tileID(at); got != want {
			t.Errorf("%v is number %d, want %d", at, got, want)
		}
	}
	seen := map[uint64]geo.Tile{}
	for z := range uint8(7) {
		for x := range uint32(1) << z {
			for y := range uint32(1) << z {
				at := geo.Tile{Z: z, X: x, Y: y}
				if other, twice := seen[tileID(at)]; twice {
					t.Fatalf("%v and %v have number %d", at, other, tileID(at))
				}
				seen[tileID(at)] = at
			}
		}
	}
	if len(seen) != 5461 || seen[5460] == (geo.Tile{}) {
		t.Errorf("%d tiles leave gaps in the numbers", len(seen))
	}
}

// Every tile comes back as it went in, whatever the archive is packed with and however deep its directories; what is not there is empty.
func TestArchive(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	tiles := map[geo.Tile]string{}
	for range 3000 {
		z := uint8(2 + r.IntN(13))
		tiles[geo.Tile{Z: z, X: uint32(r.IntN(1 << z)), Y: uint32(r.IntN(1 << z))}] = strings.Repeat("tile ", r.IntN(40)) + "x"
	}
	for _, p := range []packing{{}, {zip: true}, {leaf: 50}, {zip: true, leaf: 7}} {
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
			for range 3000 {
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

// No bytes make the reader fail otherwise than by an error, and what it reads of a directory it could have written.
func FuzzDirectory(f *testing.F) {
	f.Add(writeDirectory([]entry{{0, 0, 5, 1}, {1, 5, 5, 3}, {9, 0, 5, 0}}))
	f.Add([]byte{0})
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := parseDirectory(b)
		if err != nil {
			return
		}
		again, err := parseDirectory(writeDirectory(entries))
		if err != nil || !slices.Equal(entries, again) {
			t.Fatalf("%v reads back as %v, %v", entries, again, err)
		}
		for _, e := range entries {
			if found, ok := find(entries, e.id); !ok || found != e {
				t.Fatalf("%v finds %v", e, found)
			}
		}
	})
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

// What tilemaker makes of OpenStreetMap by its own configuration is a ground: its streets and names are those that the style asks for.
func TestArchiveOfOpenStreetMap(t *testing.T) {
	a := monaco(t)
	layers := decode(t, a, tileOf(t, 7.4246, 43.7384, a.MaxZoom()))
	for _, name := range []string{"transportation", "transportation_name", "building", "poi"} {
		if layers[name] == nil {
			t.Errorf("there is no %s in the middle of Monaco", name)
		}
	}
	drawn, lost := 0, map[string]int{}
	sheet := Sheet("", Light, "")
	for _, name := range []string{"transportation", "landuse", "landcover"} {
		if layers[name] == nil {
			continue
		}
		for _, f := range layers[name].Features {
			shown := slices.ContainsFunc(sheet.Layers, func(l StyleLayer) bool {
				return l.SourceLayer == name && (l.Filter == nil || passes(t, l.Filter, f.Properties, strings.TrimPrefix(f.Geometry.GeoJSONType(), "Multi")) == true)
			})
			if shown {
				drawn++
			} else {
				lost[fmt.Sprint(name, " ", f.Properties["class"])]++
			}
		}
	}
	if drawn < 100 {
		t.Errorf("only %d features are drawn; these are not: %v", drawn, lost)
	}
	t.Logf("%d features drawn; not: %v", drawn, lost)
}

// monaco makes an archive of a real place, or skips.
func monaco(t testing.TB) *Archive {
	t.Helper()
	source := filepath.Join(cmp.Or(os.Getenv("QUARTIER_SHARED_DATA"), filepath.Join("..", "..", "..", "shared", "data")), "osm", "monaco-latest.osm.pbf")
	if _, err := os.Stat(source); err != nil {
		t.Skipf("the real data are not here (QUARTIER_SHARED_DATA names their folder): %v", err)
	}
	const examples = "/usr/share/doc/tilemaker/examples/"
	program, err := exec.LookPath("tilemaker")
	if err != nil {
		t.Skip("tilemaker is not installed")
	}
	folder := filepath.Join(t.TempDir(), "monaco")
	run := exec.Command(program, "--input", source, "--output", folder, "--config", examples+"config-openmaptiles.json", "--process", examples+"process-openmaptiles.lua")
	if said, err := run.CombinedOutput(); err != nil {
		t.Fatalf("tilemaker: %v\n%s", err, said)
	}
	tiles := map[geo.Tile]string{}
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".pbf" {
			return err
		}
		var at geo.Tile
		relative, _ := filepath.Rel(folder, path)
		if _, err := fmt.Sscanf(filepath.ToSlash(relative), "%d/%d/%d.pbf", &at.Z, &at.X, &at.Y); err != nil {
			return err
		}
		packed, err := os.Open(path)
		if err != nil {
			return err
		}
		defer packed.Close()
		z, err := gzip.NewReader(packed)
		if err != nil {
			return err
		}
		var content strings.Builder
		_, err = z.WriteTo(&content)
		tiles[at] = content.String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	about, err := os.ReadFile(filepath.Join(folder, "metadata.json"))
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, packing{zip: true, leaf: 10, metadata: string(about)}.pack(t, tiles))
	a, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
