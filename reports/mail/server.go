package mail

import (
	"context"
	"crypto/tls"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"quartier/reports/fault"
)

// answerAtMost is how long a mail server may take for a step: to be reached, or to take a mail.
const answerAtMost = 30 * time.Second

// Server is the mail server that takes our mails and brings them to their destinations.
type Server struct {
	host           string
	port           int
	tls            bool // from the first byte (smtps); otherwise by STARTTLS, unless the server is this machine
	user, password string
	from           mail.Address

	config *tls.Config // what tests trust
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
}

// ParseServer reads the address of a mail server, smtp://user:password@host:587 or smtps://…, and the sender of all mails, with or without a name; an
// empty sender stands in the address as ?from=. It fails with Invalid, and repeats nothing of the address, which holds a password.
func ParseServer(address, from string) (*Server, error) {
	wrong := fault.New(fault.Invalid, "failure.smtp", nil)
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || strings.ContainsFunc(u.Hostname(), unicode.IsControl) || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return nil, wrong
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || len(query) > 1 || len(query) == 1 && len(query["from"]) != 1 {
		return nil, wrong
	}
	s := &Server{host: u.Hostname(), user: u.User.Username(), config: &tls.Config{}, dial: (&net.Dialer{}).DialContext}
	s.password, _ = u.User.Password()
	switch u.Scheme {
	case "smtp":
		s.port = 587
	case "smtps":
		s.port, s.tls = 465, true
	default:
		return nil, wrong
	}
	if text := u.Port(); text != "" {
		if s.port, err = strconv.Atoi(text); err != nil || s.port < 1 || s.port > 65535 {
			return nil, wrong
		}
	}
	if from == "" {
		from = query.Get("from")
	}
	if s.from, err = sender(from); err != nil {
		return nil, err
	}
	return s, nil
}

// sender reads the address that mails come from.
func sender(text string) (mail.Address, error) {
	wrong := fault.New(fault.Invalid, "failure.mail_from", fault.Args{"from": fault.Short(text)})
	parsed, err := mail.ParseAddress(text)
	if err != nil || strings.ContainsFunc(parsed.Name, unicode.IsControl) {
		return mail.Address{}, wrong
	}
	address, err := mailbox(spelled(parsed.Address))
	if err != nil {
		return mail.Address{}, wrong
	}
	return mail.Address{Name: parsed.Name, Address: address}, nil
}

// String names the server, without its password.
func (s *Server) String() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

// Check proves that the server answers and takes our word: it connects, encrypts, signs in, and says goodbye. What is wrong it tells without what the
// server said.
func (s *Server) Check(ctx context.Context) error {
	err := s.with(ctx, true, func(c *gomail.Client) error {
		if err := c.DialWithContext(ctx); err != nil {
			return err
		}
		return c.Close()
	})
	if err != nil {
		return explain(err)
	}
	return nil
}

// with lends a client whose connection is closed at the end, or when the context ends, however far it came.
func (s *Server) with(ctx context.Context, ascii bool, do func(*gomail.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, 2*answerAtMost)
	defer cancel()
	options := []gomail.Option{
		gomail.WithPort(s.port),
		gomail.WithTimeout(answerAtMost),
		gomail.WithHELO(domainOf(s.from.Address)),
		gomail.WithTLSConfig(s.tlsConfig()),
		gomail.WithTLSPolicy(gomail.TLSMandatory),
		gomail.WithDialContextFunc(func(dialling context.Context, network, address string) (net.Conn, error) {
			conn, err := s.connect(dialling, network, address)
			if err == nil {
				context.AfterFunc(ctx, func() { conn.Close() })
			}
			return conn, err
		}),
	}
	if s.tls {
		options = append(options, gomail.WithSSL())
	} else if s.local() {
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if ascii { // who brings the mail further need not be able to more than it asks for
		options = append(options, gomail.WithoutSMTPUTF8())
	}
	if s.user != "" {
		options = append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password), gomail.WithOpportunisticSMTPAuth(
			gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	c, err := gomail.NewClient(s.host, options...)
	if err != nil {
		return err
	}
	if err := do(c); err == nil || ctx.Err() == nil {
		return err
	}
	return ctx.Err() // what it broke off with is that the connection was closed
}

func (s *Server) connect(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := s.dial(ctx, network, address)
	if err != nil || !s.tls {
		return conn, err
	}
	secure := tls.Client(conn, s.tlsConfig())
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

func (s *Server) tlsConfig() *tls.Config {
	c := s.config.Clone()
	c.ServerName, c.MinVersion = s.host, tls.VersionTLS12
	return c
}

// local tells whether the server is this machine: what passes between us passes no network, and few have a certificate for that name.
func (s *Server) local() bool {
	ip := net.ParseIP(s.host)
	return s.host == "localhost" || ip != nil && ip.IsLoopback()
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
