package reports

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/media"
	"quartier/reports/store"
)

// before stands in the table of moves for the state from which a report came.
const before = "before"

// moves is DOMAIN's table: which states may follow one. An import sets states directly.
var moves = map[string][]string{
	"pending":      {"new", "rejected", "withdrawn"},
	"new":          {"acknowledged", "planned", "in_progress", "resolved", "rejected", "duplicate", "referred", "withdrawn"},
	"acknowledged": {"planned", "in_progress", "waiting", "resolved", "rejected", "duplicate", "referred", "withdrawn"},
	"planned":      {"in_progress", "waiting", "resolved", "rejected", "duplicate", "referred"},
	"in_progress":  {"planned", "waiting", "resolved", "rejected", "duplicate", "referred"},
	"waiting":      {before, "resolved", "rejected", "withdrawn"},
	"reopened":     {"planned", "in_progress", "waiting", "resolved", "rejected", "duplicate", "referred", "withdrawn"},
	"resolved":     {"reopened"},
	"rejected":     {"reopened"},
	"referred":     {"reopened"},
	"duplicate":    {"reopened", before},
	"withdrawn":    nil,
}

// explained are the states that nobody reaches without a public message: a refusal says why, a question asks something.
var explained = []string{"waiting", "rejected", "duplicate", "referred"}

// nextStates gives the states that may follow one, in the order of the life; came is the one from which the report came to it, empty where nobody knows.
func nextStates(from, came string) (list []string) {
	for _, to := range moves[from] {
		if to == before {
			to = cmp.Or(came, "acknowledged")
		}
		if !slices.Contains(list, to) {
			list = append(list, to)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(StatusNumber(a), StatusNumber(b)) })
	return list
}

// staffMoves gives those of some states that who handles a report decides on: who filed it withdraws it, moderators let it out of quarantine.
func staffMoves(from string, list []string) []string {
	if from == "pending" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(list), func(to string) bool { return to == "withdrawn" })
}

// Move is a change of state by who handles the report.
type Move struct {
	From     string // the state on which it was decided
	To       string
	Message  string // public
	Original int64  // of a duplicate: the report that it repeats
	Due      Expected
	Photos   []media.ID // public, of what was done
	Owner    media.Owner
}

// Expected [date attendue] is until when something is expected to be done.
type Expected struct {
	Given bool      // something is said of it
	At    time.Time // zero: nothing is expected any more
}

// stored gives a date as timelines keep it, nil where nothing is said.
func (d Expected) stored() *time.Time {
	switch {
	case !d.Given:
		return nil
	case d.At.IsZero():
		return &never
	}
	return &d.At
}

// never stands in timelines for a date that was taken back.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// MaxMessage is the most characters of a message, an answer and a comment.
const MaxMessage = 5000

// entry is what one act of somebody writes into a timeline.
type entry struct {
	kind           string // type
	from, to, body string
	other          int64
	due            *time.Time
	staff          bool // it is not public
	doubts         []Doubt
	photos         []media.ID
	owner          media.Owner
}

// KindUpdate is the kind of what photos of entries belong to; the item is the entry.
const KindUpdate = "update"

// write writes an entry, with its photos, and logs the change of the report; it gives the entry's number.
func write(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64, e entry, now time.Time) (n int64, err error) {
	doubts := e.doubts
	if doubts == nil {
		doubts = []Doubt{}
	}
	err = tx.QueryRow(ctx, `
		insert into timeline (kind, item_id, type, from_status, to_status, public, body, other_id, due_at, doubts, actor_role, actor_name, person_id, created_at)
		values (@kind, @id, @type, nullif(@from, ''), nullif(@to, ''), @public, @body, nullif(@other::bigint, 0), @due, @doubts, @role, @by, nullif(@person::bigint, 0), @now)
		returning id`,
		pgx.NamedArgs{"kind": Kind, "id": id, "type": e.kind, "from": e.from, "to": e.to, "public": !e.staff && len(doubts) == 0, "body": e.body, "other": e.other,
			"due": e.due, "doubts": doubts, "role": actor.Role, "by": actor.Name, "person": actor.Person, "now": now}).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("write an entry of report %d: %w", id, err)
	}
	if err := media.Attach(ctx, tx, e.owner, e.photos, KindUpdate, n); err != nil {
		return 0, err
	}
	return n, store.Append(ctx, tx, store.Change{Kind: Kind, First: id, Last: id})
}

// standing is a report in the hands of one transaction, which has locked it.
type standing struct {
	Report
	came     string // the state from which it came to the one it is in; empty: nobody knows
	evidence bool   // resolving it takes a photo
	parts    int
	open     int // parts that are open
}

// lock locks a report, with what it is a part of, and reads it as the actor sees it. It fails with NotFound for what the actor does not see.
func lock(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64) (one standing, err error) {
	if err := lockWhole(ctx, tx, id); err != nil {
		return one, err
	}
	return stand(ctx, tx, actor, id)
}

// stand reads a report as the actor sees it, with where it came from.
func stand(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64) (one standing, err error) {
	if one.Report, err = get(ctx, tx, actor, id); err != nil {
		return one, err
	}
	err = tx.QueryRow(ctx, `
		select c.evidence_needed, coalesce(`+cameSQL+`, ''), p.parts, p.open
		from report r join category c on c.id = r.category_id,
		     (select count(*) as parts, count(*) filter (where status = any(@open)) as open from report where parent_id = @id) p
		where r.id = @id`, pgx.NamedArgs{"kind": Kind, "id": id, "open": StatusesNamed("open")}).Scan(&one.evidence, &one.came, &one.parts, &one.open)
	if err != nil {
		return one, fmt.Errorf("read how report %d stands: %w", id, err)
	}
	return one, nil
}

// cameSQL is the state from which the report r came to the one it is in; a merge that was undone meanwhile does not count.
const cameSQL = `(
	select t.from_status from timeline t
	where t.kind = @kind and t.item_id = r.id and t.type = 'status' and t.to_status = r.status and (t.from_status <> 'duplicate' or r.status = 'duplicate')
	order by t.created_at desc, t.id desc limit 1)`

// handled fails with Forbidden for who does not handle a report.
func handled(actor account.Actor, one Report) error {
	if actor.ReadOnly || !actor.Handles(one.Service, one.Category, one.Zones) {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	return nil
}

// inService lets an agent speak in the name of the service that has the report: that is who answers, whoever of it writes.
func inService(ctx context.Context, tx pgx.Tx, actor account.Actor, one Report) (account.Actor, error) {
	if actor.Role != account.RoleAgent || actor.Name != "" || one.Service == 0 {
		return actor, nil
	}
	if err := tx.QueryRow(ctx, `select name_fr from service where id = @id`, pgx.NamedArgs{"id": one.Service}).Scan(&actor.Name); err != nil {
		return actor, fmt.Errorf("read what the service of report %d is called: %w", one.ID, err)
	}
	return actor, nil
}

// Move changes the state of a report, for who handles it. It fails with Conflict when the report is not in the state any more on which the move was decided, and for a
// move that the table does not have, with what it allows; with Invalid where the message, the photo or the original is missing that the state asks for.
func (r *Register) Move(ctx context.Context, actor account.Actor, id int64, m Move) (token store.Token, err error) {
	var check fault.Check
	m.Message = check.Text("message", m.Message, MaxMessage, true)
	if slices.Contains(explained, m.To) && m.Message == "" && !check.Has("message") {
		check.Add("message", "error.move.message", nil)
	}
	if StatusNumber(m.To) < 0 {
		check.Add("to", "error.choice", nil)
	}
	if m.To == "duplicate" && m.Original == 0 {
		check.Add("original", "error.required", nil)
	}
	r.checkDue(&check, m.Due)
	if err := check.Err(); err != nil {
		return token, err
	}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		if m.To == "duplicate" || m.From == "duplicate" {
			if err := lockMerged(ctx, tx, id, m.Original); err != nil {
				return err
			}
		}
		one, err := lock(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if err := handled(actor, one.Report); err != nil {
			return err
		}
		if one.Status != m.From {
			return fault.New(fault.Conflict, "error.move.stale", fault.Args{"status": language.Key("status." + one.Status)})
		}
		if err := one.allows(m.To, staffMoves); err != nil {
			return err
		}
		if m.To == "resolved" && one.evidence && len(m.Photos) == 0 {
			return fault.In(media.Field, "error.move.evidence", nil)
		}
		if actor, err = inService(ctx, tx, actor, one.Report); err != nil {
			return err
		}
		now := r.Now().UTC().Truncate(time.Microsecond)
		e := entry{from: one.Status, to: m.To, body: m.Message, due: m.Due.stored(), photos: m.Photos, owner: m.Owner}
		switch {
		case m.To == "duplicate":
			err = merge(ctx, tx, actor, one.Report, m.Original, e, now)
		case one.Status == "duplicate":
			err = unmerge(ctx, tx, actor, one.Report, e, now)
		default:
			err = move(ctx, tx, actor, id, e, now)
		}
		if err != nil {
			return err
		}
		token, err = store.CurrentToken(ctx, tx)
		return err
	})
	return token, err
}

// allows fails with Conflict for a state that may not follow, and tells which may. While parts of a report are open these alone decide.
func (one *standing) allows(to string, among func(from string, list []string) []string) error {
	if one.open > 0 {
		return fault.New(fault.Conflict, "error.split.open", fault.Args{"n": one.open})
	}
	list := among(one.Status, nextStates(one.Status, one.came))
	if slices.Contains(list, to) {
		return nil
	}
	names := make([]language.Key, len(list))
	for i, s := range list {
		names[i] = language.Key("status." + s)
	}
	args := fault.Args{"from": language.Key("status." + one.Status), "to": language.Key("status." + to), "allowed": names}
	if len(list) == 0 {
		return fault.New(fault.Conflict, "error.move.end", args)
	}
	return fault.New(fault.Conflict, "error.move", args)
}

// move puts a report into a state and writes so in its timeline. It is open or closed as the state is; what was expected of a closed one stays to be read.
func move(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64, e entry, now time.Time) error {
	var closed *time.Time
	if Statuses[StatusNumber(e.to)].Phase == "closed" {
		closed = &now
	}
	_, err := tx.Exec(ctx, `
		update report
		set status = @to, closed_at = @closed, closed_precision = 'second', updated_at = @now, original_id = nullif(@original::bigint, 0),
		    due_at = case when @due::timestamptz is null then due_at when @due = @never then null else @due end
		where id = @id`,
		pgx.NamedArgs{"id": id, "to": e.to, "closed": closed, "now": now, "original": e.original(), "due": e.due, "never": never})
	if err != nil {
		return fmt.Errorf("move report %d: %w", id, err)
	}
	e.kind = "status"
	if _, err = write(ctx, tx, actor, id, e, now); err != nil {
		return err
	}
	return moveWhole(ctx, tx, id, e, now)
}

// original is the report that one repeats from this entry on.
func (e *entry) original() int64 {
	if e.to == "duplicate" {
		return e.other
	}
	return 0
}

// maxDue is how far ahead a date may be expected.
const maxDue = 5 * 366 * 24 * time.Hour

func (r *Register) checkDue(check *fault.Check, due Expected) {
	if now := r.Now(); due.Given && !due.At.IsZero() && (due.At.Before(now) || due.At.After(now.Add(maxDue))) {
		check.Add("due", "error.due", nil)
	}
}

// Answer is what who handles a report says without changing its state.
type Answer struct {
	Text string
	Note bool // for staff only
	Due  Expected
}

// Answer writes an official answer, an internal note or another expected date, for who handles the report.
func (r *Register) Answer(ctx context.Context, actor account.Actor, id int64, a Answer) (token store.Token, err error) {
	var check fault.Check
	a.Text = check.Text("message", a.Text, MaxMessage, true)
	if a.Text == "" && !a.Due.Given && !check.Has("message") {
		check.Add("message", "error.required", nil)
	}
	r.checkDue(&check, a.Due)
	if err := check.Err(); err != nil {
		return token, err
	}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		one, err := lock(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if err := handled(actor, one.Report); err != nil {
			return err
		}
		if actor, err = inService(ctx, tx, actor, one.Report); err != nil {
			return err
		}
		now := r.Now().UTC().Truncate(time.Microsecond)
		e := entry{kind: "answer", body: a.Text, due: a.Due.stored()}
		switch {
		case a.Note:
			e = entry{kind: "note", body: a.Text, staff: true}
		case a.Due.Given && a.Text == "":
			e.kind = "due"
		}
		if one.Visibility == account.Pending && !a.Note {
			return fault.New(fault.Conflict, "error.comment.pending", nil)
		}
		if _, err := write(ctx, tx, actor, id, e, now); err != nil {
			return err
		}
		if !a.Note {
			_, err = tx.Exec(ctx, `
				update report
				set updated_at = @now, due_at = case when @due::timestamptz is null then due_at when @due = @never then null else @due end
				where id = @id`, pgx.NamedArgs{"id": id, "now": now, "due": e.due, "never": never})
			if err != nil {
				return fmt.Errorf("answer report %d: %w", id, err)
			}
		}
		token, err = store.CurrentToken(ctx, tx)
		return err
	})
	return token, err
}

// Handling is what the panel of who handles a report shows.
type Handling struct {
	Report   Report
	Next     []string // states that it may be put into
	Before   string   // of a duplicate: the state that an undo gives back
	Evidence bool     // resolving it takes a photo
	Splits   bool     // it may be split
	Open     int      // parts of it that are open: until they are closed it is not moved
	Words    []string // what people said of how it ended, the latest first, 20 at most
}

// Handling gives it. It fails with Forbidden for who does not handle the report.
func (r *Register) Handling(ctx context.Context, actor account.Actor, id int64) (h Handling, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		one, err := stand(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if err := handled(actor, one.Report); err != nil {
			return err
		}
		h = Handling{Report: one.Report, Next: staffMoves(one.Status, nextStates(one.Status, one.came)), Evidence: one.evidence, Splits: one.splits(minParts) == nil, Open: one.open}
		if one.open > 0 {
			h.Next = nil
		}
		if one.Status == "duplicate" {
			h.Before = cmp.Or(one.came, "acknowledged")
		}
		rows, err := tx.Query(ctx, `
			select words from feedback where kind = @kind and item_id = @id and words <> '' order by updated_at desc, id desc limit 20`,
			pgx.NamedArgs{"kind": Kind, "id": id})
		if err == nil {
			h.Words, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		if err != nil {
			return fmt.Errorf("read what people say of report %d: %w", id, err)
		}
		return nil
	})
	return h, err
}
