// Package mvt writes Mapbox Vector Tiles, version 2.1 of the specification, for the rooms that draw from memory.
//
// Decision: written by hand. A tile of the live map has up to thousands of small features whose properties come from a handful of names; a
// general encoder (orb/encoding/mvt: about a microsecond and ten allocations for each feature) costs more than finding the features.
// Here a layer knows its keys beforehand, keeps one dictionary of values, appends varints to buffers that are used again, and knows
// each length before it is written. The tests read everything back with orb/encoding/mvt, and write Mapbox's examples of the specification.
package mvt
