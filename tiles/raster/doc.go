// Package raster draws pictures of the map (PNG): the ground, the zones and the items as the browser's map shows them, for readers without script,
// for pages that need no live map, and for mail. It draws from the same index, zone sets and ground as the vector tiles, so that no picture
// can tell another story than the map.
//
// # Decisions
//
//   - Areas, lines and letters are all outlines that one rasteriser (canvas.go) fills by exact coverage. It visits only what a batch of outlines
//     touched, so that a picture costs what is drawn on it. Refused: golang.org/x/image/vector, which visits every pixel of the picture for each
//     batch: 25 batches of a small triangle on 1600 × 1200 pixels took it 400 ms, and 25 of 200 bars 460 ms (ours: 0.2 and 270 ms).
//   - Letters are outlines of the Go fonts (golang.org/x/image/font/gofont): they turn with the streets and need no system font. Refused: the
//     pages' own face, which exists as WOFF2 only.
//   - Layout is in pixels of the page, whatever the scale: a picture at scale 2 is the same picture, sharper.
//   - Names of small tiles are laid out over the vector tile that they are cut from: a name goes on in the neighbouring tile.
//   - A picture has at most 128 colours, chosen from those it has: a third of the bytes of full colour and a fifth of the time (26 and 129 ms for a
//     dense town of 1600 × 1200), and nobody sees it. Refused: image/png for packing (43 ms of the same colours, a tenth fewer bytes).
//   - The same sheet and view give the same bytes on machines of one architecture (floating point may differ between two).
package raster
