package tiles

import (
	"sync/atomic"

	"quartier/geo"
)

// versions counts the changes of each tile, so that a kept answer can be known to stand without looking at the index. Tiles share counters by a
// hash: two in the same slot make each other stale, which costs a rendering now and then and is never wrong. Refused: counting per
// chunk, where one report in a town makes all tiles of the town stale.
//
// What everyone sees has counters of its own: if a change that is not public made public answers stale, who measures how long they take would learn
// of it.
type versions struct {
	public, any counters
}

// counters count changes, of all tiles together and of each.
type counters struct {
	all   atomic.Uint64
	slots [1 << slotBits]atomic.Uint32
}

// slotBits: a change makes some 40 tiles stale, so that at a thousand changes a second one slot in 25 is hit by chance within a second. 4 MB for each
// kind of readers.
const slotBits = 20

// version is what a kept answer remembers.
type version struct {
	all  uint64
	tile uint32
}

// family tells tiles of different contents apart.
type family uint8

const (
	itemTiles family = iota
	cellTiles
	zoneTiles
	groundTiles
	pictures
)

// slot gives the counter of a tile.
func slot(f family, t geo.Tile) uint32 {
	h := uint64(f)<<56 | uint64(t.Z)<<48 | uint64(t.X)<<24 | uint64(t.Y)
	h *= 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio: spreads neighbours
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	return uint32(h >> (64 - slotBits))
}

// of reads the version of a tile as an audience sees it. Read it before the index.
func (v *versions) of(f family, t geo.Tile, a Audience) version {
	c := &v.any
	if a.IsEveryone() {
		c = &v.public
	}
	return version{all: c.all.Load(), tile: c.slots[slot(f, t)].Load()}
}

// bump makes what was kept of a slot stale: for everyone, or for those only who may see more.
func (v *versions) bump(slot uint32, public bool) {
	v.any.slots[slot].Add(1)
	if public {
		v.public.slots[slot].Add(1)
	}
}

// bumpAll makes every kept answer stale.
func (v *versions) bumpAll() {
	v.any.all.Add(1)
	v.public.all.Add(1)
}
