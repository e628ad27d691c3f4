package raster

import (
	"bytes"
	"image/png"
	"testing"
)

// The mark is a picture of the size that was asked for: ground at the corners, paper around the eye, ground again in it.
func TestMark(t *testing.T) {
	for _, side := range []int{180, 512} {
		raw, err := Mark(side, 0.6)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if b := picture.Bounds(); b.Dx() != side || b.Dy() != side {
			t.Errorf("the mark of %d is %v", side, b)
		}
		for _, one := range []struct {
			x, y float64 // shares of the side
			want colour
		}{{0.01, 0.01, markGround}, {0.5, 0.5, markGround}, {0.5, 0.3, markPaper}, {0.5, 0.15, markGround}} {
			r, g, b, _ := picture.At(int(one.x*float64(side)), int(one.y*float64(side))).RGBA()
			if got := colour(r>>8<<16 | g>>8<<8 | b>>8); got != one.want {
				t.Errorf("at %v, %v of %d stands %06X, want %06X", one.x, one.y, side, got, one.want)
			}
		}
	}
}
