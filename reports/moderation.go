package reports

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
	"quartier/reports/store"
)

// Verdict is what a moderator decides about a report or an entry of its timeline.
type Verdict string

const (
	VerdictKeep    Verdict = "keep"    // nothing is wrong with it
	VerdictHide    Verdict = "hide"    // only moderators see the report
	VerdictShow    Verdict = "show"    // a hidden report is what it was
	VerdictRedact  Verdict = "redact"  // the body of an entry is taken away, with a trace
	VerdictPublish Verdict = "publish" // a pending report is new
	VerdictReject  Verdict = "reject"  // a pending report is rejected; everybody may read why
)

// maxReason is the most characters of a reason, an appeal and its answer.
const maxReason = 2000

// Ruling is what a moderator decides.
type Ruling struct {
	Report  int64
	Entry   int64 // of the timeline; 0: the report itself
	Verdict Verdict
	Reason  string // told to the author, and to everybody where the report stays public
	Site    string // address of our pages, for the link in the author's notice; empty: no mail is sent
}

// against tells whether a verdict takes something from the author, who may then appeal.
func (v Verdict) against() bool {
	return v == VerdictHide || v == VerdictRedact || v == VerdictReject
}

// fits tells whether a verdict can be given on a report in a state, hidden or not, or on an entry, which may be a comment that waits.
func (v Verdict) fits(status string, hidden, entry, waiting bool) bool {
	if waiting {
		return v == VerdictPublish || v == VerdictReject
	}
	switch v {
	case VerdictKeep:
		return true
	case VerdictHide:
		return !entry && !hidden
	case VerdictShow:
		return !entry && hidden
	case VerdictRedact:
		return entry
	case VerdictPublish, VerdictReject:
		return !entry && !hidden && status == "pending"
	}
	return false
}

// Verdicts gives what can be decided about a report as it stands.
func (one *Report) Verdicts() (list []Verdict) {
	for _, v := range []Verdict{VerdictPublish, VerdictReject, VerdictKeep, VerdictHide, VerdictShow} {
		if v.fits(one.Status, one.Visibility == account.Hidden, false, false) && (v != VerdictKeep || one.Status != "pending") {
			list = append(list, v)
		}
	}
	return list
}

// Decide gives a verdict: the report or the entry becomes what it says, the flags raised so far are settled, the author is told by mail where an address is
// known, and everything stands in timeline, audit and change log. It fails with Forbidden for who is no moderator, with NotFound for what the actor does not
// see, with Conflict for a verdict that what has happened meanwhile leaves no room for.
func (r *Register) Decide(ctx context.Context, actor account.Actor, ruling Ruling) (token store.Token, err error) {
	if err := mayModerate(actor); err != nil {
		return token, err
	}
	var check fault.Check
	ruling.Reason = check.Text("reason", ruling.Reason, maxReason, true)
	if ruling.Verdict.against() && ruling.Reason == "" && !check.Has("reason") {
		check.Add("reason", "error.required", nil)
	}
	if !ruling.Verdict.fits("pending", ruling.Verdict == VerdictShow, ruling.Verdict == VerdictRedact, false) {
		check.Add("verdict", "error.verdict", nil)
	}
	if err := check.Err(); err != nil {
		return token, err
	}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		if err := lockWhole(ctx, tx, ruling.Report); err != nil {
			return err
		}
		var before string
		err := tx.QueryRow(ctx, `select visibility from report where id = @id`, pgx.NamedArgs{"id": ruling.Report}).Scan(&before)
		if err != nil {
			return fmt.Errorf("read who sees report %d: %w", ruling.Report, err)
		}
		one, err := get(ctx, tx, actor, ruling.Report)
		if err != nil {
			return err
		}
		waiting := false
		if ruling.Entry != 0 {
			if waiting, err = waits(ctx, tx, ruling.Report, ruling.Entry); err != nil {
				return err
			}
		}
		if !ruling.Verdict.fits(one.Status, before == "hidden", ruling.Entry != 0, waiting) {
			return fault.New(fault.Conflict, "error.verdict.stale", nil)
		}
		now := r.Now().UTC().Truncate(time.Microsecond)
		if err := apply(ctx, tx, actor, ruling, now); err != nil {
			return err
		}
		if err := decide(ctx, tx, actor, ruling, before, now); err != nil {
			return err
		}
		if err := ruleParts(ctx, tx, actor, ruling, now); err != nil {
			return err
		}
		token, err = store.CurrentToken(ctx, tx)
		return err
	})
	return token, err
}

func mayModerate(actor account.Actor) error {
	if !actor.Has(account.RoleModerator) || actor.ReadOnly {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	return nil
}

// apply makes the report or the entry what a verdict says.
func apply(ctx context.Context, tx pgx.Tx, actor account.Actor, ruling Ruling, now time.Time) error {
	id := ruling.Report
	switch {
	case ruling.Entry != 0 && ruling.Verdict == VerdictPublish:
		return publish(ctx, tx, id, ruling.Entry, now)
	case ruling.Entry != 0 && ruling.Verdict == VerdictReject: // what it said stays for the appeal; nobody else ever saw it
		return redact(ctx, tx, id, ruling.Entry, &now)
	}
	switch ruling.Verdict {
	case VerdictHide:
		return see(ctx, tx, actor, id, "hidden", ruling.Reason, now)
	case VerdictShow:
		// What it was before the last time that it was hidden; who hid it otherwise left no word, and then its category says.
		var visibility string
		err := tx.QueryRow(ctx, `
			select coalesce(
				(select d.visibility_before from decision d
				 where d.kind = @kind and d.item_id = r.id and d.verdict = 'hide' order by d.created_at desc, d.id desc limit 1),
				case when c.private or w.visibility = 'private' then 'private' else 'public' end)
			from report r join category c on c.id = r.category_id left join report w on w.id = r.parent_id
			where r.id = @id`, pgx.NamedArgs{"kind": Kind, "id": id}).Scan(&visibility)
		if err != nil {
			return fmt.Errorf("find what report %d was: %w", id, err)
		}
		return see(ctx, tx, actor, id, visibility, ruling.Reason, now)
	case VerdictRedact:
		return redact(ctx, tx, id, ruling.Entry, &now)
	case VerdictPublish:
		return release(ctx, tx, actor, id, "new", ruling.Reason, now)
	case VerdictReject:
		return release(ctx, tx, actor, id, "rejected", ruling.Reason, now)
	}
	if ruling.Entry != 0 {
		return entryOf(ctx, tx, id, ruling.Entry, account.System)
	}
	return nil
}

// ruleParts hides the parts of a report with it, which have its photos and tell in other words what it told, and shows those again with it that were hidden with
// it: a part that was hidden by itself, or before, stays so. Each has a decision of its own, and can be shown alone.
func ruleParts(ctx context.Context, tx pgx.Tx, actor account.Actor, ruling Ruling, now time.Time) error {
	which := map[Verdict]string{
		VerdictHide: `p.visibility <> 'hidden'`,
		VerdictShow: `p.visibility = 'hidden' and ` + hiddenAtSQL("p.id") + ` = ` + hiddenAtSQL("p.parent_id"),
	}[ruling.Verdict]
	if which == "" || ruling.Entry != 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `select p.id, p.visibility from report p where p.parent_id = @id and `+which+` order by p.id for update`,
		pgx.NamedArgs{"kind": Kind, "id": ruling.Report})
	if err != nil {
		return fmt.Errorf("find the parts of report %d: %w", ruling.Report, err)
	}
	type part struct {
		ID     int64
		Before string
	}
	parts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[part])
	if err != nil {
		return fmt.Errorf("find the parts of report %d: %w", ruling.Report, err)
	}
	for _, p := range parts {
		ruling.Report = p.ID
		if err := apply(ctx, tx, actor, ruling, now); err != nil {
			return err
		}
		if err := decide(ctx, tx, actor, ruling, p.Before, now); err != nil {
			return err
		}
	}
	return nil
}

// hiddenAtSQL is when a report was hidden the last time.
func hiddenAtSQL(id string) string {
	return `(select max(d.created_at) from decision d where d.kind = @kind and d.item_id = ` + id + ` and d.verdict = 'hide')`
}

// see changes who sees a report, and notes why for those who work on it.
func see(ctx context.Context, tx pgx.Tx, actor account.Actor, id int64, visibility, reason string, now time.Time) error {
	args := pgx.NamedArgs{"kind": Kind, "id": id, "visibility": visibility, "body": reason, "role": actor.Role, "person": actor.Person, "now": now}
	if _, err := tx.Exec(ctx, `update report set visibility = @visibility, updated_at = @now where id = @id`, args); err != nil {
		return fmt.Errorf("change who sees report %d: %w", id, err)
	}
	_, err := tx.Exec(ctx, `
		insert into timeline (kind, item_id, type, public, body, actor_role, person_id, created_at)
		values (@kind, @id, 'note', false, @body, @role, nullif(@person::bigint, 0), @now)`, args)
	if err != nil {
		return fmt.Errorf("note who sees report %d: %w", id, err)
	}
	return store.Append(ctx, tx, store.Change{Kind: Kind, First: id, Last: id})
}

// redact takes the body of an entry away, at a time; nil gives it back. The text itself stays, for the appeal: no output has it.
func redact(ctx context.Context, tx pgx.Tx, id, entry int64, at *time.Time) error {
	tag, err := tx.Exec(ctx, `
		update timeline set redacted_at = @at
		where id = @entry and kind = @kind and item_id = @id and (redacted_at is null) = (@at::timestamptz is not null)`,
		pgx.NamedArgs{"kind": Kind, "id": id, "entry": entry, "at": at})
	if err != nil {
		return fmt.Errorf("redact an entry of report %d: %w", id, err)
	}
	if tag.RowsAffected() == 0 {
		return fault.Missing()
	}
	return store.Append(ctx, tx, store.Change{Kind: Kind, First: id, Last: id})
}

// entryOf fails with NotFound if a report has no such entry, or none that the actor sees.
func entryOf(ctx context.Context, tx pgx.Tx, id, entry int64, actor account.Actor) error {
	var there bool
	err := tx.QueryRow(ctx, `
		select exists (select from timeline where id = @entry and kind = @kind and item_id = @id and (public and redacted_at is null or @all) and doubts = '{}')`,
		pgx.NamedArgs{"kind": Kind, "id": id, "entry": entry, "all": actor.Role == account.RoleSystem}).Scan(&there)
	if err != nil {
		return fmt.Errorf("look for an entry of report %d: %w", id, err)
	}
	if !there {
		return fault.Missing()
	}
	return nil
}

// decide stores the decision, settles the flags and tells the author.
func decide(ctx context.Context, tx pgx.Tx, actor account.Actor, ruling Ruling, before string, now time.Time) error {
	to, err := authorOf(ctx, tx, ruling.Report, ruling.Entry)
	if err != nil {
		return err
	}
	var secret string
	var digest []byte
	var until *time.Time
	if ruling.Verdict.against() {
		secret = account.NewSecret()
		end := now.Add(appealLife)
		digest, until = account.Digest(secret), &end
	}
	var id int64
	err = tx.QueryRow(ctx, `
		insert into decision (kind, item_id, entry_id, verdict, reason, visibility_before, moderator_id, created_at, appeal_sha256, appeal_until)
		values (@kind, @id, nullif(@entry::bigint, 0), @verdict, @reason, @before, nullif(@person::bigint, 0), @now, @digest, @until)
		returning id`,
		pgx.NamedArgs{"kind": Kind, "id": ruling.Report, "entry": ruling.Entry, "verdict": ruling.Verdict, "reason": ruling.Reason, "before": before,
			"person": actor.Person, "now": now, "digest": digest, "until": until}).Scan(&id)
	if err != nil {
		return fmt.Errorf("store a decision about report %d: %w", ruling.Report, err)
	}
	if err := follow.SettleFlags(ctx, tx, Kind, ruling.Report, ruling.Entry, ruling.Verdict == VerdictHide, id); err != nil {
		return err
	}
	if err := account.Audit(ctx, tx, actor, "report."+string(ruling.Verdict), fmt.Sprintf("report/%d", ruling.Report),
		map[string]any{"decision": id, "entry": ruling.Entry}); err != nil {
		return err
	}
	if ruling.Verdict == VerdictKeep {
		return nil
	}
	return to.notice(ctx, tx, ruling, secret)
}

// Flag notes that something is wrong with a report, or an entry of its timeline, that the actor sees. It fails with NotFound for what the actor does not see; a
// second flag of the same person or browser is answered like the first.
func (r *Register) Flag(ctx context.Context, actor account.Actor, f follow.Flag) error {
	if actor.ReadOnly {
		return fault.New(fault.Forbidden, "error.read_only", nil)
	}
	var check fault.Check
	f.Words = check.Text("words", f.Words, follow.MaxFlagWords, true)
	f.Check(&check)
	if err := check.Err(); err != nil {
		return err
	}
	f.Kind, f.Person, f.At = Kind, actor.Person, r.Now()
	return r.DB.Write(ctx, func(tx pgx.Tx) error {
		if err := account.Present(ctx, tx, actor.Person); err != nil {
			return err
		}
		if _, err := get(ctx, tx, actor, f.Item); err != nil {
			return err
		}
		if f.Entry != 0 {
			if err := entryOf(ctx, tx, f.Item, f.Entry, actor); err != nil {
				return err
			}
		}
		return follow.Raise(ctx, tx, f)
	})
}
