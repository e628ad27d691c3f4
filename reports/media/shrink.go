package media

import (
	"context"
	"image"
)

// shrunk gives the size of a picture whose longer side is at most so many pixels.
func shrunk(width, height, side int) (int, int) {
	longer := max(width, height)
	if longer <= side {
		return width, height
	}
	scale := func(n int) int { return max(1, (n*side+longer/2)/longer) }
	return scale(width), scale(height)
}

// band is how many rows of a picture are converted at a time.
const band = 64

// shrink gives a picture on white paper in a smaller size: each new pixel is the mean of the area that it covers. The picture is converted in bands, so that
// it takes little memory beside what was decoded. Refused: draw.CatmullRom (golang.org/x/image), which keeps a row of floats for each row of the picture.
func shrink(ctx context.Context, src image.Image, width, height int) (*image.RGBA, error) {
	from := src.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, width, height))
	columns, rows := spans(from.Dx(), width), spans(from.Dy(), height)
	strip := image.NewRGBA(image.Rect(0, 0, from.Dx(), min(band, from.Dy())))
	first, last := 0, 0 // the rows that the strip holds
	sums := make([]uint64, 3*width)
	for y, span := range rows {
		clear(sums)
		for row := span.first; row < span.last; row++ {
			if row >= last {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				first, last = row, min(row+strip.Rect.Dy(), from.Dy())
				flatten(strip, src, image.Pt(from.Min.X, from.Min.Y+row))
			}
			addRow(sums, strip.Pix[(row-first)*strip.Stride:], columns, span.weight(row))
		}
		out := dst.Pix[y*dst.Stride:]
		for x, column := range columns {
			area := uint64(span.total) * uint64(column.total)
			for c := range 3 {
				out[4*x+c] = uint8((sums[3*x+c] + area/2) / area)
			}
			out[4*x+3] = 0xff
		}
	}
	return dst, nil
}

// addRow adds a row of pixels to the sums of the new pixels.
func addRow(sums []uint64, row []byte, columns []span, weight uint64) {
	for x, column := range columns {
		var red, green, blue uint64
		for i := column.first; i < column.last; i++ {
			w, pixel := column.weight(i), row[4*i:4*i+3]
			red, green, blue = red+w*uint64(pixel[0]), green+w*uint64(pixel[1]), blue+w*uint64(pixel[2])
		}
		sums[3*x] += weight * red
		sums[3*x+1] += weight * green
		sums[3*x+2] += weight * blue
	}
}

// span is what one new pixel covers of the old ones, along one side: those from first to before last, the outermost perhaps in part. An old pixel weighs as
// many units as there are new ones, so that all weights are whole.
type span struct {
	first, last int
	head, tail  uint64 // units of the first and of the last pixel
	unit        uint64 // of those between
	total       int
}

// weight tells how many units of an old pixel are covered.
func (s span) weight(i int) uint64 {
	switch i {
	case s.first:
		return s.head
	case s.last - 1:
		return s.tail
	}
	return s.unit
}

// spans divides a side of so many old pixels among fewer new ones, or as many.
func spans(old, fresh int) []span {
	list := make([]span, fresh)
	for i := range list {
		start, end := i*old, (i+1)*old // in units: an old pixel has `fresh` of them
		s := span{first: start / fresh, last: (end + fresh - 1) / fresh, unit: uint64(fresh), total: old}
		s.head = uint64(min((s.first+1)*fresh, end) - start)
		s.tail = uint64(end - max((s.last-1)*fresh, start))
		list[i] = s
	}
	return list
}
