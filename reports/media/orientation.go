package media

import (
	"encoding/binary"
	"image"
	"image/draw"
)

// orientation is how a picture must be turned to stand upright: 1 to 8 (Exif 2.32, 4.6.4, tag 0x0112).
type orientation uint8

const upright orientation = 1

// orientationOf finds the orientation in a TIFF structure (TIFF 6.0, section 2); upright where nothing else is said.
func orientationOf(tiff []byte) orientation {
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return upright
	}
	const entry, orientationTag, short = 12, 0x0112, 3
	rest := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(rest) < entry {
			break
		}
		if order.Uint16(rest) == orientationTag {
			value := order.Uint16(rest[8:])
			if order.Uint16(rest[2:]) == short && value >= 1 && value <= 8 {
				return orientation(value)
			}
			break
		}
		rest = rest[entry:]
	}
	return upright
}

// turned tells whether width and height change places.
func (o orientation) turned() bool { return o >= 5 }

// apply gives a picture upright.
func (o orientation) apply(src *image.RGBA) *image.RGBA {
	if o == upright {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if o.turned() {
		w, h = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sx, sy := o.source(x, y, w, h)
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[src.PixOffset(sx, sy):][:4])
		}
	}
	return dst
}

// source tells which pixel of the stored picture stands at x, y of the upright one, whose size is w, h.
func (o orientation) source(x, y, w, h int) (int, int) {
	switch o {
	case 2: // mirrored
		return w - 1 - x, y
	case 3: // upside down
		return w - 1 - x, h - 1 - y
	case 4: // upside down and mirrored
		return x, h - 1 - y
	case 5: // on its left side, mirrored
		return y, x
	case 6: // on its left side
		return y, w - 1 - x
	case 7: // on its right side, mirrored
		return h - 1 - y, w - 1 - x
	case 8: // on its right side
		return h - 1 - y, x
	}
	return x, y
}

// flatten draws a part of a picture on white paper.
func flatten(dst *image.RGBA, src image.Image, at image.Point) {
	draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(dst, dst.Rect, src, at, draw.Over)
}
