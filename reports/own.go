package reports

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/store"
)

// EditFor is for how long after filing a report may be corrected by who filed it. Later it has been read, and what it says is answered.
const EditFor = 15 * time.Minute

// By is who acts on what may be theirs: an account, or the browser that filed without one.
type By struct {
	Actor  account.Actor
	Device []byte // keyed digest of what tells the browser from others; nil: unknown
}

// resident is the actor as somebody who lives here, whatever else they are.
func (b By) resident() account.Actor {
	a := b.Actor
	a.Role = account.RoleResident
	return a
}

// filedSQL is the condition that who acts has filed the report r, for args of byArgs.
const filedSQL = `(
	exists (select from report_contact rc where rc.report_id = r.id and rc.person_id = nullif(@person::bigint, 0))
	or exists (select from report_device rd where rd.report_id = r.id and rd.device_sha256 = @device::bytea and rd.created_at > @since))`

func (b By) args(args pgx.NamedArgs, now time.Time) pgx.NamedArgs {
	args["person"], args["device"], args["since"] = b.Actor.Person, b.Device, now.Add(-EditFor)
	return args
}

// filed tells whether who acts has filed a report.
func (b By) filed(ctx context.Context, tx pgx.Tx, id int64) (yes bool, err error) {
	args := b.args(pgx.NamedArgs{"id": id}, time.Time{})
	args["since"] = time.Unix(0, 0) // as long as it is known
	err = tx.QueryRow(ctx, `select exists (select from report r where r.id = @id and `+filedSQL+`)`, args).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("find who filed report %d: %w", id, err)
	}
	return yes, nil
}

// queueDevice notes from which browser the report is filed that is being stored.
func queueDevice(b *pgx.Batch, device []byte, now time.Time) {
	b.Queue(`
		insert into report_device (report_id, device_sha256, created_at) values (currval(@numbers::text::regclass), @device, @now)`,
		pgx.NamedArgs{"numbers": numbers, "device": device, "now": now})
}

// Mine is a report as who filed it sees it.
type Mine struct {
	Report
	Last     Update // the last public entry of its timeline
	Edit     bool   // may still be corrected
	Withdraw bool
}

// owned reads reports by a condition that says whose they are, in the order of their numbers from the latest.
func (r *Register) owned(ctx context.Context, tx pgx.Tx, where string, args pgx.NamedArgs) ([]Mine, error) {
	now := r.Now()
	args["kind"] = Kind
	rows, err := tx.Query(ctx, `
		select `+reportColumns+`, coalesce(t.id, 0), coalesce(t.type, ''), coalesce(t.to_status, ''), coalesce(t.body, ''), coalesce(t.actor_role, ''),
		       coalesce(t.actor_name, ''), coalesce(t.created_at, r.created_at)
		from report r
		left join lateral (
		  select * from timeline t
		  where t.kind = @kind and t.item_id = r.id and t.public and t.redacted_at is null order by t.created_at desc, t.id desc limit 1) t on true
		where r.visibility <> 'hidden' and `+where+`
		order by r.id desc
		limit @limit`, args)
	if err != nil {
		return nil, fmt.Errorf("read the reports of somebody: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (m Mine, err error) {
		last := &m.Last
		if m.Report, err = reportRow(tail{row, []any{&last.ID, &last.Type, &last.To, &last.Body, &last.Role, &last.By, &last.At}}); err != nil {
			return m, err
		}
		m.Edit = now.Sub(m.CreatedAt) < EditFor && (m.Status == "new" || m.Status == "pending") && m.Source == ""
		m.Withdraw = slices.Contains(moves[m.Status], "withdrawn")
		return m, nil
	})
}

// tail is a row whose last columns are scanned elsewhere.
type tail struct {
	pgx.CollectableRow
	rest []any
}

// Scan implements pgx.CollectableRow.
func (t tail) Scan(into ...any) error { return t.CollectableRow.Scan(append(into, t.rest...)...) }

// Mine gives what an account filed, the latest first, up to a limit, below a number (0: from the latest).
func (r *Register) Mine(ctx context.Context, actor account.Actor, below int64, limit int) (list []Mine, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		list, err = r.owned(ctx, tx, `r.id in (select report_id from report_contact where person_id = @person) and (@below::bigint = 0 or r.id < @below)`,
			pgx.NamedArgs{"person": actor.Person, "below": below, "limit": limit})
		return err
	})
	return list, err
}

// Own gives a report to who filed it, with what they may still do. It fails with NotFound for others.
func (r *Register) Own(ctx context.Context, by By, id int64) (m Mine, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		m, err = r.own(ctx, tx, by, id)
		return err
	})
	return m, err
}

func (r *Register) own(ctx context.Context, tx pgx.Tx, by By, id int64) (Mine, error) {
	list, err := r.owned(ctx, tx, `r.id = @id and `+filedSQL, by.args(pgx.NamedArgs{"id": id, "limit": 1}, r.Now()))
	if err != nil {
		return Mine{}, err
	}
	if len(list) == 0 {
		return Mine{}, fault.Missing()
	}
	return list[0], nil
}

// locked is own for who changes something; the report is locked.
func (r *Register) locked(ctx context.Context, tx pgx.Tx, by By, id int64) (Mine, error) {
	if by.Actor.ReadOnly {
		return Mine{}, fault.New(fault.Forbidden, "error.read_only", nil)
	}
	if _, err := tx.Exec(ctx, `select from report where id = @id for update`, pgx.NamedArgs{"id": id}); err != nil {
		return Mine{}, fmt.Errorf("lock report %d: %w", id, err)
	}
	return r.own(ctx, tx, by, id)
}

// Edit is a correction by who filed a report. The place stays: zones, service and duplicates hang on it; who was wrong about it withdraws and files again.
type Edit struct {
	Title, Description string
	Category           string // slug
	Before             time.Time
	Doubts             []Doubt // why the report is to wait for a moderator from now on; none: it is not
}

// Edit corrects a report, within EditFor of its filing and as long as nobody has taken it up. Its timeline says that it was corrected, not what it said: that may be
// what had to go. It fails with Conflict when it is too late, or when something has happened since Before (Report.UpdatedAt of what was shown).
func (r *Register) Edit(ctx context.Context, by By, id int64, e Edit) (token store.Token, err error) {
	category, err := readCategory(ctx, r.DB, e.Category)
	if err != nil {
		return token, err
	}
	f := Filing{Category: e.Category, Title: e.Title, Description: e.Description}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		one, err := r.locked(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if !one.Edit {
			return fault.New(fault.Conflict, "error.edit.late", fault.Args{"minutes": int(EditFor.Minutes())})
		}
		if !one.UpdatedAt.Equal(e.Before) {
			return fault.Stale()
		}
		if f.Attributes, err = answersOf(ctx, tx, id); err != nil {
			return err
		}
		if category != nil && category.ID != one.Category {
			if !category.takes(f.Attributes) {
				return fault.In("category", "error.edit.questions", nil)
			}
		}
		if category != nil && category.ID == one.Category { // it was good when the report was filed
			open := *category
			open.Active = true
			err = f.validate(&open)
		} else {
			err = f.validate(category)
		}
		if err != nil {
			return err
		}
		return r.edit(ctx, tx, by, one.Report, category, f, e.Doubts, &token)
	})
	return token, err
}

func (r *Register) edit(ctx context.Context, tx pgx.Tx, by By, one Report, category *Category, f Filing, doubts []Doubt, token *store.Token) error {
	now := r.Now().UTC().Truncate(time.Microsecond)
	service, visibility := one.Service, "" // as it is
	if category.ID != one.Category {
		if service, visibility = category.Service, "public"; category.Private {
			visibility = "private"
		}
	}
	status := one.Status
	if len(doubts) > 0 {
		status = "pending"
		_, err := tx.Exec(ctx, `
			insert into quarantine (report_id, reasons, created_at) values (@id, @reasons, @now)
			on conflict (report_id) do update
			set reasons = case when quarantine.ended_at is null then array(select distinct unnest(quarantine.reasons || excluded.reasons)) else excluded.reasons end, ended_at = null`,
			pgx.NamedArgs{"id": one.ID, "reasons": doubts, "now": now})
		if err != nil {
			return fmt.Errorf("quarantine report %d: %w", one.ID, err)
		}
	}
	_, err := tx.Exec(ctx, `
		update report
		set title = @title, description = @description, category_id = @category, service_id = nullif(@service, 0), attributes = @attributes, status = @status,
		    visibility = coalesce(nullif(@visibility, ''), visibility), updated_at = @now
		where id = @id`,
		pgx.NamedArgs{"id": one.ID, "title": f.Title, "description": f.Description, "category": category.ID, "service": service, "attributes": orEmpty(f.Attributes),
			"status": status, "visibility": visibility, "now": now})
	if err != nil {
		return fmt.Errorf("correct report %d: %w", one.ID, err)
	}
	if _, err := write(ctx, tx, by.resident(), one.ID, entry{kind: "edit"}, now); err != nil {
		return err
	}
	*token, err = store.CurrentToken(ctx, tx)
	return err
}

// takes keeps of some answers those to the questions of the category, and tells whether they are all that it wants.
func (c *Category) takes(answers map[string]string) bool {
	for code := range answers {
		if !slices.ContainsFunc(c.Attributes, func(a Attribute) bool { return a.Code == code && a.answers(answers[code]) }) {
			delete(answers, code)
		}
	}
	return !slices.ContainsFunc(c.Attributes, func(a Attribute) bool { return a.Required && answers[a.Code] == "" })
}

// answersOf reads the answers to the extra questions that stand with a report.
func answersOf(ctx context.Context, tx pgx.Tx, id int64) (answers map[string]string, err error) {
	if err = tx.QueryRow(ctx, `select attributes from report where id = @id`, pgx.NamedArgs{"id": id}).Scan(&answers); err != nil {
		return nil, fmt.Errorf("read the answers of report %d: %w", id, err)
	}
	return answers, nil
}

// Answers gives the answers to the extra questions of a report that the actor sees, by their codes: the private ones to who filed it and who handles it only.
func (r *Register) Answers(ctx context.Context, by By, one Report, category *Category) (answers map[string]string, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		if answers, err = answersOf(ctx, tx, one.ID); err != nil || len(answers) == 0 {
			return err
		}
		filed, err := by.filed(ctx, tx, one.ID)
		if err != nil || filed || by.Actor.Handles(one.Service, one.Category, one.Zones) {
			return err
		}
		for code := range answers { // what the category does not ask any more may have been private
			if category == nil || !slices.ContainsFunc(category.Attributes, func(a Attribute) bool { return a.Code == code && !a.Private }) {
				delete(answers, code)
			}
		}
		return nil
	})
	return answers, err
}

// Withdraw takes a report back, for who filed it, with a public reason or none; where that is doubtful, it waits as a comment. What never was public does not
// become so. It fails with Conflict in states that do not allow it.
func (r *Register) Withdraw(ctx context.Context, by By, id int64, reason string, doubts []Doubt) (token store.Token, err error) {
	var check fault.Check
	reason = check.Text("reason", reason, maxReason, true)
	if err := check.Err(); err != nil {
		return token, err
	}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		one, err := r.locked(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if !one.Withdraw {
			return fault.New(fault.Conflict, "error.withdraw", fault.Args{"status": language.Key("status." + one.Status)})
		}
		now := r.Now().UTC().Truncate(time.Microsecond)
		if one.Status == "pending" {
			_, err := tx.Exec(ctx, `
				with ended as (update quarantine set ended_at = @now where report_id = @id and ended_at is null)
				update report set visibility = 'private' where id = @id`, pgx.NamedArgs{"id": id, "now": now})
			if err != nil {
				return fmt.Errorf("end the quarantine of report %d: %w", id, err)
			}
		}
		if err := by.move(ctx, tx, id, entry{from: one.Status, to: "withdrawn", body: reason}, doubts, now); err != nil {
			return err
		}
		token, err = store.CurrentToken(ctx, tx)
		return err
	})
	return token, err
}

// move moves a report in the name of a resident; a message that is doubtful waits for a moderator as a comment of its own.
func (b By) move(ctx context.Context, tx pgx.Tx, id int64, e entry, doubts []Doubt, now time.Time) error {
	actor := b.resident()
	c := Comment{Text: e.body, Doubts: doubts}
	if doubts = c.doubtful(actor); e.body == "" || len(doubts) == 0 {
		return move(ctx, tx, actor, id, e, now)
	}
	e.body = ""
	if err := move(ctx, tx, actor, id, e, now); err != nil {
		return err
	}
	_, err := write(ctx, tx, actor, id, entry{kind: "comment", body: c.Text, doubts: doubts}, now)
	return err
}
