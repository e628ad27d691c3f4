package store

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
)

// maxNamed is how many running transactions the text of a cursor names. With more of them it names an older state instead, at which none was
// running: who continues from there gets some things twice and misses none.
const maxNamed = 64

// longestCursor bounds the text of a cursor, in bytes.
const longestCursor = 1 << 10

// String writes the cursor as opaque letters, fit for a header and an address, that any node of the same database understands: the numbers
// of the snapshot, each as the distance to the one before (binary.AppendUvarint), then the epoch.
func (c Cursor) String() string {
	s := c.Snapshot
	if len(s.running) > maxNamed {
		s = Snapshot{xmin: s.xmin, xmax: s.xmin}
	}
	raw := binary.AppendUvarint(nil, uint64(len(s.running)))
	raw = binary.AppendUvarint(raw, s.xmin)
	raw = binary.AppendUvarint(raw, s.xmax-s.xmin)
	before := s.xmin
	for _, x := range s.running {
		raw = binary.AppendUvarint(raw, x-before)
		before = x
	}
	return base64.RawURLEncoding.EncodeToString(append(raw, c.Epoch...))
}

var errNoCursor = errors.New("the text is not a cursor")

// ParseCursor reads what String wrote.
func ParseCursor(text string) (Cursor, error) {
	if len(text) > longestCursor {
		return Cursor{}, errNoCursor
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Cursor{}, errNoCursor
	}
	whole := true
	next := func() uint64 {
		v, n := binary.Uvarint(raw)
		if n <= 0 {
			whole = false
			return 0
		}
		raw = raw[n:]
		return v
	}
	count, xmin, width := next(), next(), next()
	s := Snapshot{xmin: xmin, xmax: xmin + width}
	if !whole || count > maxNamed || xmin == 0 || s.xmax < xmin {
		return Cursor{}, errNoCursor
	}
	before := xmin
	for range count {
		x := before + next()
		if !whole || x < before || x >= s.xmax {
			return Cursor{}, errNoCursor
		}
		s.running = append(s.running, x)
		before = x
	}
	if len(raw) == 0 {
		return Cursor{}, errNoCursor
	}
	return Cursor{Epoch: string(raw), Snapshot: s}, nil
}

// Within tells whether whatever c has seen, o has seen too: who stands at o misses nothing when it continues with what came after c.
func (c Cursor) Within(o Cursor) bool { return c.Epoch == o.Epoch && c.Snapshot.within(o.Snapshot) }

func (s Snapshot) within(o Snapshot) bool {
	if slices.ContainsFunc(o.running, s.Sees) {
		return false
	}
	// What begins with o's end o has not seen.
	if s.xmax <= o.xmax {
		return true
	}
	unseen := 0
	for _, x := range s.running {
		if x >= o.xmax {
			unseen++
		}
	}
	return uint64(unseen) == s.xmax-o.xmax
}
