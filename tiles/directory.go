package tiles

import "quartier/geo"

// pageBits: ids come from sequences, so that neighbours exist together and a page of 64 of them is nearly full.
const pageBits = 6

// directory tells in which H3 cell an item stands, from where its row is found by binary search. Cells, unlike rows, do not move when chunks are
// folded or split. Only the writer looks at it. About 9 bytes for each item where ids are dense; a hash map took 40.
type directory struct {
	pages map[uint64]*[1 << pageBits]geo.Cell // by number >> pageBits; 0: no such item
	count int
}

func newDirectory() *directory {
	return &directory{pages: map[uint64]*[1 << pageBits]geo.Cell{}}
}

// cell gives the cell of an item, 0 for none.
func (d *directory) cell(number uint64) geo.Cell {
	if page := d.pages[number>>pageBits]; page != nil {
		return page[number%(1<<pageBits)]
	}
	return 0
}

// set remembers the cell of an item; 0 forgets the item.
func (d *directory) set(number uint64, cell geo.Cell) {
	page := d.pages[number>>pageBits]
	if page == nil {
		if cell == 0 {
			return
		}
		page = new([1 << pageBits]geo.Cell)
		d.pages[number>>pageBits] = page
	}
	slot := &page[number%(1<<pageBits)]
	switch {
	case *slot == 0 && cell != 0:
		d.count++
	case *slot != 0 && cell == 0:
		d.count--
	}
	*slot = cell
}
