package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/notification"
	"quartier/reports/store"
)

// A burst of changes is planned against follows, in turns with the bare join.
const (
	burst        = 1000 // changes at once
	noticeRounds = 5
	areasAsked   = 5000 // of all that are followed, by a query for each as FixMyStreet does; the rest take as long
	followsOfOne = 50   // of one person, at most (reports/follow)
	areaDegrees  = 0.003
)

// measureNotices plans a burst of new reports against as many follows as there are reports elsewhere, beside one SQL join that only counts who is told, and beside a
// query for each followed area.
func measureNotices(ctx context.Context, b *bench) ([]result, error) {
	db, _, err := b.database(ctx, "notices")
	if err != nil {
		return nil, err
	}
	if err := fillFollows(ctx, db, b.n); err != nil {
		return nil, err
	}
	city, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return nil, err
	}
	n := &notification.Notifier{People: &account.Directory{DB: db, Now: time.Now}, City: city, Log: slog.New(slog.DiscardHandler)}
	if _, err := n.Plan(ctx); err != nil { // begins
		return nil, err
	}
	var ours, join, asked []float64
	planned := 0
	for round := range noticeRounds + 1 {
		if err := fileBurst(ctx, db); err != nil {
			return nil, err
		}
		counted, told := 0, 0
		theirs, err := timed(func() error {
			return db.QueryRow(ctx, bareJoin, pgx.NamedArgs{"burst": burst}).Scan(&counted)
		})
		if err != nil {
			return nil, err
		}
		mine, err := timed(func() (err error) { told, err = n.Plan(ctx); return err })
		if err != nil {
			return nil, err
		}
		if told == 0 || told > counted {
			return nil, fmt.Errorf("planned %d notices of %d matches", told, counted)
		}
		each, err := timed(func() error { return askEach(ctx, db) })
		if err != nil {
			return nil, err
		}
		if round > 0 { // both sides are warm
			ours, join, asked, planned = append(ours, milliseconds(mine)), append(join, milliseconds(theirs)), append(asked, milliseconds(each)*float64(b.n)*2/5/areasAsked), told
		}
	}
	return []result{
		less("planning a burst of 1 000 reports / the join alone, counted", b.n, median(ours), median(join), "ms", 0),
		less("planning a burst of 1 000 reports / a query for each area", b.n, median(ours), median(asked), "ms", 1),
		only("notices of a burst", b.n, float64(planned), "notices"),
	}, nil
}

// bareJoin counts who is told of the latest entries: what the planning does without choices, hours and rows.
const bareJoin = `
	with e as materialized (
		select t.id, t.kind, t.item_id, r.position, r.zone_ids, array_remove(array[r.category_id, c.parent_id], null) as categories
		from (select * from timeline order by id desc limit @burst) t
		join report r on r.id = t.item_id join category c on c.id = r.category_id
	)
	select count(*)
	from e cross join lateral (
		select 1 from follow where area is not null and ST_Covers(area, e.position)
		union all
		select 1 from follow where area is null and zone_id = any(e.zone_ids)
		union all
		select 1 from follow where area is null and zone_id is null and category_id = any(e.categories)
	) f`

// fillFollows makes people and what they follow, over Paris: half items, four in ten areas, the rest zones and a rare category.
func fillFollows(ctx context.Context, db *store.DB, n int) error {
	args := pgx.NamedArgs{"n": n, "people": max(1, n/followsOfOne*5), "side": areaDegrees}
	for _, sql := range []string{
		`insert into person (email, email_verified_at) select 'p' || i || '@example.org', now() from generate_series(1, @people::int) i`,
		`insert into follow (person_id, kind, item_id, by_push, created_at)
		 select 1 + i % @people::int, 'report', 10000000 + i, true, now() from generate_series(1, @n::int / 2) i`,
		`insert into follow (person_id, area, created_at)
		 select 1 + i % @people::int, ST_Buffer(ST_SetSRID(ST_MakePoint(2.22 + 0.25 * random(), 48.81 + 0.1 * random()), 4326), @side::float8, 'quad_segs=4'), now()
		 from generate_series(1, @n::int * 2 / 5) i`,
		`insert into follow (person_id, zone_id, created_at) select 1 + i % @people::int, z.ids[1 + i % cardinality(z.ids)], now()
		 from (select array(select id from zone order by id) as ids) z, generate_series(1, @n::int * 9 / 100) i`,
		`insert into follow (person_id, category_id, created_at)
		 select 1 + i % @people::int, (select id from category where slug = 'dead-animal'), now() from generate_series(1, @n::int / 100) i`,
		`analyze`,
	} {
		if _, err := db.Exec(ctx, sql, args); err != nil {
			return fmt.Errorf("fill the follows: %w", err)
		}
	}
	return nil
}

// fileBurst files a burst of reports in one transaction, over Paris.
func fileBurst(ctx context.Context, db *store.DB) error {
	return db.Write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			with filed as (
				insert into report (category_id, title, lon, lat, h3, zone_ids, channel, created_at, updated_at)
				select (select id from category where slug = 'pothole'), 'Un trou', (22200000 + 2500000 * random())::int, (488100000 + 1000000 * random())::int, 0,
				       array[z.ids[1 + i % cardinality(z.ids)]], 'web', now(), now()
				from (select array(select id from zone order by id) as ids) z, generate_series(1, @burst::int) i
				returning id),
			told as (
				insert into timeline (kind, item_id, type, to_status, actor_role, created_at) select 'report', id, 'filed', 'new', 'resident', now() from filed returning item_id)
			insert into change_log (kind, first_id, last_id) select 'report', item_id, item_id from told`,
			pgx.NamedArgs{"burst": burst})
		if err != nil {
			return fmt.Errorf("file a burst: %w", err)
		}
		return nil
	})
}

// askEach asks for each of some followed areas what is new there, by the index of reports.
func askEach(ctx context.Context, db *store.DB) error {
	var ids []int64
	rows, err := db.Query(ctx, `select id from follow where area is not null order by id limit @some`, pgx.NamedArgs{"some": areasAsked})
	if err == nil {
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
	}
	if err != nil {
		return err
	}
	for _, id := range ids {
		var n int
		err := db.QueryRow(ctx, `
			select count(*) from follow f join report r on ST_Covers(f.area, r.position)
			where f.id = @id and r.created_at > now() - interval '7 days'`, pgx.NamedArgs{"id": id}).Scan(&n)
		if err != nil {
			return err
		}
	}
	return nil
}
