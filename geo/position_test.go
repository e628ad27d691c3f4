package geo

import (
	"errors"
	"math"
	"strconv"
	"testing"
)

func TestFromDegrees(t *testing.T) {
	for _, c := range []struct {
		name     string
		lon, lat float64
		want     error
	}{
		{"Paris", 2.35, 48.85, nil},
		{"not a number", math.NaN(), 48, ErrNotFinite},
		{"infinite", 2, math.Inf(1), ErrNotFinite},
		{"too far north", 2, 85.06, ErrOutOfRange},
		{"latitude first", 148.85, 92.35, ErrOutOfRange},
		{"too far east", 180.1, 0, ErrOutOfRange},
		{"null island", 0, 0, ErrNullIsland},
		{"on the equator", 10, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := FromDegrees(c.lon, c.lat)
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if err == nil && !p.Valid() {
				t.Errorf("%v is not valid", p)
			}
		})
	}
}

func TestAppendDegrees(t *testing.T) {
	for units, want := range map[int32]string{0: "0.0000000", 1: "0.0000001", -1: "-0.0000001", 23_500_000: "2.3500000", -1_800_000_000: "-180.0000000"} {
		if got := string(AppendDegrees(nil, units)); got != want {
			t.Errorf("%d is written %s, want %s", units, got, want)
		}
	}
}

// What is written with seven decimals is read back as the same position.
func FuzzDegreesRoundTrip(f *testing.F) {
	f.Add(int32(23_522_219), int32(488_566_140))
	f.Add(int32(-1_800_000_000), int32(-850_511_000))
	f.Fuzz(func(t *testing.T, lon, lat int32) {
		p := Position{lon, lat}
		if !p.Valid() || lon == 0 && lat == 0 {
			t.Skip("not a position")
		}
		x, err := strconv.ParseFloat(string(AppendDegrees(nil, lon)), 64)
		if err != nil {
			t.Fatal(err)
		}
		y, err := strconv.ParseFloat(string(AppendDegrees(nil, lat)), 64)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := FromDegrees(x, y); err != nil || back != p {
			t.Errorf("%v came back as %v, %v", p, back, err)
		}
	})
}
