package account

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store"
)

// Lifetimes of sessions. Who works with other people's data is asked more often.
const (
	// SessionLife is for how long a browser stays signed in at the most.
	SessionLife = 30 * 24 * time.Hour
	// residentIdle and staffIdle are for how long it may be silent.
	residentIdle = 14 * 24 * time.Hour
	staffIdle    = 12 * time.Hour
	// ProofLife is for how long a sign-in counts as a proof when credentials are to be changed.
	ProofLife = 15 * time.Minute
	// seenEvery is how often it is noted that a session is used.
	seenEvery = 10 * time.Minute
)

// Method is how somebody proved to be who they are.
type Method string

const (
	ByLink     Method = "link"
	ByPassword Method = "password"
	ByPasskey  Method = "passkey"
	ByOIDC     Method = "oidc"
)

// Session is a browser that is signed in.
type Session struct {
	ID           int64
	Person       int64
	Method       Method
	SecondFactor bool
	Agent        string // browser and system in a few words
	CreatedAt    time.Time
	ProvedAt     time.Time
	SeenAt       time.Time
	ExpiresAt    time.Time
}

// Strong tells whether the session was begun with two factors, or a passkey, which is two by itself (what one has, and a finger or a code that unlocks it).
func (s Session) Strong() bool { return s.SecondFactor || s.Method == ByPasskey }

// Entry is what a cookie or a key of a program gives: who asks, by which session.
type Entry struct {
	Actor   Actor
	Session Session // zero: a program's key
	Email   string  // of the person, for their own eyes
	Name    string
	// Asked says that there is a notice about personal data which the person has not agreed to, older than the session.
	Asked bool
	// Withheld says that the person has roles which this session or key does not give, because staff must use a second factor.
	Withheld bool
	// Lacks says of such a session that the person has a second factor which it was begun without. It changes no credentials: one factor would else make
	// itself the other.
	Lacks bool
}

// hasSecondFactor tells whether the person p has a second factor.
const hasSecondFactor = `(exists (select from passkey k where k.person_id = p.id) or exists (select from totp t where t.person_id = p.id and t.confirmed_at is not null))`

// Begin begins a session and gives its secret, for the cookie. A session that the browser had before is ended: a secret that somebody planted in it, or
// learned, is worth nothing afterwards.
func (d *Directory) Begin(ctx context.Context, person int64, method Method, second bool, agent, before string) (secret string, err error) {
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		secret, err = d.begin(ctx, tx, person, method, second, agent, before)
		return err
	})
	return secret, err
}

func (d *Directory) begin(ctx context.Context, tx pgx.Tx, person int64, method Method, second bool, agent, before string) (string, error) {
	secret, now := NewSecret(), d.Now()
	_, err := tx.Exec(ctx, `delete from session where token_sha256 = @before`, pgx.NamedArgs{"before": Digest(before)})
	if err == nil {
		var blocked bool
		err = tx.QueryRow(ctx, `
			update person set seen_at = date_trunc('day', @now::timestamptz), leaving_at = null where id = @person and erased_at is null
			returning blocked_at is not null`, pgx.NamedArgs{"person": person, "now": now}).Scan(&blocked)
		if blocked {
			return "", fault.New(fault.Forbidden, "error.blocked", nil)
		}
	}
	if err == nil {
		_, err = tx.Exec(ctx, `
			insert into session (token_sha256, person_id, method, second_factor, agent, created_at, proved_at, seen_at, expires_at)
			values (@token, @person, @method, @second, left(@agent, 100), @now, @now, @now, @expires)`,
			pgx.NamedArgs{"token": Digest(secret), "person": person, "method": method, "second": second, "agent": agent, "now": now,
				"expires": now.Add(SessionLife)})
	}
	if err != nil {
		return "", fmt.Errorf("begin a session of person %d: %w", person, err)
	}
	return secret, nil
}

// Enter gives who has a session's secret. It fails with NotFound if there is no such session, or none any more.
func (d *Directory) Enter(ctx context.Context, secret string) (Entry, error) {
	e, stale, err := d.enter(ctx, secret)
	if err != nil {
		return Entry{}, store.Explain(err)
	}
	if stale {
		_, err := d.DB.Exec(ctx, `
			with seen as (update session set seen_at = @now where id = @session)
			update person set seen_at = date_trunc('day', @now::timestamptz), leaving_at = null
			where id = @person and seen_at is distinct from date_trunc('day', @now::timestamptz)`,
			pgx.NamedArgs{"session": e.Session.ID, "person": e.Actor.Person, "now": d.Now()})
		if err != nil {
			return Entry{}, store.Explain(fmt.Errorf("note that a session is used: %w", err))
		}
	}
	return e, nil
}

func (d *Directory) enter(ctx context.Context, secret string) (e Entry, stale bool, err error) {
	now := d.Now()
	var strict, shown, second bool
	var granted []Grant
	var ask pgx.Batch
	ask.Queue(`
		select s.id, s.person_id, s.method, s.second_factor, s.agent, s.created_at, s.proved_at, s.seen_at, s.expires_at,
		       coalesce(p.email, ''), p.name, p.name_shown, s.seen_at < @stale,
		       `+strictSQL+`, `+hasSecondFactor+`, exists (
		         select from consent_text t
		         where t.slug = 'privacy' and t.version = (select max(version) from consent_text where slug = t.slug) and t.published_at < s.created_at
		           and not exists (select from consent c where c.person_id = p.id and c.slug = t.slug and c.version = t.version))
		from session s
		join person p on p.id = s.person_id
		where s.token_sha256 = @token and s.expires_at > @now and p.blocked_at is null and p.erased_at is null
		  and s.seen_at > case when exists (select from role_grant g where g.person_id = p.id) then @staff::timestamptz else @resident end`,
		pgx.NamedArgs{"token": Digest(secret), "now": now, "stale": now.Add(-seenEvery), "staff": now.Add(-staffIdle), "resident": now.Add(-residentIdle)}).
		QueryRow(func(row pgx.Row) error {
			s := &e.Session
			return row.Scan(&s.ID, &s.Person, &s.Method, &s.SecondFactor, &s.Agent, &s.CreatedAt, &s.ProvedAt, &s.SeenAt, &s.ExpiresAt,
				&e.Email, &e.Name, &shown, &stale, &strict, &second, &e.Asked)
		})
	queueGrants(&ask, `(select person_id from session where token_sha256 = @key)`, Digest(secret), &granted)
	if err := d.DB.SendBatch(ctx, &ask).Close(); err != nil {
		return Entry{}, false, fmt.Errorf("enter by a session: %w", err)
	}
	e.act(e.Session.Person, granted, shown, e.Session.Strong() || !strict)
	e.Lacks = e.Withheld && second
	return e, stale, nil
}

// strictSQL tells whether roles are only for who proved to be who they are with two factors.
const strictSQL = `coalesce((select value = 'true' from setting where name = 'staff_second_factor'), false)`

// act makes the person the actor, with the roles that are granted unless the proof does not do for them.
func (e *Entry) act(person int64, granted []Grant, shown, proved bool) {
	if e.Withheld = len(granted) > 0 && !proved; e.Withheld {
		granted = nil
	}
	e.Actor = Actor{Role: strongest(granted), Person: person, Grants: granted}
	if shown {
		e.Actor.Name = e.Name
	}
}

// Sessions gives where a person is signed in, the latest first.
func (d *Directory) Sessions(ctx context.Context, actor Actor) (list []Session, err error) {
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select id, person_id, method, second_factor, agent, created_at, proved_at, seen_at, expires_at
			from session where person_id = @person and expires_at > @now
			order by seen_at desc, id desc`, pgx.NamedArgs{"person": actor.Person, "now": d.Now()})
		if err != nil {
			return fmt.Errorf("list the sessions of person %d: %w", actor.Person, err)
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Session])
		return err
	})
	return list, err
}

// End ends one of the actor's own sessions; another person's is NotFound.
func (d *Directory) End(ctx context.Context, actor Actor, session int64) error {
	tag, err := d.DB.Exec(ctx, `delete from session where id = @id and person_id = @person`, pgx.NamedArgs{"id": session, "person": actor.Person})
	if err != nil {
		return store.Explain(fmt.Errorf("end a session: %w", err))
	}
	if tag.RowsAffected() == 0 {
		return fault.Missing()
	}
	return nil
}

// EndOthers ends all of the person's sessions but this one.
func (d *Directory) EndOthers(ctx context.Context, e Entry) error {
	return d.DB.Write(ctx, func(tx pgx.Tx) error { return endAll(ctx, tx, e.Session.Person, e.Session.ID) })
}

// endAll ends all sessions of a person but one (0: all): when a credential was changed, or the person was blocked.
func endAll(ctx context.Context, tx pgx.Tx, person, but int64) error {
	_, err := tx.Exec(ctx, `delete from session where person_id = @person and id <> @but`, pgx.NamedArgs{"person": person, "but": but})
	if err != nil {
		return fmt.Errorf("end the sessions of person %d: %w", person, err)
	}
	return nil
}
