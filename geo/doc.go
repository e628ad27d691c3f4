// Package geo holds the facts about coordinates that every other room agrees on: what a position is, in which map tile and in which H3
// cell it lies, which coordinates are nonsense, and how geometries cross the borders to PostGIS and GeoJSON. It knows no SQL and no HTTP.
//
// Decisions:
//   - A position is a pair of integers of 1e-7 degrees (about 1 cm). What is stored is what is shown, comparisons are exact, and a tile can be
//     computed the same way in Go and in SQL. Refused: float64 degrees, whose last bits differ between libraries and formats.
//   - The tile row of a latitude is looked up in a table of integer boundaries instead of being computed by logarithms for each position, so
//     that no rounding can put one position into two tiles.
//   - orb is the geometry type inside the program; go-geom stands only at the EWKB border in ewkb.go.
package geo
