package demo

import "slices"

// area is a zone of the town.
type area struct {
	code, name string
	seed       vec
	rings      []line // each turns left: the island's part and the rocks that belong to it
}

// quartiers and what parts them: the river, the old ramparts and the avenues, each prolonged into the sea.
var quartiers = []area{
	{code: "01", name: "Ville-Close", seed: vec{335, -650}},
	{code: "02", name: "Kerlann", seed: vec{150, 450}},
	{code: "03", name: "Les Écoliers", seed: vec{1000, 900}},
	{code: "04", name: "Kermorvan", seed: vec{1700, 100}},
	{code: "05", name: "La Plage", seed: vec{1500, -750}},
	{code: "06", name: "Kervenn", seed: vec{-1300, 900}},
	{code: "07", name: "Kerbiriou", seed: vec{-1500, 0}},
	{code: "08", name: "Le Port", seed: vec{-800, -900}},
}

var sectors = []area{
	{code: "C", name: "Secteur Centre", seed: vec{335, -650}},
	{code: "E", name: "Secteur Est", seed: vec{1900, 900}},
	{code: "O", name: "Secteur Ouest", seed: vec{-2300, 300}},
}

// border is what a set of zones is cut along.
type border struct {
	streets []string
	more    func(p *plan) []line // where no street goes
}

var quartierBorder = border{
	streets: []string{
		"Boulevard de la Porte-Neuve", "Boulevard des Remparts", "Boulevard du Bastion", "Pont des Remparts", "Vieux-Pont",
		"Avenue de la Liberté", "Avenue de Kerlann", "Route de Porz Kloz", "Avenue Jules-Verne", "Avenue de Kermorvan", "Route de Kermorvan",
		"Avenue de l’Océan", "Avenue du Large", "Route de la Pointe de Bilzic", "Avenue Anatole-Le-Braz", "Avenue de la Résistance",
		"Route de Kerguelven", "Avenue du Général-de-Gaulle", "Avenue de Kerbiriou", "Route de Lostmael",
	},
	more: func(p *plan) []line {
		return []line{
			append(line{{-1350, 2700}}, append(p.river.middle, vec{-235, -1700})...),
			{{565, -1178}, {573, -1480}, {600, -1800}},
			{{560, 2230}, {560, 2700}}, {{2700, 960}, {3300, 1250}}, {{3230, 80}, {3800, 250}},
			{{-2330, 1370}, {-2800, 1900}}, {{-3020, -260}, {-3700, -350}},
		}
	},
}

var sectorBorder = border{
	streets: []string{
		"Boulevard des Embruns", "Boulevard Anita-Conti", "Boulevard de l’Atlantique", "Boulevard de Kervenn", "Pont de Kervenn",
		"Boulevard de la Résistance", "Boulevard de l’Ouest", "Boulevard du Port", "Rue de la Darse",
	},
	more: func(p *plan) []line {
		_, along := p.river.middle.nearest(bridgeSites[kervenn].near)
		return []line{
			append(line{{-1350, 2700}}, p.river.middle.part(0, along+20)...),
			{s2, {1585, -1400}}, {{-970, -1525}, {-975, -1950}},
		}
	},
}

// cut gives the areas whole, with shared borders: all of them are faces of one net.
func (p *plan) areas(of []area, b border) []area {
	ways := []way{{name: "coast", shape: p.island}}
	for _, e := range p.graph.edges {
		if slices.Contains(b.streets, e.name) {
			ways = append(ways, way{name: "border", shape: e.shape})
		}
	}
	for _, l := range b.more(p) {
		ways = append(ways, way{name: "border", shape: l})
	}
	g := arrange(ways)
	g.dropEnds()
	faces := g.faces()
	out := slices.Clone(of)
	for i := range out {
		for _, f := range faces {
			if f.holds(out[i].seed) {
				out[i].rings = append(out[i].rings, f)
			}
		}
	}
	for _, rock := range p.rocks {
		best, least := 0, 1e9
		for i, a := range out {
			if d, _ := a.rings[0].nearest(rock[0]); d < least {
				best, least = i, d
			}
		}
		out[best].rings = append(out[best].rings, rock)
	}
	return out
}
