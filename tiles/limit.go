package tiles

// limits are the sizes of the index's parts. They decide what things cost, never what is answered: tests shrink them, so that a few hundred items
// need all that ten million need.
var limits = sizes{
	rows:          65_536,
	bulk:          1 << 20,
	chunkLines:    1024,
	bulkLines:     4096,
	rowsForMark:   5,
	rowsForEntry:  16,
	foldFrom:      256,
	foldAtOnce:    2048,
	regroupFrom:   2048,
	regroupAtOnce: 16_384,
}

type sizes struct {
	rows       int // beyond it a chunk is split; at most 65 536, because a place in a chunk has 16 bits
	bulk       int // rows beyond which a group is divided
	chunkLines int // rows that a chunk's ledger has at least from line to line
	bulkLines  int // the same of a bulk's

	// Bounds of memory: a ledger has at most one mark (32 bytes), a table at most one entry (100 bytes) for so many rows.
	rowsForMark, rowsForEntry int

	foldFrom      int // deltas at which a leaf is folded in the background
	foldAtOnce    int // deltas at which the writer itself folds before it goes on, so that they are bounded even if nobody runs Run
	regroupFrom   int // deltas at which a group's bulk is made anew in the background
	regroupAtOnce int // deltas at which the writer gives the bulk up
}
