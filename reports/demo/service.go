package demo

import "strings"

// services of the town: what the schema calls them, and the categories that they handle. Roads has all the others.
var services = []struct{ slug, name, handles string }{
	{"cleaning", "Propreté", "cleanliness litter overflowing-bin dog-mess dead-leaves dumping bulky-waste rubble abandoned-bicycle graffiti tag illegal-poster"},
	{"green-spaces", "Espaces verts", "green-spaces dangerous-tree overgrown"},
	{"lighting", "Éclairage public", "lighting lamp-out lamp-damaged"},
	{"water", "Eau et assainissement", "water leak blocked-drain"},
	{"public-order", "Tranquillité publique", "parking abandoned-vehicle obstructive-parking noise noisy-works terrace animals pests dead-animal"},
	{"front-desk", "Accueil", "person-at-risk other"},
}

// serviceOf gives the service that handles a category, and its name.
func serviceOf(slug string) (service, name string) {
	for _, s := range services {
		for handled := range strings.FieldsSeq(s.handles) {
			if handled == slug {
				return s.slug, s.name
			}
		}
	}
	return "roads", "Voirie"
}
