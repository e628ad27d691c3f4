package reports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/mail"
	"quartier/reports/setting"
	"quartier/reports/store"
)

// appealLife is for how long an author may appeal.
const appealLife = 30 * 24 * time.Hour

// Decision is a verdict that was given, with the appeal against it.
type Decision struct {
	ID        int64
	Report    int64
	Entry     int64
	Verdict   Verdict
	Reason    string
	At        time.Time
	Moderator int64 // account; 0: gone, or the service itself
	Appealed  time.Time
	Appeal    string
	Settled   time.Time // zero: there is no appeal, or it waits
	Upheld    bool      // the appeal changed nothing
	Answer    string
}

const decisionColumns = `
	d.id, d.item_id, coalesce(d.entry_id, 0), d.verdict, d.reason, d.created_at, coalesce(d.moderator_id, 0), coalesce(d.appealed_at, 'epoch'), d.appeal,
	coalesce(d.settled_at, 'epoch'), coalesce(d.upheld, false), d.answer`

func decisionRow(row pgx.CollectableRow) (Decision, error) {
	var d Decision
	err := row.Scan(&d.ID, &d.Report, &d.Entry, &d.Verdict, &d.Reason, &d.At, &d.Moderator, &d.Appealed, &d.Appeal, &d.Settled, &d.Upheld, &d.Answer)
	for _, t := range []*time.Time{&d.Appealed, &d.Settled} {
		if t.Unix() == 0 {
			*t = time.Time{}
		}
	}
	return d, err
}

// author is whom a decision is told to.
type author struct {
	email    string // empty: unknown
	language *language.Language
	person   int64
}

// authorOf gives who filed a report, or wrote an entry of its timeline. The filing's own entry is the reporter's.
func authorOf(ctx context.Context, tx pgx.Tx, id, entry int64) (author, error) {
	var a author
	var tag string
	err := tx.QueryRow(ctx, `
		select coalesce(nullif(rc.email, ''), p.email, ''), coalesce(p.language, rc.language), coalesce(rc.person_id, 0)
		from report_contact rc
		left join person p on p.id = rc.person_id and p.erased_at is null
		where rc.report_id = @id and (@entry = 0 or exists (select from timeline t where t.id = @entry and t.type = 'filed'))
		union all
		select coalesce(p.email, ''), p.language, p.id
		from timeline t
		join person p on p.id = t.person_id and p.erased_at is null
		where t.id = @entry and t.type <> 'filed'`, pgx.NamedArgs{"id": id, "entry": entry}).Scan(&a.email, &tag, &a.person)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return author{}, fmt.Errorf("find the author of report %d: %w", id, err)
	}
	a.language = language.Of(tag)
	return a, nil
}

// notice tells the author what was decided, with the way to appeal if the verdict is against what was written.
func (a author) notice(ctx context.Context, tx pgx.Tx, ruling Ruling, secret string) error {
	link := ""
	if secret != "" {
		link = ruling.Site + "/appeal?token=" + secret
	}
	word := "moderation.mail." + string(ruling.Verdict)
	if ruling.Entry != 0 && ruling.Verdict != VerdictRedact {
		word += "_comment"
	}
	return a.write(ctx, tx, word, ruling.Report, ruling.Reason, link, ruling.Site)
}

// write posts a mail to the author, if an address is known.
func (a author) write(ctx context.Context, tx pgx.Tx, word string, id int64, reason, link, site string) error {
	if a.email == "" || site == "" {
		return nil
	}
	town, err := setting.Load(ctx, tx)
	if err != nil {
		return err
	}
	if reason == "" {
		reason = "–"
	}
	args := map[string]any{"id": fmt.Sprint(id), "town": townOf(town), "reason": reason, "link": link, "days": int(appealLife.Hours() / 24),
		"report": fmt.Sprintf("%s/reports/%d", site, id)}
	return mail.Post(ctx, tx, mail.Message{To: a.email, Subject: a.language.Say("moderation.mail.subject", args), Text: a.language.Say(word, args),
		Purpose: "moderation", Person: a.person})
}

// Appealable gives the decision that a link in a notice leads to, or that an author with an account names by its number. It fails with NotFound for others, and
// when the time to appeal is over.
func (r *Register) Appealable(ctx context.Context, actor account.Actor, secret string, id int64) (d Decision, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		d, err = r.appealable(ctx, tx, actor, secret, id, "")
		return err
	})
	return d, err
}

func (r *Register) appealable(ctx context.Context, tx pgx.Tx, actor account.Actor, secret string, id int64, lock string) (Decision, error) {
	rows, err := tx.Query(ctx, `
		select `+decisionColumns+`
		from decision d
		where d.kind = @kind and d.appeal_until > @now
		  and (d.appeal_sha256 = @token
		    or d.id = @id and @person <> 0 and case
		         when d.entry_id is null then exists (select from report_contact rc where rc.report_id = d.item_id and rc.person_id = @person)
		         else exists (select from timeline t where t.id = d.entry_id and t.person_id = @person) end)
		`+lock,
		pgx.NamedArgs{"kind": Kind, "now": r.Now(), "token": account.Digest(secret), "id": id, "person": actor.Person})
	if err != nil {
		return Decision{}, fmt.Errorf("read a decision: %w", err)
	}
	return pgx.CollectExactlyOneRow(rows, decisionRow)
}

// Appeal lays an author's objection before the moderators, once for each decision.
func (r *Register) Appeal(ctx context.Context, actor account.Actor, secret string, id int64, words string) error {
	var check fault.Check
	words = check.Text("words", words, maxReason, true)
	if words == "" && !check.Has("words") {
		check.Add("words", "error.required", nil)
	}
	if err := check.Err(); err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx pgx.Tx) error {
		d, err := r.appealable(ctx, tx, actor, secret, id, "for update")
		if err != nil {
			return err
		}
		if !d.Appealed.IsZero() {
			return fault.New(fault.Conflict, "error.appeal.twice", nil)
		}
		_, err = tx.Exec(ctx, `update decision set appealed_at = @now, appeal = @words where id = @id`,
			pgx.NamedArgs{"id": d.ID, "now": r.Now(), "words": words})
		if err != nil {
			return fmt.Errorf("store the appeal against decision %d: %w", d.ID, err)
		}
		return account.Audit(ctx, tx, actor, "decision.appeal", fmt.Sprintf("report/%d", d.Report), map[string]any{"decision": d.ID})
	})
}

// SettleAppeal hears an appeal: the decision stays, or is undone. Whoever decided does not hear it, unless there is no other moderator. The author is told.
func (r *Register) SettleAppeal(ctx context.Context, actor account.Actor, report, id int64, upheld bool, answer, site string) (token store.Token, err error) {
	if err := mayModerate(actor); err != nil {
		return token, err
	}
	var check fault.Check
	if answer = check.Text("answer", answer, maxReason, true); answer == "" && !check.Has("answer") {
		check.Add("answer", "error.required", nil)
	}
	if err := check.Err(); err != nil {
		return token, err
	}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		if _, err := get(ctx, tx, actor, report); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select `+decisionColumns+` from decision d where d.id = @id and d.kind = @kind and d.item_id = @report for update`,
			pgx.NamedArgs{"id": id, "kind": Kind, "report": report})
		if err != nil {
			return fmt.Errorf("read decision %d: %w", id, err)
		}
		d, err := pgx.CollectExactlyOneRow(rows, decisionRow)
		if err != nil {
			return err
		}
		if d.Appealed.IsZero() || !d.Settled.IsZero() {
			return fault.New(fault.Conflict, "error.verdict.stale", nil)
		}
		if err := otherThan(ctx, tx, actor, d.Moderator); err != nil {
			return err
		}
		now := r.Now().UTC().Truncate(time.Microsecond)
		_, err = tx.Exec(ctx, `update decision set settled_at = @now, settled_by = nullif(@person::bigint, 0), upheld = @upheld, answer = @answer where id = @id`,
			pgx.NamedArgs{"id": id, "now": now, "person": actor.Person, "upheld": upheld, "answer": answer})
		if err != nil {
			return fmt.Errorf("settle the appeal against decision %d: %w", id, err)
		}
		word := "moderation.mail.upheld"
		if !upheld {
			word = "moderation.mail.undone"
			if err := undo(ctx, tx, actor, d, answer, now); err != nil {
				return err
			}
		}
		to, err := authorOf(ctx, tx, d.Report, d.Entry)
		if err != nil {
			return err
		}
		if err := to.write(ctx, tx, word, d.Report, answer, "", site); err != nil {
			return err
		}
		if token, err = store.CurrentToken(ctx, tx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, actor, "decision.settle", fmt.Sprintf("report/%d", d.Report), map[string]any{"decision": id, "upheld": upheld})
	})
	return token, err
}

// otherThan refuses who would judge their own decision, if there is somebody else.
func otherThan(ctx context.Context, tx pgx.Tx, actor account.Actor, decided int64) error {
	if actor.Person != decided {
		return nil
	}
	var others bool
	err := tx.QueryRow(ctx, `
		select exists (
			select from role_grant g
			join person p on p.id = g.person_id
			where g.role in ('moderator', 'administrator') and p.blocked_at is null and p.erased_at is null and p.id <> @person)`,
		pgx.NamedArgs{"person": actor.Person}).Scan(&others)
	if err != nil {
		return fmt.Errorf("look for another moderator: %w", err)
	}
	if others {
		return fault.New(fault.Forbidden, "error.appeal.own", nil)
	}
	return nil
}

// undo gives back what a decision took. What has become of the report meanwhile by other decisions stays.
func undo(ctx context.Context, tx pgx.Tx, actor account.Actor, d Decision, answer string, now time.Time) error {
	var status, visibility string
	err := tx.QueryRow(ctx, `select status, visibility from report where id = @id for update`, pgx.NamedArgs{"id": d.Report}).Scan(&status, &visibility)
	if err != nil {
		return fmt.Errorf("lock report %d: %w", d.Report, err)
	}
	switch {
	case d.Verdict == VerdictReject && d.Entry != 0:
		if err := publish(ctx, tx, d.Report, d.Entry, now); fault.KindOf(store.Explain(err)) != fault.NotFound { // or somebody let it stand already
			return err
		}
	case d.Verdict == VerdictHide && visibility == "hidden":
		show := Ruling{Report: d.Report, Verdict: VerdictShow, Reason: answer}
		if err := apply(ctx, tx, actor, show, now); err != nil {
			return err
		}
		return ruleParts(ctx, tx, actor, show, now)
	case d.Verdict == VerdictRedact:
		if err := redact(ctx, tx, d.Report, d.Entry, nil); fault.KindOf(err) != fault.NotFound { // or somebody gave it back already
			return err
		}
	case d.Verdict == VerdictReject && status == "rejected":
		_, err := tx.Exec(ctx, `update report set status = 'reopened', closed_at = null, updated_at = @now where id = @id`, pgx.NamedArgs{"id": d.Report, "now": now})
		if err != nil {
			return fmt.Errorf("reopen report %d: %w", d.Report, err)
		}
		return moved(ctx, tx, actor, d.Report, "rejected", "reopened", answer, now)
	}
	return nil
}
