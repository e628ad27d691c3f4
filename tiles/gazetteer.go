package tiles

import (
	"sync"

	"quartier/geo"
)

// gazetteer remembers what H3 said about cells: a centre costs a microsecond, an outline five, and changes and views come again and again to the
// same towns. Cells asked for recently stay, the others go; it is never wrong, because geography does not change. Safe for any number
// of goroutines.
type gazetteer struct {
	mu            sync.RWMutex
	recent, older map[geo.Cell]*shape
}

// gazetteerCells is half the number of cells that are remembered, at about 400 bytes each.
const gazetteerCells = 16_384

// shape gives the centre and outline of a cell.
func (g *gazetteer) shape(cell geo.Cell) *shape {
	g.mu.RLock()
	s := g.recent[cell]
	if s != nil {
		g.mu.RUnlock()
		return s
	}
	s = g.older[cell]
	g.mu.RUnlock()
	if s == nil {
		s = shapeOf(cell)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.recent == nil || len(g.recent) >= gazetteerCells {
		g.recent, g.older = make(map[geo.Cell]*shape, gazetteerCells), g.recent
	}
	g.recent[cell] = s
	return s
}

// lineage gives all ancestors of a cell of geo.CellResolution, itself included, by resolution.
func (g *gazetteer) lineage(cell geo.Cell) *[resolutions]*shape {
	var l [resolutions]*shape
	for r := range l {
		l[r] = g.shape(cell.Parent(r))
	}
	return &l
}
