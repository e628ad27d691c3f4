package importing

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/reports/zone"
)

// batch is how many rows of the file are stored in one transaction: enough that a transaction costs nothing, few enough that readers of the change
// log and of the table never wait.
const batch = 5000

// move stores the rows that are taken, batch by batch.
func (j *job) move(ctx context.Context) error {
	var total int64
	err := j.conn.QueryRow(ctx, `select count(*) from import_row where verdict is null`).Scan(&total)
	if err != nil {
		return fmt.Errorf("count the rows to store: %w", err)
	}
	if total == 0 {
		return nil
	}
	if err := j.prepare(ctx); err != nil {
		return err
	}
	rows, err := j.conn.Query(ctx, `select distinct nth / @batch from import_row where verdict is null order by 1`, pgx.NamedArgs{"batch": batch})
	if err != nil {
		return fmt.Errorf("cut the rows into batches: %w", err)
	}
	batches, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	if err != nil {
		return fmt.Errorf("cut the rows into batches: %w", err)
	}
	var done int64
	for _, number := range batches {
		j.progress(StageMove, done, total)
		n, err := j.moveBatch(ctx, number)
		if err != nil {
			return fmt.Errorf("store the reports: %w", err)
		}
		done += n
		j.summary.Taken += n
	}
	j.progress(StageMove, done, total)
	return nil
}

// prepare settles the categories and services of what is taken.
func (j *job) prepare(ctx context.Context) error {
	_, err := j.conn.Exec(ctx, `
		create index on import_row using gist (position);
		create temporary table import_kind (kind integer primary key, category_id integer, service_id integer, private boolean, name text);
		create temporary table import_service (name text primary key, service_id integer)`)
	if err != nil {
		return fmt.Errorf("make the tables of the import: %w", err)
	}
	return j.db.WriteOn(ctx, j.conn, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select distinct kind from import_row where verdict is null order by kind`)
		if err != nil {
			return fmt.Errorf("list the kinds: %w", err)
		}
		used, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if err != nil {
			return fmt.Errorf("list the kinds: %w", err)
		}
		settled, made, err := j.parser.categories.settle(ctx, tx, used)
		if err != nil {
			return err
		}
		j.summary.Categories = made
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"import_kind"}, []string{"kind", "category_id", "service_id", "private", "name"},
			pgx.CopyFromSlice(len(used), func(i int) ([]any, error) {
				c := settled[used[i]]
				return []any{int32(used[i]), c.id, c.service, c.private, c.fr}, nil
			}))
		if err != nil {
			return fmt.Errorf("list the categories: %w", err)
		}
		_, err = tx.Exec(ctx, `
			insert into import_service
			select i.service, s.id
			from (select distinct service from import_row where verdict is null and service <> '') i
			join service s on s.slug = i.service`)
		if err != nil {
			return fmt.Errorf("list the services: %w", err)
		}
		return nil
	})
}

// moveBatch stores one batch in one transaction: reports, what their timelines begin with, and one row of the change log.
func (j *job) moveBatch(ctx context.Context, number int32) (n int64, err error) {
	err = j.db.WriteOn(ctx, j.conn, func(tx pgx.Tx) error {
		stamp, err := zone.Hold(ctx, tx)
		if err != nil {
			return err
		}
		if stamp != j.located { // the first batch, or a new revision of a set has come since the last
			if _, err := tx.Exec(ctx, `drop table if exists import_zone`); err != nil {
				return err
			}
			if err := zone.Locate(ctx, tx, "import_row", "import_zone"); err != nil {
				return err
			}
		}
		var first, last int64
		err = tx.QueryRow(ctx, moveSQL, pgx.NamedArgs{
			"from": int64(number) * batch, "to": (int64(number) + 1) * batch, "import": j.summary.Import, "source": j.source,
			"kind": reports.Kind, "actor": account.RoleSource,
		}).Scan(&first, &last, &n)
		if err != nil {
			return err
		}
		j.located = stamp
		return store.Append(ctx, tx, store.Change{Kind: reports.Kind, First: first, Last: last})
	})
	return n, err
}

// moveSQL stores the rows of a batch. What the source says of a report that is not new stands in its timeline, at the last moment the source names;
// what it was before is not known and not invented.
const moveSQL = `
	with moved as (
	  insert into report (filing_sha256, category_id, service_id, title, description, lon, lat, h3, address, zone_ids, status, visibility, channel,
	                      source, external_id, import_id, created_at, created_precision, updated_at, closed_at, closed_precision)
	  select i.digest, k.category_id, coalesce(s.service_id, nullif(k.service_id, 0)), coalesce(nullif(i.title, ''), k.name), i.description,
	         i.lon, i.lat, i.h3, i.address, coalesce(z.zone_ids, '{}'), i.status, case when k.private then 'private' else 'public' end, 'import',
	         @source, i.external_id, @import, i.created_at, i.created_precision, i.updated_at, i.closed_at, i.closed_precision
	  from import_row i
	  join import_kind k on k.kind = i.kind
	  left join import_service s on s.name = i.service
	  left join import_zone z on z.nth = i.nth
	  where i.nth >= @from and i.nth < @to and i.verdict is null
	  order by i.nth
	  returning id, status, coalesce(closed_at, updated_at) as at
	), told as (
	  insert into timeline (kind, item_id, type, to_status, actor_role, actor_name, created_at)
	  select @kind, id, 'status', status, @actor, @source, at from moved where status <> 'new' order by id
	)
	select min(id), max(id), count(*) from moved`
