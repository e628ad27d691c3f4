package web

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

// firstFlight is what a server may send before it must hear from the browser: ten packets (RFC 6928).
const firstFlight = 14_000 // bytes, compressed

// What is read first comes in the first flight, on every page, with the categories that a city begins with.
func TestPagesComeInTheFirstFlight(t *testing.T) {
	s := newSite(t)
	insertZone(t, s, "a", "Vieux-Port")
	for range 50 { // a whole page of the list
		_, token := s.file("Un titre d’une longueur ordinaire, rue de la Marine")
		s.awaitText(token)
	}
	for _, path := range []string{"/", "/reports", "/reports/1", "/reports/new", "/zones", "/zones/essai/a", "/stats", "/api/docs"} {
		a := s.get(path)
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write([]byte(a.body)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if packed.Len() > firstFlight || !strings.Contains(a.body, "</html>") {
			t.Errorf("%s (%d) is %d bytes, %d at most", path, a.StatusCode, packed.Len(), firstFlight)
		}
	}
}
