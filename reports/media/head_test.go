package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/image/webp"

	"quartier/reports/fault"
)

// word gives what is said of the field of a photo that was refused.
func word(t *testing.T, err error) string {
	t.Helper()
	f, ok := err.(*fault.Error)
	if !ok || len(f.Fields) != 1 || f.Fields[0].Name != Field {
		t.Fatalf("refused with %v", err)
	}
	return f.Fields[0].Word
}

func TestHeadsThatAreRefused(t *testing.T) {
	good := asJPEG(t, picture(40, 30))
	still := testdata(t, "photo.webp")
	moving := append([]byte{}, testdata(t, "lossy.webp")...)
	moving[20] |= 1 << 1
	for name, c := range map[string]struct {
		raw  []byte
		word string
	}{
		"nothing":                        {nil, "error.photo.format"},
		"a text":                         {[]byte("bonjour"), "error.photo.format"},
		"SVG":                            {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "error.photo.format"},
		"a page":                         {[]byte("<!DOCTYPE html><script>alert(1)</script>"), "error.photo.format"},
		"a GIF, which may move":          {[]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"), "error.photo.format"},
		"a PDF that is a JPEG besides":   {append([]byte("%PDF-1.4\n"), good...), "error.photo.format"},
		"a page before a JPEG":           {append([]byte("<script>alert(1)</script>"), good...), "error.photo.format"},
		"an archive":                     {[]byte("PK\x03\x04 and so on"), "error.photo.format"},
		"HEIC":                           {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "error.photo.heic"},
		"the first bytes of a JPEG":      {good[:3], "error.photo.broken"},
		"a JPEG cut in its head":         {good[:100], "error.photo.broken"},
		"a WebP that is only RIFF":       {[]byte("RIFF\xff\xff\xff\xffWEBP"), "error.photo.broken"},
		"a WebP cut in its head":         {still[:24], "error.photo.broken"},
		"a PNG of 2 gigapixels":          {blank(50_000, 40_000, 8, 0), "error.photo.pixels"},
		"a PNG as wide as can be":        {blank(1<<31-1, 1, 8, 0), "error.photo.pixels"},
		"a PNG just too wide":            {blank(maxSide+1, 1, 8, 0), "error.photo.pixels"},
		"a PNG with too much memory":     {blank(8000, 6000, 16, 1), "error.photo.pixels"},
		"a PNG without width":            {blank(0, 10, 8, 0), "error.photo.broken"},
		"a PNG that moves":               {withChunk(asPNG(t, picture(4, 4)), "acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0}), "error.photo.animated"},
		"a WebP that moves":              {moving, "error.photo.animated"},
		"a progressive JPEG of 50 MP":    {claim(good, 0xc2, 8000, 6200), "error.photo.pixels"},
		"… behind a stray byte":          {stray(claim(good, 0xc2, 8000, 6200), 0), "error.photo.pixels"},
		"… behind a marker alone":        {stray(claim(good, 0xc2, 8000, 6200), 0xff, 0xd0), "error.photo.pixels"},
		"a progressive JPEG, all fine":   {fine(claim(good, 0xc2, 6000, 4000)), "error.photo.pixels"},
		"a WebP that is all tables":      {bomb(1 << 16), "error.photo.lossless"},
		"a WebP longer than it is":       {claimLength(bomb(1<<16), 1<<31), "error.photo.lossless"},
		"a JPEG of 4 gigapixels":         {claim(good, 0xc0, 65_500, 65_500), "error.photo.pixels"},
		"a JPEG with an arithmetic code": {claim(good, 0xc9, 40, 30), "error.photo.broken"},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := readHead(c.raw)
			if err == nil {
				t.Fatalf("taken as %+v", h)
			}
			if got := word(t, err); got != c.word {
				t.Errorf("refused with %s, want %s", got, c.word)
			}
		})
	}
	if _, err := readHead(make([]byte, MaxBytes+1)); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("too many bytes: %v", err)
	}
}

// claim changes what a JPEG says of its kind and its size.
func claim(raw []byte, marker byte, width, height uint16) []byte {
	raw = append([]byte{}, raw...)
	at := bytes.Index(raw, []byte{0xff, 0xc0})
	raw[at+1] = marker
	binary.BigEndian.PutUint16(raw[at+5:], height)
	binary.BigEndian.PutUint16(raw[at+7:], width)
	return raw
}

// stray puts bytes that belong to no segment between those of a JPEG.
func stray(raw []byte, more ...byte) []byte {
	const at = 2 + 4 // behind a comment without words
	raw = withSegment(raw, 0xfe, nil)
	return append(append(append([]byte{}, raw[:at]...), more...), raw[at:]...)
}

// fine makes a JPEG say that all components have as many samples as the first.
func fine(raw []byte) []byte {
	at := bytes.Index(raw, []byte{0xff, 0xc2})
	raw[at+11], raw[at+14], raw[at+17] = 0x22, 0x22, 0x22
	return raw
}

// bits writes the bits of a WebP without loss, the lowest first.
type bits struct {
	raw  []byte
	free int // bits of the last byte
}

func (b *bits) put(n int, value uint32) {
	for i := range n {
		if b.free == 0 {
			b.raw, b.free = append(b.raw, 0), 8
		}
		b.raw[len(b.raw)-1] |= byte(value>>i&1) << (8 - b.free)
		b.free--
	}
}

// tree writes a tree of one symbol, which takes no bits then.
func (b *bits) tree(symbol uint32) {
	b.put(3, 1|1<<2) // in short, one symbol, of 8 bits
	b.put(8, symbol)
}

// bomb is a WebP of 4 by 4 pixels that has so many groups of trees, with a hundred symbols in three of each, and is read without a fault.
func bomb(groups uint32) []byte {
	b := &bits{}
	b.put(8, 0x2f)
	b.put(14, 3)
	b.put(14, 3)
	b.put(4, 0)
	b.put(2, 0) // no transform, no cache
	b.put(1, 1) // several groups
	b.put(3, 0)
	b.put(1, 0)
	last := groups - 1 // the one pixel that says which group is whose: red and green
	for _, symbol := range []uint32{last & 0xff, last >> 8, 0, 0, 0} {
		b.tree(symbol)
	}
	for range groups {
		b.tree(0)
		for range 3 {
			b.full()
		}
		b.tree(0)
	}
	b.raw = append(b.raw, make([]byte, 4*4*3)...) // the pixels
	raw := append(binary.LittleEndian.AppendUint32([]byte("VP8L"), uint32(len(b.raw))), b.raw...)
	if len(raw)%2 == 1 {
		raw = append(raw, 0)
	}
	return append(append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(raw))), "WEBP"...), raw...)
}

// full writes a tree of all 256 symbols, of 8 bits each: nothing but repeats of a length that nobody said (RFC 9649, 6.2.1).
func (b *bits) full() {
	b.put(1, 0)
	b.put(4, 9-4)
	for range 8 {
		b.put(3, 0)
	}
	b.put(3, 1) // only the code 16 is used
	b.put(1, 0)
	for left := 256; left > 0; {
		n := min(left, 6)
		if left-n == 1 || left-n == 2 {
			n = left - 3
		}
		b.put(2, uint32(n-3))
		left -= n
	}
}

// claimLength changes how long the chunk of a WebP says it is.
func claimLength(raw []byte, length uint32) []byte {
	binary.LittleEndian.PutUint32(raw[4:], length+12)
	binary.LittleEndian.PutUint32(raw[16:], length)
	return raw
}

// What a small picture makes its decoder take is counted before it is decoded.
func TestTablesAreCounted(t *testing.T) {
	raw := bomb(4000)
	h, err := readHead(raw)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := webp.Decode(bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	taken := after.TotalAlloc - before.TotalAlloc
	if int64(taken) > h.memory || taken < 40<<20 {
		t.Errorf("%d bytes take %d, and %d were counted", len(raw), taken, h.memory)
	}
}

func TestHeadsThatAreTaken(t *testing.T) {
	good := asJPEG(t, picture(40, 30))
	for name, c := range map[string]struct {
		raw  []byte
		want head
	}{
		"a JPEG":                            {good, head{formatJPEG, 40, 30, upright, 0}},
		"a JPEG of a telephone":             {withExif(good, 6, "x"), head{formatJPEG, 40, 30, 6, 0}},
		"a JPEG with a nonsense of Exif":    {withExif(good, 9, "x"), head{formatJPEG, 40, 30, upright, 0}},
		"a JPEG of 50 megapixels":           {claim(good, 0xc0, 8160, 6120), head{formatJPEG, 8160, 6120, upright, 0}},
		"a progressive JPEG of 24 MP":       {claim(good, 0xc2, 6000, 4000), head{formatJPEG, 6000, 4000, upright, 0}},
		"a PNG":                             {asPNG(t, picture(40, 30)), head{formatPNG, 40, 30, upright, 0}},
		"a PNG that is turned":              {withChunk(asPNG(t, picture(40, 30)), "eXIf", exif(binary.LittleEndian, "II", 8, "x")), head{formatPNG, 40, 30, 8, 0}},
		"a WebP":                            {testdata(t, "photo.webp"), head{formatWebP, 40, 30, upright, 0}},
		"a lossy WebP with metadata":        {testdata(t, "lossy.webp"), head{formatWebP, 40, 30, 6, 0}},
		"a JPEG with something behind it":   {append(append([]byte{}, good...), "PK\x03\x04<script>"...), head{formatJPEG, 40, 30, upright, 0}},
		"a JPEG with a long comment before": {withSegment(good, 0xfe, []byte(strings.Repeat("<script>", 8000))), head{formatJPEG, 40, 30, upright, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := readHead(c.raw)
			if err != nil {
				t.Fatal(err)
			}
			if h.memory < int64(h.width*h.height) {
				t.Errorf("it would take %d bytes", h.memory)
			}
			h.memory = 0
			if h != c.want {
				t.Errorf("read as %+v, want %+v", h, c.want)
			}
		})
	}
}

// Whatever comes in, the head is read without a fault of ours; what is taken keeps to the limits, and small ones come out as JPEGs of ours.
func FuzzPhoto(f *testing.F) {
	small := picture(12, 8)
	for _, raw := range [][]byte{asJPEG(f, small), withExif(asJPEG(f, small), 5, "x"), asPNG(f, small), withChunk(asPNG(f, small), "eXIf", exif(binary.LittleEndian, "II", 3, "y")),
		testdata(f, "photo.webp"), testdata(f, "lossy.webp"), blank(1<<31-1, 1<<31-1, 16, 1), []byte("RIFF\xff\xff\xff\xffWEBPVP8X\xff\xff\xff\xff"), {0xff, 0xd8, 0xff, 0xe1, 0, 0}} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := readHead(raw)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.TooLarge {
				t.Errorf("%v", err)
			}
			return
		}
		if h.width < 1 || h.height < 1 || h.width > maxSide || h.height > maxSide || h.memory > maxMemory || h.turn < 1 || h.turn > 8 {
			t.Fatalf("taken: %+v", h)
		}
		if h.width*h.height > 1<<16 {
			return // its time is spent on small ones
		}
		d, err := develop(t.Context(), raw, h)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid && t.Context().Err() == nil {
				t.Errorf("%v", err)
			}
			return
		}
		for size, content := range d.files {
			config, format, err := image.DecodeConfig(bytes.NewReader(content))
			if err != nil || format != "jpeg" || config.Width > 1600 || config.Height > 1600 {
				t.Errorf("%s is a %s of %dx%d, %v", size, format, config.Width, config.Height, err)
			}
		}
	})
}
