package basemap

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"quartier/geo"
)

// bombs writes an archive of one zoom whose leaf directories have many entries each. They pack to next to nothing.
func bombs(t testing.TB, leaves, entries int) *Archive {
	t.Helper()
	plain := binary.AppendUvarint(nil, uint64(entries))
	for column, value := range []byte{1, 1, 1, 0} { // ids, runs, lengths, offsets
		part := bytes.Repeat([]byte{value}, entries)
		if column == 3 {
			part[0] = 1
		}
		plain = append(plain, part...)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(plain)
	z.Close()
	tiles := map[geo.Tile]string{}
	for i := range leaves {
		tiles[geo.Tile{Z: 9, X: uint32(i)}] = fmt.Sprint(i)
	}
	content := packing{zip: true, leaf: 1, replace: packed.String()}.pack(t, tiles)
	a, err := Open(write(t, content))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What is kept of leaf directories is bounded, and a directory of more entries than any tool writes is refused.
func TestLeavesAreBounded(t *testing.T) {
	const leaves = 12
	a := bombs(t, leaves, maxLeaf)
	for i, to := range a.root {
		if read, err := a.leaf(t.Context(), to); len(read) != maxLeaf || err != nil {
			t.Fatalf("%d entries, %v", len(read), err)
		}
		entries := 0
		for _, l := range a.leaves {
			entries += len(l.entries)
		}
		if entries > maxKept || entries == 0 {
			t.Fatalf("%d entries are kept after %d leaves", entries, i+1)
		}
	}
	a = bombs(t, 1, maxLeaf+1)
	if _, err := a.leaf(t.Context(), a.root[0]); !errors.Is(err, errDirectory) {
		t.Errorf("a huge leaf: %v", err)
	}
}

// Many who want one leaf directory wait for one reading of it, whether it is good or broken, and nobody reads it again.
func TestLeafIsReadOnce(t *testing.T) {
	for name, replace := range map[string]string{"good": "", "broken": "no directory"} {
		t.Run(name, func(t *testing.T) {
			a, err := Open(write(t, packing{leaf: 4, replace: replace}.pack(t, map[geo.Tile]string{{Z: 1}: "tile"})))
			if err != nil {
				t.Fatal(err)
			}
			// The readers' places are taken, so that all are there before the reading begins.
			for range readers {
				a.tables <- struct{}{}
			}
			var asking sync.WaitGroup
			for range 20 {
				asking.Go(func() {
					if _, err := a.Tile(t.Context(), geo.Tile{Z: 1}); (err != nil) != (replace != "") {
						t.Error(err)
					}
				})
			}
			ended, cancel := context.WithCancel(t.Context())
			time.AfterFunc(10*time.Millisecond, cancel)
			if _, err := a.Tile(ended, geo.Tile{Z: 1}); !errors.Is(err, context.Canceled) {
				t.Errorf("who has gone still waits: %v", err)
			}
			for range readers {
				<-a.tables
			}
			asking.Wait()
			a.file.Close() // from here on nothing can be read
			_, err = a.leaf(t.Context(), a.root[0])
			if passing(err) || (err != nil) != (replace != "") {
				t.Errorf("it is read again: %v", err)
			}
		})
	}
}
