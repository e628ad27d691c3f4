package demo

import "strings"

// theme is a family of names: what stands after rue, allée, impasse …
type theme uint8

const (
	crafts theme = iota // of an old town
	seafaring
	sailors
	isles
	plants
	birds
	letters
	science
	music
	painting
	ideals
	breton
	trades // of a port
)

// names of each theme, separated by strokes. None is used twice.
var themes = [...]string{
	crafts:    `de la Corderie|des Tonneliers|du Four-Banal|des Cordiers|de la Poissonnerie|du Puits-Salé|des Trois-Rois|de la Vieille-Halle|des Orfèvres|de la Monnaie|du Guet|de la Grille|des Dames|du Chapeau-Rouge|de la Treille|des Ursulines|du Cloître|des Carmes|du Chat-qui-Pêche|de la Fontaine|du Pilori|des Boucheries|du Lavoir|de la Tour-aux-Chiens|des Gabelous|de la Cohue|des Lices|du Beffroi|du Sel|des Merciers|de la Prévôté|des Vieilles-Douves|du Puits-aux-Anglais|de la Lanterne|des Quatre-Vents|de la Sénéchaussée|du Grenier-à-Sel|des Potiers|de l’Écu|du Lion-d’Or|des Lingères|de la Bride|du Cheval-Blanc|de la Poterne|des Arquebusiers|du Bout-du-Monde|Saint-Tugdual|Saint-Yves|Sainte-Anne|Saint-Nicolas|Saint-Clément|Sainte-Barbe|de la Pompe|du Noroît|de l’Horloge|des Échevins|du Cadran|de la Mère-Dieu|des Fripiers|du Vieux-Collège|de l’Abreuvoir|des Remailleuses|du Petit-Bois|de la Vierge-Noire|des Sept-Marches|du Coq|de la Sirène|des Jacobins|du Vieux-Puits|de la Tannerie|des Vanniers|du Masque|de la Cale-aux-Huîtres|des Bons-Voisins|du Pot-d’Étain|de l’Échaudé|de la Coquille|du Four-à-Pain|des Chapeliers|de la Halle-aux-Toiles`,
	seafaring: `du Grand-Hunier|de la Misaine|des Terre-Neuvas|du Cabestan|de la Brise|du Grand-Large|de la Boussole|du Compas|de l’Ancre|des Haubans|de la Vigie|du Suroît|des Alizés|de la Marée|du Jusant|du Flot|de la Houle|des Brisants|du Gouvernail|de la Hune|du Beaupré|des Gréements|de la Goélette|du Sextant|du Cotre|du Lougre|de la Chaloupe|de l’Écoute|du Bosco|des Timoniers|du Foc|de la Brigantine|de l’Aviron|des Cap-Horniers|de la Bouée|du Fanal|de l’Estran|du Varech|des Pêcheurs|des Sardiniers|des Thoniers|de la Senne|du Casier|des Langoustiers|des Mareyeurs|des Goémoniers|de la Bruine|du Ressac|de l’Écume|des Régates|du Canot-de-Sauvetage|de l’Abri-du-Marin|du Tour-de-l’Île|des Sauveteurs|de la Belle-Étoile|du Cormoran-Noir|des Trois-Mâts|de la Perle|de la Nacre|du Corail`,
	sailors:   `Surcouf|Duguay-Trouin|Jean-Bart|Jacques-Cartier|La-Pérouse|Bougainville|Charcot|Éric-Tabarly|Alain-Colas|Bernard-Moitessier|Virginie-Hériot|Jeanne-Barret|Alain-Gerbault|Du-Couëdic|Kerguelen|Marion-Dufresne|Dumont-d’Urville|Nicolas-Baudin|Primauguet|Guillaumat|de Suffren|Magellan|Vasco-de-Gama|Amundsen|Nansen|Bellot|Louise-Boyd|Magon|Florence-Arthaud|Loïck-Fougeron`,
	isles:     `d’Ouessant|de Molène|de Sein|de Groix|de Belle-Île|de Houat|d’Hoëdic|des Glénan|de Bréhat|de Batz|d’Yeu|de Noirmoutier|de Ré|d’Oléron|d’Aix|de Jersey|de Guernesey|d’Aurigny|de Sercq|de Chausey|de Cézembre|des Sept-Îles|de Tombelaine|de Quéménès|de Béniguet|de Bannec|de Balanec|de Triélen|de la Jument|d’Ar-Men|du Créac’h|du Stiff|de Nividic|de Kéréon|de la Teignouse|d’Eckmühl|des Poulains|du Minou|des Pierres-Noires|du Four|de Penfret|des Açores|de Madère|des Canaries|du Cap-Vert|d’Islande|des Féroé|des Orcades|des Shetland|de Fastnet|de Skye|d’Aran`,
	plants:    `des Ajoncs|des Genêts|des Bruyères|des Hortensias|des Camélias|des Mimosas|des Agapanthes|des Cyprès|des Pins|des Chênes|des Hêtres|des Châtaigniers|des Frênes|des Ormes|des Saules|des Aulnes|des Peupliers|des Noisetiers|des Sureaux|des Aubépines|des Prunelliers|des Églantiers|des Fougères|des Digitales|des Primevères|des Jonquilles|des Pervenches|des Violettes|des Coquelicots|des Bleuets|des Marguerites|des Armérias|des Immortelles|des Chardons-Bleus|des Lilas|des Glycines|des Magnolias|des Rhododendrons|des Azalées|des Iris|des Lavandes|des Romarins|du Thym|des Giroflées|des Capucines|des Pommiers|des Poiriers|des Cerisiers|des Figuiers|des Pruniers|des Mûriers|du Verger|des Tilleuls|des Érables|des Bouleaux|des Merisiers|des Houx|des Ifs|du Lierre|des Mauves|de la Criste-Marine|des Salicornes|des Euphorbes|des Oyats|des Chèvrefeuilles|des Coudriers|des Cormiers|des Nénuphars|des Roseaux`,
	birds:     `des Goélands|des Cormorans|des Sternes|des Pingouins|des Macareux|des Fous-de-Bassan|des Huîtriers|des Bécasseaux|des Aigrettes|des Hérons|des Bernaches|des Tadornes|des Courlis|des Avocettes|des Gravelots|des Tournepierres|des Pétrels|des Albatros|des Guillemots|des Grèbes|des Hirondelles|des Martinets|des Alouettes|des Linottes|des Fauvettes|des Mésanges|des Bouvreuils|des Chardonnerets|des Verdiers|des Roitelets|des Troglodytes|des Loriots|des Huppes|des Engoulevents|du Martin-Pêcheur|des Chevaliers-Gambettes`,
	letters:   `Chateaubriand|Victor-Hugo|George-Sand|Colette|Marcel-Proust|Émile-Zola|Guy-de-Maupassant|Gustave-Flaubert|Arthur-Rimbaud|Paul-Verlaine|Charles-Baudelaire|Stéphane-Mallarmé|Max-Jacob|Saint-Pol-Roux|Tristan-Corbière|Villiers-de-l’Isle-Adam|Ernest-Renan|Pierre-Loti|Joseph-Conrad|Herman-Melville|Robert-Louis-Stevenson|Jack-London|Madame-de-Sévigné|Marguerite-Duras|Marguerite-Yourcenar|Simone-de-Beauvoir|Albert-Camus|Jacques-Prévert|Robert-Desnos|Guillaume-Apollinaire|Blaise-Cendrars|Louise-Labé|Marie-de-France|Molière|Jean-Racine|Jean-de-La-Fontaine|Voltaire|Denis-Diderot|Jean-Jacques-Rousseau|Honoré-de-Balzac|Alexandre-Dumas|Stendhal|Alphonse-Daudet|Jules-Renard|Anjela-Duval|Xavier-Grall|Louis-Guilloux|Théodore-Botrel|Yann-Ber-Kalloc’h|Charles-Le-Goffic`,
	science:   `Marie-Curie|Louis-Pasteur|Laennec|Ambroise-Paré|Claude-Bernard|Sophie-Germain|Émilie-du-Châtelet|Henri-Poincaré|Évariste-Galois|Pierre-de-Fermat|Blaise-Pascal|Denis-Papin|Lavoisier|Ampère|Augustin-Fresnel|François-Arago|Foucault|Hippolyte-Fizeau|Rosalind-Franklin|Ada-Lovelace|Lise-Meitner|Albert-Einstein|Isaac-Newton|Johannes-Kepler|Galilée|Copernic|Charles-Darwin|Buffon|Linné|Jussieu|Yves-Rocard|Alfred-Kastler`,
	music:     `Claude-Debussy|Maurice-Ravel|Gabriel-Fauré|Erik-Satie|Hector-Berlioz|Georges-Bizet|Camille-Saint-Saëns|Lili-Boulanger|Germaine-Tailleferre|Francis-Poulenc|Jean-Philippe-Rameau|Couperin|Lully|Mozart|Ludwig-van-Beethoven|Frédéric-Chopin|Clara-Schumann|Franz-Schubert|Vivaldi|Verdi|Paul-Ladmirault|Jean-Cras|Édith-Piaf|Georges-Brassens|Barbara|Jacques-Brel`,
	painting:  `Paul-Gauguin|Émile-Bernard|Paul-Sérusier|Maurice-Denis|Mathurin-Méheut|Claude-Monet|Berthe-Morisot|Eugène-Boudin|Paul-Signac|Henri-Rivière|Camille-Corot|Gustave-Courbet|Édouard-Manet|Auguste-Renoir|Paul-Cézanne|Henri-Matisse|Georges-Braque|Sonia-Delaunay|Suzanne-Valadon|Rosa-Bonheur|Yves-Tanguy|Jean-Julien-Lemordant|Charles-Filiger|Auguste-Rodin|Camille-Claudel|Vincent-van-Gogh`,
	ideals:    `de la République|de la Fraternité|de l’Égalité|de la Paix|du 8-Mai-1945|du 11-Novembre|du 14-Juillet|Jean-Jaurès|Léon-Blum|Jean-Moulin|Pierre-Brossolette|Louise-Michel|Olympe-de-Gouges|Simone-Veil|Aristide-Briand|Jules-Ferry|Gambetta|Sadi-Carnot|Waldeck-Rousseau|du Général-Leclerc|des Fusillés|des Déportés|de Verdun|de la Marne|Émile-Combes|Marc-Sangnier|des Droits-de-l’Homme|Nelson-Mandela|Martin-Luther-King|Rosa-Parks`,
	breton:    `de Kerforn|de Kervao|de Kergonan|de Kerzu|de Kerampont|de Kerdour|de Kerloc’h|de Kerveur|de Kersaliou|de Kerouman|de Kerléo|de Kerstrat|de Kermélen|de Kerorgant|de Kerbihan|de Kerbras|du Roz|du Goarem|du Menez|du Stang|de Park-ar-Roz|de Pen-ar-Hoat|de Toul-an-Dour|de Feunteun-Wenn|de Roc’h-Glaz|de Traez-Bihan|de Pors-Moguer|de Mez-Braz|de Ti-Glas|de Croas-Hent|de Prat-Meur|du Lannec|de Coat-Morvan|de Lann-Vras|du Quinquis|de Gorré-Mor|de Ty-Nevez|de Garz-Iliz|de Kroaz-Verr|du Dourig|de Leur-Vihan|de Parc-Huella|de Ran-Izella|de Stank-ar-Vilin|de Liorzou|de Menez-Hir|de Roz-Avel|de Gwaremm-Vihan|de Penn-ar-Prat|de Toull-ar-Brohet`,
	trades:    `des Calfats|des Charpentiers-de-Marine|des Radoubs|de la Forge-Marine|des Voiliers-Réunis|de la Glacière|du Frigo|des Filets-Bleus|de la Saumure|des Bacs-à-Sel|des Chaudronniers|des Riveteurs|du Slipway|de la Grue|des Dockers|des Acconiers|du Charbon|de la Houille|des Bois-du-Nord|des Boucholeurs|de l’Entrepôt|des Magasins-Généraux|de la Halle-à-Marée|des Soudeurs|de la Cale-Sèche|des Forges-Basses|du Pont-Bascule|de la Minoterie|du Parc-à-Bois|de la Tonnellerie|de la Voilerie|du Carénage`,
}

// tongue is how the streets of a style are called, the likelier words more than once.
type tongue struct{ street, short, deadEnd []string }

var tongues = map[style]tongue{
	medieval:   {[]string{"Rue", "Rue", "Rue", "Rue", "Rue", "Venelle", "Ruelle"}, []string{"Venelle", "Rue", "Rue", "Passage", "Ruelle", "Rue"}, []string{"Cour", "Impasse", "Venelle"}},
	terraced:   {[]string{"Rue"}, []string{"Rue", "Rue", "Rue", "Passage"}, []string{"Impasse", "Impasse", "Cité"}},
	detached:   {[]string{"Rue", "Rue", "Rue", "Allée", "Chemin"}, []string{"Rue", "Allée", "Allée", "Rue"}, []string{"Impasse", "Allée", "Clos"}},
	estate:     {[]string{"Rue", "Rue", "Allée", "Cours"}, []string{"Allée", "Rue", "Mail"}, []string{"Square", "Allée", "Résidence"}},
	industrial: {[]string{"Rue"}, []string{"Rue", "Passage"}, []string{"Impasse", "Voie"}},
}

// themesOf gives what the streets of a district are called after: its own theme first.
func themesOf(number int) []theme {
	switch d := districts[number-1]; d.style {
	case medieval:
		return []theme{crafts, crafts, crafts, seafaring}
	case industrial:
		return []theme{trades, trades, seafaring, sailors}
	case estate:
		return [][]theme{{painting}, {music}, {science}}[number%3]
	case detached:
		return [][]theme{{plants, plants, birds}, {birds, breton}, {breton, plants}, {isles, breton}, {plants, isles}}[number%5]
	default:
		return [][]theme{{letters, ideals, letters}, {sailors, seafaring, ideals}, {letters, science}, {seafaring, isles}, {ideals, letters, sailors}}[number%5]
	}
}

// nameStreets gives each street a name that no other has.
func nameStreets(c *chance, g *graph, streets []*street) {
	left := make([][]string, len(themes))
	for i, list := range themes {
		left[i] = strings.Split(list, "|")
		c.Shuffle(len(left[i]), func(a, b int) { left[i][a], left[i][b] = left[i][b], left[i][a] })
	}
	take := func(t theme) string {
		// A theme that is used up lends from those that are fullest.
		if len(left[t]) == 0 {
			for i := range left {
				if len(left[i]) > len(left[t]) {
					t = theme(i)
				}
			}
		}
		name := left[t][len(left[t])-1]
		left[t] = left[t][:len(left[t])-1]
		return name
	}
	for _, s := range streets {
		words := tongues[districts[s.district-1].style]
		generic := words.street
		length := s.length()
		switch {
		case s.closed && length < 190:
			generic = words.deadEnd
		case length < 95:
			generic = words.short
		}
		word := pick(c, generic)
		own := themesOf(s.district)
		s.name = word + " " + take(own[c.IntN(len(own))])
	}
}
