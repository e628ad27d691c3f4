package basemap

import (
	"context"
	"errors"
	"os"
	"strconv"
)

// leaf is a leaf directory, or why it is none: what is broken is not unpacked again for everybody who asks.
type leaf struct {
	entries []entry
	err     error
}

const (
	// maxKept is how many entries of leaf directories are kept, 32 bytes each; a city needs some ten thousand.
	maxKept = 1 << 20
	// leafWeight is what a leaf directory weighs beside its entries.
	leafWeight = 16
	// readers is how many leaf directories are read at once.
	readers = 2
)

// leaf gives a leaf directory. Those who want the same one wait for one reading.
func (a *Archive) leaf(ctx context.Context, e entry) ([]entry, error) {
	known := func() (l leaf, ok bool) {
		a.mu.Lock()
		defer a.mu.Unlock()
		l, ok = a.leaves[e.offset]
		return l, ok
	}
	if l, ok := known(); ok {
		return l.entries, l.err
	}
	read := a.flight.DoChan(strconv.FormatUint(e.offset, 36), func() (any, error) {
		a.tables <- struct{}{}
		defer func() { <-a.tables }()
		if l, ok := known(); ok {
			return l.entries, l.err
		}
		entries, err := a.readLeaf(e)
		if !passing(err) {
			a.keep(e.offset, leaf{entries, err})
		}
		return entries, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-read:
		entries, _ := r.Val.([]entry)
		return entries, r.Err
	}
}

// passing tells whether an error may be gone the next time: the disk's, not the archive's.
func passing(err error) bool {
	var path *os.PathError
	return errors.As(err, &path)
}

func (a *Archive) readLeaf(e entry) ([]entry, error) {
	part, err := within(a.header.leaves, e)
	if err != nil {
		return nil, err
	}
	raw, err := a.read(part, a.header.packed, maxDirectory)
	if err != nil {
		return nil, err
	}
	return parseDirectory(raw, maxLeaf)
}

// keep keeps a leaf directory; if they become too many, the others are forgotten.
func (a *Archive) keep(offset uint64, l leaf) {
	a.mu.Lock()
	defer a.mu.Unlock()
	weight := leafWeight + len(l.entries)
	if a.kept+weight > maxKept {
		clear(a.leaves)
		a.kept = 0
	}
	a.leaves[offset] = l
	a.kept += weight
}
