// Package basemap is the ground beneath the items: sea and land, streets, buildings, names. It comes from features in memory (the demo town) or from
// a local archive of vector tiles; both speak one schema, so that one style draws either, in the browser and in pictures made by us.
//
// Decision: the schema is OpenMapTiles 3 (https://openmaptiles.org/schema), reduced to what the style draws: tools that make tiles of
// OpenStreetMap (tilemaker, planetiler) write it by default. Refused: a schema of our own, which nobody's files would have.
//
// Decision: archives are read by our own few lines (archive.go, directory.go). Refused: github.com/protomaps/go-pmtiles, whose one package holds the
// clients of three clouds as well: a program that only reads a header with it has 88 modules and 33 MB (v1.31.2, measured November 2026).
package basemap
