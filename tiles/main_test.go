package tiles_test

import (
	"flag"
	"os"
	"testing"

	"quartier/tiles"
)

// tiny tells that the index's parts are shrunk, so that a few hundred items need chunks, groups, lines and folds as ten million do.
var tiny bool

// Every test runs twice: with the sizes of life, and with tiny ones.
func TestMain(m *testing.M) {
	flag.Parse()
	if code := m.Run(); code != 0 || flag.Lookup("test.bench").Value.String() != "" {
		os.Exit(code)
	}
	tiny = true
	tiles.Shrink()
	os.Exit(m.Run())
}
