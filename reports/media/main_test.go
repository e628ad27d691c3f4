package media

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"quartier/reports/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// Colours of the four quarters of the test picture, from the upper left on, as one reads.
var quarters = [4]color.RGBA{{200, 30, 30, 255}, {30, 180, 30, 255}, {30, 30, 200, 255}, {230, 230, 230, 255}}

// picture is a picture of four quarters.
func picture(width, height int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			quarter := 0
			if 2*x >= width {
				quarter = 1
			}
			if 2*y >= height {
				quarter += 2
			}
			m.SetRGBA(x, y, quarters[quarter])
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is a TIFF structure with an orientation and a text.
func exif(order binary.AppendByteOrder, mark string, o uint16, text string) []byte {
	b := append([]byte(mark), 0, 0)
	copy(b[2:], order.AppendUint16(nil, 42))
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2) // entries
	b = order.AppendUint16(order.AppendUint16(b, 0x010e), 2)
	b = order.AppendUint32(order.AppendUint32(b, uint32(len(text))), 38)
	b = order.AppendUint16(order.AppendUint16(b, 0x0112), 3)
	b = order.AppendUint16(order.AppendUint16(order.AppendUint32(b, 1), o), 0)
	b = order.AppendUint32(b, 0) // no further directory
	return append(b, text...)
}

// withSegment puts a segment behind the beginning of a JPEG.
func withSegment(raw []byte, marker byte, body []byte) []byte {
	segment := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
	segment = append(segment, body...)
	return append(append(append([]byte{}, raw[:2]...), segment...), raw[2:]...)
}

func withExif(raw []byte, o uint16, text string) []byte {
	return withSegment(raw, 0xe1, append([]byte("Exif\x00\x00"), exif(binary.BigEndian, "MM", o, text)...))
}

// withChunk puts a chunk behind the head of a PNG.
func withChunk(raw []byte, name string, body []byte) []byte {
	const head = 8 + 25
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, name...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, raw[:head]...), chunk...), raw[head:]...)
}

// blank is the beginning of a PNG of any size, with nothing in it.
func blank(width, height uint32, depth, interlaced byte) []byte {
	body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	body = append(body, depth, 2, 0, 0, interlaced)
	raw := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	raw = append(append(raw, "IHDR"...), body...)
	return binary.BigEndian.AppendUint32(raw, crc32.ChecksumIEEE(raw[12:]))
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// realPhotos gives the real photos that are kept beside the repository, where they are (QUARTIER_SHARED_DATA names the folder of the data).
func realPhotos(t *testing.T, pattern string) []string {
	t.Helper()
	dir := os.Getenv("QUARTIER_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	list, err := filepath.Glob(filepath.Join(dir, "photos", pattern))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
