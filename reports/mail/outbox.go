package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"quartier/reports/fault"
	"quartier/reports/store"
)

// State is where a mail is in its life.
type State string

const (
	StateWaiting State = "waiting"
	StateFailed  State = "failed"
	StateSent    State = "sent"
)

// States are all states, those first that somebody may have to look after.
var States = []State{StateWaiting, StateFailed, StateSent}

// conditions are the states in SQL, each worded as the index that serves it.
var conditions = map[State]string{
	StateWaiting: `sent_at is null and failed_at is null`,
	StateFailed:  `failed_at is not null`,
	StateSent:    `sent_at is not null`,
}

// Entry is a mail as the outbox lists it.
type Entry struct {
	ID       int64
	State    State
	Purpose  string
	To       string
	Subject  string
	Secret   bool // its text lets somebody in
	Attempts int
	Reason   string // why the last attempt failed: a word of ours (behind outbox.reason. in the catalogue), or step and codes; empty: none did
	Created  time.Time
	Ended    time.Time // sent or failed; zero: neither
	Expires  time.Time // zero: never
}

// Filter chooses mails.
type Filter struct {
	State State
	To    string // part of the address, in any case; empty: all
	// Before is the id of the mail that the page before ended with; 0: from the newest.
	Before int64
	Limit  int
}

const entryColumns = `
	id, case when sent_at is not null then 'sent' when failed_at is not null then 'failed' else 'waiting' end,
	purpose, recipient, subject, secret, attempts, coalesce(reason, ''), created_at, coalesce(sent_at, failed_at), expires_at`

// List gives mails, the newest first. It is for administrators, whom the caller must know to be such; so are all functions here.
func List(ctx context.Context, db *store.DB, f Filter) ([]Entry, error) {
	query, args := f.query()
	rows, err := db.Query(ctx, query, args)
	if err != nil {
		return nil, store.Explain(fmt.Errorf("list the outbox: %w", err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Entry, error) {
		var e Entry
		return e, row.Scan(e.fields()...)
	})
	return list, store.Explain(err)
}

func (f Filter) query() (string, pgx.NamedArgs) {
	where := []string{conditions[f.State]}
	if f.Before != 0 {
		where = append(where, `id < @before`)
	}
	if f.To != "" {
		where = append(where, `lower(recipient) like @to`)
	}
	return `
		select ` + entryColumns + `
		from mail
		where ` + strings.Join(where, ` and `) + `
		order by id desc
		limit @limit`, pgx.NamedArgs{"before": f.Before, "to": containing(f.To), "limit": f.Limit}
}

// fields are where the columns go.
func (e *Entry) fields() []any {
	return []any{&e.ID, &e.State, &e.Purpose, &e.To, &e.Subject, &e.Secret, &e.Attempts, &e.Reason, &e.Created,
		(*zeronull.Timestamptz)(&e.Ended), (*zeronull.Timestamptz)(&e.Expires)}
}

// containing is the pattern of addresses that a text is part of.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
}

// Counts tells how many mails wait and how many failed. Those that were sent are many, and nobody need count them.
func Counts(ctx context.Context, db *store.DB) (waiting, failed int, err error) {
	err = db.QueryRow(ctx, `
		select (select count(*) from mail where `+conditions[StateWaiting]+`), (select count(*) from mail where `+conditions[StateFailed]+`)`).
		Scan(&waiting, &failed)
	return waiting, failed, store.Explain(err)
}

// Read gives a mail with its text.
func Read(ctx context.Context, tx pgx.Tx, id int64) (e Entry, text string, err error) {
	err = tx.QueryRow(ctx, `select `+entryColumns+`, body from mail where id = @id`, pgx.NamedArgs{"id": id}).Scan(append(e.fields(), &text)...)
	return e, text, store.Explain(err)
}

// Again has a mail that failed sent again, and one that waits at once. It fails with Conflict when it was sent, or is too late to be.
func Again(ctx context.Context, tx pgx.Tx, id int64, now time.Time) error {
	e, text, err := Read(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case e.State == StateSent:
		return fault.New(fault.Conflict, "outbox.sent_already", nil)
	case !e.Expires.IsZero() && !now.Before(e.Expires), e.Secret && text == "":
		return fault.New(fault.Conflict, "outbox.too_late", nil)
	}
	failed, err := tx.Exec(ctx, `update mail set failed_at = null, reason = null where id = @id and failed_at is not null`, pgx.NamedArgs{"id": id})
	if err != nil {
		return fmt.Errorf("send the mail %d again: %w", id, err)
	}
	if failed.RowsAffected() > 0 {
		return store.Enqueue(ctx, tx, sendArgs{Mail: id})
	}
	rows, err := tx.Query(ctx, `
		select id from river_job
		where kind = @kind and args @> jsonb_build_object('mail', @id::bigint) and finalized_at is null`,
		pgx.NamedArgs{"kind": sendArgs{}.Kind(), "id": id})
	if err != nil {
		return fmt.Errorf("find the job of the mail %d: %w", id, err)
	}
	jobs, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	for _, job := range jobs {
		err = errors.Join(err, store.RetryJob(ctx, tx, job))
	}
	return err
}

// GiveUp ends a mail that waits. It fails with Conflict when the mail waits no more.
func GiveUp(ctx context.Context, tx pgx.Tx, id int64, now time.Time) error {
	if _, _, err := Read(ctx, tx, id); err != nil {
		return err
	}
	ended, err := tx.Exec(ctx, `update mail set failed_at = @now, reason = @reason where id = @id and sent_at is null and failed_at is null`,
		pgx.NamedArgs{"id": id, "now": now, "reason": reasonGivenUp})
	switch {
	case err != nil:
		return fmt.Errorf("give up the mail %d: %w", id, err)
	case ended.RowsAffected() == 0:
		return fault.New(fault.Conflict, "outbox.not_waiting", nil)
	}
	return nil
}

// OfJob gives the mail that a job is to send; 0: it is about something else.
func OfJob(j store.Job) int64 {
	var a sendArgs
	if j.Kind != a.Kind() || json.Unmarshal([]byte(j.Args), &a) != nil {
		return 0
	}
	return a.Mail
}
