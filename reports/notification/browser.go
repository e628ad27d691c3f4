package notification

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
)

// mostBrowsers is how many browsers of one person, or subscriptions of one device, take push messages; a new one takes the place of the oldest.
const mostBrowsers = 10

// Browser is one that takes push messages, as its person is shown it.
type Browser struct {
	ID    int64
	Agent string
	Since time.Time
}

// Subscription is what a browser says of where it takes push messages (Push API, PushSubscription.toJSON).
type Subscription struct {
	Endpoint string
	P256dh   string // base64url
	Auth     string // base64url
	Agent    string // browser and system in a few words
	Language string // fr, en
}

// keys reads the keys of RFC 8291: a point of P-256, uncompressed, and 16 bytes.
func (s Subscription) keys() (p256dh, auth []byte, err error) {
	p256dh, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(s.P256dh, "="))
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(p256dh)
	}
	if err != nil {
		return nil, nil, fault.In("p256dh", "error.push.keys", nil)
	}
	auth, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(s.Auth, "="))
	if err != nil || len(auth) != 16 {
		return nil, nil, fault.In("auth", "error.push.keys", nil)
	}
	return p256dh, auth, nil
}

// Subscribe has a browser told by push: of the actor's, or of a device without an account. A browser that was somebody else's before is now theirs.
func (n *Notifier) Subscribe(ctx context.Context, actor account.Actor, device []byte, s Subscription) error {
	if actor.ReadOnly {
		return fault.New(fault.Forbidden, "error.read_only", nil)
	}
	if err := goodEndpoint(s.Endpoint); err != nil {
		return err
	}
	p256dh, auth, err := s.keys()
	if err != nil {
		return err
	}
	if actor.Person != 0 {
		device = nil
	}
	args := pgx.NamedArgs{"person": actor.Person, "device": device, "digest": account.Digest(s.Endpoint), "endpoint": s.Endpoint, "p256dh": p256dh, "auth": auth,
		"agent": s.Agent, "language": s.Language, "now": n.now(), "most": mostBrowsers}
	return n.db().Write(ctx, func(tx pgx.Tx) error {
		if err := account.Present(ctx, tx, actor.Person); err != nil {
			return err
		}
		var b pgx.Batch
		b.Queue(`
			insert into push_subscription (person_id, device_sha256, endpoint_sha256, endpoint, p256dh, auth, agent, language, created_at)
			values (nullif(@person::bigint, 0), @device, @digest, @endpoint, @p256dh, @auth, @agent, @language, @now)
			on conflict (endpoint_sha256) do update set person_id = excluded.person_id, device_sha256 = excluded.device_sha256, p256dh = excluded.p256dh,
				auth = excluded.auth, agent = excluded.agent, language = excluded.language, created_at = excluded.created_at`, args)
		b.Queue(`
			delete from push_subscription
			where id in (select id from push_subscription where person_id = nullif(@person::bigint, 0) or device_sha256 = @device
			             order by created_at desc, id desc offset @most)`, args)
		if err := tx.SendBatch(ctx, &b).Close(); err != nil {
			return fmt.Errorf("keep a browser for pushes: %w", err)
		}
		return nil
	})
}

// Takes tells whether a device without an account takes push messages: by nothing else can it be told anything.
func (n *Notifier) Takes(ctx context.Context, device []byte) (takes bool, err error) {
	err = n.db().QueryRow(ctx, `select exists (select from push_subscription where device_sha256 = @device)`, pgx.NamedArgs{"device": device}).Scan(&takes)
	if err != nil {
		return false, store.Explain(fmt.Errorf("look whether a browser takes pushes: %w", err))
	}
	return takes, nil
}

// Adopt makes a device's pushes the actor's, who has signed in with it.
func (n *Notifier) Adopt(ctx context.Context, actor account.Actor, device []byte) error {
	_, err := n.db().Exec(ctx, `update push_subscription set person_id = @person, device_sha256 = null where device_sha256 = @device`,
		pgx.NamedArgs{"person": actor.Person, "device": device})
	if err != nil {
		return store.Explain(fmt.Errorf("give person %d the pushes of a browser: %w", actor.Person, err))
	}
	return nil
}

// Unsubscribe ends the pushes to a browser, which knows its endpoint: that nobody else does. One that there is not is none already.
func (n *Notifier) Unsubscribe(ctx context.Context, endpoint string) error {
	_, err := n.db().Exec(ctx, `delete from push_subscription where endpoint_sha256 = @digest`, pgx.NamedArgs{"digest": account.Digest(endpoint)})
	if err != nil {
		return fmt.Errorf("end the pushes to a browser: %w", err)
	}
	return nil
}

// Forget ends the pushes to one of the actor's browsers. It fails with NotFound for another's.
func (n *Notifier) Forget(ctx context.Context, actor account.Actor, id int64) error {
	tag, err := n.db().Exec(ctx, `delete from push_subscription where id = @id and person_id = @person`, pgx.NamedArgs{"id": id, "person": actor.Person})
	if err != nil {
		return fmt.Errorf("end the pushes to a browser: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return fault.Missing()
	}
	return nil
}

func browsersOf(ctx context.Context, tx pgx.Tx, person int64) ([]Browser, error) {
	rows, err := tx.Query(ctx, `select id, agent, created_at from push_subscription where person_id = @person order by created_at desc, id desc`,
		pgx.NamedArgs{"person": person})
	if err != nil {
		return nil, fmt.Errorf("read the browsers of person %d: %w", person, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Browser])
}
