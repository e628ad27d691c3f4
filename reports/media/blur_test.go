package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// plate is a picture of a plate of black bars on white, as letters are, in the middle of grey.
func plate(width, height int, area image.Rectangle) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{120, 120, 120, 255}
			if image.Pt(x, y).In(area) {
				c = color.RGBA{255, 255, 255, 255}
				if (x-area.Min.X)/12%2 == 0 || (y-area.Min.Y)/20%2 == 0 {
					c = color.RGBA{0, 0, 0, 255}
				}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// contrast is the greatest difference of neighbours' brightness within a rectangle.
func contrast(m image.Image, in image.Rectangle) (most int) {
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X-1; x++ {
			a, _, _, _ := m.At(x, y).RGBA()
			b, _, _, _ := m.At(x+1, y).RGBA()
			most = max(most, int(a>>8)-int(b>>8), int(b>>8)-int(a>>8))
		}
	}
	return most
}

// Of what was blurred nothing is left in any size, and all around it is as it was.
func TestBlur(t *testing.T) {
	t.Parallel()
	spot := image.Rect(600, 400, 1000, 500)
	before, pictures := developAll(t, asJPEG(t, plate(1600, 1200, spot)))
	if contrast(pictures[Full], spot) < 200 {
		t.Fatal("the plate cannot be read before")
	}
	area := Area{Left: 370, Top: 330, Width: 260, Height: 91} // a little more than the plate
	d, err := redevelop(t.Context(), before.files[Full], area)
	if err != nil {
		t.Fatal(err)
	}
	if d.width != 1600 || d.height != 1200 {
		t.Errorf("it is %dx%d now", d.width, d.height)
	}
	for size, content := range d.files {
		after, err := jpeg.Decode(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if after.Bounds() != pictures[size].Bounds() {
			t.Errorf("%s is %v now, was %v", size, after.Bounds(), pictures[size].Bounds())
		}
		within := area.within(after.Bounds()).Inset(2)
		if c := contrast(after, within); c > 24 {
			t.Errorf("%s: neighbours differ by %d of 255", size, c)
		}
		for _, at := range []image.Point{{20, 20}, {after.Bounds().Dx() - 20, after.Bounds().Dy() - 20}} {
			if !near(after.At(at.X, at.Y), pictures[size].At(at.X, at.Y)) {
				t.Errorf("%s: what lies outside changed at %v", size, at)
			}
		}
	}
}

// Two plates that differ in every letter look alike once they are blurred: what was written is gone, and not only hard to see.
func TestBlurForgets(t *testing.T) {
	spot := image.Rect(0, 0, 240, 60)
	blurred := func(shift int) *image.RGBA {
		m := image.NewRGBA(spot)
		for y := range 60 {
			for x := range 240 {
				v := uint8(255)
				if (x+shift)/6%2 == 0 {
					v = 0
				}
				m.SetRGBA(x, y, color.RGBA{v, v, v, 255})
			}
		}
		if err := blur(t.Context(), m, spot); err != nil {
			t.Fatal(err)
		}
		return m
	}
	if !bytes.Equal(blurred(0).Pix, blurred(6).Pix) {
		t.Error("the letters can be told apart")
	}
}

// The smallest areas, and those at the edges.
func TestAreas(t *testing.T) {
	for name, c := range map[string]struct {
		area Area
		good bool
		want image.Rectangle // of 37×11 pixels
	}{
		"all":         {Area{0, 0, 1000, 1000}, true, image.Rect(0, 0, 37, 11)},
		"one":         {Area{999, 999, 1, 1}, true, image.Rect(36, 10, 37, 11)},
		"a strip":     {Area{0, 500, 1000, 1}, true, image.Rect(0, 5, 37, 6)},
		"nothing":     {Area{10, 10, 0, 10}, false, image.Rectangle{}},
		"beyond":      {Area{900, 0, 101, 10}, false, image.Rectangle{}},
		"before":      {Area{-1, 0, 10, 10}, false, image.Rectangle{}},
		"beyond down": {Area{0, 1000, 10, 1}, false, image.Rectangle{}},
	} {
		var check fault.Check
		c.area.Check(&check)
		if (check.Err() == nil) != c.good {
			t.Errorf("%s: %v", name, check.Err())
		}
		if !c.good {
			continue
		}
		m := picture(37, 11)
		if got := c.area.within(m.Rect); got != c.want {
			t.Errorf("%s is %v, want %v", name, got, c.want)
		}
		if err := blur(t.Context(), m, c.area.within(m.Rect)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// blurOne blurs a photo as the package of its item does, which finds these in its place by then.
func (h *shelf) blurOne(id ID, these ...ID) error {
	b, err := h.Blur(h.t.Context(), []ID{id}, Area{0, 0, 500, 500})
	if err != nil {
		return err
	}
	err = h.db.Write(h.t.Context(), func(tx pgx.Tx) error { return Replace(h.t.Context(), tx, b, these, h.clock) })
	if err != nil {
		return errors.Join(err, h.Discard(h.t.Context(), b))
	}
	return nil
}

// In a folder and in a bucket: the photo has another name, the old one has no file, and several at once leave one and no rubbish.
func TestReplace(t *testing.T) {
	t.Parallel()
	for name, newOne := range map[string]func(*testing.T) *shelf{
		"folder": newShelf,
		"bucket": func(t *testing.T) *shelf { return newBucketShelf(t, newBucket(t, nil)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newOne(t)
			mine := newOwner()
			old, other := h.upload(mine), h.upload(mine)
			item, err := h.attach(mine, other.ID, old.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, these := range [][]ID{nil, {other.ID}, {old.ID, other.ID}} {
				if err := h.blurOne(old.ID, these...); fault.KindOf(err) != fault.Conflict {
					t.Errorf("while there are others: %v", err)
				}
			}
			results := make(chan error)
			for range 3 {
				go func() { results <- h.blurOne(old.ID, old.ID) }()
			}
			won := 0
			for range 3 {
				if err := <-results; err == nil {
					won++
				} else if kind := fault.KindOf(err); kind != fault.Conflict && kind != fault.NotFound {
					t.Error(err)
				}
			}
			if won != 1 {
				t.Errorf("%d of three at once have blurred it", won)
			}
			if err := h.clear(t.Context()); err != nil {
				t.Fatal(err)
			}
			of, err := Of(t.Context(), h.db, "report", item)
			if err != nil || len(of[item]) != 2 || of[item][0].ID != other.ID || of[item][1].ID == old.ID || bytes.Equal(of[item][1].Digest, old.Digest) {
				t.Fatalf("the item has %v, %v", of[item], err)
			}
			for _, size := range []Size{Full, Card, Thumbnail} {
				if _, err := h.Read(t.Context(), old.ID, size); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("the old %s is there: %v", size, err)
				}
				if _, err := h.Read(t.Context(), of[item][1].ID, size); err != nil {
					t.Errorf("the new %s: %v", size, err)
				}
			}
			if found := h.sweep(); found != (Swept{}) {
				t.Errorf("it left %+v", found)
			}
			var rows int
			if err := h.db.QueryRow(t.Context(), `select count(*) from media`).Scan(&rows); err != nil || rows != 2 {
				t.Errorf("%d rows, %v", rows, err)
			}
			if err := h.db.Write(t.Context(), func(tx pgx.Tx) error { return EraseThese(t.Context(), tx, []ID{other.ID}) }); err != nil {
				t.Fatal(err)
			}
			if of, err := Of(t.Context(), h.db, "report", item); err != nil || len(of[item]) != 1 {
				t.Errorf("after one was erased: %v, %v", of, err)
			}
		})
	}
}

// shrinkAll gives a picture as the store works with it.
func shrinkAll(t *testing.T, m image.Image) *image.RGBA {
	t.Helper()
	out, err := shrink(t.Context(), m, m.Bounds().Dx(), m.Bounds().Dy())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// withWebPExif puts an orientation into a plain WebP: a head that says so, the picture, and the chunk behind it (RFC 9649, 2.7).
func withWebPExif(raw []byte, o uint16) []byte {
	size := func(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }
	head := append([]byte("VP8X"), size(10)...)
	head = append(head, 1<<3, 0, 0, 0, 39, 0, 0, 29, 0, 0) // with Exif; width and height less one
	body := exif(binary.LittleEndian, "II", o, "xx")
	chunk := append(append([]byte("EXIF"), size(len(body))...), body...)
	all := append(append(append([]byte("WEBP"), head...), raw[12:]...), chunk...)
	return append(append([]byte("RIFF"), size(len(all))...), all...)
}

// All eight orientations, in a PNG and a WebP too, stand upright (their own chunks say how they were held).
func TestOrientationsOfOtherFormats(t *testing.T) {
	t.Parallel()
	plain := asPNG(t, picture(80, 40))
	for o := uint16(1); o <= 8; o++ {
		name := strconv.Itoa(int(o))
		_, asked := developAll(t, withExif(asJPEG(t, picture(80, 40)), o, "x"))
		_, got := developAll(t, withChunk(plain, "eXIf", exif(binary.BigEndian, "MM", o, "x")))
		for size := range asked {
			if got[size].Bounds() != asked[size].Bounds() || look(t, got[size]) != look(t, asked[size]) {
				t.Errorf("PNG %s, %s: %v %v", name, size, got[size].Bounds(), look(t, got[size]))
			}
		}
	}
	still := testdata(t, "photo.webp") // 40×30
	_, upright := developAll(t, still)
	for o := uint16(1); o <= 8; o++ {
		_, turned := developAll(t, withWebPExif(still, o))
		want := orientation(o).apply(shrinkAll(t, upright[Full]))
		if turned[Full].Bounds() != want.Bounds() || distance(turned[Full], want) > 12 {
			t.Errorf("WebP %d: %v, differs by %.0f", o, turned[Full].Bounds(), distance(turned[Full], want))
		}
	}
}
