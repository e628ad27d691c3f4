package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"slices"

	"golang.org/x/image/webp"

	"quartier/reports/fault"
)

// Limits of what is taken.
const (
	// MaxBytes is the greatest length of a photo as it is sent: what telephones make, with room to spare.
	MaxBytes  = 10 << 20
	maxPixels = 50_000_000
	maxSide   = 16_384 // pixels
	// maxMemory is what decoders may need at a time, for one picture or several, in bytes: enough for maxPixels of a plain JPEG or PNG.
	maxMemory = 400 << 20
	// maxTables of it may be the tables of a WebP without loss, whatever its pixels: one of 500 kB has as many at the most.
	maxTables = 360 << 20
)

type format uint8

const (
	formatJPEG format = iota
	formatPNG
	formatWebP
)

// heic are the brands of the photos that iPhones take (ISO 23008-12, 10.2). They are refused with what to do: browsers there send a JPEG as long as our forms do
// not ask for HEIC. Refused: gen2brain/heic (a decoder under the LGPL as WASM in our binary, with a JIT of its own, for a codec under patents).
var heic = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"}

// head is what the first bytes of a picture tell.
type head struct {
	format        format
	width, height int
	turn          orientation
	memory        int64 // bytes that a decoder needs, at most
}

// readHead reads the head of a picture and refuses what is none, or too much.
func readHead(raw []byte) (head, error) {
	if len(raw) > MaxBytes {
		return head{}, TooLarge()
	}
	var h head
	var size image.Config
	var parts container
	var err error
	in := bytes.NewReader(raw)
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		h.format, parts = formatJPEG, jpegParts(raw)
		size, err = jpeg.DecodeConfig(in)
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		h.format, parts = formatPNG, pngParts(raw)
		size, err = png.DecodeConfig(in)
	case len(raw) >= 12 && string(raw[:4]) == "RIFF" && string(raw[8:12]) == "WEBP":
		h.format, parts = formatWebP, webpParts(raw)
		size, err = webp.DecodeConfig(in)
	case len(raw) >= 12 && string(raw[4:8]) == "ftyp" && slices.Contains(heic, string(raw[8:12])):
		return head{}, fault.In(Field, "error.photo.heic", nil)
	default:
		return head{}, fault.In(Field, "error.photo.format", nil)
	}
	if err != nil || size.Width < 1 || size.Height < 1 {
		return head{}, broken()
	}
	if parts.animated {
		return head{}, fault.In(Field, "error.photo.animated", nil)
	}
	h.width, h.height, h.turn = size.Width, size.Height, orientationOf(parts.exif)
	pixels := int64(h.width) * int64(h.height)
	if parts.tables > maxTables {
		return head{}, fault.In(Field, "error.photo.lossless", nil)
	}
	h.memory = pixels*parts.perPixel + parts.tables
	if h.width > maxSide || h.height > maxSide || pixels > maxPixels || h.memory > maxMemory {
		return head{}, fault.In(Field, "error.photo.pixels", fault.Args{"width": h.width, "height": h.height, "megapixels": maxPixels / 1_000_000})
	}
	return h, nil
}

// Field is the name of the field that a photo is sent in, and of what is wrong with it.
const Field = "photo"

// TooLarge is what who sends more than MaxBytes is told.
func TooLarge() error {
	return &fault.Error{Kind: fault.TooLarge, Word: "error.photo.large", Args: fault.Args{"megabytes": MaxBytes >> 20},
		Fields: []fault.Field{{Name: Field, Word: "error.photo.large", Args: fault.Args{"megabytes": MaxBytes >> 20}}}}
}

func broken() error { return fault.In(Field, "error.photo.broken", nil) }

// container is what stands around the pixels of a picture.
type container struct {
	exif     []byte // a TIFF structure; nil: none
	animated bool
	perPixel int64 // bytes that the decoder of this kind needs for a pixel, at most
	tables   int64 // bytes that it needs besides, at most
}

// jpegParts walks over the segments before the first scan (ITU T.81, B.1.1.4; Exif 2.32, 4.5.4), and over what does not belong between them as the decoder
// does: what the one sees and the other does not would be memory that nobody counted. A file without the head of a frame counts as the worst.
func jpegParts(raw []byte) container {
	const (
		converted    = 4 // what the decoder makes of colours that are not JPEG's own
		coefficients = 4 // of a progressive one, until the last scan has come
	)
	c := container{perPixel: 4*(1+coefficients) + converted}
	for raw = raw[2:]; len(raw) >= 4; {
		marker, length := raw[1], int(binary.BigEndian.Uint16(raw[2:]))
		switch {
		case raw[0] != 0xff, marker == 0xff: // a stray byte, a fill byte
			raw = raw[1:]
			continue
		case marker == 0, marker >= 0xd0 && marker <= 0xd7: // they have no length
			raw = raw[2:]
			continue
		case marker == 0xda, length < 2, length+2 > len(raw): // the scan begins
			return c
		}
		body := raw[4 : length+2]
		switch {
		case marker == 0xe1 && c.exif == nil && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			c.exif = body[6:]
		case marker >= 0xc0 && marker <= 0xc2 && len(body) >= 6:
			c.perPixel = int64(body[5]) // one byte for each component
			if marker == 0xc2 {
				c.perPixel *= 1 + coefficients
				if len(body) >= 15 && body[5] == 3 && body[7] == 0x22 && body[10] == 0x11 && body[13] == 0x11 {
					c.perPixel = (c.perPixel + 1) / 2 // of two components one pixel in four
				}
			}
			c.perPixel += converted
		}
		raw = raw[length+2:]
	}
	return c
}

// pngParts walks over the chunks before the pixels (PNG, 5.3; 11.3.4.5; 11.3.8.1).
func pngParts(raw []byte) container {
	c := container{perPixel: 8}
	if len(raw) > 28 { // of IHDR, which comes first
		depth, interlaced := raw[24], raw[28]
		if depth <= 8 {
			c.perPixel = 4
		}
		if interlaced != 0 {
			c.perPixel += c.perPixel / 2 // the last pass stands beside the whole
		}
	}
	for raw = raw[8:]; len(raw) >= 12; {
		length := binary.BigEndian.Uint32(raw)
		if int64(length)+12 > int64(len(raw)) {
			return c
		}
		body := raw[8 : 8+length]
		switch string(raw[4:8]) {
		case "eXIf":
			c.exif = body
		case "acTL":
			c.animated = true
		case "IDAT":
			return c
		}
		raw = raw[length+12:]
	}
	return c
}

// webpParts walks over the chunks of a WebP (RFC 9649, 2.3 to 2.7), where Exif stands behind the pixels.
func webpParts(raw []byte) container {
	c := container{perPixel: 4}
	for raw = raw[12:]; len(raw) >= 8; {
		length := min(int64(binary.LittleEndian.Uint32(raw[4:])), int64(len(raw)-8)) // the decoder, too, takes what there is
		body := raw[8 : 8+length]
		switch string(raw[:4]) {
		case "VP8X":
			const animation = 1 << 1
			c.animated = len(body) > 0 && body[0]&animation != 0
		case "ANIM", "ANMF":
			c.animated = true
		case "VP8L", "ALPH":
			c.perPixel = 8
			c.tables += losslessTables(length)
		case "EXIF":
			c.exif = bytes.TrimPrefix(body, []byte("Exif\x00\x00")) // some write it there too
		}
		raw = raw[min(int64(len(raw)), 8+length+length%2):]
	}
	return c
}

// losslessTables is how much memory the Huffman tables of a WebP without loss take, which are many where it says so, be it of one pixel (RFC 9649, 6.2.2): a
// group of five trees, of 536 bytes each with nothing in it, is described by 20 bits; longer descriptions make at most 400 bytes of each of theirs.
func losslessTables(length int64) int64 {
	const groups, group, perByte = 1 << 16, 5 * 536, 400
	return min(length*8/20, groups)*group + length*perByte
}
