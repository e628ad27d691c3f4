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
//   - The world is a tree of H3 cells. Leaves hold at most 16 384 rows each (adaptive: towns and countryside differ a thousandfold) as columns
//     without pointers, sorted by cell, so that a cell's descendants are one run. Some 115 bytes for an item in all. Refused: leaves of
//     65 536 rows, of which a tile at middle zooms scans several; leaves of one fixed resolution.
//   - Every leaf, and every branch of up to two million rows that is not mostly one of its children, has a ledger: its rows in the order of creation, and
//     in between lines of sums of all rows before. So a cell of any resolution answers from one ledger under any filter and for any times, to
//     the second: two lines and the rows at both ends of the range. Lines are as far apart as they are long, which bounds their memory; so
//     there are three sorts: by state alone (every few hundred rows, for the questions that ask for no category), by state and zones, and by
//     profile (every ten thousand rows or so; in between, the rows of each profile stand together, so that rare ones are picked).
//     Refused: counts by day (not exact), sums by month and scans (154 ms for a country), one sort of lines by everything (far apart,
//     and useless where many zones meet), copies of the rows in branches (a ledger refers to the columns of the leaves).
//   - Rows of equal kind, category, state, service and visibility share a profile, and in a ledger, with the zones they lie in, a key. A filter is
//     decided once for each key, then a row costs one look-up. Zones are areas: where all rows or none lie in those that are asked for, nobody asks a row.
//     Refused: bit masks for each attribute.
//   - Who sees the private items of some services, categories and zones is answered in parts: what everyone sees, from the sums that are kept for everyone, and for
//     each list of zones the private items beside, from lines, or from their rows, which are few. The parts have no profile in common, so that sums
//     stay exact. A view of a million items costs such a reader 1 to 3 ms more at the lowest zooms, 0.1 ms in a town; everyone else nothing. Refused: one
//     part for all, which would scan everyone's rows wherever a border of zones runs through a cell.
//   - A leaf has tables of its cells at finer resolutions, in Morton order of the centres, so that the cells of a tile are one range. The finest zooms group rows on the fly, and ask H3 only for cells at the edge of the tile.
//   - Sums are integers that can be taken away again, so that a change is a signed row in a short list (delta) beside an unchanging leaf, and beside
//     each ledger above it. Each batch publishes one new state by an atomic pointer; only the way from the root to a changed leaf is
//     copied. Long lists are folded in the background. Refused: copying leaves on write, locks for readers (a fold would stop the map).
//   - Refused: ST_AsMVT for each request (seconds and tens of megabytes for one city-wide tile of a million points, measured), and sums kept
//     in tables by the writing transaction (hot rows at coarse resolutions; no free time filter).
package tiles
