package web

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
)

// A browser keeps a report while there is no network and sends it later (web/ui/src/outbox): by then the session may have ended, and somebody else may have
// signed in on the same device. So it keeps with each report under which account it was written, as the page said, and sends that along. A report is filed in the
// name of who wrote it, or not yet. What was written without an account is filed without one, whoever is signed in by then: it waits for nobody, and is nobody's.

// writerHeader says under which account a browser's report was written. Programs send none.
const writerHeader = "Quartier-Writer"

// noAccount stands for no account.
const noAccount = "nobody"

// writer gives the id by which a browser knows an account. It is the same in each session and tells nobody whose account it is.
func (s *Server) writer(ctx context.Context, person int64) (string, error) {
	if person == 0 {
		return noAccount, nil
	}
	key, err := s.sealKey(ctx)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(seal(key, "writer", strconv.FormatInt(person, 10))[:16]), nil
}

// asWritten lets a browser send what was written under the account that is signed in, and takes for nobody's what was written without one.
func (s *Server) asWritten(c *fiber.Ctx) error {
	a := askedOf(c)
	said := c.Get(writerHeader)
	switch {
	case said == "" || a.keyed:
		return c.Next()
	case said == noAccount:
		a.actor, a.entry, a.owner.Person = account.Anonymous, account.Entry{}, 0
		return c.Next()
	case a.unsure:
		return &fault.Error{Kind: fault.Unavailable, Word: "error.database_resting", After: 5 * time.Second}
	}
	mine, err := s.writer(c.UserContext(), a.actor.Person)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(said), []byte(mine)) == 0 {
		return fault.New(fault.Unauthenticated, "error.writer", nil)
	}
	return c.Next()
}
