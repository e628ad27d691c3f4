package mvt

import (
	"encoding/binary"
	"math/bits"
)

// values is the dictionary of a layer's values.
type values struct {
	encoded []byte // each with field number and length
	count   uint32
	strings map[string]uint32
	uints   numbers
	sints   numbers // those below 0
}

func (v *values) reset() {
	v.encoded, v.count = v.encoded[:0], 0
	clear(v.strings)
	v.uints.reset()
	v.sints.reset()
}

// next opens a value message of the given length.
func (v *values) next(length int) uint32 {
	v.encoded = appendUvarint(append(v.encoded, layerValue), uint64(length))
	v.count++
	return v.count - 1
}

// String gives the place of a text in the dictionary of values.
func (l *Layer) String(s string) uint32 {
	v := &l.values
	place, ok := v.strings[s]
	if !ok {
		if v.strings == nil {
			v.strings = map[string]uint32{}
		}
		place = v.next(1 + uvarintLen(uint64(len(s))) + len(s))
		v.encoded = appendUvarint(append(v.encoded, valueString), uint64(len(s)))
		v.encoded = append(v.encoded, s...)
		v.strings[s] = place
	}
	return place
}

// Unique gives the place of a number as a text of hexadecimal digits that the caller knows to be in the layer only once, so that nobody has to look
// for it.
func (l *Layer) Unique(n uint64) uint32 {
	var text [16]byte
	binary.BigEndian.PutUint64(text[:8], hexadecimal(uint32(n>>32)))
	binary.BigEndian.PutUint64(text[8:], hexadecimal(uint32(n)))
	digits := (bits.Len64(n|1) + 3) / 4
	place := l.values.next(2 + digits)
	b := append(l.values.encoded, valueString, byte(digits))
	l.values.encoded = append(b, text[16-digits:]...)
	return place
}

// hexadecimal gives the eight digits of a number, each a byte, the first one uppermost: all at once: one by one they take
// as long as the numbers of a cluster.
func hexadecimal(n uint32) uint64 {
	const each = 0x01010101_01010101
	x := uint64(n)
	x = (x | x<<16) & 0x0000ffff_0000ffff
	x = (x | x<<8) & 0x00ff00ff_00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f_0f0f0f0f
	letters := (x + 6*each) >> 4 & each
	return x + '0'*each + ('a'-'0'-10)*letters
}

// Uint gives the place of a whole number ≥ 0 in the dictionary of values.
func (l *Layer) Uint(n uint64) uint32 { return l.values.number(&l.values.uints, n, valueUint) }

// Int gives the place of a whole number in the dictionary of values.
func (l *Layer) Int(n int64) uint32 {
	if n >= 0 {
		return l.Uint(uint64(n))
	}
	return l.values.number(&l.values.sints, uint64(n<<1)^uint64(n>>63), valueSint)
}

// number gives the place of a number of one type, as it is written.
func (v *values) number(known *numbers, n uint64, field byte) uint32 {
	s := known.find(n)
	if s.use == known.use {
		return s.place
	}
	place := v.next(1 + uvarintLen(n))
	v.encoded = appendUvarint(append(v.encoded, field), n)
	*s = numbered{n: n, place: place, use: known.use}
	known.grow()
	return place
}

// numbers finds the place of a number that the layer has already: a table with open addressing, because a map takes three times as long and a
// cluster has six numbers. What is left of an earlier use counts as free, so that emptying the table costs nothing.
type numbers struct {
	slots []numbered // a power of two, at most half of them taken
	mask  uint64     // their number less one
	use   uint32     // of the table: 1, 2 …
	count int
}

type numbered struct {
	n          uint64
	place, use uint32
}

// spread is 2^64 divided by the golden ratio: a product with it puts neighbours apart.
const spread = 0x9e3779b97f4a7c15

func (t *numbers) resize(n int) { t.slots, t.mask = make([]numbered, n), uint64(n-1) }

// reset empties the table.
func (t *numbers) reset() {
	if t.count = 0; t.slots == nil {
		t.resize(16)
	}
	if t.use++; t.use == 0 {
		clear(t.slots)
		t.use = 1
	}
}

// find gives the slot of a number; if the number is not there, it is free.
func (t *numbers) find(n uint64) *numbered {
	for i := n * spread >> 32; ; i++ {
		if s := &t.slots[i&t.mask]; s.use != t.use || s.n == n {
			return s
		}
	}
}

// grow makes room after a slot was taken.
func (t *numbers) grow() {
	if t.count++; 2*t.count <= len(t.slots) {
		return
	}
	old := t.slots
	t.resize(4 * len(old))
	for _, s := range old {
		if s.use == t.use {
			*t.find(s.n) = s
		}
	}
}
