package demo

// class says how much a street carries; the words are those of the basemap's schema.
type class uint8

const (
	primary class = iota
	secondary
	tertiary
	minor
	path
	pier
)

func (c class) String() string {
	return [...]string{"primary", "secondary", "tertiary", "minor", "path", "pier"}[c]
}

// section is a named part of a drawn road: the places that it goes through, the first of which is the last of the section before.
type section struct {
	name   string
	class  class
	places line
}

// bridgeSite is where a bridge stands.
type bridgeSite struct {
	name  string
	class class
	near  vec
}

// The bridges of the Mérel, from the sea upstream.
var bridgeSites = []bridgeSite{
	{"Pont de la Marine", primary, vec{-130, -800}},
	{"Vieux-Pont", secondary, vec{-195, -465}},
	{"Pont des Remparts", primary, vec{-322, -150}},
	{"Passerelle des Lavandières", path, vec{-415, 225}},
	{"Pont de Kervenn", secondary, vec{-590, 495}},
	{"Pont Nevez", tertiary, vec{-900, 1150}},
	{"Pont du Moulin", minor, vec{-1122, 1480}},
}

// Numbers of bridges in bridgeSites.
const (
	marine = iota
	old
	remparts
	footbridge
	kervenn
	nevez
	mill
)

// Places where main roads meet.
var (
	northGate = vec{380, -150}
	eastGate  = vec{860, -720}
	southGate = vec{830, -900}
	n2, n3    = vec{640, 900}, vec{620, 1360}
	ne2, ne3  = vec{1340, 340}, vec{1830, 590}
	e2, e3    = vec{1660, -560}, vec{2170, -630}
	s2, s3    = vec{1580, -962}, vec{2225, -1125}
	w2, w3    = vec{-1130, -640}, vec{-1680, -600}
	sw2, sw3  = vec{-1000, -1170}, vec{-1450, -1400}
	nw2, nw3  = vec{-1250, 380}, vec{-1720, 800}
)

// mainRoads are drawn by hand: everything else hangs on them.
func mainRoads(east, west func(bridge int) vec) [][]section {
	return [][]section{
		// The ramparts that are no more.
		{
			{"Boulevard de la Porte-Neuve", primary, line{east(remparts), {-60, -152}, {150, -132}, northGate}},
			{"Boulevard des Remparts", primary, line{{600, -215}, {760, -370}, {850, -560}, eastGate}},
			{"Boulevard du Bastion", primary, line{southGate, {765, -1035}, {650, -1130}, {565, -1178}}},
		},
		// The old town's own streets.
		{{"Grand-Rue", tertiary, line{east(old), {60, -505}, {168, -560}, {255, -600}}}},
		{{"Rue de la Porte-Saint-Gwenolé", tertiary, line{{430, -690}, {640, -722}, eastGate}}},
		{{"Rue Notre-Dame-du-Large", tertiary, line{northGate, {372, -330}, {412, -470}, {400, -585}}}},
		{{"Rue du Vieux-Port", tertiary, line{{280, -715}, {292, -900}, {338, -1050}, {345, -1186}}}},
		{{"Rue de la Marine", secondary, line{east(marine), {105, -796}, {280, -715}}}},
		{{"Rue des Voiliers", tertiary, line{{-30, -1010}, {160, -1030}, {338, -1050}, {560, -1035}, {765, -1035}}}},
		{{"Place du Marché", minor, line{{255, -600}, {400, -585}, {430, -690}, {280, -715}, {255, -600}}}},
		{{"Place Saint-Gwenolé", minor, line{{500, -470}, {612, -478}, {604, -585}, {492, -577}, {500, -470}}}},
		{{"Place de la Criée", minor, line{{345, -1186}, {338, -1105}, {440, -1098}, {452, -1182}}}},
		// The harbour front.
		{
			{"Quai de la Cale", minor, line{{-8, -1330}, {20, -1408}, {190, -1416}, {202, -1300}, {204, -1192}}},
			{"Quai du Bassin", tertiary, line{{345, -1186}, {565, -1178}}},
			{"Quai de l’Embarcadère", tertiary, line{{582, -1300}, {588, -1448}, {720, -1484}, {872, -1514}, {905, -1440}, {1030, -1275}, {1092, -1128}}},
		},
		// Spokes.
		{
			{"Avenue de la Liberté", primary, line{northGate, {415, 62}, {470, 300}, {560, 600}, n2}},
			{"Avenue de Kerlann", secondary, line{{652, 1120}, n3}},
			{"Route de Porz Kloz", tertiary, line{{705, 1700}, {640, 2060}, {560, 2230}}},
		},
		{
			{"Avenue Jules-Verne", secondary, line{{600, -215}, {800, 0}, {1030, 190}, ne2}},
			{"Avenue de Kermorvan", secondary, line{{1600, 450}, ne3}},
			{"Route de Kermorvan", tertiary, line{{2200, 760}, {2480, 800}, {2700, 960}}},
		},
		{
			{"Avenue de l’Océan", primary, line{eastGate, {1080, -690}, {1380, -600}, e2}},
			{"Avenue du Large", secondary, line{{1950, -600}, e3}},
			{"Route de la Pointe de Bilzic", tertiary, line{{2500, -600}, {2800, -480}, {3050, -210}, {3230, 80}}},
		},
		{
			{"Rue de la Grève", secondary, line{southGate, {980, -1020}, {1092, -1128}}},
			{"Boulevard de la Plage", secondary, line{{1240, -1078}, s2}},
			{"Boulevard des Sables", secondary, line{{1985, -992}, s3}},
			{"Corniche de l’Est", tertiary, line{{2420, -1310}, {2630, -1340}}},
		},
		{
			{"Avenue du Général-de-Gaulle", secondary, line{west(old), {-480, -548}, {-800, -600}, w2}},
			{"Avenue de Kerbiriou", secondary, line{{-1420, -640}, w3}},
			{"Route de Lostmael", tertiary, line{{-2100, -520}, {-2600, -420}, {-3020, -260}}},
		},
		{
			{"Rue de l’Arsenal", primary, line{west(marine), {-420, -905}, {-700, -1040}, sw2}},
			{"Rue des Chantiers-Navals", secondary, line{{-1250, -1290}, sw3}},
			{"Route du Sémaphore", tertiary, line{{-1700, -1650}, {-1950, -1900}, {-2120, -2180}}},
		},
		{
			{"Avenue Anatole-Le-Braz", primary, line{west(remparts), {-560, -90}, {-860, 80}, nw2}},
			{"Avenue de la Résistance", secondary, line{{-1480, 600}, nw3}},
			{"Route de Kerguelven", tertiary, line{{-2050, 1080}, {-2330, 1370}}},
		},
		// The first ring.
		{
			{"Boulevard des Embruns", secondary, line{s2, {1640, -760}, e2}},
			{"Boulevard Anita-Conti", secondary, line{{1580, -250}, {1450, 60}, ne2}},
			{"Boulevard de l’Atlantique", secondary, line{{1130, 640}, {900, 800}, n2}},
			{"Boulevard de Kervenn", secondary, line{{330, 900}, {0, 840}, {-330, 680}, east(kervenn)}},
		},
		{
			{"Boulevard de la Résistance", secondary, line{west(kervenn), {-850, 405}, {-1050, 375}, nw2}},
			{"Boulevard de l’Ouest", secondary, line{{-1420, 120}, {-1430, -200}, {-1300, -450}, w2}},
			{"Boulevard du Port", secondary, line{{-1015, -900}, sw2}},
			{"Rue de la Darse", tertiary, line{{-965, -1380}, {-970, -1525}}},
		},
		// The second ring.
		{
			{"Rue des Mouettes", tertiary, line{s3, {2215, -860}, e3}},
			{"Rue de la Lande", tertiary, line{{2205, -300}, {2120, 50}, {1960, 350}, ne3}},
			{"Rue de Kerhuon", tertiary, line{{1700, 900}, {1420, 1180}, {1050, 1350}, n3}},
			{"Rue du Champ-de-Foire", tertiary, line{{250, 1385}, {-150, 1330}, {-520, 1250}, east(nevez)}},
		},
		{
			{"Rue de Pont-Nevez", tertiary, line{west(nevez), {-1150, 1125}, {-1450, 1000}, nw3}},
			{"Rue de Kerarmor", tertiary, line{{-1930, 500}, {-1960, 150}, {-1880, -230}, w3}},
			{"Rue de Beg-ar-Groaz", tertiary, line{{-1600, -950}, sw3}},
		},
		// Streets between the rings.
		{{"Rue du Jardin-Public", tertiary, line{{-60, -152}, {-35, 15}, {160, 78}, {415, 62}}}},
		{{"Rue du Moulin-à-Marée", tertiary, line{{-850, 405}, {-965, 760}, {-1010, 1000}, {-1150, 1125}}}},
		{{"Allée du Bois", minor, line{{-330, 680}, {-500, 950}, {-520, 1250}}}},
		{{"Rue Pierre-Jakez-Hélias", tertiary, line{{-1300, -450}, {-800, -250}, {-560, -90}}}},
		{{"Rue du Stade", tertiary, line{{330, 900}, {300, 1150}, {250, 1385}}}},
		{{"Rue des Tamaris", tertiary, line{{1450, 60}, {1800, 20}, {2120, 50}}}},
		{{"Rue de Kergroaz", tertiary, line{{-1430, -200}, {-1650, -230}, {-1880, -230}}}},
		{{"Rue des Conserveries", tertiary, line{{-700, -1040}, {-660, -1250}, {-640, -1430}, {-560, -1515}}}},
		{{"Boulevard de la Rade", tertiary, line{{-405, -1395}, {-560, -1515}, {-835, -1600}, {-850, -1525}, {-970, -1525}, {-1090, -1540}, {-1110, -1650}, {-1330, -1680}, sw3}}},
		// Lanes of the country.
		{{"Chemin de Kergoat", minor, line{{-520, 1250}, {-470, 1600}, {-600, 1950}, {-800, 2180}}}},
		{{"Chemin de Kerdilès", minor, line{{1700, 900}, {2000, 1280}, {2120, 1560}, {1760, 1880}, {1250, 1860}, {705, 1700}}}},
		{{"Chemin de Porz-Guen", minor, line{{2480, 800}, {2800, 600}, {3060, 400}, {3230, 80}}}},
		{{"Chemin de Kerflouz", minor, line{{-2050, 1080}, {-1750, 1330}, {-1560, 1700}, {-1540, 2120}}}},
		{{"Chemin de l’Étang", minor, line{{-1750, 1330}, {-1400, 1440}, west(mill)}}},
		{{"Chemin du Moulin", minor, line{east(mill), {-850, 1560}, {-470, 1600}}}},
		{{"Chemin de Kerlouarn", minor, line{{-2600, -420}, {-2480, -80}, {-2420, 350}, {-2260, 750}, {-2050, 1080}}}},
		{{"Chemin des Douaniers", minor, line{{-2100, -520}, {-2260, -900}, {-2380, -1300}, {-2290, -1640}, {-1950, -1900}}}},
		{{"Chemin de Kerilis", minor, line{{2500, -600}, {2560, -880}, {2700, -1100}, {2630, -1340}}}},
		// Hamlets.
		{{"Hent Porz Kloz", minor, line{{640, 2060}, {480, 2090}, {430, 2220}, {560, 2230}}}},
		{{"Hent Kermorvan", minor, line{{2700, 960}, {2620, 1060}, {2480, 1040}, {2430, 900}, {2480, 800}}}},
		{{"Hent Lostmael", minor, line{{-3020, -260}, {-2960, -430}, {-2800, -480}, {-2600, -420}}}},
		{{"Hent Kergoat", minor, line{{-600, 1950}, {-480, 2060}, {-560, 2180}, {-800, 2180}}}},
	}
}

// Quays that follow the river between two bridges, or from a bridge to the sea (-1).
var quays = []struct {
	name     string
	class    class
	sign     float64 // 1: the eastern bank
	from, to int     // bridges, downstream
}{
	{"Quai des Lavandières", minor, 1, kervenn, remparts},
	{"Quai Saint-Gwenolé", tertiary, 1, remparts, old},
	{"Quai des Capucins", tertiary, 1, old, marine},
	{"Quai de la Douane", tertiary, 1, marine, -1},
	{"Quai de Kervenn", minor, -1, kervenn, remparts},
	{"Quai du Halage", tertiary, -1, remparts, old},
	{"Quai des Forges", tertiary, -1, old, marine},
	{"Quai de l’Arsenal", tertiary, -1, marine, -1},
}

// Piers and moles.
var piers = []section{
	{"Môle des Goélands", pier, line{{893, -1528}, {965, -1760}, {880, -1905}, {740, -1960}}},
	{"Embarcadère des Îles", pier, line{{735, -1480}, {715, -1790}}},
	{"Ponton A", pier, line{{290, -1190}, {297, -1395}}},
	{"Ponton B", pier, line{{375, -1190}, {382, -1395}}},
	{"Ponton C", pier, line{{465, -1185}, {472, -1395}}},
	{"Jetée de la Plage", pier, line{{1592, -965}, {1568, -1210}}},
	{"Appontement de la Darse", pier, line{{-970, -1530}, {-976, -1660}}},
	{"Digue de la Rade", pier, line{{-1345, -1700}, {-1290, -1960}, {-1120, -2080}, {-900, -2090}}},
	{"Cale de Porz Kloz", pier, line{{600, 2235}, {730, 2330}, {905, 2310}}},
	{"Cale du Phare", pier, line{{-2180, -2740}, {-2130, -2725}}},
}
