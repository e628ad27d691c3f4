package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
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
	created   time.Time
}

// trouble is why a mail was not taken. It tells step and codes, never what the server said: servers like to repeat the address.
type trouble struct {
	reason    string
	permanent bool // there is no use in trying again
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

// compose writes the message: the same bytes in every attempt, but for what the sender's setting changes.
func (s *Server) compose(l letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithNoDefaultUserAgent())
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
	m.SetBodyString(gomail.TypeTextPlain, l.text)
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
			return &trouble{strings.TrimSpace(fmt.Sprintf("%s: %d %s", step, code, refused.EnhancedStatusCode())), code/100 == 5}
		}
		return &trouble{reason: step + ": connection lost"}
	}
	return &trouble{reason: oneLine("connection: " + cut(cause(err), 150))}
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
