package reports_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
)

func cursorOf(t *testing.T, db *store.DB) (c store.Cursor) {
	t.Helper()
	err := db.Read(t.Context(), func(tx pgx.Tx) (err error) {
		c, err = store.Here(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Pages cut by cursor give every report once, newest first, also where many were created in the same second.
func TestListPages(t *testing.T) {
	r := newRegister(t)
	for i := range 25 {
		r.Now = func() time.Time { return noon.Add(time.Duration(i/5) * time.Minute) }
		file(t, r, filing())
	}
	var ids []int64
	cursor := ""
	for {
		list, next, err := r.List(t.Context(), account.Anonymous, reports.Filter{}, reports.Page{Limit: 4, After: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			ids = append(ids, one.ID)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	for i, id := range ids {
		if id != int64(25-i) {
			t.Fatalf("the pages give %v", ids)
		}
	}
	if len(ids) != 25 {
		t.Errorf("%d reports on all pages, want 25", len(ids))
	}
}

func TestListRefusesForeignCursors(t *testing.T) {
	r := newRegister(t)
	for _, cursor := range []string{"x", "####", "OTk5OTk5OTk5OTk5OTk5OTk5OS4x", "OTIyMzM3MjAzNjg1NDc3NTgwNy4x", "LTkyMjMzNzIwMzY4NTQ3NzU4MDguMQ", "MS4x.1"} {
		_, _, err := r.List(t.Context(), account.Anonymous, reports.Filter{}, reports.Page{Limit: 4, After: cursor})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("the cursor %q gives %v, want an Invalid fault", cursor, err)
		}
	}
}

// What is not public is in no list, no export and no timeline for the public; for us it is.
func TestVisibility(t *testing.T) {
	r := newRegister(t)
	ids := map[string]int64{}
	for _, v := range []string{"public", "private", "hidden", "pending"} {
		ids[v] = file(t, r, filing()).ID
	}
	for v, id := range ids {
		sql := `update report set visibility = $1 where id = $2`
		if v == "pending" {
			sql = `update report set status = $1 where id = $2`
		}
		if _, err := r.DB.Exec(t.Context(), sql, v, id); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		actor account.Actor
		sees  string
	}{
		{account.Anonymous, "public"},
		{account.Actor{Role: account.RoleAgent}, "public"},
		{account.Actor{Role: account.RoleModerator}, "public hidden pending"},
		{account.System, "public private hidden pending"},
	} {
		t.Run(string(c.actor.Role), func(t *testing.T) {
			seen := map[int64]int{}
			list, _, err := r.List(t.Context(), c.actor, reports.Filter{}, reports.Page{Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				seen[one.ID]++
			}
			err = r.Each(t.Context(), c.actor, reports.Filter{}, func(one reports.Report) error {
				seen[one.ID]++
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for v, id := range ids {
				want := strings.Contains(c.sees, v)
				_, getErr := r.Get(t.Context(), c.actor, id)
				_, timelineErr := r.Timeline(t.Context(), c.actor, id)
				if want && (seen[id] != 2 || getErr != nil || timelineErr != nil) {
					t.Errorf("the %s report is missed: seen %d times, %v, %v", v, seen[id], getErr, timelineErr)
				}
				if !want && (seen[id] != 0 || fault.KindOf(getErr) != fault.NotFound || fault.KindOf(timelineErr) != fault.NotFound) {
					t.Errorf("the %s report leaks: seen %d times, %v, %v", v, seen[id], getErr, timelineErr)
				}
			}
		})
	}
}

// Every query of the list has an index that serves it: on a large table the plan never reads the whole table nor sorts what it need not.
func TestListUsesIndexes(t *testing.T) {
	r := newRegister(t)
	_, err := r.DB.Exec(t.Context(), `
		insert into report (category_id, service_id, title, lon, lat, h3, zone_ids, status, channel, source, external_id, created_at, updated_at)
		select c.id, c.service_id, 'Titre', 23000000 + n % 1000000, 488000000 + n % 990000, 0, array[1 + n % 80],
		       case when n % 50 = 0 then 'resolved' else 'new' end, 'import', 'test', n::text,
		       timestamptz '2020-01-01' + n * interval '1 minute', now()
		from generate_series(1, 30000) as n
		join (select id, service_id, row_number() over (order by id) - 1 as place, count(*) over () as total from category) c on c.place = n % c.total;
		analyze report`)
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := reports.ReadCatalogue(t.Context(), r.DB)
	if err != nil {
		t.Fatal(err)
	}
	pothole := catalogue.CategoryNamed("pothole")
	for name, f := range map[string]reports.Filter{
		"everything":    {},
		"open":          {Statuses: reports.StatusesNamed("open")},
		"one state":     {Statuses: []string{"resolved"}},
		"one category":  {Categories: []int32{pothole.ID}},
		"one service":   {Services: []int32{pothole.Service}},
		"one zone":      {Zones: []int32{7}},
		"a week":        {From: noon.AddDate(-6, -2, 7), To: noon.AddDate(-6, -2, 14)},
		"zone and week": {Zones: []int32{7}, From: noon.AddDate(-6, -2, 7), To: noon.AddDate(-6, -2, 14)},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := r.ExplainList(t.Context(), account.Anonymous, f, reports.Page{Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(plan, "Seq Scan on report") {
				t.Errorf("the whole table is read:\n%s", plan)
			}
		})
	}
}
