package live

import (
	"slices"

	"quartier/geo"
	"quartier/tiles"
)

// Interest is what a subscriber wants to hear of: changes of one item, changes within a box, or which tiles of a zoom changed within a box. The
// zero Interest is every change.
type Interest struct {
	Box  *geo.Box // nil: everywhere
	Item tiles.Key
	// Tiles asks for the tiles of the zoom Zoom in the place of the changes; Cells for those of the layer cells, too.
	Tiles, Cells bool
	Zoom         uint8
}

// world is the box of everything.
var world = geo.Box{West: -1_800_000_000, South: -900_000_000, East: 1_800_000_000, North: 900_000_000}

// span is a rectangle of tiles of one zoom, edges included.
type span struct {
	zoom                     uint8
	west, north, east, south uint32
}

// spanOf gives the tiles of a zoom that a box touches.
func spanOf(b geo.Box, zoom uint8) span {
	last := uint32(1)<<zoom - 1
	low := geo.TileAt(geo.Position{Lon: b.West, Lat: b.North}, zoom)
	high := geo.TileAt(geo.Position{Lon: b.East, Lat: b.South}, zoom)
	return span{zoom, min(low.X, last), min(low.Y, last), min(high.X, last), min(high.Y, last)}
}

func (s span) holds(t geo.Tile) bool {
	return t.X >= s.west && t.X <= s.east && t.Y >= s.north && t.Y <= s.south
}

// near gives a box beyond which no item has to do with the tiles: neither the centre of its H3 cell nor its hexagon is farther away than two tiles.
func (s span) near() geo.Box {
	const margin = 2
	last := uint32(1)<<s.zoom - 1
	if s.west < margin || s.east+margin > last {
		s.west, s.east = 0, last // what is near may lie beyond the 180th meridian
	} else {
		s.west, s.east = s.west-margin, s.east+margin
	}
	low := geo.Tile{Z: s.zoom, X: s.west, Y: max(s.north, margin) - margin}.Box()
	high := geo.Tile{Z: s.zoom, X: s.east, Y: min(s.south+margin, last)}.Box()
	return geo.Box{West: low.West, North: low.North, East: high.East, South: high.South}
}

func (s span) size() uint64 { return uint64(s.east-s.west+1) * uint64(s.south-s.north+1) }

// watch finds the subscribers whom a change concerns, without asking each: one who is interested in a box is filed under the tiles, four at the
// most, that the box touches at the finest zoom where they are so few, and found from the tiles above a change.
type watch struct {
	items map[tiles.Key][]*subscription
	boxes map[geo.Tile][]*subscription // who want to hear of changes
	maps  map[shelf][]*subscription    // who want to hear of tiles
	zooms [geo.MaxZoom + 1]int         // how many of these there are for each zoom
	cells [geo.MaxZoom + 1]int         // … and how many want the layer cells, too
}

// shelf is where somebody is filed who wants to hear of the tiles of a zoom.
type shelf struct {
	zoom uint8
	at   geo.Tile
}

func newWatch() *watch {
	return &watch{items: map[tiles.Key][]*subscription{}, boxes: map[geo.Tile][]*subscription{}, maps: map[shelf][]*subscription{}}
}

// add files a subscriber.
func (w *watch) add(s *subscription) {
	w.file(s, 1, func(list []*subscription) []*subscription { return append(list, s) })
}

// remove takes out a subscriber who was added.
func (w *watch) remove(s *subscription) {
	w.file(s, -1, func(list []*subscription) []*subscription {
		i := slices.Index(list, s)
		list[i] = list[len(list)-1]
		list[len(list)-1] = nil
		return list[:len(list)-1]
	})
}

// file changes the lists that a subscriber belongs to.
func (w *watch) file(s *subscription, by int, change func([]*subscription) []*subscription) {
	if s.item != (tiles.Key{}) {
		put(w.items, s.item, change)
		return
	}
	deepest := uint8(geo.MaxZoom)
	if s.tiles {
		deepest = s.span.zoom
		w.zooms[deepest] += by
		if s.cells {
			w.cells[deepest] += by
		}
	}
	few := spanOf(s.box, deepest)
	for few.size() > 4 {
		few = spanOf(s.box, few.zoom-1)
	}
	for x := few.west; x <= few.east; x++ {
		for y := few.north; y <= few.south; y++ {
			at := geo.Tile{Z: few.zoom, X: x, Y: y}
			if s.tiles {
				put(w.maps, shelf{deepest, at}, change)
			} else {
				put(w.boxes, at, change)
			}
		}
	}
}

func put[K comparable](lists map[K][]*subscription, key K, change func([]*subscription) []*subscription) {
	if list := change(lists[key]); len(list) > 0 {
		lists[key] = list
	} else {
		delete(lists, key)
	}
}

// telling gathers what one subscriber is told at once.
type telling struct {
	changes      []int // places in the news, ascending
	items, cells []geo.Tile
	count        int // changes in the tiles
}

// mostTold is how many changes or tiles somebody is told at once. Of more he is only told that there are very many: what they take fits into what
// the kernel keeps for a line.
const mostTold = 512

// much tells whether it is too much to be told one by one.
func (t *telling) much() bool {
	return len(t.changes) > mostTold || len(t.items)+len(t.cells) > mostTold
}

// touched is what happened to a tile.
type touched struct {
	last  uint64 // number of the last change
	count int    // changes of items that are in the tile now, or were when they went
}

// match finds out who is to be told what.
func (w *watch) match(n *news, index *tiles.Index) map[*subscription]*telling {
	found := map[*subscription]*telling{}
	of := func(s *subscription) *telling {
		if found[s] == nil {
			found[s] = &telling{}
		}
		return found[s]
	}
	var items, cells map[geo.Tile]touched
	if w.zooms != [geo.MaxZoom + 1]int{} {
		items, cells = map[geo.Tile]touched{}, map[geo.Tile]touched{}
	}
	for i := range n.list {
		h, number := &n.list[i], n.number(i)
		hear := func(s *subscription) {
			t := of(s)
			if number > s.since && !t.much() && (len(t.changes) == 0 || t.changes[len(t.changes)-1] != i) {
				t.changes = append(t.changes, i)
			}
		}
		for _, s := range w.items[h.key] {
			hear(s)
		}
		places := []place{h.before, h.after}
		if h.before == h.after {
			places = places[1:]
		}
		for _, p := range places {
			if !p.seen() {
				continue
			}
			for at := range above(geo.TileAt(p.at, geo.MaxZoom)) {
				for _, s := range w.boxes[at] {
					if s.box.Contains(p.at) {
						hear(s)
					}
				}
			}
			for zoom, watched := range w.zooms {
				if watched == 0 {
					continue
				}
				at := index.TileOf(p.at, p.cell, uint8(zoom))
				t := touched{last: number, count: items[at].count}
				if p == h.home() {
					t.count++
				}
				items[at] = t
				if w.cells[zoom] > 0 {
					for at := range index.CellTilesOf(p.cell, uint8(zoom)) {
						cells[at] = touched{last: number}
					}
				}
			}
		}
	}
	w.concern(items, func(s *subscription, at geo.Tile, what touched) {
		if t := of(s); !t.much() {
			t.items, t.count = append(t.items, at), t.count+what.count
		}
	})
	w.concern(cells, func(s *subscription, at geo.Tile, _ touched) {
		if t := of(s); s.cells && !t.much() {
			t.cells = append(t.cells, at)
		}
	})
	return found
}

// concern calls tell for whom the tiles concern.
func (w *watch) concern(changed map[geo.Tile]touched, tell func(*subscription, geo.Tile, touched)) {
	for at, what := range changed {
		for over := range above(at) {
			for _, s := range w.maps[shelf{at.Z, over}] {
				if s.span.holds(at) && what.last > s.since {
					tell(s, at, what)
				}
			}
		}
	}
}

// above gives a tile and those that it lies in.
func above(t geo.Tile) func(yield func(geo.Tile) bool) {
	return func(yield func(geo.Tile) bool) {
		for zoom := int(t.Z); zoom >= 0; zoom-- {
			if !yield(geo.Tile{Z: uint8(zoom), X: t.X >> (int(t.Z) - zoom), Y: t.Y >> (int(t.Z) - zoom)}) {
				return
			}
		}
	}
}
