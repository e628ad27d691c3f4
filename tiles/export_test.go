package tiles

// Shrink makes the index's parts as small as they can be.
func Shrink() {
	limits = sizes{
		rows: 40, branch: 300, large: 150, line: 4, stateLine: 3, rowsForMark: 0, rowsForEntry: 3, keys: 60,
		foldFrom: 8, foldAtOnce: 48, regroupAtOnce: 300,
	}
}

// Canonical is the filter's part of a cache's key.
func (f Filter) Canonical() string { return string(f.appendTo(nil)) }

// Length is that of the tile before compression, bytes.
func (a *Answer) Length() int { return a.length }

// Canonical is the audience's part of a cache's key.
func (a Audience) Canonical() string { return string(a.appendTo(nil)) }
