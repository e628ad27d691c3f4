// Package tiles is the live map: it holds one small item for each thing on the map in memory, sorted by H3 cell, and draws vector tiles
// and counts of them under any filter, exactly, while the items change.
//
// It knows items, not what they stand for: the rooms above hand in loaders and changes. No SQL, no HTTP.
//
// # Rules of a tile
//
// Below the zoom PointsFrom a tile has the layer clusters: one feature for each occupied H3 cell whose centre lies in the tile. From that zoom on
// it has the layer items: one feature for each item whose own position lies in the tile. So every item counts in exactly one
// tile of each zoom, under every filter, and sums over tiles are exact. Nothing is cut and nothing is left out. The bytes of a tile depend on
// the items alone, not on the order in which they came or on the layout in memory, so that every node gives the same ETag.
//
// # Decisions
//
//   - Items stand in chunks of at most 65 536 rows (adaptive H3 cells: towns and countryside differ a thousandfold), as columns without
//     pointers. A parent's descendants are one run of rows. A chunk has tables of its cells at the coarser resolutions, in Morton order of
//     the centres, so that the cells of a tile are one range.
//   - Rows of equal kind, category, state, service and visibility share a profile. A filter is decided once for each profile, then a row
//     costs one look-up. Refused: bit masks for each attribute, which cost as many look-ups as there are attributes.
//   - Sums are integers that can be taken away again, so that a change is a signed row in a short list (delta) beside an unchanging chunk.
//     Each batch publishes one new state by an atomic pointer; long lists are folded into new chunks in the background. Refused: copying
//     chunks on write (a megabyte for each change), locks for readers (a fold would stop the map).
//   - Refused: ST_AsMVT for each request (seconds and tens of megabytes for one city-wide tile of a million points, measured), and sums kept
//     in tables by the writing transaction (hot rows at coarse resolutions; no free time filter).
//   - The tables hold sums of what the public may see, unfiltered; every other question scans the rows of its cells. Sums by time and postings
//     by profile can be added to the chunk without touching anything else.
package tiles
