package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quartier/reports/fault"
)

// developed gives the sizes of a photo, decoded.
func developAll(t *testing.T, raw []byte) (developed, map[Size]image.Image) {
	t.Helper()
	h, err := readHead(raw)
	if err != nil {
		t.Fatal(err)
	}
	d, err := develop(t.Context(), raw, h)
	if err != nil {
		t.Fatal(err)
	}
	pictures := map[Size]image.Image{}
	for size, content := range d.files {
		if pictures[size], err = jpeg.Decode(bytes.NewReader(content)); err != nil {
			t.Fatalf("%s: %v", size, err)
		}
	}
	return d, pictures
}

// near tells whether two colours are the same but for what JPEG does to them.
func near(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	off := func(x, y uint32) bool { d := int(x>>8) - int(y>>8); return d < -24 || d > 24 }
	return !off(ar, br) && !off(ag, bg) && !off(ab, bb)
}

// look tells which quarter's colour stands in each quarter of a picture.
func look(t *testing.T, m image.Image) (seen [4]int) {
	t.Helper()
	b := m.Bounds()
	for i := range seen {
		x, y := b.Dx()/4, b.Dy()/4
		if i%2 == 1 {
			x = b.Dx() * 3 / 4
		}
		if i >= 2 {
			y = b.Dy() * 3 / 4
		}
		seen[i] = -1
		for q, c := range quarters {
			if near(m.At(b.Min.X+x, b.Min.Y+y), c) {
				seen[i] = q
			}
		}
	}
	return seen
}

// All eight ways of holding a telephone give what the eye saw (Exif 2.32, 4.6.4, tag 0x0112: where row 0 and column 0 of the stored picture are).
func TestOrientations(t *testing.T) {
	t.Parallel()
	raw := asJPEG(t, picture(80, 40))
	for o, want := range map[uint16][4]int{
		1: {0, 1, 2, 3}, 2: {1, 0, 3, 2}, 3: {3, 2, 1, 0}, 4: {2, 3, 0, 1}, 5: {0, 2, 1, 3}, 6: {2, 0, 3, 1}, 7: {3, 1, 2, 0}, 8: {1, 3, 0, 2},
	} {
		d, pictures := developAll(t, withExif(raw, o, "x"))
		w, h := 80, 40
		if o >= 5 {
			w, h = h, w
		}
		if d.width != w || d.height != h {
			t.Errorf("orientation %d gives %dx%d, want %dx%d", o, d.width, d.height, w, h)
		}
		for size, m := range pictures {
			if seen := look(t, m); seen != want {
				t.Errorf("orientation %d, %s: the quarters are %v, want %v", o, size, seen, want)
			}
		}
	}
}

// The real photos of all orientations show the same picture.
func TestRealOrientations(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"landscape", "portrait"} {
		var first image.Image
		photos := realPhotos(t, filepath.Join("orientation", kind+"_*.jpg"))
		if len(photos) == 0 {
			t.Skip("the real photos are not here")
		}
		for _, path := range photos {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, pictures := developAll(t, raw)
			m := pictures[Thumbnail]
			if first == nil {
				first = m
				continue
			}
			if m.Bounds() != first.Bounds() {
				t.Errorf("%s is %v, want %v", filepath.Base(path), m.Bounds(), first.Bounds())
				continue
			}
			if d := distance(m, first); d > 20 {
				t.Errorf("%s differs from the first by %.0f of 255", filepath.Base(path), d)
			}
		}
	}
}

// distance is the mean difference of two pictures of a size.
func distance(a, b image.Image) float64 {
	var sum, n float64
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y += 8 {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x += 8 {
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			for _, pair := range [][2]uint32{{ar, br}, {ag, bg}, {ab, bb}} {
				d := float64(pair[0]>>8) - float64(pair[1]>>8)
				sum, n = sum+max(d, -d), n+1
			}
		}
	}
	return sum / n
}

// Nothing of what stood around the pixels is left, nor behind them.
func TestNothingSurvives(t *testing.T) {
	t.Parallel()
	const trace = "motsecret"
	withText := withSegment(withExif(asJPEG(t, picture(300, 200)), 6, trace), 0xfe, []byte(trace))
	withText = withSegment(withText, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x>"+trace+"</x>"))
	withText = withSegment(withText, 0xe2, []byte("ICC_PROFILE\x00\x01\x01"+trace))
	withText = append(withText, "PK\x03\x04<script>"+trace...)
	texts := map[string][]byte{
		"JPEG": withText,
		"PNG":  append(withChunk(withChunk(asPNG(t, picture(300, 200)), "tEXt", []byte("Comment\x00"+trace)), "eXIf", exif(binary.BigEndian, "MM", 1, trace)), trace...),
		"WebP": testdata(t, "lossy.webp"), // with Exif and XMP that name the place and the word
	}
	for _, path := range append(realPhotos(t, "gps/*.jpg"), realPhotos(t, "orientation/*.jpg")...) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = raw
	}
	for name, raw := range texts {
		d, _ := developAll(t, raw)
		for size, content := range d.files {
			if bytes.Contains(content, []byte(trace)) {
				t.Errorf("%s, %s: the text is still there", name, size)
			}
			markers := segments(t, content)
			for marker, n := range markers {
				if strings.IndexByte("\xdb\xc0\xc4\xda", marker) < 0 {
					t.Errorf("%s, %s has %d segments %#x", name, size, n, marker)
				}
			}
			if !bytes.HasSuffix(content, []byte("\xff\xd9")) {
				t.Errorf("%s, %s: something stands behind its end", name, size)
			}
		}
	}
}

// The tool that knows every sort of metadata finds none in any size: of pictures of ours, and of the real photos where they are.
func TestExiftoolFindsNothing(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("exiftool")
	if err != nil {
		t.Skip("exiftool is not installed (Debian: libimage-exiftool-perl)")
	}
	photos := map[string][]byte{
		"JPEG": withSegment(withExif(asJPEG(t, picture(300, 200)), 6, "motsecret"), 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x>motsecret</x>")),
		"PNG":  withChunk(asPNG(t, picture(300, 200)), "eXIf", exif(binary.BigEndian, "MM", 1, "motsecret")),
		"WebP": testdata(t, "lossy.webp"),
	}
	for _, path := range append(realPhotos(t, "gps/*.jpg"), realPhotos(t, "orientation/*.jpg")...) {
		if photos[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	for name, raw := range photos {
		d, _ := developAll(t, raw)
		for size, content := range d.files {
			if err := os.WriteFile(filepath.Join(folder, name+"-"+string(size)+".jpg"), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	out, err := exec.Command(tool, "-q", "-G0", "-s", folder).Output() // all at once: it takes long to start
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "[File]") && strings.Contains(line, " FileName ") {
			looked++
		}
		if !strings.HasPrefix(line, "[File]") && !strings.HasPrefix(line, "[ExifTool]") && !strings.HasPrefix(line, "[Composite]") || strings.Contains(line, "GPS") {
			t.Errorf("metadata: %s", line)
		}
	}
	if looked != 3*len(photos) {
		t.Errorf("it looked at %d pictures of %d", looked, 3*len(photos))
	}
}

// Grey, sixteen bits, palettes, four inks and pictures that come in several scans look as they should.
func TestColours(t *testing.T) {
	t.Parallel()
	whole := picture(64, 48)
	deep, paletted := image.NewNRGBA64(whole.Rect), image.NewPaletted(whole.Rect, color.Palette{quarters[0], quarters[1], quarters[2], quarters[3]})
	draw.Draw(deep, deep.Rect, whole, image.Point{}, draw.Src)
	draw.Draw(paletted, paletted.Rect, whole, image.Point{}, draw.Src)
	for name, raw := range map[string][]byte{
		"PNG of 16 bits": asPNG(t, deep), "PNG with a palette": asPNG(t, paletted), "progressive JPEG": testdata(t, "progressive.jpg"), "JPEG of four inks": testdata(t, "inks.jpg"),
	} {
		_, pictures := developAll(t, raw)
		for size, m := range pictures {
			if seen := look(t, m); seen != [4]int{0, 1, 2, 3} {
				t.Errorf("%s, %s: the quarters are %v", name, size, seen)
			}
		}
	}
	grey := image.NewGray(image.Rect(0, 0, 64, 48))
	draw.Draw(grey, grey.Rect, image.NewUniform(color.Gray{90}), image.Point{}, draw.Src)
	grey16 := image.NewGray16(grey.Rect)
	draw.Draw(grey16, grey.Rect, grey, image.Point{}, draw.Src)
	for name, raw := range map[string][]byte{"JPEG": asJPEG(t, grey), "PNG": asPNG(t, grey), "PNG of 16 bits": asPNG(t, grey16)} {
		if _, pictures := developAll(t, raw); !near(pictures[Full].At(30, 20), color.Gray{90}) {
			t.Errorf("grey %s: %v", name, pictures[Full].At(30, 20))
		}
	}
}

// segments counts the segments of a JPEG up to its scan.
func segments(t *testing.T, raw []byte) map[byte]int {
	t.Helper()
	found := map[byte]int{}
	for raw = raw[2:]; len(raw) >= 4 && raw[0] == 0xff; {
		found[raw[1]]++
		if raw[1] == 0xda {
			return found
		}
		raw = raw[2+int(binary.BigEndian.Uint16(raw[2:])):]
	}
	t.Fatal("a JPEG without a scan")
	return nil
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		width, height int
		want          map[Size]image.Point
	}{
		{4000, 3000, map[Size]image.Point{Full: {1600, 1200}, Card: {800, 600}, Thumbnail: {240, 180}}},
		{1000, 2001, map[Size]image.Point{Full: {800, 1600}, Card: {400, 800}, Thumbnail: {120, 240}}},
		{100, 50, map[Size]image.Point{Full: {100, 50}, Card: {100, 50}, Thumbnail: {100, 50}}},
		{5000, 1, map[Size]image.Point{Full: {1600, 1}, Card: {800, 1}, Thumbnail: {240, 1}}},
		{1, 1, map[Size]image.Point{Full: {1, 1}, Card: {1, 1}, Thumbnail: {1, 1}}},
	} {
		_, pictures := developAll(t, asPNG(t, picture(c.width, c.height)))
		for size, want := range c.want {
			if got := pictures[size].Bounds().Size(); got != want {
				t.Errorf("%dx%d as %s is %v, want %v", c.width, c.height, size, got, want)
			}
		}
	}
}

// A picture keeps its mean when it is shrunk, whatever the sizes; and each pixel is the mean of what it covers.
func TestShrinkIsFair(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 7, 5))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 37)
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 0xff
	}
	for _, size := range []image.Point{{1, 1}, {2, 2}, {3, 4}, {7, 5}, {7, 1}} {
		small, err := shrink(t.Context(), m, size.X, size.Y)
		if err != nil {
			t.Fatal(err)
		}
		for c := range 3 {
			if a, b := mean(m, c), mean(small, c); a-b > 1 || b-a > 1 {
				t.Errorf("at %v the mean of channel %d is %.1f, want %.1f", size, c, b, a)
			}
		}
	}
	same, err := shrink(t.Context(), m, 7, 5)
	if err != nil || !bytes.Equal(same.Pix, m.Pix) {
		t.Errorf("in its own size it is another picture, %v", err)
	}
}

func mean(m *image.RGBA, channel int) float64 {
	var sum, n float64
	for i := channel; i < len(m.Pix); i += 4 {
		sum, n = sum+float64(m.Pix[i]), n+1
	}
	return sum / n
}

// What one can see through lies on white paper.
func TestFlattens(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	for i := range m.Pix {
		m.Pix[i] = 0 // black that nobody sees
	}
	_, pictures := developAll(t, asPNG(t, m))
	if !near(pictures[Full].At(8, 8), color.White) {
		t.Errorf("it is %v", pictures[Full].At(8, 8))
	}
}

func TestPicturesThatBreakAreRefused(t *testing.T) {
	t.Parallel()
	photo := asJPEG(t, picture(400, 300))
	drawing := asPNG(t, picture(400, 300))
	webp := testdata(t, "photo.webp")
	for name, raw := range map[string][]byte{
		"a JPEG cut in its scan":      photo[:len(photo)/2],
		"a PNG cut in its pixels":     drawing[:len(drawing)-30],
		"a WebP cut in its pixels":    webp[:len(webp)-8],
		"a PNG with a wrong checksum": append(append([]byte{}, drawing[:len(drawing)-20]...), make([]byte, 20)...),
		"a PNG with nothing in it":    blank(3000, 3000, 8, 0),
	} {
		h, err := readHead(raw)
		if err == nil {
			_, err = develop(t.Context(), raw, h)
		}
		if fault.KindOf(err) != fault.Invalid || word(t, err) != "error.photo.broken" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A decoder that would work for minutes is ended: here on a progressive JPEG of very many scans, each of which goes over all the picture for a few
// bytes.
func TestDecodersEnd(t *testing.T) {
	t.Parallel()
	raw := scans(2000, 2000)
	h, err := readHead(raw)
	if err != nil {
		t.Fatal(err)
	}
	limited, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := develop(limited, raw, h); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after its time: %v", err)
	}
}

// scans is a grey progressive JPEG of MaxBytes, all of whose scans say that nothing more comes (ITU T.81, G.1.2.2).
func scans(width, height int) []byte {
	segment := func(marker byte, body ...byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
	}
	size := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16([]byte{8}, uint16(height)), uint16(width))
	raw := append([]byte{0xff, 0xd8}, segment(0xdb, make([]byte, 65)...)...)
	raw = append(raw, segment(0xc2, append(size, 1, 1, 0x11, 0)...)...)
	table := append([]byte{0x10, 1}, make([]byte, 15)...) // one code of one bit: 0, which means 0xe0, a run of 2^14 blocks and more
	raw = append(raw, segment(0xc4, append(table, 0xe0)...)...)
	scan := segment(0xda, 1, 1, 0, 1, 63, 0)
	for blocks := width / 8 * height / 8; blocks > 0; blocks -= 1 << 14 {
		scan = append(scan, 0, 0) // the code and 14 bits of zeros, and a bit of the next code
	}
	for len(raw)+len(scan) < MaxBytes {
		raw = append(raw, scan...)
	}
	return raw
}

// A PNG of zeros unpacks to a thousand times its length. It is taken if its size is.
func TestZeros(t *testing.T) {
	t.Parallel()
	raw := asPNG(t, image.NewGray(image.Rect(0, 0, 4000, 3000)))
	if len(raw) > 100<<10 {
		t.Fatalf("%d bytes", len(raw))
	}
	d, _ := developAll(t, raw)
	if d.width != 1600 || d.height != 1200 {
		t.Errorf("%dx%d", d.width, d.height)
	}
	// The same file that says it is larger.
	lie := append([]byte{}, raw...)
	binary.BigEndian.PutUint32(lie[16:], 60_000)
	binary.BigEndian.PutUint32(lie[29:], crc32.ChecksumIEEE(lie[12:29]))
	if _, err := readHead(lie); err == nil || word(t, err) != "error.photo.pixels" {
		t.Errorf("a lie about its size: %v", err)
	}
}
