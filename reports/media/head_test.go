package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"strings"
	"testing"

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
		"HEIC":                           {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "error.photo.format"},
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
