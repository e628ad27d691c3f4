package web

import "testing"

// The best form for each Accept-Encoding (RFC 9110, 12.5.3), with brotli made and not yet made.
func TestBestCoding(t *testing.T) {
	const none = -1
	for _, c := range []struct {
		header      string
		best, later coding // before brotli is made, and after
	}{
		{"", inPlain, inPlain},
		{"gzip", inGzip, inGzip},
		{"GZIP", inGzip, inGzip},
		{"x-gzip", inGzip, inGzip},
		{"gzip, deflate, br, zstd", inGzip, inBrotli},
		{"br", inPlain, inBrotli},
		{"br, gzip;q=0.5", inGzip, inBrotli},
		{"gzip, br;q=0.9", inGzip, inGzip},
		{"gzip;q=0.5, br;q=0.501", inGzip, inBrotli},
		{"gzip ; q=0.5,br;q=0.4", inGzip, inGzip},
		{"gzip;q=0", inPlain, inPlain},
		{"gzip;q=0.000, br;q=0.0", inPlain, inPlain},
		{"gzip;q=0.001", inGzip, inGzip},
		{"gzip;q=0.5, identity", inPlain, inPlain},
		{"gzip, identity;q=0.5", inGzip, inGzip},
		{"identity", inPlain, inPlain},
		{"deflate, zstd", inPlain, inPlain},
		{"*", inGzip, inBrotli},
		{"*;q=0.1, gzip;q=0", inPlain, inBrotli},
		{"gzip, *;q=0", inGzip, inGzip},
		{"identity;q=0", inGzip, inGzip}, // it is there, and was not refused
		{"br, identity;q=0", inGzip, inBrotli},
		{"deflate, identity;q=0", inGzip, inGzip},
		{"identity;q=0, gzip;q=0", none, none},
		{"identity;q=0, *;q=0", none, none},
		{"identity;q=0, x-gzip;q=0, br", none, inBrotli},
		{"*;q=0", none, none},
		{"br, *;q=0", none, inBrotli},
		{"gzip;q=1.000", inGzip, inGzip},
		{"gzip;Q=1", inGzip, inGzip},
		{"gzip;q=2", inPlain, inPlain},      // no weight is 2: what was meant is not known
		{"gzip;q=0.1234", inPlain, inPlain}, // nor has one more than three decimals
		{"gzip;q=", inPlain, inPlain},
		{"gzip;level=9", inPlain, inPlain},
		{";;q=,", inPlain, inPlain},
	} {
		w := weightsOf(c.header)
		for i, want := range []coding{c.best, c.later} {
			got, ok := w.best([codings]bool{true, true, i == 1})
			if ok != (want != none) || ok && got != want {
				t.Errorf("%q: %v %v, want %v (brotli is made: %v)", c.header, got, ok, want, i == 1)
			}
		}
	}
}
