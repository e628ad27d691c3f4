package demo

// block is what streets enclose.
type block struct {
	ring     line // turns left; along the middles of the streets
	middle   vec  // somewhere within
	district int
	use      use
	name     string
}

// use is what a block is for, where it is not for living.
type use uint8

const (
	living use = iota
	publicPark
	square
	graveyard
	pitch
	school
	college
	hospital
	playground
	works
)

// site is a thing that the town has planned for: the block around the place gets it.
type site struct {
	place vec
	use   use
	name  string
}

var sites = []site{
	{vec{150, -40}, publicPark, "Jardin public"},
	{vec{340, -650}, square, "Place du Marché"},
	{vec{550, -530}, square, "Place Saint-Gwenolé"},
	{vec{395, -1140}, square, "Place de la Criée"},
	{vec{150, 420}, publicPark, "Square des Terre-Neuvas"},
	{vec{850, 420}, publicPark, "Square Nathalie-Lemel"},
	{vec{1150, -180}, publicPark, "Parc de la Filature"},
	{vec{1060, -330}, publicPark, "Parc de la Filature"},
	{vec{-620, -330}, publicPark, "Square du Halage"},
	{vec{-1000, -60}, publicPark, "Jardin de Kerbiriou"},
	{vec{1760, 200}, publicPark, "Parc des Tamaris"},
	{vec{-1290, 760}, publicPark, "Mail de Kerarmor"},
	{vec{-1400, -930}, publicPark, "Parc de Beg-ar-Groaz"},
	{vec{1820, -820}, publicPark, "Jardin des Sables"},
	{vec{1080, 1000}, publicPark, "Bois des Écoliers"},
	{vec{-20, 1110}, graveyard, "Cimetière de Kerlann"},
	{vec{420, 1100}, pitch, "Stade du Champ-de-Foire"},
	{vec{-1680, -350}, pitch, "Terrain de Kergroaz"},
	{vec{-90, 470}, school, "École des Lavandières"},
	{vec{1180, 90}, school, "École Jules-Verne"},
	{vec{-520, -800}, school, "École de l’Arsenal"},
	{vec{-1130, 720}, school, "École de Kerarmor"},
	{vec{1900, -250}, school, "École de la Lande"},
	{vec{920, 620}, college, "Collège Anita-Conti"},
	{vec{-960, 180}, college, "Lycée de l’Atlantique"},
	{vec{-1740, 250}, hospital, "Hôpital maritime"},
	{vec{1900, 120}, playground, "Aire de jeux des Tamaris"},
}

// blocks gives what the streets enclose on dry land.
func (p *plan) blocks() []*block {
	var all []*block
	for _, ring := range p.graph.faces() {
		if area := ring.area(); area < 300 || area > 1.2e6 {
			continue
		}
		middle, ok := within(ring)
		if !ok || !p.land.holds(middle) || p.wet(ring) {
			continue
		}
		all = append(all, &block{ring: ring, middle: middle, district: p.plots.at(middle)})
	}
	for _, s := range sites {
		best := -1
		for i, b := range all {
			if b.ring.holds(s.place) && (best < 0 || b.ring.area() < all[best].ring.area()) {
				best = i
			}
		}
		if best >= 0 {
			all[best].use, all[best].name = s.use, s.name
		}
	}
	for _, b := range all {
		if b.use == living && b.district > 0 && districts[b.district-1].style == industrial {
			b.use = works
		}
	}
	return all
}

// wet tells whether the river runs through a ring.
func (p *plan) wet(ring line) bool {
	for i := 0; i < len(p.river.middle); i += 2 {
		if ring.holds(p.river.middle[i]) {
			return true
		}
	}
	return false
}

// within finds a place inside a ring, far from its sides.
func within(ring line) (vec, bool) {
	b := boxOf(ring...)
	var best vec
	deep := 0.0
	const steps = 9
	for i := 1; i < steps; i++ {
		for j := 1; j < steps; j++ {
			q := vec{b.low.x + (b.high.x-b.low.x)*float64(i)/steps, b.low.y + (b.high.y-b.low.y)*float64(j)/steps}
			if !ring.holds(q) {
				continue
			}
			if d, _ := ring.nearest(q); d > deep {
				best, deep = q, d
			}
		}
	}
	return best.snap(), deep > 0
}
