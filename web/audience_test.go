package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/mvt"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
	"quartier/tiles"
)

// The one rule is told three times, in SQL, in Go and to the index: whoever asks, they choose the same reports, and each of their numbers counts them.
func TestTheRuleIsOne(t *testing.T) {
	db := storetest.New(t)
	r := rand.New(rand.NewPCG(61, 62))
	categories, services := scatter(t, db, r, 400)
	list, index := reportsAndIndex(t, db)
	world := geo.TileAt(geo.Position{Lon: 23_500_000, Lat: 488_500_000}, 1)
	sizes := map[int]bool{}
	for range 150 {
		actor := randomActor(r, categories, services)
		rows, err := db.Query(t.Context(), `select r.id from report r where `+actor.VisibleSQL("r")+` order by r.id`)
		if err != nil {
			t.Fatalf("%+v: %s: %v", actor, actor.VisibleSQL("r"), err)
		}
		bySQL, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			t.Fatal(err)
		}
		var byGo, byIndex []int64
		for _, one := range list {
			if actor.SeesItem(one.Visibility, one.Service, one.Category, one.Zones) {
				byGo = append(byGo, one.ID)
			}
		}
		layers, err := mvt.Unmarshal(index.Tile(world, tiles.Filter{}, audienceOf(actor)))
		if err != nil {
			t.Fatal(err)
		}
		for _, layer := range layers {
			for _, feature := range layer.Features {
				byIndex = append(byIndex, int64(feature.ID.(float64)))
			}
		}
		slices.Sort(byIndex)
		if !slices.Equal(bySQL, byGo) || !slices.Equal(bySQL, byIndex) {
			t.Fatalf("%+v sees\n%v by SQL,\n%v by Go,\n%v on the map", actor, bySQL, byGo, byIndex)
		}
		if n := index.Total(tiles.Filter{}, audienceOf(actor)); n != len(bySQL) {
			t.Fatalf("%+v sees %d, the map counts %d", actor, len(bySQL), n)
		}
		sizes[len(bySQL)] = true
	}
	if len(sizes) < 20 {
		t.Errorf("150 actors see only %d different numbers of reports: the test tells little", len(sizes))
	}
}

// scatter files reports of every visibility, state, category, service and zone, and gives the categories and the services.
func scatter(t *testing.T, db *store.DB, r *rand.Rand, n int) (categories, services []int32) {
	t.Helper()
	ids := func(sql string) []int32 {
		rows, err := db.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[int32])
		if err != nil || len(list) < 3 {
			t.Fatalf("%s: %d rows, %v", sql, len(list), err)
		}
		return list
	}
	categories = ids(`select id from category order by id limit 5`)
	services = ids(`insert into service (slug, name_fr, name_en) select 'essai-' || n, 'Essai', 'Trial' from generate_series(1, 4) n returning id`)
	for i := range n {
		var service *int32
		if r.IntN(5) > 0 {
			service = &services[r.IntN(len(services))]
		}
		zones := []int32{}
		for range r.IntN(3) {
			zones = append(zones, int32(1+r.IntN(6)))
		}
		p := geo.Position{Lon: 23_000_000 + int32(i)*1000, Lat: 488_500_000}
		_, err := db.Exec(t.Context(), `
			insert into report (category_id, service_id, title, lon, lat, h3, zone_ids, status, visibility, channel, created_at, updated_at)
			values (@category, @service, 'Titre', @lon, @lat, @h3, @zones, @status, @visibility, 'web', now(), now())`,
			pgx.NamedArgs{"category": categories[r.IntN(len(categories))], "service": service, "lon": p.Lon, "lat": p.Lat,
				"h3": int64(geo.CellAt(p, geo.CellResolution)), "zones": zones,
				"status":     []string{"pending", "new", "in_progress", "resolved"}[r.IntN(4)],
				"visibility": []string{"public", "private", "private", "hidden"}[r.IntN(4)]})
		if err != nil {
			t.Fatal(err)
		}
	}
	return categories, services
}

// reportsAndIndex reads all reports, and loads them into an index that shows each by itself from zoom 1 on.
func reportsAndIndex(t *testing.T, db *store.DB) (list []reports.Report, index *tiles.Index) {
	t.Helper()
	register := &reports.Register{DB: db}
	err := register.Each(t.Context(), account.System, reports.Filter{}, func(one reports.Report) error {
		list = append(list, one)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	statuses := make([]tiles.Status, len(reports.Statuses))
	for i, s := range reports.Statuses {
		statuses[i].Name = s.Name
	}
	index, err = tiles.New(tiles.Options{Vocabulary: tiles.Vocabulary{Kinds: []string{reports.Kind}, Statuses: statuses}, PointsFrom: 1})
	if err == nil {
		err = db.Read(t.Context(), func(tx pgx.Tx) error { return index.Load(t.Context(), reports.Items(t.Context(), tx)) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return list, index
}

// randomActor makes somebody with grants of any sort.
func randomActor(r *rand.Rand, categories, services []int32) account.Actor {
	some := func(from []int32) (list []int32) {
		for range r.IntN(3) {
			list = append(list, from[r.IntN(len(from))])
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	a := account.Actor{Role: account.RoleResident, Person: 1}
	for range r.IntN(4) {
		g := account.Grant{Role: account.StaffRoles[1+r.IntN(len(account.StaffRoles)-1)]}
		if r.IntN(12) == 0 {
			g.Role = account.RoleAdministrator
		}
		if g.Role == account.RoleAgent || g.Role == account.RoleAnalyst {
			g.Services, g.Categories, g.Zones = some(services), some(categories), some([]int32{1, 2, 3, 4, 5, 6})
		}
		a.Grants = append(a.Grants, g)
	}
	return a
}

// While the database rests nobody can say whose session it is: a tile is then the public's, at once and not kept as anything else, and the list says that it
// is resting. When the database is back, so are the rights.
func TestSignedInWhileTheDatabaseRests(t *testing.T) {
	s := newSite(t)
	_, token := s.file("visible")
	s.awaitText(token)
	secretOne, token := s.file("privé")
	s.awaitText(token)
	s.change(secretOne, `update report set visibility = 'private' where id = $1`, secretOne)
	cookie := s.signedInAs(account.Grant{Role: account.RoleAdministrator})
	const path = "/tiles/items/0/0/0.mvt"
	count := func(headers ...string) int {
		t.Helper()
		a := s.get(path, append(headers, "Accept-Encoding", "identity")...)
		if a.StatusCode != http.StatusOK {
			t.Fatalf("a tile answers %d: %s", a.StatusCode, a.body)
		}
		return countIn(t, a.body)
	}
	if public, staff := count(), count("Cookie", cookie); public != 1 || staff != 2 {
		t.Fatalf("the public counts %d, an administrator %d", public, staff)
	}
	wake := s.rest()
	if public, staff := count(), count("Cookie", cookie); public != 1 || staff != 1 {
		t.Errorf("while the database rests the public counts %d, an administrator %d", public, staff)
	}
	public, staff := s.get(path), s.get(path, "Cookie", cookie)
	if tag := public.Header.Get("ETag"); tag == "" || tag != staff.Header.Get("ETag") {
		t.Errorf("while the database rests the public has the tag %q, an administrator %q", tag, staff.Header.Get("ETag"))
	}
	resting := s.language("fr").Say("error.database_resting", nil)
	for _, path := range []string{"/reports", fmt.Sprintf("/reports/%d", secretOne)} {
		a := s.get(path, "Cookie", cookie, "Accept-Language", "fr")
		if a.StatusCode != http.StatusServiceUnavailable || !containsText(a.body, resting) {
			t.Errorf("%s answers %d while the database rests: %s", path, a.StatusCode, a.body)
		}
	}
	if a := s.get("/", "Cookie", cookie); a.StatusCode != http.StatusOK {
		t.Errorf("the map page answers %d while the database rests", a.StatusCode)
	}
	wake()
	s.entries.forget()
	if staff := count("Cookie", cookie); staff != 2 {
		t.Errorf("after the database came back an administrator counts %d", staff)
	}
}

// rest makes the site's database refuse everybody, until it is woken.
func (s *site) rest() (wake func()) {
	s.t.Helper()
	config := s.Register.DB.Config().ConnConfig.Copy()
	name := pgx.Identifier{config.Database}.Sanitize()
	elsewhere := config.Copy()
	elsewhere.Database = "postgres"
	run := func(sql string, args ...any) {
		s.t.Helper()
		ctx := context.Background()
		c, err := pgx.ConnectConfig(ctx, elsewhere)
		if err != nil {
			s.t.Fatal(err)
		}
		defer c.Close(ctx)
		if _, err := c.Exec(ctx, sql, args...); err != nil {
			s.t.Fatal(err)
		}
	}
	run(`alter database ` + name + ` allow_connections false`)
	run(`select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = $1`, config.Database)
	s.entries.forget()
	return func() { run(`alter database ` + name + ` allow_connections true`) }
}
