package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store"
)

// Area is a rectangle of a photo, in thousandths of its width and height.
type Area struct{ Left, Top, Width, Height int }

// AreaField is the name of the field of an area, and of what is wrong with it.
const AreaField = "area"

// Check notes what is wrong with an area.
func (a Area) Check(check *fault.Check) {
	if a.Left < 0 || a.Top < 0 || a.Width < 1 || a.Height < 1 || a.Left+a.Width > 1000 || a.Top+a.Height > 1000 {
		check.Add(AreaField, "error.photo.area", nil)
	}
}

// within gives the pixels of an area: those that it touches, too.
func (a Area) within(r image.Rectangle) image.Rectangle {
	w, h := r.Dx(), r.Dy()
	up := func(n, of int) int { return (n*of + 999) / 1000 }
	return image.Rect(a.Left*w/1000, a.Top*h/1000, up(a.Left+a.Width, w), up(a.Top+a.Height, h)).Add(r.Min)
}

// fields is how many fields of one colour a blurred area has along its longer side. Of a number plate four colours in a row are left, of a face sixteen: what
// a finer mosaic keeps, programs that try out letters have read.
const fields = 4

// blur puts over an area the means of a few fields of it, in coarse steps of colour, smoothly.
func blur(ctx context.Context, picture *image.RGBA, area image.Rectangle) error {
	area = area.Intersect(picture.Rect)
	if area.Empty() {
		return nil
	}
	columns, rows := shrunk(area.Dx(), area.Dy(), fields)
	small, err := shrink(ctx, picture.SubImage(area), columns, rows)
	if err != nil {
		return err
	}
	for i := range small.Pix {
		small.Pix[i] = small.Pix[i]&0xf0 | 0x08
	}
	for y := range area.Dy() {
		top, bottom, down := between(y, area.Dy(), rows)
		for x := range area.Dx() {
			left, right, along := between(x, area.Dx(), columns)
			at := picture.PixOffset(area.Min.X+x, area.Min.Y+y)
			for c := range 3 {
				mix := func(row int) int {
					return int(small.Pix[small.PixOffset(left, row)+c])*(256-along) + int(small.Pix[small.PixOffset(right, row)+c])*along
				}
				picture.Pix[at+c] = uint8((mix(top)*(256-down) + mix(bottom)*down) >> 16)
			}
		}
	}
	return nil
}

// between gives the fields whose middles a pixel stands between, and how far it is from the first to the second, 0 to 256.
func between(at, pixels, fields int) (first, second, part int) {
	place := max(0, min((2*at+1)*fields*128/pixels-128, (fields-1)*256))
	first = place / 256
	return first, min(first+1, fields-1), place % 256
}

// Blurred is a photo, and others that are the same, with an area made unreadable, whose files are written and which nobody sees yet: Replace puts them in the
// places of those they were made of.
type Blurred struct {
	of     []ID
	photos []Photo
}

// Blur makes a photo, and others that show the same, anew with an area made unreadable, in all sizes. Between Blur and Replace they are as ones that are being
// received: what breaks off is swept.
func (s *Store) Blur(ctx context.Context, ids []ID, area Area) (b Blurred, err error) {
	raw, err := s.files.read(ctx, ids[0], Full)
	if errors.Is(err, fs.ErrNotExist) {
		return Blurred{}, fault.Missing()
	}
	if err != nil {
		return Blurred{}, fmt.Errorf("read a photo: %w", err)
	}
	h, err := readHead(raw)
	if err != nil {
		return Blurred{}, fmt.Errorf("a photo of ours is none: %w", err)
	}
	if err := s.memory.Acquire(ctx, h.memory); err != nil {
		return Blurred{}, busy()
	}
	d, err := redevelop(ctx, raw, area)
	s.memory.Release(h.memory)
	if err != nil {
		return Blurred{}, fmt.Errorf("blur a photo: %w", err)
	}
	for range ids {
		p, err := s.keep(ctx, Owner{}, d)
		if err != nil {
			return Blurred{}, errors.Join(err, s.Discard(context.WithoutCancel(ctx), b))
		}
		b.photos = append(b.photos, p)
	}
	b.of = ids
	return b, nil
}

// redevelop makes all sizes of a photo of ours anew, with an area blurred.
func redevelop(ctx context.Context, raw []byte, area Area) (developed, error) {
	picture, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		return developed{}, err
	}
	upright := picture.Bounds()
	full, err := shrink(ctx, picture, upright.Dx(), upright.Dy())
	if err != nil {
		return developed{}, err
	}
	if err := blur(ctx, full, area.within(full.Rect)); err != nil {
		return developed{}, err
	}
	return encode(ctx, full)
}

// Replace puts blurred photos in the places of those they were made of, which are these: from the commit on the old ones are seen by nobody, under no address,
// and a job that comes with the commit removes their files. It fails with Conflict where these are others by now, or one was replaced or erased meanwhile.
func Replace(ctx context.Context, tx pgx.Tx, b Blurred, these []ID, now time.Time) error {
	if !slices.Equal(these, b.of) {
		return fault.Stale()
	}
	for i, p := range b.photos {
		if err := replace(ctx, tx, these[i], p, now); err != nil {
			return err
		}
	}
	return store.Enqueue(ctx, tx, clearArgs{})
}

func replace(ctx context.Context, tx pgx.Tx, old ID, fresh Photo, now time.Time) error {
	args := pgx.NamedArgs{"fresh": fresh.ID, "old": old, "width": fresh.Width, "height": fresh.Height, "sha256": fresh.Digest, "now": now}
	done, err := tx.Exec(ctx, `delete from media where id = @fresh and state = 'receiving'`, args)
	if err == nil && done.RowsAffected() == 0 {
		return fault.Stale()
	}
	if err == nil {
		// The row stays what it was, whatever else it says, and takes the other name.
		done, err = tx.Exec(ctx, `
			update media set id = @fresh, width = @width, height = @height, sha256 = @sha256
			where id = @old and state = 'ready' and kind is not null`, args)
	}
	if err == nil && done.RowsAffected() == 0 {
		return fault.Stale()
	}
	if err == nil {
		_, err = tx.Exec(ctx, `insert into media (id, state, created_at) values (@old, 'erased', @now)`, args)
	}
	if err != nil {
		return fmt.Errorf("replace a photo: %w", err)
	}
	return nil
}

// Discard erases blurred photos that take no place.
func (s *Store) Discard(ctx context.Context, b Blurred) error {
	var ids []ID
	for _, p := range b.photos {
		ids = append(ids, p.ID)
	}
	return s.discard(ctx, ids...)
}

// EraseThese erases some photos of items, within a transaction; it fails with Conflict where one is gone already.
func EraseThese(ctx context.Context, tx pgx.Tx, ids []ID) error {
	done, err := tx.Exec(ctx, eraseSQL+`where id = any(@ids::text[]) and state = 'ready' and kind is not null`, pgx.NamedArgs{"ids": ids})
	if err != nil {
		return fmt.Errorf("erase photos: %w", err)
	}
	if done.RowsAffected() != int64(len(ids)) {
		return fault.Stale()
	}
	return store.Enqueue(ctx, tx, clearArgs{})
}
