package notification

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
)

// phone is a browser that takes push messages: its keys, and the push service that it named.
type phone struct {
	key  *ecdh.PrivateKey
	auth []byte

	mu     sync.Mutex
	taken  []message
	status int // what the service answers; 0: 201
	wrong  error
	calls  int
}

const pushHost = "push.example.org"

// newPhone opens a push service over TLS and has the town call it, whatever name it calls.
func newPhone(t *testing.T, v *town) *phone {
	t.Helper()
	p := &phone{auth: make([]byte, 16)}
	_, _ = rand.Read(p.auth)
	var err error
	if p.key, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.calls++
		if p.status != 0 {
			w.WriteHeader(p.status)
			return
		}
		m, err := p.read(r, v)
		if err != nil {
			p.wrong = err
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		p.taken = append(p.taken, m)
		w.WriteHeader(http.StatusCreated)
	}))
	certificate, trusted := certified(t, pushHost)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	v.pusher.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	v.pusher.root = func(transport *http.Transport) { transport.TLSClientConfig = &tls.Config{RootCAs: trusted} }
	return p
}

// read decrypts a message as a browser does (RFC 8291, 3.4), after the service has looked at who sends it (RFC 8292, 2).
func (p *phone) read(r *http.Request, v *town) (m message, err error) {
	token, key, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "vapid t="), ", k=")
	raw, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil || len(raw) != 65 {
		return m, errors.New("no key")
	}
	public := &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(raw[1:33]), Y: new(big.Int).SetBytes(raw[33:])}
	claims := jwt.MapClaims{}
	if _, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return public, nil }, jwt.WithAudience("https://"+pushHost), jwt.WithExpirationRequired()); err != nil {
		return m, err
	}
	if ours, err := v.PublicKey(context.Background()); err != nil || ours != key || claims["sub"] != v.Site {
		return m, errors.New("another's key")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") != "86400" || len(body) > 4096 {
		return m, errors.New("no message")
	}
	salt, length := body[:16], int(body[20])
	sender, err := ecdh.P256().NewPublicKey(body[21 : 21+length])
	if err != nil {
		return m, err
	}
	secret, err := p.key.ECDH(sender)
	if err != nil {
		return m, err
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			panic(err)
		}
		return out
	}
	ikm := derive(secret, p.auth, "WebPush: info\x00"+string(p.key.PublicKey().Bytes())+string(sender.Bytes()), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		return m, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return m, err
	}
	plain, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), body[21+length:], nil)
	if err != nil {
		return m, err
	}
	end := strings.LastIndexByte(string(plain), 2)
	return m, json.Unmarshal(plain[:end], &m)
}

// subscription is what the browser says of itself.
func (p *phone) subscription(path string) Subscription {
	return Subscription{Endpoint: "https://" + pushHost + path, P256dh: base64.RawURLEncoding.EncodeToString(p.key.PublicKey().Bytes()),
		Auth: base64.RawURLEncoding.EncodeToString(p.auth), Agent: "Firefox · Android", Language: "fr"}
}

// answers changes what the service answers.
func (p *phone) answers(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status = status
}

func certified(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}

// sendPushes works the pushes that wait, each once, and gives what went wrong.
func (v *town) sendPushes() (errs []error) {
	v.t.Helper()
	rows, err := v.db().Query(v.t.Context(), `update river_job set state = 'completed', finalized_at = now() where kind = 'push_send' and state = 'available' returning args`)
	if err != nil {
		v.t.Fatal(err)
	}
	defer rows.Close()
	var list []pushArgs
	for rows.Next() {
		var a pushArgs
		if err := rows.Scan(&a); err != nil {
			v.t.Fatal(err)
		}
		list = append(list, a)
	}
	rows.Close()
	for _, a := range list {
		errs = append(errs, (&pushing{notifier: v.Notifier}).Work(v.t.Context(), &river.Job[pushArgs]{JobRow: &rivertype.JobRow{CreatedAt: v.clock}, Args: a}))
	}
	return errs
}

// A person's browsers and those of nobody who is known are told what they follow, encrypted for them alone.
func TestPush(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	p := newPhone(t, v)
	who := v.person("auteur@example.org")
	if err := v.Subscribe(t.Context(), who, nil, p.subscription("/person")); err != nil {
		t.Fatal(err)
	}
	if err := v.Subscribe(t.Context(), account.Anonymous, device("browser"), p.subscription("/device")); err != nil {
		t.Fatal(err)
	}
	id := v.file(who, "Un trou")
	v.exec(`insert into follow (device_sha256, kind, item_id, by_mail, by_push, created_at) values ($1, 'report', $2, false, true, now())`, device("browser"), id)
	v.exec(`insert into follow (device_sha256, kind, item_id, by_mail, by_push, created_at) values ($1, 'report', $2, false, true, now())`, device("another"), id)
	v.entry(id, "answer", "", "Demain.\n"+strings.Repeat("é", 5000), 0)
	v.news()
	if n := v.count(`select count(*) from river_job where kind = 'push_send' and args::text ~ '[A-Za-z0-9_-]{30}'`); n != 0 {
		t.Error("the job says where it goes")
	}
	for _, err := range v.sendPushes() {
		if err != nil {
			t.Error(err)
		}
	}
	if len(p.taken) != 2 || p.wrong != nil {
		t.Fatalf("%d messages came, %v", len(p.taken), p.wrong)
	}
	for _, m := range p.taken {
		if m.Title != "Un trou" || !strings.HasPrefix(m.Body, "Réponse officielle\nDemain.\n") || m.Link != "/reports/1" || m.Tag != "report-1" {
			t.Errorf("came %+v", m)
		}
	}
	// What was hidden between gathering and sending is not sent.
	v.entry(id, "answer", "", "Secret.", 0)
	v.news()
	v.exec(`update report set visibility = 'hidden'`)
	v.sendPushes()
	if len(p.taken) != 2 {
		t.Error("what is hidden was sent")
	}
}

// Of what one push was made of the rest is told when a part is hidden, or unfollowed, before it is sent; nobody who was blocked is told.
func TestPushLooksAgain(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	p := newPhone(t, v)
	who := v.person("voisine@example.org")
	if err := v.Subscribe(t.Context(), who, nil, p.subscription("/person")); err != nil {
		t.Fatal(err)
	}
	v.exec(`insert into follow (person_id, area, by_mail, by_push, created_at) values ($1, `+square+`, false, true, now())`, who.Person)
	v.file(account.Anonymous, "Un banc")
	v.file(account.Anonymous, "Un mur")
	v.clock = v.clock.Add(time.Second)
	last := v.file(account.Anonymous, "Un trou")
	v.news()
	v.exec(`update report set visibility = 'hidden' where id = $1`, last)
	v.sendPushes()
	if len(p.taken) != 1 || p.taken[0].Title != "Un mur" || p.taken[0].Body != "Nouveau signalement\nEt 1 autre signalement." {
		t.Fatalf("came %+v", p.taken)
	}
	for _, befalls := range []string{`update person set blocked_at = now()`, `update person set blocked_at = null`, `delete from follow`} {
		v.clock = v.clock.Add(time.Hour)
		v.file(account.Anonymous, "Une porte")
		v.news()
		v.exec(befalls)
		v.sendPushes()
	}
	if len(p.taken) != 1 {
		t.Errorf("came %+v", p.taken[1:])
	}
}

// A service that is not ready is tried again, one that refuses is not, and a browser that is gone is forgotten.
func TestPushAnswers(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	p := newPhone(t, v)
	who := v.person("auteur@example.org")
	id := v.file(who, "Un trou")
	try := func(status int) error {
		p.answers(status)
		if err := v.Subscribe(t.Context(), who, nil, p.subscription("/x")); err != nil {
			t.Fatal(err)
		}
		v.entry(id, "answer", "", "Oui.", 0)
		v.news()
		errs := v.sendPushes()
		if len(errs) != 1 {
			t.Fatalf("%d pushes", len(errs))
		}
		return errs[0]
	}
	var cancelled *rivertype.JobCancelError
	for _, status := range []int{429, 500, 503} {
		if err := try(status); err == nil || errors.As(err, &cancelled) || strings.Contains(err.Error(), pushHost) {
			t.Errorf("%d: %v", status, err)
		}
	}
	for _, status := range []int{301, 400, 403, 413} {
		if err := try(status); !errors.As(err, &cancelled) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if n := v.count(`select count(*) from push_subscription`); n != 1 {
		t.Fatalf("%d browsers", n)
	}
	for _, status := range []int{404, 410} {
		if err := try(status); err != nil {
			t.Errorf("%d: %v", status, err)
		}
		if n := v.count(`select count(*) from push_subscription`); n != 0 {
			t.Errorf("%d: the browser is kept", status)
		}
	}
	if p.calls != 9 {
		t.Errorf("called %d times: a redirection was followed", p.calls)
	}
}

// Only push services on the public network are called, whatever somebody writes as an endpoint.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"https://fcm.googleapis.com/fcm/send/abc:def", "https://updates.push.services.mozilla.com/wpush/v2/x", "https://web.push.apple.com/Qx"} {
		if err := goodEndpoint(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "http://push.example.org/", "https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.0.0.0x1/", "https://1.2.3.4./",
		"https://user:word@push.example.org/", "https://push.example.org:22/", "https://push.example.org/#x", "file:///etc/passwd", "https://push.example.org/\n",
		"https://push.example.org/" + strings.Repeat("x", 2000), "javascript:alert(1)"} {
		if err := goodEndpoint(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for address, want := range map[string]bool{"8.8.8.8:443": true, "[2a00:1450:4007::1]:443": true,
		"127.0.0.1:443": false, "10.0.0.1:443": false, "172.16.0.1:443": false, "192.168.1.1:443": false, "169.254.169.254:443": false, "100.64.0.1:443": false, "0.0.0.0:443": false,
		"[::1]:443": false, "[fe80::1]:443": false, "[fd00::1]:443": false, "[::ffff:10.0.0.1]:443": false, "[64:ff9b::a00:1]:443": false, "[2002:a00:1::]:443": false, "224.0.0.1:443": false, "x": false} {
		if got := publicOnly("tcp", address, nil) == nil; got != want {
			t.Errorf("%s may be called: %v", address, got)
		}
	}
	// A name that leads to this machine, by the dialler that is used without a test's own.
	v := newTown(t)
	if _, err := v.pusher.get().Get("https://localhost:1/"); !errors.Is(err, errPrivate) {
		t.Errorf("this machine was called: %v", err)
	}
}

// What a browser says of itself is looked at, and one is not kept twice.
func TestSubscribe(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	p := newPhone(t, v)
	one, two := v.person("un@example.org"), v.person("deux@example.org")
	good := p.subscription("/x")
	for name, change := range map[string]func(*Subscription){
		"endpoint": func(s *Subscription) { s.Endpoint = "https://localhost/" },
		"p256dh":   func(s *Subscription) { s.P256dh = s.Auth },
		"a point": func(s *Subscription) {
			s.P256dh = base64.RawURLEncoding.EncodeToString(append([]byte{4}, make([]byte, 64)...))
		},
		"auth": func(s *Subscription) { s.Auth = "x" },
	} {
		bad := good
		change(&bad)
		if err := v.Subscribe(t.Context(), one, nil, bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, who := range []account.Actor{one, two, two} {
		if err := v.Subscribe(t.Context(), who, nil, good); err != nil {
			t.Fatal(err)
		}
	}
	if n := v.count(`select count(*) from push_subscription where person_id = $1`, two.Person); n != 1 || v.count(`select count(*) from push_subscription`) != 1 {
		t.Error("a browser is two people's")
	}
	for range mostBrowsers + 3 {
		v.clock = v.clock.Add(time.Minute)
		if err := v.Subscribe(t.Context(), two, nil, p.subscription("/"+v.clock.Format("1504"))); err != nil {
			t.Fatal(err)
		}
	}
	if n := v.count(`select count(*) from push_subscription`); n != mostBrowsers {
		t.Errorf("%d browsers are kept", n)
	}
	id := v.count(`select min(id) from push_subscription`)
	if err := v.Forget(t.Context(), one, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another's browser: %v", err)
	}
	if err := v.Forget(t.Context(), two, id); err != nil {
		t.Error(err)
	}
	if err := v.Unsubscribe(t.Context(), "https://"+pushHost+"/"+v.clock.Format("1504")); err != nil || v.count(`select count(*) from push_subscription`) != mostBrowsers-2 {
		t.Errorf("ending by the endpoint: %v", err)
	}
}

// A pushed digest says one thing, and how many there are besides.
func TestPushedDigest(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	p := newPhone(t, v)
	who := v.person("auteur@example.org")
	if err := v.Subscribe(t.Context(), who, nil, p.subscription("/x")); err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"Un", "Deux", "Trois"} {
		v.entry(v.file(who, title), "answer", "", "Oui.", 0)
	}
	v.news()
	v.sendPushes()
	if len(p.taken) != 1 || !strings.HasSuffix(p.taken[0].Body, "Et 2 autres signalements.") || p.taken[0].Link != "/me/notifications" {
		t.Errorf("came %+v", p.taken)
	}
}

// Through the queue, as it runs.
func TestPushJob(t *testing.T) {
	t.Parallel()
	v := newTown(t)
	p := newPhone(t, v)
	who := v.person("auteur@example.org")
	if err := v.Subscribe(t.Context(), who, nil, p.subscription("/x")); err != nil {
		t.Fatal(err)
	}
	v.clock = time.Now().UTC()
	id := v.file(who, "Un trou")
	v.entry(id, "answer", "", "Oui.", 0)
	v.plan()
	jobs := store.NewJobs()
	v.Work(jobs)
	if err := jobs.Start(v.db(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	v.await(`select count(*) > 0 from river_job where kind = 'push_send' and state = 'completed'`)
	if err := jobs.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(p.taken) != 1 {
		t.Errorf("%d messages came, %v", len(p.taken), p.wrong)
	}
}
