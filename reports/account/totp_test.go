package account

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store/storetest"
)

// The values of RFC 6238, appendix B, of which we write the last six digits.
func TestCodeAt(t *testing.T) {
	secret := []byte("12345678901234567890")
	for second, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := codeAt(secret, second/30); got != want {
			t.Errorf("at %d: %s, want %s", second, got, want)
		}
	}
}

func TestMatchCode(t *testing.T) {
	secret, now := []byte("12345678901234567890"), time.Unix(1234567890, 0)
	at := now.Unix() / 30
	for name, c := range map[string]struct {
		code string
		last int64
		want bool
	}{
		"now": {codeAt(secret, at), 0, true}, "before": {codeAt(secret, at-1), 0, true}, "after": {codeAt(secret, at+1), 0, true},
		"two before": {codeAt(secret, at-2), 0, false}, "two after": {codeAt(secret, at+2), 0, false},
		"again": {codeAt(secret, at), at, false}, "older than the last": {codeAt(secret, at-1), at, false}, "the next": {codeAt(secret, at+1), at, true},
		"none": {"", 0, false}, "short": {codeAt(secret, at)[:5], 0, false}, "long": {codeAt(secret, at) + "0", 0, false},
	} {
		if _, got := matchCode(secret, c.code, c.last, now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSecondFactor(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	d := &Directory{DB: storetest.New(t), Now: func() time.Time { return now }}
	ctx := t.Context()
	var person int64
	if err := d.DB.QueryRow(ctx, `insert into person (email) values ('jeanne@example.org') returning id`).Scan(&person); err != nil {
		t.Fatal(err)
	}
	session, err := d.Begin(ctx, person, ByLink, false, "", "")
	if err != nil {
		t.Fatal(err)
	}
	enter := func(secret string) Entry {
		t.Helper()
		e, err := d.Enter(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := enter(session)
	if err := d.PrepareSecondFactor(ctx, e); err != nil {
		t.Fatal(err)
	}
	f, err := d.SecondFactor(ctx, e, "Ville & Cie")
	if err != nil || f.On || !strings.HasPrefix(f.Address, "otpauth://totp/Ville%20&%20Cie:jeanne@example.org?issuer=Ville%20%26%20Cie&secret=") {
		t.Fatalf("set up as %+v, %v", f, err)
	}
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(f.Secret)
	if err != nil {
		t.Fatal(err)
	}
	code := func() string { return codeAt(secret, now.Unix()/30) }
	if _, err := d.ConfirmSecondFactor(ctx, e, "000000"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("any code turns it on: %v", err)
	}
	paper, err := d.ConfirmSecondFactor(ctx, e, code()[:3]+" "+code()[3:])
	if err != nil || len(paper) != recoveryCodes {
		t.Fatalf("turned on: %v, %v", paper, err)
	}
	if !enter(session).Session.Strong() {
		t.Error("the session that turned it on is not of two factors")
	}
	if f, err := d.SecondFactor(ctx, e, "Ville"); err != nil || !f.On || f.Secret != "" || f.Recovery != recoveryCodes {
		t.Errorf("told afterwards: %+v, %v", f, err)
	}
	if err := d.PrepareSecondFactor(ctx, e); err != nil {
		t.Fatal(err)
	}
	if f, _ := d.SecondFactor(ctx, e, "Ville"); !f.On {
		t.Error("setting it up again has turned it off")
	}

	// Sign in: the first proof is not enough, and no session has begun.
	first := func() string {
		t.Helper()
		var way Way
		err := d.DB.Write(ctx, func(tx pgx.Tx) (err error) {
			way, err = d.proceed(ctx, tx, person, ByPassword, Browser{Next: "/zones"})
			return err
		})
		if err != nil || way.Session != "" || way.Step == "" {
			t.Fatalf("the first proof gives %+v, %v", way, err)
		}
		return way.Step
	}
	step := first()
	if _, err := d.EnterByCode(ctx, step, code(), Browser{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the code that turned it on is taken again: %v", err)
	}
	now = now.Add(time.Minute)
	way, err := d.EnterByCode(ctx, step, code(), Browser{})
	if err != nil || way.Next != "/zones" {
		t.Fatalf("the second proof gives %+v, %v", way, err)
	}
	if got := enter(way.Session); got.Session.Method != ByPassword || !got.Session.SecondFactor {
		t.Errorf("the session is %+v", got.Session)
	}
	now = now.Add(time.Minute)
	if _, err := d.EnterByCode(ctx, step, code(), Browser{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a step is taken twice: %v", err)
	}

	// A code from paper, once, however it is typed.
	if way, err := d.EnterByCode(ctx, first(), " "+strings.ToUpper(strings.ReplaceAll(paper[3], "-", " ")), Browser{}); err != nil || way.Session == "" {
		t.Errorf("a code from paper gives %+v, %v", way, err)
	}
	if _, err := d.EnterByCode(ctx, first(), paper[3], Browser{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a code from paper is taken twice: %v", err)
	}

	// Guessing: after a few tries the sign-in begins anew, even with the right code.
	step = first()
	for range codeTries {
		if _, err := d.EnterByCode(ctx, step, "12345x", Browser{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a guess is answered %v", err)
		}
	}
	if _, err := d.EnterByCode(ctx, step, code(), Browser{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("after %d guesses the code is still taken: %v", codeTries, err)
	}
	step = first()
	now = now.Add(StepLife)
	if _, err := d.EnterByCode(ctx, step, code(), Browser{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a step that is over is taken: %v", err)
	}

	// A passkey is two factors by itself.
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		way, err := d.proceed(ctx, tx, person, ByPasskey, Browser{})
		if way.Session == "" {
			t.Error("a passkey is asked for a code")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	e.Session.ProvedAt = now
	if _, err := d.RenewRecovery(ctx, e); err != nil {
		t.Fatal(err)
	}
	if good, err := d.EnterByCode(ctx, first(), paper[4], Browser{}); err == nil {
		t.Errorf("an old code from paper is taken after new ones were made: %+v", good)
	}
	if err := d.RemoveSecondFactor(ctx, e); err != nil {
		t.Fatal(err)
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		way, err := d.proceed(ctx, tx, person, ByLink, Browser{})
		if way.Session == "" {
			t.Error("a code is asked although it was removed")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
