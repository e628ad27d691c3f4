package media

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// Size is one of the sizes in which a photo is kept.
type Size string

const (
	Full      Size = "full"      // for looking at it closely
	Card      Size = "card"      // for pages
	Thumbnail Size = "thumbnail" // for lists
)

// sizes in which a photo is kept, from the largest on, with the most pixels of the longer side.
var sizes = []struct {
	size Size
	side int
}{{Full, 1600}, {Card, 800}, {Thumbnail, 240}}

// quality of our JPEGs, 1 to 100.
const quality = 82

// developed is a photo in all its sizes.
type developed struct {
	width, height int // of the full one
	files         map[Size][]byte
}

// develop decodes a picture and encodes it anew. The decoders know no deadline, but they read: after the context's nothing more is given to them.
func develop(ctx context.Context, raw []byte, h head) (developed, error) {
	in := &timed{ctx, bytes.NewReader(raw)}
	var picture image.Image
	var err error
	switch h.format {
	case formatJPEG:
		picture, err = jpeg.Decode(in)
	case formatPNG:
		picture, err = png.Decode(in)
	case formatWebP:
		picture, err = webp.Decode(in)
	}
	switch {
	case ctx.Err() != nil:
		return developed{}, ctx.Err()
	case err != nil, picture.Bounds().Dx() != h.width, picture.Bounds().Dy() != h.height:
		return developed{}, broken()
	}
	d := developed{files: map[Size][]byte{}}
	for _, one := range sizes {
		width, height := shrunk(picture.Bounds().Dx(), picture.Bounds().Dy(), one.side)
		small, err := shrink(ctx, picture, width, height)
		if err != nil {
			return developed{}, err
		}
		if one.size == Full {
			small = h.turn.apply(small)
			d.width, d.height = small.Rect.Dx(), small.Rect.Dy()
		}
		var out bytes.Buffer
		if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: quality}); err != nil {
			return developed{}, err
		}
		d.files[one.size] = out.Bytes()
		picture = small // the next one is made from it; what was decoded is free
	}
	return d, nil
}

// errLate ends a decoder whose time is over.
var errLate = errors.New("the time for this picture is over")

// timed reads until a context ends.
type timed struct {
	ctx context.Context
	in  io.Reader
}

func (t *timed) Read(p []byte) (int, error) {
	if t.ctx.Err() != nil {
		return 0, errLate
	}
	return t.in.Read(p)
}
