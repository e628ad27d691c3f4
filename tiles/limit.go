package tiles

// limits are the sizes of the index's parts. They decide what things cost, never what is answered: tests shrink them, so that a few hundred items
// need all that ten million need.
var limits = sizes{
	rows:          16_384,
	branch:        1 << 21,
	large:         1 << 19,
	line:          1024,
	stateLine:     256,
	rowsForMark:   10,
	rowsForEntry:  24,
	keys:          maxKeys,
	foldFrom:      256,
	foldAtOnce:    2048,
	regroupAtOnce: 16_384,
}

type sizes struct {
	rows      int // of a leaf, beyond which it is divided; at most 65 536, because a place in a chunk has 16 bits
	branch    int // the most rows that a branch has a ledger of
	large     int // rows of a ledger from which its lines are sparse
	line      int // rows that a ledger has at least from line to line
	stateLine int // the same of the lines by state
	keys      int // pairs of profile and zones up to which a ledger tells them apart; at least rows, at most maxKeys

	// Bounds of memory: a ledger has at most one mark (34 bytes) by profile and one by state, a table at most one entry (100 bytes) for so many rows.
	rowsForMark, rowsForEntry int

	foldFrom      int // deltas at which a leaf is folded in the background; of a branch at least
	foldAtOnce    int // deltas at which the writer itself folds a leaf before it goes on, so that they are bounded even if nobody runs Run
	regroupAtOnce int // deltas at which the writer gives the ledger of a branch up, or a sixteenth of its rows if that is more
}
