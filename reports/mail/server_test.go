package mail

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

func TestParseServer(t *testing.T) {
	for _, c := range []struct{ name, address, from, want string }{
		{"a service", "smtp://user:secret@smtp.example.org", "ville@example.org", "smtp.example.org:587"},
		{"encrypted at once", "smtps://user:secret@smtp.example.org/", "ville@example.org", "smtp.example.org:465"},
		{"a port", "smtp://localhost:2525", "ville@example.org", "localhost:2525"},
		{"the sender in the address", "smtp://localhost?from=Ville+%3Cville%40example.org%3E", "", "localhost:587"},
		{"no sender", "smtp://localhost", "", ""},
		{"a sender that is none", "smtp://localhost", "ville", ""},
		{"a sender with a header behind it", "smtp://localhost", "Ville\r\nBcc: x <ville@example.org>", ""},
		{"no address", "", "ville@example.org", ""},
		{"no scheme", "smtp.example.org:587", "ville@example.org", ""},
		{"another scheme", "https://user:secret@smtp.example.org", "ville@example.org", ""},
		{"a path", "smtp://user:secret@smtp.example.org/inbox", "ville@example.org", ""},
		{"an unknown setting", "smtp://user:secret@smtp.example.org?tls=no", "ville@example.org", ""},
		{"no port", "smtp://user:secret@smtp.example.org:70000", "ville@example.org", ""},
	} {
		s, err := ParseServer(c.address, c.from)
		if got := ""; err == nil {
			if got = s.String(); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		} else if c.want != "" || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

var hello = letter{id: 1, messageID: "0123456789abcdef", to: "jeanne@example.org", subject: "Votre signalement", text: "Bonjour.\n",
	created: time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC)}

// What arrives is what was written, in a form that every mail program reads.
func TestSend(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.open(t, nil, false)
	s := at(t, o, "smtp://localhost:PORT")
	l := hello
	l.subject = "Réponse à « Nid-de-poule, rue de l'Église » : " + strings.Repeat("déjà réparé ", 10)
	l.text = "Bonjour,\n\nc'est réparé : https://ville.example/reports/12?x=1\n.\nFrom here\n" + strings.Repeat("très long ", 200) + "\n"
	if err := s.send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	m := o.mails()[0]
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != l.subject {
		t.Errorf("the subject arrives as %q, %v", subject, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if got := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || strings.TrimRight(got, "\n") != strings.TrimRight(l.text, "\n") {
		t.Errorf("the text arrives as %q, %v", got, err)
	}
	for name, want := range map[string]string{
		"Message-ID": "<0123456789abcdef@evian.example>", "To": "<jeanne@example.org>", "Date": "Sun, 01 Mar 2026 08:30:00 +0000",
		"Auto-Submitted": "auto-generated", "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "quoted-printable",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if from, err := m.Header.AddressList("From"); err != nil || from[0].Name != "Ville d'Évian" || from[0].Address != "no-reply@evian.example" || m.from != from[0].Address {
		t.Errorf("it comes from %v (%s), %v", from, m.from, err)
	}
	for line := range strings.Lines(m.raw) {
		if len(line) > 1000 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
			t.Errorf("a line that not every server takes: %q", line)
		}
	}
}

// Addresses arrive as they are; only those that need it ask for more than ASCII.
func TestSendToUnusualAddresses(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.open(t, nil, false)
	s := at(t, o, "smtp://127.0.0.1:PORT")
	for i, c := range []struct {
		to, mailbox string // as written, and as the server understands it
		utf8        bool
	}{
		{"jeanne+ville@example.org", "jeanne+ville@example.org", false},
		{`"jeanne d'arc"@example.org`, "jeanne d'arc@example.org", false},
		{`"a@b"@example.org`, "a@b@example.org", false},
		{"zoé@xn--vian-9oa.example", "zoé@xn--vian-9oa.example", true},
	} {
		l := hello
		l.to = c.to
		if err := s.send(t.Context(), l); err != nil {
			t.Errorf("%s: %v", c.to, err)
			continue
		}
		if m := o.mails()[i]; m.to != c.mailbox || m.utf8 != c.utf8 {
			t.Errorf("%s: sent to %s, asking for UTF-8: %v", c.to, m.to, m.utf8)
		}
	}
}

// Nothing that a mail is made of adds a header or a recipient.
func TestHeaderInjection(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.open(t, nil, false)
	s := at(t, o, "smtp://localhost:PORT")
	for _, evil := range []string{
		"x\r\nBcc: all@example.org", "x\nBcc: all@example.org", "x\rBcc: all@example.org", "x\r\n\r\nnew body", "x\x00y", "x\u0085Bcc: a@b.c",
		"x\u2028Bcc: a@b.c", "=?UTF-8?Q?x=0D=0ABcc:_all@example.org?=", strings.Repeat("é\r\nBcc: a@b.c ", 30), "{{.Secret}}", "%0d%0aBcc: a@b.c",
	} {
		l := hello
		// Post makes one line of it; even without that it must not come through.
		for _, l.subject = range []string{oneLine(evil), evil} {
			before := len(o.mails())
			if err := s.send(t.Context(), l); err != nil {
				continue // refused is well, too
			}
			m := o.mails()[before]
			if len(m.Header) != 9 || m.Header.Get("Bcc") != "" || m.to != hello.to {
				t.Errorf("%q: %d headers to %s: %v", l.subject, len(m.Header), m.to, m.Header)
			}
		}
		l = hello
		l.text = plain(evil+"\r\n.\r\nMAIL FROM:<x@y.z>\r\n", maxText)
		before := len(o.mails())
		if err := s.send(t.Context(), l); err != nil {
			t.Errorf("%q as a text: %v", evil, err)
		} else if n := len(o.mails()); n != before+1 {
			t.Errorf("%q as a text made %d mails", evil, n-before)
		}
		l = hello
		l.to = "jeanne@example.org" + evil
		if err := s.send(t.Context(), l); err == nil && o.mails()[before+1].to != l.to {
			t.Errorf("%q behind an address was sent to %q", evil, o.mails()[before+1].to)
		}
	}
}

func TestEncryption(t *testing.T) {
	t.Parallel()
	certificate, trusting := certified(t, "mail.example.org")
	for _, c := range []struct {
		name, address string
		certificate   bool
		atOnce        bool
		trust         bool
		reason        string // "": sent, encrypted
	}{
		{"by STARTTLS", "smtp://mail.example.org:PORT", true, false, true, ""},
		{"from the first byte", "smtps://mail.example.org:PORT", true, true, true, ""},
		{"a server that does not encrypt", "smtp://mail.example.org:PORT", false, false, true, "STARTTLS"},
		{"nobody vouches for the server", "smtp://mail.example.org:PORT", true, false, false, "certificate"},
		{"nobody vouches, from the first byte", "smtps://mail.example.org:PORT", true, true, false, "certificate"},
		{"another's certificate", "smtps://mail.example.com:PORT", true, true, true, "certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := &office{}
			if c.certificate {
				o.open(t, certificate, c.atOnce)
			} else {
				o.open(t, nil, false)
			}
			s := at(t, o, c.address)
			if c.trust {
				s.config = trusting
			}
			err := s.send(t.Context(), hello)
			if c.reason == "" {
				if err != nil || len(o.mails()) != 1 || !o.mails()[0].encrypted {
					t.Errorf("%v, %d mails", err, len(o.mails()))
				}
				if err := s.Check(t.Context()); err != nil {
					t.Errorf("the check fails: %v", err)
				}
				return
			}
			var trouble *trouble
			if !errors.As(err, &trouble) || trouble.permanent || !strings.Contains(trouble.reason, c.reason) || len(o.mails()) != 0 {
				t.Errorf("%v (want %s), %d mails", err, c.reason, len(o.mails()))
			}
			if s.Check(t.Context()) == nil {
				t.Error("the check finds nothing wrong")
			}
		})
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	certificate, trusting := certified(t, "mail.example.org")
	o := &office{password: "s3cret/:@ü"}
	o.open(t, certificate, false)
	s := at(t, o, "smtp://quartier:s3cret%2F%3A%40%C3%BC@mail.example.org:PORT")
	s.config = trusting
	if err := s.send(t.Context(), hello); err != nil || len(o.mails()) != 1 {
		t.Errorf("with the password: %v", err)
	}
	s = at(t, o, "smtp://quartier:wrong@mail.example.org:PORT")
	s.config = trusting
	var trouble *trouble
	if err := s.send(t.Context(), hello); !errors.As(err, &trouble) || trouble.permanent || trouble.reason != "connection: 535" {
		t.Errorf("with a wrong password: %v", err)
	}
	if err := s.Check(t.Context()); err == nil {
		t.Error("the check takes a wrong password")
	}
}

// Reasons tell step and codes; the address, which servers repeat, stands in none.
func TestRefusals(t *testing.T) {
	t.Parallel()
	say := func(code int, text string) func(string) error {
		return func(to string) error {
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text + " <" + to + ">"}
		}
	}
	for _, c := range []struct {
		name      string
		office    *office
		reason    string
		permanent bool
	}{
		{"unknown there", &office{rcpt: say(550, "no such user")}, "RCPT TO: 550 5.1.1", true},
		{"full", &office{rcpt: say(452, "mailbox full")}, "RCPT TO: 452 4.1.1", false},
		{"taken for advertising", &office{data: say(554, "spam")}, "DATA: 554 5.1.1", true},
		{"too busy", &office{data: say(451, "greylisted")}, "DATA: 451 4.1.1", false},
		{"we must sign in", &office{password: "x"}, "MAIL FROM: 502 5.7.0", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.office.open(t, nil, false)
			err := at(t, c.office, "smtp://localhost:PORT").send(t.Context(), hello)
			var trouble *trouble
			if !errors.As(err, &trouble) || trouble.reason != c.reason || trouble.permanent != c.permanent {
				t.Errorf("%v, want %s", err, c.reason)
			}
		})
	}
}

// A server that cannot be reached, hangs or breaks off is tried again later, and holds nobody up.
func TestServersThatDoNotAnswer(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	rude, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer rude.Close()
	go func() {
		for {
			conn, err := rude.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for _, c := range []struct {
		name, reason string
		net.Listener
	}{
		{"hangs", "connection: no answer in time", silent},
		{"breaks off", "connection: EOF", rude},
		{"is not there", "connection: connect: connection refused", gone},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		err := at(t, &office{address: c.Addr().String()}, "smtp://localhost:PORT").send(ctx, hello)
		cancel()
		var trouble *trouble
		if !errors.As(err, &trouble) || trouble.permanent || trouble.reason != c.reason {
			t.Errorf("a server that %s: %v, want %s", c.name, err, c.reason)
		}
	}
}
