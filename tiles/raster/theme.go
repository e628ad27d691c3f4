package raster

import (
	"strconv"

	"quartier/tiles/basemap"
)

// colour is 0xRRGGBB.
type colour uint32

// hex reads #RRGGBB. The colours stand in the program: a slip in one ends it at start.
func hex(text string) colour {
	n, err := strconv.ParseUint(text[1:], 16, 32)
	if err != nil || len(text) != 7 {
		panic("raster: no colour: " + text)
	}
	return colour(n)
}

// Theme is the colours of a picture. They are the pages' tokens (web/ui/src/styles/tokens.css).
type Theme struct {
	Ground                          basemap.Palette
	card, ink, zone, accent, danger colour
	bare                            colour    // beneath zones, where there is no ground
	land                            [3]colour // of zones there: neighbours differ a little
}

// The themes by the reader's wish.
var (
	Light = Theme{Ground: basemap.Light, card: 0xFFFFFF, ink: 0x1B1F24, zone: 0x7C8791, accent: 0x0B5D66, danger: 0xA8261C,
		bare: 0xE9E5DB, land: [3]colour{0xFCFBF8, 0xF4F1E8, 0xF8F6F0}}
	Dark = Theme{Ground: basemap.Dark, card: 0x1A2026, ink: 0xEEF1F4, zone: 0x6F7C88, accent: 0x6CC5CC, danger: 0xFF9B8F,
		bare: 0x12171B, land: [3]colour{0x1F272E, 0x232C34, 0x1B2329}}
)

// states are the colours of the states.
var states = map[string]colour{
	"new": 0xD55E00, "acknowledged": 0xE69F00, "planned": 0x0072B2, "in_progress": 0x56B4E9, "waiting": 0x7570B3, "resolved": 0x009E73,
	"rejected": 0x6B7280, "duplicate": 0x8A6D9E, "referred": 0x7A5C3E, "reopened": 0xCC3311, "withdrawn": 0x8B929C,
}

// unknown is the state whose colour and shape those have that have none of their own.
const unknown = "withdrawn"
