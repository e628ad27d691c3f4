package notification

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/SherClockHolmes/webpush-go"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"quartier/reports/language"
	"quartier/reports/store"
)

const (
	// pushLife is for how long a push service keeps a message for a browser that is off.
	pushLife = 24 * time.Hour
	// pushAttempts are how often a push service is tried that is not ready: with River's pauses, for about three hours.
	pushAttempts = 8
	// recordSize is that of every message, padded: its length tells nobody anything (RFC 8188, 4.8).
	recordSize = 2048
	// Longest texts of a message, in characters.
	longestTitle, longestSaid = 120, 300
)

// pusher is how push services are called.
type pusher struct {
	once   sync.Once
	client *http.Client
	dial   func(ctx context.Context, network, address string) (net.Conn, error) // what tests call instead of the public network
	root   func(*http.Transport)                                                // whom tests trust
}

func (p *pusher) get() *http.Client {
	p.once.Do(func() {
		if p.dial == nil {
			p.dial = (&net.Dialer{Timeout: pushAtMost, Control: publicOnly}).DialContext
		}
		p.client = guarded(p.dial)
		if p.root != nil {
			p.root(p.client.Transport.(*http.Transport))
		}
	})
	return p.client
}

// keyName names the key by which push services know us (VAPID, RFC 8292).
const keyName = "push"

// vapid gives the two halves of the key, as browsers and push services want them.
func (n *Notifier) vapid(ctx context.Context) (private, public string, err error) {
	secret, err := n.People.Key(ctx, keyName)
	if err != nil {
		return "", "", err
	}
	key, err := ecdh.P256().NewPrivateKey(secret)
	if err != nil {
		return "", "", fmt.Errorf("the key %s will not do; delete its row: %w", keyName, err) // one in four thousand million
	}
	return base64.RawURLEncoding.EncodeToString(secret), base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), nil
}

// PublicKey gives the half of the key that a browser subscribes with.
func (n *Notifier) PublicKey(ctx context.Context) (string, error) {
	_, public, err := n.vapid(ctx)
	return public, err
}

// pushArgs ask to tell a browser some notices by one push. They name things; what the push says is read when it is sent.
type pushArgs struct {
	Browser int64   `json:"browser"`
	Notices []int64 `json:"notices"`
}

func (pushArgs) Kind() string { return "push_send" }

func (pushArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: pushAttempts} }

// enqueuePushes enqueues one push to each browser of a recipient and gives the notices that it is made of.
func (n *Notifier) enqueuePushes(ctx context.Context, tx pgx.Tx, to recipient, f file) ([]int64, error) {
	rows, err := tx.Query(ctx, `
		select s.id from push_subscription s left join person p on p.id = s.person_id
		where (s.person_id = nullif(@person::bigint, 0) or s.device_sha256 = nullif(@device, ''::bytea)) and p.blocked_at is null`, to.args(pgx.NamedArgs{}))
	if err != nil {
		return nil, fmt.Errorf("find the browsers of a recipient: %w", err)
	}
	browsers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil || len(browsers) == 0 {
		return nil, err
	}
	for _, id := range browsers {
		if err := store.Enqueue(ctx, tx, pushArgs{Browser: id, Notices: f.notices}); err != nil {
			return nil, err
		}
	}
	return f.notices, nil
}

// pushing sends pushes.
type pushing struct {
	river.WorkerDefaults[pushArgs]
	notifier *Notifier
}

// Work makes one attempt. What is hidden meanwhile, or too old, is not sent; a browser that takes no more is forgotten.
func (w *pushing) Work(ctx context.Context, job *river.Job[pushArgs]) error {
	n := w.notifier
	if n.now().Sub(job.CreatedAt) > pushLife {
		return nil
	}
	s, said, err := n.said(ctx, job.Args)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && said == nil {
		return nil
	}
	if err != nil {
		return err
	}
	status, err := n.push(ctx, s, said)
	switch {
	case err != nil:
		return err
	case status/100 == 2:
		return nil
	case status == http.StatusNotFound || status == http.StatusGone: // RFC 8030, 7.3
		return n.Unsubscribe(ctx, s.Endpoint)
	case status == http.StatusTooManyRequests || status/100 == 5:
		return fmt.Errorf("the push service answered %d", status)
	}
	return river.JobCancel(fmt.Errorf("the push service answered %d", status))
}

// message is what the service worker of a browser is told (web/ui/src/worker/push.ts).
type message struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	Link  string `json:"link"` // path of a page of ours
	Tag   string `json:"tag"`  // another message with it takes this one's place
}

// said reads where a push goes and what it says; nil: nothing any more.
func (n *Notifier) said(ctx context.Context, args pushArgs) (s webpush.Subscription, said []byte, err error) {
	err = n.db().Read(ctx, func(tx pgx.Tx) error {
		var to recipient
		var device, p256dh, auth []byte
		var tag string
		err := tx.QueryRow(ctx, `
			select coalesce(s.person_id, 0), s.device_sha256, s.endpoint, s.p256dh, s.auth, s.language
			from push_subscription s left join person p on p.id = s.person_id
			where s.id = @id and p.blocked_at is null`,
			pgx.NamedArgs{"id": args.Browser}).Scan(&to.person, &device, &s.Endpoint, &p256dh, &auth, &tag)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the browser %d: %w", args.Browser, err)
		}
		to.device = string(device)
		s.Keys = webpush.Keys{P256dh: base64.RawURLEncoding.EncodeToString(p256dh), Auth: base64.RawURLEncoding.EncodeToString(auth)}
		rows, err := tx.Query(ctx, `select id from notice where `+to.where()+` and channel = 'push' and id = any(@notices)`, to.args(pgx.NamedArgs{"notices": args.Notices}))
		if err != nil {
			return fmt.Errorf("read what is pushed: %w", err)
		}
		notices, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		f, err := read(ctx, tx, to, byPush, notices)
		if err != nil || len(f.stories) == 0 {
			return err
		}
		said, err = json.Marshal(messageOf(language.Of(tag), n.City, f.stories[0], len(f.stories)-1))
		return err
	})
	return s, said, err
}

// messageOf writes a message.
func messageOf(l *language.Language, city *time.Location, s story, more int) message {
	e := s.last()
	body := []string{sentenceOf(l, city, e)}
	if e.body != "" {
		body = append(body, e.body)
	}
	m := message{Title: shortened(s.title, longestTitle), Link: "/reports/" + strconv.FormatInt(s.report, 10), Tag: "report-" + strconv.FormatInt(s.report, 10)}
	m.Body = shortened(strings.Join(body, "\n"), longestSaid)
	if more > 0 {
		m.Body += "\n" + l.Say("notice.more", map[string]any{"n": more})
		m.Link, m.Tag = "/me/notifications", "digest"
	}
	return m
}

func shortened(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(slices.Concat(runes[:most-1], []rune("…")))
	}
	return text
}

// push hands a message to the push service and gives its answer. An error names no endpoint: whoever knows one can write to the browser.
func (n *Notifier) push(ctx context.Context, s webpush.Subscription, said []byte) (status int, err error) {
	private, public, err := n.vapid(ctx)
	if err != nil {
		return 0, err
	}
	answer, err := webpush.SendNotificationWithContext(ctx, said, &s, &webpush.Options{HTTPClient: n.pusher.get(), Subscriber: n.subscriber(), TTL: int(pushLife.Seconds()),
		RecordSize: recordSize, VAPIDPublicKey: public, VAPIDPrivateKey: private, Urgency: webpush.UrgencyNormal})
	switch {
	case errors.Is(err, errPrivate):
		return 0, river.JobCancel(errPrivate)
	case err != nil:
		return 0, errors.New("the push service could not be reached")
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10) // so that the connection serves again
	return answer.StatusCode, nil
}

// subscriber is whom push services write to if we are trouble (RFC 8292, 2.1).
func (n *Notifier) subscriber() string {
	if strings.HasPrefix(n.Site, "https:") {
		return n.Site
	}
	return "no-reply@example.org"
}
