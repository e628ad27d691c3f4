package place

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// On a large table every question is answered through its index.
func TestIndexesServe(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	_, err := db.Exec(t.Context(), `
		insert into street (source, name, postcode, search, lon, lat)
		select 'x', 'Rue ' || md5(n::text), (75000 + n % 20)::text, ' rue ' || md5(n::text) || ' ' || 75000 + n % 20, n * 1000, 480000000 from generate_series(1, 30000) n;
		insert into address (source, external_id, street_id, number, lon, lat)
		select 'x', s.id || '/' || n, s.id, n::text, s.lon + n, s.lat + s.id from street s, generate_series(1, 5) n;
		insert into street_word (word) select distinct word from street, unnest(string_to_array(ltrim(search), ' ')) word;
		analyze street, address, street_word`)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		sql     string
		args    pgx.NamedArgs
		indexes []string
		tables  []string // that must not be read from one end to the other
	}{
		"street": {streetSQL, pgx.NamedArgs{"text": " rue abcd", "patterns": []string{"% rue%", "% abcd%"}, "longest": "% abcd%", "misspelt": false, "number": "3", "limit": 10},
			[]string{"street_search", "address_street"}, []string{"street", "address"}},
		"misspelt street": {streetSQL, pgx.NamedArgs{"text": " rue abcd", "patterns": []string{"% rue%", "% abcd%"}, "longest": "% abcd%", "misspelt": true, "number": "3", "limit": 10},
			[]string{"street_search", "address_street"}, []string{"street", "address"}},
		"nearest": {nearestSQL, pgx.NamedArgs{"lon": 1.5, "lat": 48.0, "west": 1.499, "east": 1.501, "south": 47.999, "north": 48.001, "reach": reach},
			[]string{"address_position"}, []string{"address"}},
		"misspelt words": {meantSQL, pgx.NamedArgs{"words": []string{"rue", "abcdx"}}, []string{"street_word_pkey", "street_word_remains"}, []string{"street_word"}},
	} {
		plan := explain(t, db, c.sql, c.args)
		for _, index := range c.indexes {
			if !strings.Contains(plan, index) {
				t.Errorf("%s: index %s does not serve:\n%s", name, index, plan)
			}
		}
		for _, table := range c.tables {
			if strings.Contains(plan, "Seq Scan on "+table+" ") {
				t.Errorf("%s: reads all of %s:\n%s", name, table, plan)
			}
		}
	}
}

func explain(t *testing.T, db *store.DB, sql string, args pgx.NamedArgs) string {
	t.Helper()
	rows, err := db.Query(t.Context(), "explain "+sql, args)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
