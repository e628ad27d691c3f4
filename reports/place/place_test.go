package place

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// entries gives the addresses one after the other, as a reader of a file does.
func entries(list ...Entry) func() (Entry, error) {
	i := 0
	return func() (Entry, error) {
		if i == len(list) {
			return Entry{}, io.EOF
		}
		i++
		list[i-1].Number = i + 1
		return list[i-1], nil
	}
}

func entry(id, number, street, postcode string, lon, lat int32) Entry {
	return Entry{ExternalID: id, Address: Address{Number: number, Street: street, Postcode: postcode, City: "Paris", Position: geo.Position{Lon: lon, Lat: lat}}}
}

func town() []Entry {
	return []Entry{
		entry("1", "12", "Rue de la Lune", "75002", 23493000, 488699000),
		entry("2", "12 bis", "Rue de la Lune", "75002", 23494000, 488699000),
		entry("3", "14", "Rue de la Lune", "75002", 23495000, 488699000),
		entry("4", "12", "Rue du 4 Septembre", "75002", 23360000, 488690000),
		entry("5", "4", "Boulevard Saint-Germain", "75005", 23550000, 488500000),
		entry("6", "4", "Place du Châtelet", "75004", 23470000, 488580000),
		entry("7", "12", "Rue d’Alésia", "75014", 23300000, 488280000),
		entry("8", "", "Île aux Cygnes", "75015", 22800000, 488500000),
	}
}

func load(t *testing.T, db *store.DB, list ...Entry) Summary {
	t.Helper()
	s, err := Import(t.Context(), db, account.System, "test", entries(list...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestImport(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	expect := func(step string, got Summary, want Summary) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %+v, want %+v", step, got, want)
		}
	}
	expect("first", load(t, db, town()...), Summary{Added: 8, Streets: 6})
	versions := func() (text string) {
		err := db.QueryRow(t.Context(), `select string_agg(xmin::text, ' ' order by id) || (select string_agg(xmin::text, ' ' order by id) from street) from address`).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	before := versions()
	expect("again", load(t, db, town()...), Summary{Same: 8, Streets: 6})
	if after := versions(); after != before {
		t.Errorf("the same file wrote rows: %s, then %s", before, after)
	}
	changed := town()
	changed[3].Address.Street = "Rue du Quatre Septembre"
	changed[0].Address.Position.Lon += 10
	again := changed[1]                       // the very same line twice
	other := entry("3", "15", "X", "1", 1, 1) // number 3 with other content
	expect("changed", load(t, db, append(changed, again, other)...), Summary{Changed: 2, Same: 6, Twice: 1, Refused: []int{11}, Streets: 6})
	found, err := Search(t.Context(), db, account.Anonymous, "4 septembre", 5)
	if err != nil || len(found) != 1 || found[0].Label != "Rue du Quatre Septembre, 75002 Paris" {
		t.Errorf("the street that was renamed: %+v, %v", found, err)
	}
	broken := fmt.Errorf("the file broke")
	_, err = Import(t.Context(), db, account.System, "test", func() (Entry, error) { return Entry{}, broken })
	if err == nil || !strings.Contains(err.Error(), broken.Error()) {
		t.Errorf("a reader's error came back as %v", err)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	load(t, db, town()...)
	// A zone, as package zone stores it.
	_, err := db.Exec(t.Context(), `
		with s as (insert into zone_set (slug, name_fr, name_en) values ('quartiers', 'Q', 'Q') returning id),
		r as (insert into zone_revision (zone_set_id, number, sha256, source) select id, 1, sha256(''), 'x' from s returning id),
		z as (insert into zone (zone_set_id, code) select id, '18' from s returning id)
		insert into zone_shape (revision_id, zone_id, name, search, geometry)
		select r.id, z.id, 'Saint-Germain-l''Auxerrois', $1, ST_Multi(ST_MakeEnvelope(2, 48, 3, 49, 4326)) from r, z`,
		" "+language.Fold("Saint-Germain-l'Auxerrois"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `update zone_set set revision_id = (select id from zone_revision)`); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"12 rue de la lune":               "12 Rue de la Lune, 75002 Paris!",
		"12BIS RUE DE LA LUNE":            "12 bis Rue de la Lune, 75002 Paris!",
		"12 bis, rue de la Lune 75002":    "12 bis Rue de la Lune, 75002 Paris!",
		"rue de la lune 14":               "14 Rue de la Lune, 75002 Paris!",
		"rue de la lune 12 bis":           "12 bis Rue de la Lune, 75002 Paris!",
		"13 rue de la lune":               "Rue de la Lune, 75002 Paris",
		"lune par":                        "Rue de la Lune, 75002 Paris",
		"rue de la lnue":                  "Rue de la Lune, 75002 Paris",
		"12 rue de la lnue":               "12 Rue de la Lune, 75002 Paris!",
		"14 rue de la luen":               "14 Rue de la Lune, 75002 Paris!",
		"4 plce du chatellet":             "4 Place du Châtelet, 75004 Paris!",
		"rue d'alezia 12":                 "12 Rue d’Alésia, 75014 Paris!",
		"boulvard saint gremain":          "Boulevard Saint-Germain, 75005 Paris",
		"rue du 4 sept":                   "Rue du 4 Septembre, 75002 Paris",
		"12 rue du 4 septembre":           "12 Rue du 4 Septembre, 75002 Paris!",
		"chatelet":                        "Place du Châtelet, 75004 Paris",
		"PLACE DU CHÂTELET":               "Place du Châtelet, 75004 Paris",
		"12 d'alesia":                     "12 Rue d’Alésia, 75014 Paris!",
		"12 rue d'Alésia, 75014":          "12 Rue d’Alésia, 75014 Paris!",
		"ile aux cygnes":                  "Île aux Cygnes, 75015 Paris",
		"saint germain":                   "Saint-Germain-l'Auxerrois@quartiers/18|Boulevard Saint-Germain, 75005 Paris",
		"4 saint germain":                 "4 Boulevard Saint-Germain, 75005 Paris!",
		"75002":                           "Rue de la Lune, 75002 Paris|Rue du 4 Septembre, 75002 Paris",
		"100% ' ; drop table street; --_": "",
		"zzzzzz":                          "",
		"":                                "",
		" , ":                             "",
		"\xff\x00":                        "",
	} {
		found, err := Search(t.Context(), db, account.Anonymous, text, MaxFound)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var got []string
		for _, f := range found {
			one := f.Label
			if f.Zone != "" {
				one += "@" + f.Zone
			}
			if f.Exact {
				one += "!"
			}
			got = append(got, one)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	if found, err := Search(t.Context(), db, account.Anonymous, "paris", 2); err != nil || len(found) != 2 {
		t.Errorf("limit: %d, %v", len(found), err)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	load(t, db, town()...)
	for name, c := range map[string]struct {
		p     geo.Position
		label string
	}{
		"beside":            {geo.Position{Lon: 23493900, Lat: 488699500}, "12 bis Rue de la Lune, 75002 Paris"},
		"95 m to the north": {geo.Position{Lon: 23300000, Lat: 488288550}, "12 Rue d’Alésia, 75014 Paris"},
		"105 m":             {geo.Position{Lon: 23300000, Lat: 488289500}, ""},
		"95 m to the east":  {geo.Position{Lon: 23312990, Lat: 488280000}, "12 Rue d’Alésia, 75014 Paris"},
		"far away":          {geo.Position{Lon: -500000000, Lat: 100000000}, ""},
		"near the pole":     {geo.Position{Lon: 0, Lat: 850511000}, ""},
	} {
		a, metres, found, err := Nearest(t.Context(), db, account.Anonymous, c.p)
		if err != nil || found != (c.label != "") || found && a.Label() != c.label || metres > reach {
			t.Errorf("%s: %q at %f m, %v", name, a.Label(), metres, err)
		}
	}
}

func TestLabel(t *testing.T) {
	for want, a := range map[string]Address{
		"12 bis Rue de la Lune, 75002 Paris": {Number: "12 bis", Street: "Rue de la Lune", Postcode: "75002", City: "Paris"},
		"Île aux Cygnes, Paris":              {Street: "Île aux Cygnes", City: "Paris"},
		"4853 S WOOD":                        {Number: "4853", Street: "S WOOD"},
	} {
		if got := a.Label(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Whatever is typed, a question has words, all of them folded, and a number that addresses can have.
func FuzzQuestions(f *testing.F) {
	for _, seed := range []string{"12 bis rue de la lune", "rue 12", "12", "1 2 3", "", "\x00%_"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, q := range questions(typed(text)) {
			if len(q.words) == 0 || len(q.words) > maxWords {
				t.Fatalf("%q: %+v", text, q)
			}
			for _, p := range q.patterns() {
				if inner := p[2 : len(p)-1]; strings.ContainsAny(inner, `%_\`+"\x00") || inner == "" {
					t.Fatalf("%q: pattern %q", text, p)
				}
			}
		}
	})
}
