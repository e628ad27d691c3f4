package reports

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/media"
	"quartier/reports/store"
)

// A split [partage] makes several reports of one that is work for several: its parts, each with a number, a category and a life of its own, at the same place
// and with the same photos. Who filed, follows or supports the whole goes on hearing of the whole: a part has no contact, and its texts are the service's. It is seen by no more people than the whole: hidden with it (ruleParts), and what is made unreadable of
// the photos of one is of all (retouch.go). As long as
// a part is open the whole is in progress, and nobody moves it; when the last one is closed it is resolved. There are no parts of parts.

// Bounds of a split.
const (
	minParts = 2
	MaxParts = 10 // of one report, however often it is split
)

// Part is what is said of one part of a report; one that is empty is none.
type Part struct {
	Category    string // slug
	Title       string
	Description string
}

// Split is how who handles a report splits it. What is wrong with a part is told under its number: title-1, category-1, description-1.
type Split struct {
	From  string // the state on which it was decided
	Parts []Part
}

// piece is a Part in its stored form.
type piece struct {
	Part
	category *Category
}

// Split splits a report, for who handles it, and gives the numbers of its parts. It fails with Conflict where the report is not in the state any more on which that
// was decided, is a part itself, has parts that are open, or cannot be in progress.
func (r *Register) Split(ctx context.Context, actor account.Actor, photos *media.Store, id int64, s Split) (ids []int64, token store.Token, err error) {
	if _, err := r.Handling(ctx, actor, id); err != nil { // before anything is written for somebody who may not
		return nil, token, err
	}
	parts, err := r.readParts(ctx, s.Parts)
	if err != nil {
		return nil, token, err
	}
	found, err := r.Photos(ctx, id)
	if err != nil {
		return nil, token, err
	}
	copies, err := photos.Copy(ctx, found[id], len(parts))
	if err != nil {
		return nil, token, err
	}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		if ids, err = r.split(ctx, tx, actor, id, s.From, parts, copies); err != nil {
			return err
		}
		token, err = store.CurrentToken(ctx, tx)
		return err
	})
	if err != nil {
		return nil, token, errors.Join(err, photos.DiscardCopies(context.WithoutCancel(ctx), copies))
	}
	return ids, token, nil
}

// readParts checks parts and puts them in their stored form.
func (r *Register) readParts(ctx context.Context, list []Part) (parts []piece, err error) {
	var check fault.Check
	for i, p := range list {
		if strings.TrimSpace(p.Title+p.Description+p.Category) == "" {
			continue
		}
		field := func(name string) string { return fmt.Sprintf("%s-%d", name, i+1) }
		one := piece{Part: p}
		if one.category, err = readCategory(ctx, r.DB, p.Category); err != nil {
			return nil, err
		}
		switch {
		case p.Category == "":
			check.Add(field("category"), "error.required", nil)
		case one.category == nil || !one.category.Active:
			check.Add(field("category"), "error.category.unknown", fault.Args{"category": fault.Short(p.Category)})
		}
		if one.Title = CheckText(&check, field("title"), p.Title, MaxTitle, false); one.Title == "" && !check.Has(field("title")) {
			check.Add(field("title"), "error.required", nil)
		}
		one.Description = CheckText(&check, field("description"), p.Description, MaxDescription, true)
		parts = append(parts, one)
	}
	switch {
	case len(parts) < minParts:
		check.Add("parts", "error.split.few", nil)
	case len(parts) > MaxParts:
		check.Add("parts", "error.split.many", fault.Args{"n": MaxParts})
	}
	return parts, check.Err()
}

func (r *Register) split(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64, from string, parts []piece, copies media.Copies) (ids []int64, err error) {
	one, err := lock(ctx, tx, actor, id)
	if err != nil {
		return nil, err
	}
	if err := handled(actor, one.Report); err != nil {
		return nil, err
	}
	if one.Status != from {
		return nil, fault.New(fault.Conflict, "error.move.stale", fault.Args{"status": language.Key("status." + one.Status)})
	}
	if err := one.splits(len(parts)); err != nil {
		return nil, err
	}
	if err := copies.Current(ctx, tx, Kind, id); err != nil {
		return nil, err
	}
	now := r.Now().UTC().Truncate(time.Microsecond)
	for i, p := range parts {
		child, err := p.store(ctx, tx, id, now)
		if err != nil {
			return nil, err
		}
		if err := copies.Attach(ctx, tx, i, Kind, child); err != nil {
			return nil, err
		}
		if _, err := write(ctx, tx, actor, child, entry{kind: "filed", to: "new", other: id}, now); err != nil {
			return nil, err
		}
		if _, err := write(ctx, tx, actor, id, entry{kind: "split", other: child}, now); err != nil {
			return nil, err
		}
		ids = append(ids, child)
	}
	if one.Status == "in_progress" {
		return ids, touch(ctx, tx, id, now)
	}
	return ids, move(ctx, tx, actor, id, entry{from: one.Status, to: "in_progress"}, now)
}

// store stores a part of a report: where that is, and seen by no more people.
func (p *piece) store(ctx context.Context, tx pgx.Tx, parent int64, now time.Time) (id int64, err error) {
	err = tx.QueryRow(ctx, `
		insert into report (parent_id, category_id, service_id, title, description, lon, lat, h3, address, zone_ids, status, visibility, channel, created_at, updated_at)
		select id, @category, nullif(@service::integer, 0), @title, @description, lon, lat, h3, address, zone_ids, 'new',
		       case when visibility = 'public' and @private then 'private' else visibility end, channel, @now, @now
		from report
		where id = @parent
		returning id`,
		pgx.NamedArgs{"parent": parent, "category": p.category.ID, "service": p.category.Service, "title": p.Title, "description": p.Description,
			"private": p.category.Private, "now": now}).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("store a part of report %d: %w", parent, err)
	}
	return id, nil
}

// splits fails with Conflict where a report may not be split into so many more parts.
func (one *standing) splits(more int) error {
	switch {
	case one.Parent != 0:
		return fault.New(fault.Conflict, "error.split.part", nil)
	case one.parts+more > MaxParts:
		return fault.In("parts", "error.split.many", fault.Args{"n": MaxParts})
	case one.Status == "in_progress" && one.open == 0:
		return nil
	}
	return one.allows("in_progress", staffMoves)
}

// lockWhole locks a report and before it what it is a part of, which moves with it: always in this order, so that nobody waits for each other.
func lockWhole(ctx context.Context, tx pgx.Tx, id int64) error {
	_, err := tx.Exec(ctx, `
		select from report
		where id = any(array(select @id::bigint union all select parent_id from report where id = @id))
		order by id
		for update`, pgx.NamedArgs{"id": id})
	if err != nil {
		return fmt.Errorf("lock report %d: %w", id, err)
	}
	return nil
}

// wholeStatus gives the state of a report from the one that it is in, when some of its parts are open, or none is any more. What is a duplicate or was withdrawn has
// ended by itself; its parts go on without it.
func wholeStatus(now string, open bool) string {
	switch {
	case now == "pending" || now == "duplicate" || now == "withdrawn":
		return now
	case open:
		return "in_progress"
	case now == "in_progress":
		return "resolved"
	}
	return now
}

// moveWhole moves on the report that another one is a part of, when that was closed or opened by an entry.
func moveWhole(ctx context.Context, tx pgx.Tx, id int64, e entry, now time.Time) error {
	if Statuses[StatusNumber(e.from)].Phase == Statuses[StatusNumber(e.to)].Phase {
		return nil
	}
	var whole int64
	var status string
	err := tx.QueryRow(ctx, `select id, status from report where id = (select parent_id from report where id = @id) for update`,
		pgx.NamedArgs{"id": id}).Scan(&whole, &status)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	var open bool
	if err == nil { // asked once the whole is locked: another part may have been closed meanwhile
		err = tx.QueryRow(ctx, `select exists (select from report where parent_id = @id and status = any(@open))`,
			pgx.NamedArgs{"id": whole, "open": StatusesNamed("open")}).Scan(&open)
	}
	if err != nil {
		return fmt.Errorf("look at what report %d is a part of: %w", id, err)
	}
	if to := wholeStatus(status, open); to != status {
		return move(ctx, tx, account.System, whole, entry{from: status, to: to}, now)
	}
	return nil
}

// Parts gives the parts of a report, as far as the actor may see them, in the order of their numbers.
func (r *Register) Parts(ctx context.Context, actor account.Actor, id int64) (list []Report, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select `+reportColumns+`
			from report r
			where r.parent_id = @id and `+actor.VisibleSQL("r")+`
			order by r.id`, pgx.NamedArgs{"id": id})
		if err != nil {
			return fmt.Errorf("read the parts of report %d: %w", id, err)
		}
		list, err = pgx.CollectRows(rows, reportRow)
		return err
	})
	return list, err
}

// withParts adds to some reports their parts: what was copied from the whole is there, too.
func withParts(ctx context.Context, tx pgx.Tx, ids ...int64) ([]int64, error) {
	rows, err := tx.Query(ctx, `select unnest(@ids::bigint[]) union all (select id from report where parent_id = any(@ids) order by id)`, pgx.NamedArgs{"ids": ids})
	if err != nil {
		return nil, fmt.Errorf("read the parts of reports: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}
