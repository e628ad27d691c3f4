package tiles

// Shrink makes the index's parts as small as they can be.
func Shrink() {
	limits = sizes{
		rows: 40, bulk: 200, chunkLines: 4, bulkLines: 8, rowsForMark: 0, rowsForEntry: 3,
		foldFrom: 8, foldAtOnce: 48, regroupFrom: 16, regroupAtOnce: 300,
	}
}
