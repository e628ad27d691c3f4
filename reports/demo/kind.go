package demo

// hours of the day at which reports of a kind are filed: shares of the hours from 0.
type hours [24]int

var (
	allDay  = hours{2, 1, 1, 1, 1, 3, 10, 26, 48, 56, 54, 48, 44, 40, 42, 42, 44, 48, 46, 38, 28, 20, 12, 6}
	atWork  = hours{0, 0, 0, 0, 0, 1, 6, 24, 56, 62, 58, 50, 36, 38, 50, 52, 48, 40, 24, 12, 8, 4, 2, 0}
	dusk    = hours{6, 2, 1, 1, 1, 4, 14, 22, 12, 6, 4, 3, 3, 3, 3, 4, 12, 34, 46, 48, 44, 40, 32, 18}
	late    = hours{42, 26, 12, 4, 1, 1, 2, 4, 8, 10, 8, 6, 6, 4, 4, 5, 6, 8, 12, 18, 26, 38, 56, 60}
	morning = hours{1, 0, 0, 0, 0, 4, 22, 54, 60, 50, 42, 34, 26, 22, 22, 22, 22, 24, 22, 16, 10, 8, 4, 2}
)

// months of the year: a hundred is the mean.
type months [12]int

var (
	even    = months{96, 94, 102, 104, 104, 104, 104, 98, 104, 102, 96, 92}
	summer  = months{52, 54, 66, 92, 118, 148, 186, 196, 128, 78, 52, 50}
	outside = months{24, 26, 48, 88, 140, 186, 226, 240, 138, 62, 28, 22}
	winter  = months{168, 142, 104, 78, 58, 42, 40, 50, 84, 118, 158, 174}
	thaw    = months{152, 172, 160, 120, 92, 72, 60, 56, 66, 82, 92, 118}
	autumn  = months{30, 10, 6, 6, 6, 8, 12, 20, 120, 330, 440, 210}
	growing = months{22, 30, 66, 124, 190, 204, 184, 152, 110, 70, 32, 22}
	rain    = months{148, 122, 92, 72, 60, 56, 52, 56, 84, 146, 162, 150}
)

// where is what part of the town a kind of report comes from: shares.
type where struct{ core, rows, gardens, estates, works, market, port, beach, parks int }

var (
	anywhere = where{14, 34, 30, 14, 4, 2, 3, 2, 0}
	centre   = where{28, 34, 8, 10, 2, 9, 6, 5, 0}
	carFull  = where{13, 36, 28, 13, 5, 3, 4, 4, 0}
	leisure  = where{17, 22, 11, 12, 1, 9, 9, 14, 10}
	edges    = where{8, 18, 16, 38, 16, 2, 6, 2, 3}
	green    = where{4, 16, 42, 16, 3, 0, 1, 4, 16}
	inParks  = where{2, 8, 6, 12, 0, 2, 3, 8, 60}
	byNight  = where{34, 18, 4, 6, 0, 20, 16, 14, 0}
	quayside = where{16, 26, 18, 12, 5, 3, 16, 5, 0}
)

// kind is how a category behaves.
type kind struct {
	slug   string
	share  int // weight among all
	months months
	hours  hours
	where  where
	days   float64 // until it is resolved, roughly: most services have twice as many
	street float64 // how far from the middle of the street: 0 in it, 1 at the houses
	reject int     // refused, in a hundred
	refer  int     // passed on, in a hundred
	twin   int     // filed again by somebody else, in a hundred
	liked  int     // how much others join in, 0…10
}

var kinds = []kind{
	{"bulky-waste", 1560, even, allDay, where{18, 26, 14, 30, 8, 3, 3, 2, 0}, 3, 0.78, 4, 1, 10, 3},
	{"litter", 1180, summer, morning, leisure, 1.9, 0.72, 4, 2, 6, 3},
	{"overflowing-bin", 700, summer, allDay, leisure, 1.5, 0.75, 2, 2, 8, 3},
	{"tag", 740, even, allDay, centre, 7, 0.92, 7, 3, 6, 2},
	{"illegal-poster", 230, even, allDay, centre, 6, 0.85, 5, 2, 4, 1},
	{"dog-mess", 560, even, morning, where{22, 30, 24, 14, 0, 2, 2, 4, 4}, 2.2, 0.75, 12, 1, 4, 4},
	{"dead-leaves", 270, autumn, morning, green, 2.4, 0.7, 4, 2, 5, 2},
	{"rubble", 210, even, allDay, edges, 4, 0.72, 5, 3, 5, 2},
	{"abandoned-bicycle", 210, even, allDay, centre, 4.2, 0.8, 7, 2, 5, 1},
	{"pothole", 640, thaw, allDay, carFull, 7.5, 0.08, 5, 4, 9, 6},
	{"pavement-damage", 470, even, allDay, anywhere, 8.5, 0.72, 8, 3, 5, 5},
	{"road-markings", 130, even, atWork, carFull, 9, 0.05, 12, 4, 4, 4},
	{"traffic-sign", 170, even, allDay, carFull, 4, 0.6, 4, 6, 6, 3},
	{"lamp-out", 600, winter, dusk, anywhere, 4, 0.66, 3, 3, 9, 5},
	{"lamp-damaged", 90, winter, allDay, anywhere, 3, 0.66, 3, 4, 4, 3},
	{"bench", 120, summer, allDay, where{20, 14, 6, 12, 0, 6, 8, 12, 34}, 12, 0.7, 8, 2, 2, 3},
	{"bollard", 230, even, allDay, centre, 11, 0.6, 7, 3, 4, 2},
	{"playground", 90, growing, allDay, inParks, 8, 0.5, 4, 1, 5, 6},
	{"dangerous-tree", 150, winter, allDay, green, 5, 0.75, 6, 7, 5, 5},
	{"overgrown", 370, growing, allDay, green, 8.5, 0.76, 9, 8, 4, 3},
	{"leak", 130, even, allDay, anywhere, 1.1, 0.45, 3, 10, 9, 5},
	{"blocked-drain", 240, rain, allDay, quayside, 1.6, 0.5, 4, 6, 7, 4},
	{"abandoned-vehicle", 210, even, allDay, edges, 4.5, 0.45, 7, 3, 4, 2},
	{"obstructive-parking", 640, even, allDay, where{28, 30, 12, 6, 2, 9, 5, 8, 0}, 1.6, 0.6, 16, 4, 3, 4},
	{"cycle-lane", 170, growing, allDay, carFull, 8, 0.3, 9, 4, 4, 7},
	{"scooter-left", 160, summer, allDay, centre, 1.4, 0.7, 4, 12, 5, 2},
	{"noisy-works", 120, growing, morning, where{22, 34, 16, 12, 6, 4, 4, 2, 0}, 2.6, 0.7, 14, 6, 4, 3},
	{"terrace", 220, outside, late, byNight, 7.5, 0.85, 13, 5, 6, 6},
	{"pests", 170, growing, allDay, where{26, 24, 8, 22, 4, 8, 6, 2, 0}, 7, 0.75, 5, 6, 5, 5},
	{"dead-animal", 80, summer, morning, where{10, 18, 30, 12, 4, 2, 10, 12, 2}, 1, 0.55, 3, 5, 4, 1},
	{"works-site", 150, growing, atWork, carFull, 4.5, 0.5, 7, 9, 4, 3},
	{"unsafe-building", 45, winter, allDay, where{48, 24, 6, 10, 6, 2, 4, 0, 0}, 13, 0.95, 8, 12, 3, 4},
	{"person-at-risk", 75, winter, allDay, where{30, 24, 4, 16, 2, 8, 8, 4, 4}, 0.8, 0.75, 2, 14, 0, 0},
	{"other", 150, even, allDay, anywhere, 8, 0.7, 14, 12, 0, 2},
	{"roads", 60, even, allDay, carFull, 9, 0.2, 16, 5, 2, 6},
	{"cleanliness", 90, summer, morning, leisure, 2, 0.75, 5, 2, 3, 3},
	{"dumping", 50, growing, allDay, edges, 3.4, 0.72, 4, 3, 3, 2},
	{"graffiti", 20, even, allDay, centre, 8, 0.9, 6, 3, 0, 3},
	{"lighting", 40, winter, allDay, centre, 4.2, 0.7, 7, 8, 0, 2},
	{"street-furniture", 90, summer, allDay, leisure, 11, 0.72, 7, 3, 3, 4},
	{"green-spaces", 60, summer, allDay, inParks, 7, 0.7, 6, 4, 3, 3},
	{"water", 35, even, allDay, quayside, 1.6, 0.5, 4, 16, 3, 3},
	{"parking", 60, summer, atWork, centre, 4, 0.65, 14, 10, 2, 2},
	{"cycling", 30, growing, allDay, centre, 8.5, 0.6, 8, 6, 0, 4},
	{"noise", 100, summer, late, where{26, 26, 14, 24, 2, 6, 4, 4, 0}, 5, 0.85, 12, 12, 2, 3},
	{"animals", 130, growing, allDay, where{14, 24, 34, 14, 2, 4, 6, 6, 4}, 3, 0.6, 8, 14, 2, 2},
	{"buildings", 40, winter, allDay, where{40, 28, 8, 10, 4, 4, 4, 0, 0}, 12, 0.95, 8, 14, 0, 2},
}
