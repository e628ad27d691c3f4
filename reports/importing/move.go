package importing

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/reports/zone"
)

// batch is how many rows of the file are stored in one transaction: enough that a transaction costs nothing, few enough that readers of the change
// log and of the table never wait.
const batch = 10_000

// pipeSize is how many bytes of rows are handed over at once.
const pipeSize = 64 << 10

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
		-- A table of places alone stays in memory while the zones are found, zone by zone.
		create temporary table import_place as
		  select nth, ST_SetSRID(ST_MakePoint(lon / 1e7::float8, lat / 1e7::float8), 4326) as position from import_row where verdict is null;
		create index on import_place using gist (position);
		create temporary table import_kind (kind integer primary key, category_id integer, service_id integer, private boolean, name text);
		create temporary table import_service (name text primary key, service_id integer);
		create temporary table import_job (source text, id bigint)`)
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
		_, err = tx.Exec(ctx, `insert into import_job values (@source, @id)`, pgx.NamedArgs{"source": j.source, "id": j.summary.Import})
		if err != nil {
			return fmt.Errorf("name the import: %w", err)
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

// moveBatch stores one batch in one transaction: reports, what their timelines begin with, and one row of the change log. The rows go from the staging
// table through a pipe into a COPY on a second connection: one server process joins and makes keys while the other keeps the indexes, which takes
// most of the time. Refused: insert … select, which does one after the other.
func (j *job) moveBatch(ctx context.Context, number int32) (n int64, err error) {
	err = j.db.Write(ctx, func(tx pgx.Tx) error {
		stamp, err := zone.Hold(ctx, tx)
		if err != nil {
			return err
		}
		if stamp != j.located { // the first batch, or a new revision of a set has come since the last
			if err := j.locate(ctx); err != nil {
				return err
			}
			j.located = stamp
		}
		before, err := lastID(ctx, tx)
		if err != nil {
			return err
		}
		if n, err = j.pipe(ctx, tx, number); err != nil {
			return err
		}
		last, err := lastID(ctx, tx)
		if err != nil {
			return err
		}
		// What the source says of a report that is not new stands in its timeline, at the last moment the source names; what it was before is not known
		// and not invented.
		_, err = tx.Exec(ctx, `
			insert into timeline (kind, item_id, type, to_status, actor_role, actor_name, created_at)
			select @kind, id, 'status', status, @role, source, coalesce(closed_at, updated_at)
			from report
			where id > @before and id <= @last and import_id = @import and status <> 'new'
			order by id`,
			pgx.NamedArgs{"kind": reports.Kind, "role": account.RoleSource, "before": before, "last": last, "import": j.summary.Import})
		if err != nil {
			return fmt.Errorf("begin the timelines: %w", err)
		}
		return store.Append(ctx, tx, store.Change{Kind: reports.Kind, First: before + 1, Last: last})
	})
	return n, err
}

// locate finds the zones of all staged positions.
func (j *job) locate(ctx context.Context) error {
	return pgx.BeginFunc(ctx, j.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `drop table if exists import_zone`); err != nil {
			return err
		}
		return zone.Locate(ctx, tx, "import_place", "import_zone")
	})
}

// lastID gives the public number that was given out last. Numbers that others take in between fall into the run of a batch; readers of the change
// log look them up in vain.
func lastID(ctx context.Context, tx pgx.Tx) (id int64, err error) {
	err = tx.QueryRow(ctx, `select coalesce(pg_sequence_last_value('report_id_seq'), 0)`).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("read the last public number: %w", err)
	}
	return id, nil
}

// pipe copies the rows of a batch from the staging table into the transaction, and gives their number.
func (j *job) pipe(ctx context.Context, tx pgx.Tx, number int32) (int64, error) {
	r, w := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		// COPY takes no parameters: the numbers are ours, the source stands in a table.
		// Rows come one by one; they are handed over by many.
		out := bufio.NewWriterSize(w, pipeSize)
		_, err := j.conn.Conn().PgConn().CopyTo(ctx, out, fmt.Sprintf(batchSQL, int64(number)*batch, (int64(number)+1)*batch))
		if err == nil {
			err = out.Flush()
		}
		w.CloseWithError(err)
		sent <- err
	}()
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, r, `copy report (`+reportColumns+`) from stdin (format binary)`)
	r.CloseWithError(io.ErrClosedPipe) // lets the sender end when the copy has not taken all
	if failed := <-sent; failed != nil && !errors.Is(failed, io.ErrClosedPipe) {
		return 0, fmt.Errorf("read the staging table: %w", failed)
	}
	return tag.RowsAffected(), err
}

const reportColumns = `id, uuid, filing_sha256, category_id, service_id, title, description, lon, lat, h3, address, zone_ids, status, visibility,
	channel, source, external_id, import_id, created_at, created_precision, updated_at, closed_at, closed_precision`

// batchSQL gives the rows of a batch as reportColumns has them.
const batchSQL = `
	copy (
	  select nextval('report_id_seq'), gen_random_uuid(), i.digest, k.category_id, coalesce(s.service_id, nullif(k.service_id, 0)),
	         coalesce(nullif(i.title, ''), k.name), i.description, i.lon, i.lat, i.h3, i.address, coalesce(z.zone_ids, '{}'), i.status,
	         case when k.private then 'private' else 'public' end, 'import', j.source, i.external_id, j.id, i.created_at, i.created_precision,
	         i.updated_at, i.closed_at, i.closed_precision
	  from import_row i
	  cross join import_job j
	  join import_kind k on k.kind = i.kind
	  left join import_service s on s.name = i.service
	  -- Told of the zones as well, PostgreSQL looks only there, and not from the first of them on.
	  left join import_zone z on z.nth = i.nth and z.nth >= %[1]d and z.nth < %[2]d
	  where i.nth >= %[1]d and i.nth < %[2]d and i.verdict is null
	  order by i.nth
	) to stdout (format binary)`
