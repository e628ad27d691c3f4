package reports

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/media"
	"quartier/reports/store"
)

// MaxEntryPhotos is how many photos an entry of a timeline may have.
const MaxEntryPhotos = 3

// Comment is what somebody writes below a report.
type Comment struct {
	Text   string
	Photos []media.ID
	Owner  media.Owner
	// Doubts are why it is to wait for a moderator; those of its text are found here.
	Doubts []Doubt
	// Wrong is what was found wrong while it was read.
	Wrong fault.Check
}

// Said is the receipt of a comment.
type Said struct {
	Entry int64
	Waits bool // for a moderator: nobody else sees it yet
	Token store.Token
}

// link is what leads away from us; who advertises writes nothing else.
var link = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S|\b[a-z0-9-]+\.(?:com|net|org|fr|eu|de|io|ru|cn|xyz|top|info|biz|shop|store|online|site|link|click|club|app)\b`)

// doubtful gives why a comment waits. Whoever has proved an address is believed, unless the text itself speaks against it; others are read first.
func (c *Comment) doubtful(actor account.Actor) []Doubt {
	doubts := slices.Clone(c.Doubts)
	if actor.Person == 0 {
		doubts = append(doubts, DoubtAnonymous)
	}
	if link.MatchString(c.Text) {
		doubts = append(doubts, DoubtLink)
	}
	return doubts
}

// Comment writes a comment below a report that the actor sees. Where there is no doubt it stands there at once; the reporter's answer to a question lets the report
// go on. It fails with Conflict for a report that waits for a moderator itself.
func (r *Register) Comment(ctx context.Context, by By, id int64, c Comment) (said Said, err error) {
	if by.Actor.ReadOnly {
		return said, fault.New(fault.Forbidden, "error.read_only", nil)
	}
	check := c.Wrong
	c.Text = check.Text("body", c.Text, MaxMessage, true)
	if c.Text == "" && len(c.Photos) == 0 && !check.Has("body") {
		check.Add("body", "error.required", nil)
	}
	if len(c.Photos) > MaxEntryPhotos {
		check.Add(media.Field, "error.photo.many", fault.Args{"n": MaxEntryPhotos})
	}
	if err := check.Err(); err != nil {
		return said, err
	}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		if err := account.Present(ctx, tx, by.Actor.Person); err != nil {
			return err
		}
		one, err := lock(ctx, tx, by.Actor, id)
		if err != nil {
			return err
		}
		if one.Status == "pending" {
			return fault.New(fault.Conflict, "error.comment.pending", nil)
		}
		now := r.Now().UTC().Truncate(time.Microsecond)
		actor := by.resident()
		doubts := c.doubtful(actor)
		said.Waits = len(doubts) > 0
		said.Entry, err = write(ctx, tx, actor, id, entry{kind: "comment", body: c.Text, doubts: doubts, photos: c.Photos, owner: c.Owner}, now)
		if err != nil {
			return err
		}
		if !said.Waits {
			if err := r.goOn(ctx, tx, by, one, now); err != nil {
				return err
			}
		}
		said.Token, err = store.CurrentToken(ctx, tx)
		return err
	})
	return said, err
}

// goOn lets a report go on that waits for an answer, if who acts has filed it.
func (r *Register) goOn(ctx context.Context, tx pgx.Tx, by By, one standing, now time.Time) error {
	filed := false
	if one.Status == "waiting" {
		var err error
		if filed, err = by.filed(ctx, tx, one.ID); err != nil {
			return err
		}
	}
	if !filed {
		return touch(ctx, tx, one.ID, now)
	}
	return move(ctx, tx, by.resident(), one.ID, entry{from: one.Status, to: cmp.Or(one.came, "acknowledged")}, now)
}

// publish lets a comment stand that waited for a moderator.
func publish(ctx context.Context, tx pgx.Tx, id, entry int64, now time.Time) error {
	done, err := tx.Exec(ctx, `
		update timeline set public = true, doubts = '{}', redacted_at = null
		where id = @entry and kind = @kind and item_id = @id and doubts <> '{}'`, pgx.NamedArgs{"kind": Kind, "id": id, "entry": entry})
	if err != nil {
		return fmt.Errorf("publish a comment on report %d: %w", id, err)
	}
	if done.RowsAffected() == 0 {
		return fault.Missing()
	}
	if err := touch(ctx, tx, id, now); err != nil {
		return err
	}
	return store.Append(ctx, tx, store.Change{Kind: Kind, First: id, Last: id})
}

// waits tells whether an entry is a comment that waits for a moderator. It fails with NotFound for an entry that the report does not have.
func waits(ctx context.Context, tx pgx.Tx, id, entry int64) (waiting bool, err error) {
	err = tx.QueryRow(ctx, `
		select doubts <> '{}' and redacted_at is null from timeline where id = @entry and kind = @kind and item_id = @id`,
		pgx.NamedArgs{"kind": Kind, "id": id, "entry": entry}).Scan(&waiting)
	if err != nil {
		return false, fmt.Errorf("read an entry of report %d: %w", id, err)
	}
	return waiting, nil
}

// touch notes when something last happened to a report.
func touch(ctx context.Context, tx pgx.Tx, id int64, now time.Time) error {
	if _, err := tx.Exec(ctx, `update report set updated_at = @now where id = @id`, pgx.NamedArgs{"id": id, "now": now}); err != nil {
		return fmt.Errorf("touch report %d: %w", id, err)
	}
	return nil
}
