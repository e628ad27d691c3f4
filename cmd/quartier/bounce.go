package main

import (
	"time"

	"quartier/reports/mail"
)

// bounceCommand takes a mail that came back, as an alias of the mail server hands it to programs: whatever it is, it is taken, or the mail server would send
// it back again.
type bounceCommand struct{}

// Run reads one mail from the standard input and says what it was.
func (c *bounceCommand) Run(p *program) error {
	db, closeDB, err := p.database(p.ctx)
	if err != nil {
		return err
	}
	defer closeDB()
	ended, err := mail.Bounce(p.ctx, db, p.stdin, time.Now())
	if err != nil {
		return err
	}
	word := "bounce.nothing"
	if ended {
		word = "bounce.ended"
	}
	p.say(word, nil)
	return nil
}
