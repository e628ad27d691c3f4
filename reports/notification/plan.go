package notification

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
)

const (
	// reader is the name of the one cursor, whichever node reads.
	reader = "notice"
	// lookEvery is how often a node looks whether there is something to plan.
	lookEvery = 2 * time.Second
	// rememberEvery is how often a cursor that has seen nothing of concern is moved on all the same: the change log is kept as long as it lags.
	rememberEvery = time.Minute
	// newsFor is for how long something that another system did is news, from when we are told.
	newsFor = 48 * time.Hour
	// atOnce is how many entries are planned by one question.
	atOnce = 100
)

// Run plans until the context ends. Any number of nodes may run it.
func (n *Notifier) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	resting := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_, err := n.Plan(ctx)
		if err != nil && ctx.Err() == nil && !resting {
			n.Log.Warn("notices could not be planned", "cause", err)
		}
		resting = err != nil // told once
	}
}

// Plan writes the notices of what was committed since the cursor, and gives how many they are. It does nothing when another node is at it.
func (n *Notifier) Plan(ctx context.Context) (planned int, err error) {
	err = pgx.BeginTxFunc(ctx, n.db().Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		planned, err = n.plan(ctx, tx)
		return err
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "40001" { // another node moved the cursor after this one began to look
		return 0, nil
	}
	return planned, store.Explain(err)
}

func (n *Notifier) plan(ctx context.Context, tx pgx.Tx) (int, error) {
	var cursor store.Cursor
	var snapshot string
	var stale bool
	err := tx.QueryRow(ctx, `
		select epoch, snapshot::text, updated_at < @stale from change_cursor where reader = @reader for update skip locked`,
		pgx.NamedArgs{"reader": reader, "stale": n.now().Add(-rememberEvery)}).Scan(&cursor.Epoch, &snapshot, &stale)
	if errors.Is(err, pgx.ErrNoRows) { // there is none, or another node holds it
		return 0, n.begin(ctx, tx)
	}
	if err == nil {
		cursor.Snapshot, err = store.ParseSnapshot(snapshot)
	}
	if err != nil {
		return 0, fmt.Errorf("read the cursor of the notices: %w", err)
	}
	changes, next, err := store.Since(ctx, tx, cursor)
	if errors.Is(err, store.ErrLost) {
		// What happened meanwhile is in nobody's log any more: better untold than told twice.
		n.Log.Warn("the database has another history: notices begin anew")
		next, err = store.Here(ctx, tx)
		stale, changes = true, nil
	}
	if err != nil {
		return 0, err
	}
	planned := 0
	if concerns(changes) {
		stale = true
		if planned, err = n.planSince(ctx, tx, cursor); err != nil {
			return 0, err
		}
	}
	if stale {
		if err := n.remember(ctx, tx, next); err != nil {
			return 0, err
		}
	}
	if planned > 0 {
		return planned, store.Enqueue(ctx, tx, gatherArgs{})
	}
	return 0, nil
}

// begin makes the cursor if there is none: what was before is told to nobody.
func (n *Notifier) begin(ctx context.Context, tx pgx.Tx) error {
	var held bool
	if err := tx.QueryRow(ctx, `select exists (select from change_cursor where reader = @reader)`, pgx.NamedArgs{"reader": reader}).Scan(&held); err != nil || held {
		return err
	}
	here, err := store.Here(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into change_cursor (reader, epoch, snapshot, updated_at) values (@reader, @epoch, @snapshot::text::pg_snapshot, @now)
		on conflict do nothing`,
		pgx.NamedArgs{"reader": reader, "epoch": here.Epoch, "snapshot": here.Snapshot.String(), "now": n.now()})
	if err != nil {
		return fmt.Errorf("begin the cursor of the notices: %w", err)
	}
	return nil
}

func (n *Notifier) remember(ctx context.Context, tx pgx.Tx, c store.Cursor) error {
	_, err := tx.Exec(ctx, `
		update change_cursor set epoch = @epoch, snapshot = @snapshot::text::pg_snapshot, updated_at = @now where reader = @reader`,
		pgx.NamedArgs{"reader": reader, "epoch": c.Epoch, "snapshot": c.Snapshot.String(), "now": n.now()})
	if err != nil {
		return fmt.Errorf("move the cursor of the notices: %w", err)
	}
	return nil
}

// concerns tells whether reports are among what changed.
func concerns(changes []store.Change) bool {
	for _, c := range changes {
		if c.Kind == reports.Kind {
			return true
		}
	}
	return false
}

// newsSQL gives the entries that are visible now and were not at the cursor, of those that are ever told.
const newsSQL = `
	select id
	from timeline
	where (xid >= pg_snapshot_xmax(@cursor::text::pg_snapshot) or xid = any (array(select pg_snapshot_xip(@cursor::text::pg_snapshot))))
	  and xid < pg_snapshot_xmax(pg_current_snapshot()) -- of another history: the dump of a cluster that was further
	  and kind = @kind and public and redacted_at is null
	  and type in ('filed', 'status', 'comment', 'answer', 'photo', 'merge', 'split', 'due')
	  and (actor_role <> 'source' or created_at > @news)
	order by id`

// planSince writes the notices of what a cursor has not seen.
func (n *Notifier) planSince(ctx context.Context, tx pgx.Tx, c store.Cursor) (planned int, err error) {
	rows, err := tx.Query(ctx, newsSQL, pgx.QueryExecModeCacheDescribe, // planned for this very cursor, as in store.Since
		pgx.NamedArgs{"cursor": c.Snapshot.String(), "kind": reports.Kind, "news": n.now().Add(-newsFor)})
	if err != nil {
		return 0, fmt.Errorf("read what happened: %w", err)
	}
	entries, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, fmt.Errorf("read what happened: %w", err)
	}
	for len(entries) > 0 {
		some := entries[:min(atOnce, len(entries))]
		entries = entries[len(some):]
		made, err := n.planEntries(ctx, tx, some)
		if err != nil {
			return 0, err
		}
		planned += made
	}
	return planned, nil
}

// planEntries writes the notices of some entries.
func (n *Notifier) planEntries(ctx context.Context, tx pgx.Tx, entries []int64) (int, error) {
	rows, err := tx.Query(ctx, matchSQL, matchArgs(entries))
	if err != nil {
		return 0, fmt.Errorf("find who is told: %w", err)
	}
	var list notices
	now := n.now()
	var m match
	if _, err = pgx.ForEachRow(rows, m.fields(), func() error { list.add(m, now, n.City); return nil }); err != nil {
		return 0, fmt.Errorf("find who is told: %w", err)
	}
	return list.store(ctx, tx)
}

// matchSQL finds who is to be told of some entries, and why. Each branch asks one index of follow.
var matchSQL = `
	with e as materialized (
		select t.id, t.kind, t.item_id, t.person_id as author, t.actor_role = 'resident' as by_resident, coalesce(t.to_status, '') as to_status,
		       r.position, r.zone_ids, array_remove(array[r.category_id, c.parent_id], null) as categories,
		       ` + account.Anonymous.VisibleSQL("r") + ` as open,
		       -- What becomes of a report that waits for a moderator its author is told by them.
		       t.type <> 'filed' and t.from_status is distinct from 'pending' as of_item,
		       t.type = 'filed' or t.type = 'status' and (t.from_status = 'pending' or t.to_status = 'resolved') as around
		from timeline t
		join report r on r.id = t.item_id
		join category c on c.id = r.category_id
		where t.id = any(@entries) and t.kind = @kind and r.visibility <> 'hidden' and r.status <> 'pending'
	),
	m as (
		select e.id, f.id as follow_id, f.person_id, f.device_sha256, null::bigint as contact_id, f.rhythm, f.by_mail, f.by_push
		from e cross join lateral (
			select * from follow where kind = e.kind and item_id = e.item_id and person_id is not null and e.of_item
			union all
			select * from follow where kind = e.kind and item_id = e.item_id and device_sha256 is not null and e.of_item
			union all
			select * from follow
			where area is not null and ST_Covers(area, e.position) and e.around and item_id is null
			  and (zone_id is null or zone_id = any(e.zone_ids)) and (category_id is null or category_id = any(e.categories))
			union all
			select * from follow
			where area is null and zone_id = any(e.zone_ids) and e.around and (category_id is null or category_id = any(e.categories))
			union all
			select * from follow where area is null and zone_id is null and category_id = any(e.categories) and e.around
		) f
		where e.open and f.kind in ('', e.kind) and (f.person_id is null or f.person_id is distinct from e.author)
		union all
		select e.id, null, c.person_id, null, case when c.person_id is null then c.report_id end, null, true, c.person_id is not null
		-- Who filed it, or a report that was merged into it since.
		from e join report_contact c on c.report_id = any(array(select e.item_id union all select d.id from report d where d.original_id = e.item_id))
		where e.of_item and c.stopped_at is null
		  and case when c.person_id is not null then c.person_id is distinct from e.author
		           -- Who filed without an account takes the report back without one.
		           else c.email_verified_at is not null and c.email <> '' and not (e.by_resident and e.author is null and e.to_status = 'withdrawn') end
	)
	select m.id, coalesce(m.follow_id, 0), coalesce(m.person_id, 0), m.device_sha256, coalesce(m.contact_id, 0), coalesce(m.rhythm, h.rhythm, @rhythm),
	       m.by_mail and m.device_sha256 is null and coalesce(h.by_mail, true),
	       m.by_push and m.contact_id is null and coalesce(h.by_push, true),
	       coalesce(h.hour, @hour), coalesce(h.weekday, @weekday), h.quiet_from is not null, coalesce(h.quiet_from, 0), coalesce(h.quiet_to, 0)
	from m
	left join person p on p.id = m.person_id
	left join notice_choice h on h.person_id = m.person_id
	where p.id is null or p.erased_at is null and p.blocked_at is null`

func matchArgs(entries []int64) pgx.NamedArgs {
	return pgx.NamedArgs{"entries": entries, "kind": reports.Kind, "rhythm": Usual.Rhythm, "hour": Usual.Hour, "weekday": Usual.Weekday}
}
