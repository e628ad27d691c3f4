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

// shape gives the outline of a cell.
func (g *gazetteer) shape(cell geo.Cell) *shape {
	s, recent := g.look(cell)
	if recent {
		return s
	}
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

// look gives the shape if it is remembered, and whether it need not be remembered again.
func (g *gazetteer) look(cell geo.Cell) (s *shape, recent bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if s = g.recent[cell]; s != nil {
		return s, true
	}
	return g.older[cell], false
}
