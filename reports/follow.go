package reports

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
)

// Followed is what a person follows, with what may be told of it now.
type Followed struct {
	follow.Follow
	Title string // of a report that the person may see; empty: it is none, or not to be seen any more
}

// Support says "me too" of a report that the actor sees, as the actor's account or else as a browser. Once more changes nothing.
func (r *Register) Support(ctx context.Context, actor account.Actor, id int64, device []byte) error {
	return r.about(ctx, actor, id, func(tx pgx.Tx) error {
		return follow.Support(ctx, tx, Kind, id, follow.Who{Person: actor.Person, Device: device}, r.Now())
	})
}

// TakeBack takes a support back. Where there is none it changes nothing.
func (r *Register) TakeBack(ctx context.Context, actor account.Actor, id int64, device []byte) error {
	return r.about(ctx, actor, id, func(tx pgx.Tx) error {
		return follow.TakeBack(ctx, tx, Kind, id, follow.Who{Person: actor.Person, Device: device})
	})
}

// Adopt makes what a browser supported, follows and answered the actor's, who has signed in with it.
func (r *Register) Adopt(ctx context.Context, actor account.Actor, device []byte) error {
	return r.DB.Write(ctx, func(tx pgx.Tx) error {
		if err := account.Present(ctx, tx, actor.Person); err != nil {
			return err
		}
		if err := adoptFeedback(ctx, tx, actor.Person, device, 0); err != nil {
			return err
		}
		return follow.Adopt(ctx, tx, actor.Person, device)
	})
}

// Standing tells what the actor, or a browser, does about a report, and how many follow it.
func (r *Register) Standing(ctx context.Context, actor account.Actor, id int64, device []byte) (s follow.Standing, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		if _, err := get(ctx, tx, actor, id); err != nil {
			return err
		}
		s, err = follow.Stand(ctx, tx, Kind, id, follow.Who{Person: actor.Person, Device: device})
		return err
	})
	return s, err
}

// Follow begins to follow what f says as the actor's account, or else as the browser that f names: a report that the actor sees, by its number, or everything of a place and a category. It gives the
// follow's id, also of one that was there before.
func (r *Register) Follow(ctx context.Context, actor account.Actor, f follow.Follow) (id int64, err error) {
	var check fault.Check
	if f.Check(&check); check.Err() != nil {
		return 0, check.Err()
	}
	f.Who, f.CreatedAt = as(actor, f.Who.Device), r.Now()
	keep := func(tx pgx.Tx) (err error) {
		id, err = follow.Keep(ctx, tx, f)
		return err
	}
	if f.Item != 0 {
		f.Kind = Kind
		if err := known(actor, f.Who); err != nil {
			return 0, err
		}
		err = r.about(ctx, actor, f.Item, keep)
		return id, err
	}
	err = r.mine(ctx, actor, f.Who, keep)
	return id, err
}

// Unfollow ends that the actor, or else a browser, follows a report. Where it is not followed it changes nothing.
func (r *Register) Unfollow(ctx context.Context, actor account.Actor, id int64, device []byte) error {
	who := as(actor, device)
	if err := known(actor, who); err != nil {
		return err
	}
	return r.about(ctx, actor, id, func(tx pgx.Tx) error { return follow.EndItem(ctx, tx, Kind, id, who) })
}

// ChangeFollow changes the settings of a follow of the actor's.
func (r *Register) ChangeFollow(ctx context.Context, actor account.Actor, id int64, s follow.Settings) error {
	var check fault.Check
	if s.Check(&check); check.Err() != nil {
		return check.Err()
	}
	return r.mine(ctx, actor, as(actor, nil), func(tx pgx.Tx) error { return follow.Change(ctx, tx, actor.Person, id, s) })
}

// EndFollow ends a follow of the actor's, or else of a browser, whether what is followed is still to be seen or not.
func (r *Register) EndFollow(ctx context.Context, actor account.Actor, id int64, device []byte) error {
	who := as(actor, device)
	if who.Person == 0 && who.Device == nil { // nobody has no such follow
		return fault.Missing()
	}
	return r.mine(ctx, actor, who, func(tx pgx.Tx) error { return follow.End(ctx, tx, who, id) })
}

// Follows gives what the actor, or else a browser, follows, newest first.
func (r *Register) Follows(ctx context.Context, actor account.Actor, device []byte) (list []Followed, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		follows, err := follow.List(ctx, tx, as(actor, device))
		if err != nil {
			return err
		}
		var ids []int64
		for _, f := range follows {
			if f.Kind == Kind && f.Item != 0 {
				ids = append(ids, f.Item)
			}
		}
		titles, err := titles(ctx, tx, actor, ids)
		for _, f := range follows {
			list = append(list, Followed{Follow: f, Title: titles[f.Item]})
		}
		return err
	})
	return list, err
}

// titles gives those of the reports that the actor sees.
func titles(ctx context.Context, tx pgx.Tx, actor account.Actor, ids []int64) (map[int64]string, error) {
	rows, err := tx.Query(ctx, `select r.id, r.title from report r where r.id = any(@ids) and `+actor.OwnSQL("r"), pgx.NamedArgs{"ids": ids})
	if err != nil {
		return nil, fmt.Errorf("read the titles of reports: %w", err)
	}
	found := map[int64]string{}
	var id int64
	var title string
	_, err = pgx.ForEachRow(rows, []any{&id, &title}, func() error {
		found[id] = title
		return nil
	})
	return found, err
}

// about does something in the actor's name about a report that the actor sees.
func (r *Register) about(ctx context.Context, actor account.Actor, id int64, do func(pgx.Tx) error) error {
	if actor.ReadOnly {
		return fault.New(fault.Forbidden, "error.read_only", nil)
	}
	return r.DB.Write(ctx, func(tx pgx.Tx) error {
		if _, err := get(ctx, tx, actor, id); err != nil {
			return err
		}
		if err := account.Present(ctx, tx, actor.Person); err != nil {
			return err
		}
		return do(tx)
	})
}

// mine does something with what somebody follows.
func (r *Register) mine(ctx context.Context, actor account.Actor, who follow.Who, do func(pgx.Tx) error) error {
	if err := known(actor, who); err != nil {
		return err
	}
	return r.DB.Write(ctx, do)
}

// as gives who follows: the actor's account, or else the browser.
func as(actor account.Actor, device []byte) follow.Who {
	if actor.Person != 0 {
		return follow.Who{Person: actor.Person}
	}
	return follow.Who{Device: device}
}

// known refuses who is neither an account nor a browser, and programs that only read.
func known(actor account.Actor, who follow.Who) error {
	switch {
	case who.Person == 0 && who.Device == nil:
		return fault.New(fault.Unauthenticated, "error.sign_in", nil)
	case actor.ReadOnly:
		return fault.New(fault.Forbidden, "error.read_only", nil)
	}
	return nil
}
