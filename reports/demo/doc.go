// Package demo is a town of our own invention, Port-Méraël on the island of Méraël, and three years of what its people report: so that a first start
// shows a living map without a network, a key or anybody's data.
//
// Decisions:
//   - The island lies in the open Atlantic, where no basemap of the real world has land: the town can never be taken for a real one, and a
//     report on it never lies in a real street.
//   - It is made, not stored: a plan drawn by hand (coast, river, main roads, quartiers) that code fills with streets, houses, numbers and words.
//     Some hundred kilobytes of text instead of megabytes of data, and no licence but ours. Refused: a piece of an open map, which needs its
//     makers named on every picture and puts invented complaints under real windows.
//   - It is the same on every machine: one seed, no clock, no order of maps, and lengths rounded to 1/64 m after each step, so that the last
//     bit of a processor's fused multiplication never grows into another street.
//   - Lengths are metres on a plane (plane.go) until the town is finished; then they are degrees, once.
package demo
