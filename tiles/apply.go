package tiles

import "quartier/geo"

// Apply takes the new states of items, all of which readers see together, and tells what changed; a state that the index has
// already is not a change. So applying something again does no harm. When Apply returns, no cache gives an older answer.
func (x *Index) Apply(batch []Change) []Changed {
	x.writer.Lock()
	defer x.writer.Unlock()
	next := *x.state.Load()
	d := x.draft(next.roots)
	t := touches{index: x, all: len(batch) > touchesAtMost}
	var changes []Changed
	for _, c := range batch {
		if changed, ok := x.change(d, c, &t); ok {
			changes = append(changes, changed)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	next.dictionary, next.roots, next.items = x.register.dictionary, d.finish(), x.directory.count
	x.state.Store(&next) // first the index, then the versions: old data is never kept under a new version
	t.bump()
	if d.heavy() {
		select {
		case x.wake <- struct{}{}:
		default:
		}
	}
	return changes
}

// change puts one item's new state into the draft. !ok: it is the old one.
func (x *Index) change(d *draft, c Change, t *touches) (_ Changed, ok bool) {
	number := c.Key.number()
	var old row
	was := false
	if cell := x.directory.cell(number); cell != 0 {
		old, was = d.locate(cell, number)
	}
	var now row
	if c.Item != nil {
		now = x.register.row(c.Item)
		now.number = number
	}
	if was == (c.Item != nil) && old == now {
		return Changed{}, false
	}
	changed := Changed{Key: c.Key}
	stays := was && c.Item != nil && old.at == now.at
	if was {
		changed.Before = x.register.dictionary.item(old)
		d.add(&old, -1)
		t.row(&old, changed.Before.Visibility == Public || stays && c.Item.Visibility == Public)
	}
	if c.Item != nil {
		changed.After = x.register.dictionary.item(now)
		d.add(&now, 1)
		if !stays {
			t.row(&now, c.Item.Visibility == Public)
		}
	}
	x.directory.set(number, now.cell)
	return changed, true
}

// touches remembers which tiles a batch changes.
type touches struct {
	index  *Index
	all    bool // the batch is large: everything is taken for stale
	shown  bool // with all: everyone can see some of it
	public []uint32
	other  []uint32 // slots of what not everyone sees
}

// touchesAtMost is the size of a batch from which it is cheaper to take every kept tile for stale than to find out which ones are.
const touchesAtMost = 2048

// row remembers the tiles in which a row counts.
func (t *touches) row(r *row, public bool) {
	if t.all {
		t.shown = t.shown || public
		return
	}
	slots := &t.other
	if public {
		slots = &t.public
	}
	var cell *shape
	for z := range uint8(geo.MaxZoom + 1) {
		if c := r.cell.Parent(Resolution(int(z))); cell == nil || cell.cell != c {
			cell = t.index.cells.shape(c)
		}
		if z < t.index.pointsFrom {
			*slots = append(*slots, slot(itemTiles, geo.TileAt(cell.at, z)))
		} else {
			*slots = append(*slots, slot(itemTiles, geo.TileAt(r.at, z)))
		}
		for tile := range cell.tiles(z) {
			*slots = append(*slots, slot(cellTiles, tile))
		}
	}
}

// bump makes what was kept of those tiles stale.
func (t *touches) bump() {
	v := &t.index.versions
	switch {
	case t.all && t.shown:
		v.bumpAll()
	case t.all:
		v.any.all.Add(1)
	}
	for _, s := range t.public {
		v.bump(s, true)
	}
	for _, s := range t.other {
		v.bump(s, false)
	}
}
