package mail

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// post office is a real SMTP server that keeps what it takes.
type office struct {
	address string
	// judge says what becomes of a mail, when its address is told and when its content has come; nil: taken.
	rcpt, data func(to string) error
	password   string // must be given; empty: nobody need sign in

	mu    sync.Mutex
	taken []taken
	seen  []string // Message-IDs of all that was offered whole, taken or not
}

// taken is a mail that the office took.
type taken struct {
	from, to  string
	encrypted bool
	utf8      bool
	raw       string
	*mail.Message
}

// open opens the office on a port of this machine; with a certificate it offers STARTTLS, or is encrypted from the first byte.
func (o *office) open(t *testing.T, certificate *tls.Certificate, atOnce bool) {
	t.Helper()
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &desk{office: o, conn: c}, nil }))
	s.Domain, s.EnableSMTPUTF8, s.AllowInsecureAuth = "mail.example.org", true, true
	s.ErrorLog = log.New(io.Discard, "", 0)
	if certificate != nil {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.address = l.Addr().String()
	if atOnce {
		l = tls.NewListener(l, s.TLSConfig)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) })
	t.Cleanup(func() {
		s.Close()
		serving.Wait()
	})
}

// mails gives what was taken so far.
func (o *office) mails() []taken {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]taken(nil), o.taken...)
}

// offered gives the Message-IDs of what was offered so far.
func (o *office) offered() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.seen...)
}

// desk is a connection to the office.
type desk struct {
	office *office
	conn   *smtp.Conn
	now    taken
	known  bool // has signed in
}

func (d *desk) Reset()                   { d.now = taken{} }
func (d *desk) Logout() error            { return nil }
func (d *desk) AuthMechanisms() []string { return []string{sasl.Plain} }

func (d *desk) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "quartier" || password != d.office.password {
			return smtp.ErrAuthFailed
		}
		d.known = true
		return nil
	}), nil
}

func (d *desk) Mail(from string, o *smtp.MailOptions) error {
	if d.office.password != "" && !d.known {
		return smtp.ErrAuthRequired
	}
	_, encrypted := d.conn.TLSConnectionState()
	d.now = taken{from: from, encrypted: encrypted, utf8: o.UTF8}
	return nil
}

func (d *desk) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.now.to = to
	if d.office.rcpt != nil {
		return d.office.rcpt(to)
	}
	return nil
}

func (d *desk) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d.now.raw = string(raw)
	if d.now.Message, err = mail.ReadMessage(bytes.NewReader(raw)); err != nil {
		return err
	}
	d.office.mu.Lock()
	d.office.seen = append(d.office.seen, d.now.Header.Get("Message-ID"))
	d.office.mu.Unlock()
	if d.office.data != nil {
		if err := d.office.data(d.now.to); err != nil {
			return err
		}
	}
	d.office.mu.Lock()
	defer d.office.mu.Unlock()
	d.office.taken = append(d.office.taken, d.now)
	return nil
}

// certified makes a certificate for a name, and who trusts it.
func certified(t *testing.T, name string) (*tls.Certificate, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
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
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, &tls.Config{RootCAs: pool}
}

// at gives the server of an address; whatever host that names, it is found at the office.
func at(t *testing.T, o *office, address string) *Server {
	t.Helper()
	_, port, _ := net.SplitHostPort(o.address)
	s, err := ParseServer(strings.Replace(address, "PORT", port, 1), "Ville d'Évian <no-reply@evian.example>")
	if err != nil {
		t.Fatal(err)
	}
	s.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, o.address)
	}
	return s
}
