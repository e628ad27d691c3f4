package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"quartier/geo"
	"quartier/migrations"
	"quartier/migrations/devdb"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/reports/zone"
)

// most is the number of reports up to which PostgreSQL is measured beside us: with ten times as many, one tile of the whole country takes it half a
// minute, and nobody learns anything from waiting for it.
const most = 1_000_000

// cluster gives the private PostgreSQL of the run, which is durable, as in earnest: the baseline's commits cost what ours do.
func (b *bench) cluster(ctx context.Context) (*devdb.Cluster, error) {
	if b.server != nil {
		return b.server, nil
	}
	var err error
	if b.dir, err = os.MkdirTemp("", "quartier-bench-*"); err != nil {
		return nil, err
	}
	b.server, err = devdb.Start(ctx, b.dir)
	return b.server, err
}

// database makes an empty database with the schema and the zones of the 60 towns, and gives its address too.
func (b *bench) database(ctx context.Context, name string) (*store.DB, string, error) {
	c, err := b.cluster(ctx)
	if err != nil {
		return nil, "", err
	}
	admin, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return nil, "", err
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, `create database `+pgx.Identifier{name}.Sanitize()); err != nil {
		return nil, "", err
	}
	db, err := store.Open(ctx, store.Options{URL: c.URL(name), StatementTimeout: -1, MaxConns: 40})
	if err != nil {
		return nil, "", err
	}
	b.opened = append(b.opened, db)
	if _, err := migrations.Up(ctx, db.Pool); err != nil {
		return nil, "", err
	}
	db.Reset() // connections made before know no geometry
	if err := db.PrepareLog(ctx, time.Now(), 7*24*time.Hour); err != nil {
		return nil, "", err
	}
	return db, c.URL(name), layZones(ctx, db, regions[0])
}

// layZones imports the towns and their quarters.
func layZones(ctx context.Context, db *store.DB, r *region) error {
	towns, quarter := geojson.NewFeatureCollection(), geojson.NewFeatureCollection()
	area := func(to *geojson.FeatureCollection, code string, columns, rows []int32) {
		last := func(lines []int32) float64 { return float64(lines[len(lines)-1]) / 1e7 }
		f := geojson.NewFeature(orb.Bound{Min: orb.Point{float64(columns[0]) / 1e7, float64(rows[0]) / 1e7}, Max: orb.Point{last(columns), last(rows)}}.ToPolygon())
		f.Properties = geojson.Properties{"code": code, "name": "Quartier " + code}
		to.Append(f)
	}
	for i := range r.towns {
		t := &r.towns[i]
		area(towns, fmt.Sprintf("%02d", i), t.columns, t.rows)
		wide := len(t.columns) - 1
		for q := range quarters {
			area(quarter, fmt.Sprintf("%02d-%02d", i, q), t.columns[q%wide:q%wide+2], t.rows[q/wide:q/wide+2])
		}
	}
	for _, set := range []struct {
		slug  string
		zones *geojson.FeatureCollection
	}{{"towns", towns}, {"quarters", quarter}} {
		text, err := json.Marshal(set.zones)
		if err != nil {
			return err
		}
		content, err := zone.ReadFile(strings.NewReader(string(text)), "code", "name")
		if err != nil {
			return err
		}
		if _, err := zone.Import(ctx, db, account.System, zone.Naming{Slug: set.slug, Source: "bench"}, content); err != nil {
			return err
		}
	}
	return nil
}

// filled gives a database that holds n reports of the 60 towns; it is filled once.
func (b *bench) filled(ctx context.Context, n int) (*store.DB, string, error) {
	if f, done := b.fillings[n]; done {
		return f.db, f.url, nil
	}
	b.say("  fill a database with %d reports", n)
	db, url, err := b.database(ctx, fmt.Sprintf("reports_%d", n))
	if err != nil {
		return nil, "", err
	}
	if err := fill(ctx, db, regions[0], n); err != nil {
		return nil, "", fmt.Errorf("fill a database: %w", err)
	}
	if len(b.fillings) == 0 {
		runs, err := settings(ctx, db)
		if err != nil {
			return nil, "", err
		}
		fmt.Fprintln(b.out, "\n"+runs)
	}
	b.fillings[n] = filling{db, url}
	return db, url, nil
}

// filling is a database with its reports.
type filling struct {
	db  *store.DB
	url string
}

// filled columns of a report; the rest is made by the database.
var filledColumns = []string{"id", "category_id", "service_id", "title", "description", "lon", "lat", "h3", "address", "zone_ids", "status", "visibility", "channel",
	"created_at", "updated_at", "closed_at", "due_at"}

// fill copies n reports in: first the rows, then the indexes, and foreign keys are not looked at, because millions would take hours otherwise.
func fill(ctx context.Context, db *store.DB, r *region, n int) error {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	rows, err := conn.Query(ctx, `
		select indexrelid::regclass::text, pg_get_indexdef(indexrelid)
		from pg_index i
		where indrelid = 'report'::regclass and not exists (select from pg_constraint where conindid = i.indexrelid)`)
	if err != nil {
		return err
	}
	indexes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Name, SQL string }])
	if err != nil {
		return err
	}
	for _, i := range indexes {
		if _, err := conn.Exec(ctx, `drop index `+i.Name); err != nil {
			return err
		}
	}
	if _, err := conn.Exec(ctx, `set session_replication_role = replica; set maintenance_work_mem = '512MB'`); err != nil {
		return err
	}
	m, i, values := newMaker(r, n), 0, make([]any, len(filledColumns))
	_, err = conn.Conn().CopyFrom(ctx, pgx.Identifier{"report"}, filledColumns, pgx.CopyFromFunc(func() ([]any, error) {
		if i == n {
			return nil, nil
		}
		one := m.make(i)
		i++
		m.row(values, i, &one)
		return values, nil
	}))
	if err != nil {
		return err
	}
	for _, i := range indexes {
		if _, err := conn.Exec(ctx, i.SQL); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, `
		select setval('report_id_seq', (select max(id) from report));
		reset maintenance_work_mem;
		reset session_replication_role`)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `vacuum (analyze) report`)
	return err
}

// row writes a report into the values of filledColumns.
func (r *region) row(values []any, id int, one *report) {
	visibility := "public"
	switch one.visibility {
	case account.Private:
		visibility = "private"
	case account.Hidden:
		visibility = "hidden"
	}
	updated := one.created
	if one.closed != 0 {
		updated = int64(one.closed)
	}
	title, description := words(id)
	copy(values, []any{int64(id), int32(one.category), one.service(), title, description, one.at.Lon, one.at.Lat,
		int64(geo.CellAt(one.at, geo.CellResolution)), addressOf(id), r.zonesOf(one), reports.Statuses[one.status].Name, visibility, "web",
		time.Unix(one.created, 0), time.Unix(updated, 0), moment(one.closed), moment(one.due)})
}

func moment(seconds uint32) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: time.Unix(int64(seconds), 0), Valid: seconds != 0}
}

// words gives what a report says: every third has a description.
func words(id int) (title, description string) {
	title = [...]string{"Nid-de-poule profond", "Lampadaire éteint depuis une semaine", "Encombrants sur le trottoir", "Tag sur la façade", "Poubelle renversée"}[id%5]
	if id%3 == 0 {
		description = "Devant l'entrée du numéro " + fmt.Sprint(1+id%90) + ", côté pair. C'est ainsi depuis plusieurs jours, et les passants doivent marcher sur la chaussée."
	}
	return title, description
}

// addressOf gives the place of a report in words.
func addressOf(id int) string {
	return fmt.Sprintf("%d rue %s, %05d Ville-%02d", 1+id%90, [...]string{"de la Lune", "des Lilas", "Jean-Jaurès", "du Port", "Neuve"}[id/7%5], 1000+id%90_000, id%60)
}
