package reports

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/mail"
	"quartier/reports/setting"
	"quartier/reports/store"
)

// Bounds of the links that confirm the address given with a report.
const (
	// confirmLife is for how long a link is good.
	confirmLife = 7 * 24 * time.Hour
	// confirmsPerDay is how many such mails an address may get in a day: whoever files in the name of others must not fill their mailboxes through us.
	confirmsPerDay = 5
)

// letter is what a filing with an address leads to.
type letter struct {
	secret string // of the link; empty: there is none to send
	town   setting.Settings
	proved bool // the address is the account's own, which is proved
}

// address looks at the address given with a filing, before it is stored: whether it must be confirmed, and whether a mail may ask for that.
func (f *Filing) address(ctx context.Context, tx pgx.Tx, actor account.Actor, now time.Time) (l letter, err error) {
	if l.town, err = setting.Load(ctx, tx); err != nil {
		return l, err
	}
	var asked int
	err = tx.QueryRow(ctx, `
		select exists (select from person where id = @person and email = @email and email_verified_at is not null),
		       (select count(*) from login_link where email = @email and purpose = 'report' and created_at > @since)`,
		pgx.NamedArgs{"person": actor.Person, "email": f.Email, "since": now.AddDate(0, 0, -1)}).Scan(&l.proved, &asked)
	if err != nil {
		return l, fmt.Errorf("look at the address of a filing: %w", err)
	}
	if l.town.ConfirmEmail && !l.proved {
		f.Doubts = append(f.Doubts, DoubtUnconfirmed)
	}
	// What is suspicious sends no mails; and nothing of what was typed goes with one: it would be anybody's way of writing to anybody.
	suspicious := len(f.Doubts) > 1 || len(f.Doubts) == 1 && f.Doubts[0] != DoubtUnconfirmed
	if f.Site != "" && !l.proved && !suspicious && asked < confirmsPerDay {
		l.secret = account.NewSecret()
	}
	return l, nil
}

// sendConfirm sends the link for a report that was stored.
func (f *Filing) sendConfirm(ctx context.Context, tx pgx.Tx, l letter, id int64, now time.Time) error {
	_, err := tx.Exec(ctx, `
		insert into login_link (token_sha256, purpose, email, report_id, created_at, expires_at)
		values (@token, 'report', @email, @report, @now, @expires)`,
		pgx.NamedArgs{"token": account.Digest(l.secret), "email": f.Email, "report": id, "now": now, "expires": now.Add(confirmLife)})
	if err != nil {
		return fmt.Errorf("make the link of report %d: %w", id, err)
	}
	say, word := writer(f.Language), "moderation.mail.confirm"
	if l.town.ConfirmEmail {
		word = "moderation.mail.confirm_first"
	}
	args := map[string]any{"id": fmt.Sprint(id), "town": townOf(l.town), "link": f.Site + "/confirm?token=" + l.secret, "days": int(confirmLife.Hours() / 24)}
	return mail.Post(ctx, tx, mail.Message{To: f.Email, Subject: say.Say("moderation.mail.confirm.subject", args), Text: say.Say(word, args), Purpose: "confirm",
		Expires: now.Add(confirmLife), Secret: true})
}

// writer gives the language of mails; French where none is known.
func writer(l *language.Language) *language.Language {
	if l == nil {
		return language.French
	}
	return l
}

func townOf(s setting.Settings) string {
	if s.Town == "" {
		return "Quartier"
	}
	return s.Town
}

// Confirmable gives the number of the report whose address a link confirms, and whether it was confirmed already. It fails with NotFound for a link that is none,
// or is too old.
func (r *Register) Confirmable(ctx context.Context, secret string) (id int64, done bool, err error) {
	err = r.DB.QueryRow(ctx, `
		select report_id, used_at is not null
		from login_link
		where token_sha256 = @token and purpose = 'report' and expires_at > @now and report_id is not null`,
		pgx.NamedArgs{"token": account.Digest(secret), "now": r.Now()}).Scan(&id, &done)
	if err != nil {
		return 0, false, store.Explain(fmt.Errorf("read a link: %w", err))
	}
	return id, done, nil
}

// Confirm takes the word of whoever opened the link: the address is proved, and a report that waited only for that is new. The link works once; opened again it
// changes nothing.
func (r *Register) Confirm(ctx context.Context, secret string) (receipt Receipt, err error) {
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		now := r.Now().UTC().Truncate(time.Microsecond)
		var email string
		var done bool
		err := tx.QueryRow(ctx, `
			select report_id, email, used_at is not null
			from login_link
			where token_sha256 = @token and purpose = 'report' and expires_at > @now and report_id is not null
			for update`,
			pgx.NamedArgs{"token": account.Digest(secret), "now": now}).Scan(&receipt.ID, &email, &done)
		if err != nil {
			return fmt.Errorf("read a link: %w", err)
		}
		if receipt.Token, err = store.CurrentToken(ctx, tx); err != nil {
			return err
		}
		if done {
			return nil
		}
		_, err = tx.Exec(ctx, `update login_link set used_at = @now where token_sha256 = @token`, pgx.NamedArgs{"token": account.Digest(secret), "now": now})
		if err == nil {
			_, err = tx.Exec(ctx, `update report_contact set email_verified_at = @now where report_id = @id and email = @email`,
				pgx.NamedArgs{"id": receipt.ID, "email": email, "now": now})
		}
		if err != nil {
			return fmt.Errorf("confirm the address of report %d: %w", receipt.ID, err)
		}
		return confirmed(ctx, tx, account.Anonymous, receipt.ID, now)
	})
	return receipt, err
}
