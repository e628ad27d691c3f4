package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// letter is a mail of the outbox, as it is sent.
type letter struct {
	id        int64
	messageID string // left side
	to        string
	subject   string
	text      string
	html      string // the same as a page; empty: none
	ends      string // address that ends such mails; empty: none
	thread    string // empty: stands alone
	created   time.Time
}

// trouble is why a mail was not taken. It tells step and codes, never what the server said: servers like to repeat the address.
type trouble struct {
	reason    string
	permanent bool // there is no use in trying again
	noAddress bool // and the server says that it is the address's fault
}

func (t *trouble) Error() string { return t.reason }

// send hands a letter to the server. It fails with trouble.
func (s *Server) send(ctx context.Context, l letter) error {
	m, err := s.compose(l)
	if err != nil {
		return &trouble{reason: "invalid", permanent: true}
	}
	err = s.with(ctx, isASCII(l.to), func(c *gomail.Client) error { return c.DialAndSendWithContext(ctx, m) })
	if err == nil || m.IsDelivered() { // what goes wrong after the server has taken it changes nothing
		return nil
	}
	return explain(err)
}

// compose writes the message: the same in every attempt, but for the order of headers and what the sender's setting changes.
func (s *Server) compose(l letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithNoDefaultUserAgent(),
		gomail.WithBoundary("quartier-"+l.messageID))
	if err := m.FromFormat(s.from.Name, s.from.Address); err != nil {
		return nil, err
	}
	if err := m.To(l.to); err != nil {
		return nil, err
	}
	m.Subject(l.subject)
	m.SetDateWithValue(l.created)
	m.SetMessageIDWithValue(l.messageID + "@" + domainOf(s.from.Address))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	if l.ends != "" {
		m.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+l.ends+">")
		m.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058, 3.1
	}
	if l.thread != "" { // a mail that never was, to which all of the thread are answers (RFC 5322, 3.6.4)
		root := "<" + l.thread + ".thread@" + domainOf(s.from.Address) + ">"
		m.SetGenHeaderPreformatted(gomail.HeaderReferences, root)
		m.SetGenHeaderPreformatted(gomail.HeaderInReplyTo, root)
	}
	m.SetBodyString(gomail.TypeTextPlain, l.text)
	if l.html != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.html)
	}
	return m, nil
}

// explain gives the trouble of an attempt. What the server refuses for good about this mail is permanent (RFC 5321, 4.2.1); what is wrong before that,
// with the connection or our account there, concerns all mails and will be put right.
func explain(err error) *trouble {
	var refused *gomail.SendError
	if errors.As(err, &refused) {
		step := map[gomail.SendErrReason]string{gomail.ErrSMTPMailFrom: "MAIL FROM", gomail.ErrSMTPRcptTo: "RCPT TO"}[refused.Reason]
		if step == "" {
			step = "DATA"
		}
		if code := refused.ErrorCode(); code != 0 {
			enhanced := refused.EnhancedStatusCode()
			return &trouble{reason: strings.TrimSpace(fmt.Sprintf("%s: %d %s", step, code, enhanced)), permanent: code/100 == 5,
				noAddress: refused.Reason == gomail.ErrSMTPRcptTo && noAddress(code, enhanced)}
		}
		return &trouble{reason: step + ": connection lost"}
	}
	return &trouble{reason: oneLine("connection: " + cut(cause(err), 150))}
}

// noAddress tells whether a code says that there is no such mailbox (RFC 3463, 3.2 and 3.3: X.1.1, X.1.2, X.1.3, X.1.6, X.1.10, X.2.1), and not that we are
// unwelcome (X.7) or that it is full. A server that tells no enhanced code says so by 550, 551 or 553 alone.
func noAddress(code int, enhanced string) bool {
	if enhanced == "" {
		return code == 550 || code == 551 || code == 553
	}
	return slices.Contains([]string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}, enhanced)
}

// cause tells in a few words why there is no connection.
func cause(err error) string {
	var said *textproto.Error
	var op *net.OpError
	switch {
	case errors.As(err, &said):
		return fmt.Sprint(said.Code)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "no answer in time"
	case errors.As(err, &op) && op.Timeout():
		return "no answer in time"
	case errors.As(err, &op):
		return op.Err.Error()
	}
	return strings.TrimPrefix(err.Error(), "dial failed: ")
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
