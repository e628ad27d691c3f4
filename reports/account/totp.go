package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every telephone's program speaks it
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// What codes are: six digits, another every half minute (RFC 6238, 4). Clocks may differ by one step.
const (
	codeStep   = 30 * time.Second
	codeDigits = 6
	codeDrift  = 1
	// codeSecret is the length of the shared secret in bytes (RFC 4226, 4: at least 16, 20 recommended).
	codeSecret = 20
)

// codeTries is how often a code may be given wrong before the sign-in begins anew.
const codeTries = 5

// secondStep is what the step that asks for the second factor must know.
type secondStep struct {
	Method Method
	Next   string
	Tries  int // that failed
}

// SecondFactor is what somebody has of it.
type SecondFactor struct {
	On bool
	// Recovery is how many codes on paper are left.
	Recovery int
	// Secret and Address are of one that is being set up, for the program that makes codes: to be typed, and to be read by a camera. Empty: none is.
	Secret, Address string
}

// SecondFactor gives what the person has. Of one that is on, the secret is not told again.
func (d *Directory) SecondFactor(ctx context.Context, e Entry, issuer string) (f SecondFactor, err error) {
	var secret []byte
	err = d.DB.QueryRow(ctx, `
		select t.confirmed_at is not null, t.secret, (select count(*) from recovery_code r where r.person_id = t.person_id and r.used_at is null)
		from totp t where t.person_id = @person`, pgx.NamedArgs{"person": e.Session.Person}).Scan(&f.On, &secret, &f.Recovery)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return SecondFactor{}, nil
	case err != nil:
		return SecondFactor{}, fmt.Errorf("read the second factor of person %d: %w", e.Session.Person, err)
	}
	if !f.On && e.Proved(d.Now()) {
		f.Secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
		label := url.PathEscape(issuer + ":" + e.Email)
		f.Address = "otpauth://totp/" + label + "?" + strings.ReplaceAll(url.Values{"secret": {f.Secret}, "issuer": {issuer}}.Encode(), "+", "%20")
	}
	return f, nil
}

// PrepareSecondFactor makes a secret for a program that makes codes. It counts only when ConfirmSecondFactor has seen one of them.
func (d *Directory) PrepareSecondFactor(ctx context.Context, e Entry) error {
	if err := e.proved(d.Now()); err != nil {
		return err
	}
	secret := make([]byte, codeSecret)
	_, _ = rand.Read(secret) // never fails (crypto/rand)
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into totp (person_id, secret) values (@person, @secret)
			on conflict (person_id) do update set secret = excluded.secret, last_step = 0 where totp.confirmed_at is null`,
			pgx.NamedArgs{"person": e.Session.Person, "secret": secret})
		return err
	})
}

// ConfirmSecondFactor turns the second factor on, by a code, and gives the codes for paper, which are shown this once. The session counts as one of two
// factors from now on.
func (d *Directory) ConfirmSecondFactor(ctx context.Context, e Entry, code string) (recovery []string, err error) {
	if err := e.proved(d.Now()); err != nil {
		return nil, err
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		good, err := d.tryCode(ctx, tx, e.Session.Person, code, false)
		if err != nil {
			return err
		}
		if !good {
			return fault.In("code", "error.code", nil)
		}
		_, err = tx.Exec(ctx, `update totp set confirmed_at = @now where person_id = @person`, pgx.NamedArgs{"person": e.Session.Person, "now": d.Now()})
		if err == nil {
			_, err = tx.Exec(ctx, `update session set second_factor = true where id = @id`, pgx.NamedArgs{"id": e.Session.ID})
		}
		if err != nil {
			return fmt.Errorf("turn the second factor of person %d on: %w", e.Session.Person, err)
		}
		if recovery, err = newRecovery(ctx, tx, e.Session.Person); err != nil {
			return err
		}
		return d.changed(ctx, tx, e, "second_factor")
	})
	return recovery, err
}

// RemoveSecondFactor turns it off.
func (d *Directory) RemoveSecondFactor(ctx context.Context, e Entry) error {
	if err := e.proved(d.Now()); err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		var on bool
		err := tx.QueryRow(ctx, `
			with paper as (delete from recovery_code where person_id = @person),
			     sessions as (update session set second_factor = false where person_id = @person)
			delete from totp where person_id = @person returning confirmed_at is not null`, pgx.NamedArgs{"person": e.Session.Person}).Scan(&on)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return nil
		case err != nil:
			return fmt.Errorf("turn the second factor of person %d off: %w", e.Session.Person, err)
		case !on: // it was never confirmed
			return nil
		}
		return d.changed(ctx, tx, e, "second_factor_removed")
	})
}

// RenewRecovery makes new codes for paper, shown this once; the old ones are void.
func (d *Directory) RenewRecovery(ctx context.Context, e Entry) (recovery []string, err error) {
	if err := e.proved(d.Now()); err != nil {
		return nil, err
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		var on bool
		err := tx.QueryRow(ctx, `select exists (select from totp where person_id = @person and confirmed_at is not null)`,
			pgx.NamedArgs{"person": e.Session.Person}).Scan(&on)
		if err != nil || !on {
			return errors.Join(err, fault.Missing())
		}
		if recovery, err = newRecovery(ctx, tx, e.Session.Person); err != nil {
			return err
		}
		return d.changed(ctx, tx, e, "recovery")
	})
	return recovery, err
}

// StepPerson gives whose second factor a step asks for. It fails if the step is gone.
func (d *Directory) StepPerson(ctx context.Context, step string) (person int64, err error) {
	err = d.DB.QueryRow(ctx, `select person_id from ceremony where token_sha256 = @token and kind = 'second-factor' and expires_at > @now`,
		pgx.NamedArgs{"token": Digest(step), "now": d.Now()}).Scan(&person)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errStepGone()
	}
	if err != nil {
		return 0, fmt.Errorf("read a step of a sign-in: %w", err)
	}
	return person, nil
}

// EnterByCode is the second step: a code, or one from paper. After a few wrong ones the sign-in begins anew.
func (d *Directory) EnterByCode(ctx context.Context, step, code string, b Browser) (way Way, err error) {
	wrong := fault.In("code", "error.code", nil)
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		var s secondStep
		var person int64
		// The row is locked, so that tries at the same moment count one after the other.
		err := tx.QueryRow(ctx, `
			select person_id, data from ceremony
			where token_sha256 = @token and kind = 'second-factor' and expires_at > @now for update`,
			pgx.NamedArgs{"token": Digest(step), "now": d.Now()}).Scan(&person, &s)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && s.Tries >= codeTries {
			return errStepGone()
		}
		if err != nil {
			return fmt.Errorf("read a step of a sign-in: %w", err)
		}
		good, err := d.tryCode(ctx, tx, person, code, true)
		if err == nil && !good {
			good, err = d.tryRecovery(ctx, tx, person, code)
		}
		if err != nil {
			return err
		}
		if !good {
			// The try is kept: the fault is told after the commit.
			s.Tries++
			_, err = tx.Exec(ctx, `update ceremony set data = @data where token_sha256 = @token`, pgx.NamedArgs{"token": Digest(step), "data": s})
			return err
		}
		if _, err = tx.Exec(ctx, `delete from ceremony where token_sha256 = @token`, pgx.NamedArgs{"token": Digest(step)}); err != nil {
			return fmt.Errorf("end a step of a sign-in: %w", err)
		}
		way.Next = s.Next
		way.Session, err = d.begin(ctx, tx, person, s.Method, true, b.Agent, b.Before)
		return err
	})
	if err == nil && way.Session == "" {
		err = wrong
	}
	return way, err
}

// tryCode takes a code of the person's program. None is taken twice, nor one that is older than the last that was taken (RFC 6238, 5.2).
func (d *Directory) tryCode(ctx context.Context, tx pgx.Tx, person int64, code string, confirmed bool) (bool, error) {
	var secret []byte
	var last int64
	err := tx.QueryRow(ctx, `select secret, last_step from totp where person_id = @person and (confirmed_at is not null) = @confirmed for update`,
		pgx.NamedArgs{"person": person, "confirmed": confirmed}).Scan(&secret, &last)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the second factor of person %d: %w", person, err)
	}
	step, good := matchCode(secret, strings.ReplaceAll(code, " ", ""), last, d.Now())
	if !good {
		return false, nil
	}
	if _, err := tx.Exec(ctx, `update totp set last_step = @step where person_id = @person`, pgx.NamedArgs{"person": person, "step": step}); err != nil {
		return false, fmt.Errorf("note the code of person %d: %w", person, err)
	}
	return true, nil
}

// matchCode gives the step after the last one of which a text is the code.
func matchCode(secret []byte, code string, last int64, now time.Time) (step int64, good bool) {
	at := now.Unix() / int64(codeStep.Seconds())
	for s := at - codeDrift; s <= at+codeDrift; s++ {
		if s > last && subtle.ConstantTimeCompare([]byte(codeAt(secret, s)), []byte(code)) == 1 {
			return s, true
		}
	}
	return 0, false
}

// codeAt is the code of a step (RFC 4226, 5.3).
func codeAt(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step) // a hash takes all
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", codeDigits, number%1_000_000)
}
