package demo

// landmark is a place that people name when they say where something is.
type landmark struct {
	class, name string // class of a point of interest; empty: none is drawn
	place       vec
	rank        int
	house       line // its own building; empty: none of its own
}

var landmarks = []landmark{
	{"place_of_worship", "Église Saint-Gwenolé", vec{552, -530}, 2, line{{520, -522}, {556, -519}, {556, -510}, {567, -509}, {568, -519}, {582, -520}, {586, -527}, {583, -535}, {570, -537}, {570, -547}, {559, -548}, {558, -537}, {521, -538}}},
	{"", "Halles du Marché", vec{338, -648}, 3, line{{302, -632}, {372, -624}, {380, -664}, {310, -672}}},
	{"town_hall", "Mairie de Port-Méraël", vec{466, 140}, 1, line{{440, 122}, {486, 116}, {492, 152}, {480, 154}, {477, 137}, {461, 139}, {464, 156}, {446, 158}}},
	{"library", "Médiathèque Marguerite-Duras", vec{-118, -128}, 3, nil},
	{"harbor", "Port de plaisance", vec{392, -1300}, 2, nil},
	{"ferry_terminal", "Gare maritime", vec{716, -1440}, 2, line{{684, -1428}, {744, -1440}, {741, -1456}, {681, -1444}}},
	{"harbor", "Port de pêche", vec{-965, -1600}, 4, nil},
	{"lighthouse", "Phare des Trois-Sœurs", vec{-2235, -2795}, 2, line{{-2240, -2800}, {-2230, -2800}, {-2230, -2790}, {-2240, -2790}}},
	{"lighthouse", "Feu du Bilzic", vec{3380, 120}, 5, nil},
	{"place_of_worship", "Chapelle Notre-Dame-des-Flots", vec{2560, 905}, 5, line{{2550, 901}, {2568, 901}, {2568, 910}, {2550, 910}}},
}

// sight is a name on the map that belongs to no building.
type sight struct {
	layer, class, name string
	place              vec
	from               uint8
	rank               int
}

var sights = []sight{
	{"water_name", "ocean", "Océan Atlantique", vec{-9000, -16000}, 3, 1},
	{"water_name", "ocean", "Océan Atlantique", vec{-2400, 3000}, 10, 1},
	{"water_name", "bay", "Rade de Port-Méraël", vec{-120, -2050}, 11, 1},
	{"water_name", "bay", "Anse de la Grande-Plage", vec{1700, -1500}, 12, 2},
	{"water_name", "bay", "Anse de Kerarmor", vec{-3050, 700}, 12, 3},
	{"water_name", "bay", "Baie de Lostmael", vec{-3250, -1350}, 12, 3},
	{"water_name", "bay", "Porz Kloz", vec{1000, 2420}, 13, 3},
	{"water_name", "bay", "Passe des Trois-Sœurs", vec{-2080, -2530}, 13, 4},
	{"water_name", "bay", "Anse de Bilzic", vec{3150, -900}, 13, 4},
	{"water_name", "lake", "Étang du Mérel", vec{-1258, 1840}, 13, 2},
	{"water_name", "lake", "Bassin à flot", vec{392, -1290}, 15, 3},
	{"place", "island", islandName, vec{40, 60}, 7, 1},
	{"place", "town", townName, vec{180, -180}, 8, 1},
	{"place", "quarter", "Cité de Kerarmor", vec{-1330, 640}, 14, 5},
	{"place", "quarter", "Cité des Tamaris", vec{1760, 330}, 14, 5},
	{"place", "quarter", "Beg-ar-Groaz", vec{-1370, -1050}, 14, 5},
	{"place", "hamlet", "Pointe du Sémaphore", vec{-2200, -2250}, 13, 6},
	{"place", "hamlet", "Pointe de Bilzic", vec{3260, -120}, 13, 6},
	{"place", "hamlet", "Kerdilès", vec{1900, 1770}, 13, 6},
	{"place", "hamlet", "Kerflouz", vec{-1560, 1900}, 13, 6},
	{"place", "hamlet", "Kerlouarn", vec{-2420, 420}, 13, 6},
}
