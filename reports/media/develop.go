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
	width, height := shrunk(picture.Bounds().Dx(), picture.Bounds().Dy(), sizes[0].side)
	full, err := shrink(ctx, picture, width, height)
	if err != nil {
		return developed{}, err
	}
	picture = nil // what was decoded is free
	return encode(ctx, h.turn.apply(full))
}

// encode makes all sizes of an upright picture that is no larger than the full one.
func encode(ctx context.Context, picture *image.RGBA) (d developed, err error) {
	d = developed{width: picture.Rect.Dx(), height: picture.Rect.Dy(), files: map[Size][]byte{}}
	for _, one := range sizes {
		width, height := shrunk(picture.Rect.Dx(), picture.Rect.Dy(), one.side)
		if one.size != Full { // each is made from the one before
			if picture, err = shrink(ctx, picture, width, height); err != nil {
				return developed{}, err
			}
		}
		var out bytes.Buffer
		if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: quality}); err != nil {
			return developed{}, err
		}
		d.files[one.size] = out.Bytes()
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
