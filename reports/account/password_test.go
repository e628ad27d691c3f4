package account_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/fault"
)

const goodOne = "trombone velours 7 parapluies"

// withPassword makes an account with a password, and gives its session.
func withPassword(t *testing.T, d *account.Directory, email string) account.Entry {
	t.Helper()
	e := entry(t, d, begin(t, d, person(t, d, email), account.ByLink, ""))
	if err := d.SetPassword(t.Context(), e, goodOne, "Ville"); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPassword(t *testing.T) {
	d, c := newDirectory(t)
	e := withPassword(t, d, "jeanne@example.org")
	var hash string
	if err := d.DB.QueryRow(t.Context(), `select password_hash from person`).Scan(&hash); err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored as %q, %v", hash, err)
	}
	for name, one := range map[string]struct{ address, password string }{
		"another password":    {"jeanne@example.org", goodOne + "."},
		"none":                {"jeanne@example.org", ""},
		"another address":     {"jean@example.org", goodOne},
		"no address":          {"", goodOne},
		"an endless password": {"jeanne@example.org", strings.Repeat("a", 1<<20)},
		"a null byte":         {"jeanne@example.org", goodOne + "\x00"},
		"SQL":                 {"' or 1=1 --@example.org", "' or 1=1 --"},
	} {
		way, err := d.EnterByPassword(t.Context(), one.address, one.password, account.Browser{})
		if fault.KindOf(err) != fault.Invalid || err.Error() != "error.sign_in.wrong" || way != (account.Way{}) {
			t.Errorf("%s gives %+v, %v", name, way, err)
		}
	}
	// Typed on another keyboard: the same signs in another form of Unicode.
	if err := d.SetPassword(t.Context(), e, "été \u00c5ngström ﬁn brouette", ""); err != nil {
		t.Fatal(err)
	}
	way, err := d.EnterByPassword(t.Context(), "JEANNE@example.org", "e\u0301te\u0301 A\u030angstro\u0308m fin brouette", account.Browser{Next: "/zones"})
	if err != nil || way.Session == "" || way.Next != "/zones" {
		t.Fatalf("signing in gives %+v, %v", way, err)
	}
	if got := entry(t, d, way.Session); got.Session.Method != account.ByPassword || got.Session.Strong() {
		t.Errorf("the session is %+v", got.Session)
	}

	c.Time = noon.Add(account.ProofLife)
	for name, err := range map[string]error{"set": d.SetPassword(t.Context(), e, goodOne, ""), "remove": d.RemovePassword(t.Context(), e)} {
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("an old proof lets %s the password: %v", name, err)
		}
	}
	c.Time = noon
	if err := d.RemovePassword(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if _, err := d.EnterByPassword(t.Context(), "jeanne@example.org", "été Ångström fin brouette", account.Browser{}); err == nil {
		t.Error("a removed password signs in")
	}
	if _, err := d.EnterByPassword(t.Context(), "jeanne@example.org", "", account.Browser{}); err == nil {
		t.Error("no password signs in where there is none")
	}
}

// A change of credentials is noted, ends what may be a stranger's, and is told to the person.
func TestChangedCredential(t *testing.T) {
	d, _ := newDirectory(t)
	id := person(t, d, "jeanne@example.org")
	here, there := begin(t, d, id, account.ByLink, ""), begin(t, d, id, account.ByLink, "")
	if err := d.SetPassword(t.Context(), entry(t, d, here), goodOne, ""); err != nil {
		t.Fatal(err)
	}
	entry(t, d, here)
	if _, err := d.Enter(t.Context(), there); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another session outlives the change: %v", err)
	}
	if subject, text := mailed(t, d, "jeanne@example.org"); subject != "Votre compte a changé" || !strings.Contains(text, "un mot de passe a été choisi") {
		t.Errorf("told %q: %q", subject, text)
	}
	if n := count(t, d, `select count(*) from audit where action = 'credential.password' and subject = 'person/' || $1::bigint`, id); n != 1 {
		t.Errorf("the audit has %d lines", n)
	}
}

// A program's key changes no credential.
func TestKeyChangesNoCredential(t *testing.T) {
	d, _ := newDirectory(t)
	e := entry(t, d, begin(t, d, person(t, d, "jeanne@example.org"), account.ByLink, ""))
	secret, err := d.MakeToken(t.Context(), e, "robot", []string{account.ScopeWrite}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	robot, err := d.EnterByToken(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetPassword(t.Context(), robot, goodOne, ""); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a key sets a password: %v", err)
	}
}

// A guess takes as long whether the address is known, has a password, or is none. The bounds are wide: what a stranger could tell apart are the 30 ms of
// a hashing that is left out, not the noise of a busy machine.
func TestPasswordTakesTheSameTime(t *testing.T) {
	d, _ := newDirectory(t)
	withPassword(t, d, "known@example.org")
	person(t, d, "bare@example.org")
	took := map[string][]time.Duration{}
	for range 11 {
		for _, address := range []string{"known@example.org", "bare@example.org", "unknown@example.org", "none"} {
			begun := time.Now()
			if _, err := d.EnterByPassword(t.Context(), address, "wrong password of mine", account.Browser{}); fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			took[address] = append(took[address], time.Since(begun))
		}
	}
	// The least of some times is what the work takes; the rest is what else the machine does.
	known := slices.Min(took["known@example.org"])
	for address, times := range took {
		t.Logf("%-20s %v", address, slices.Min(times))
		if m := slices.Min(times); m < known/2 || m > 2*known {
			t.Errorf("%s takes %v, a known address %v", address, m, known)
		}
	}
}

// A flood of guesses is turned away before it takes the memory: each is answered, by a refusal or by being told to wait.
func TestFloodOfGuesses(t *testing.T) {
	d, _ := newDirectory(t)
	withPassword(t, d, "jeanne@example.org")
	var group sync.WaitGroup
	var mu sync.Mutex
	kinds := map[fault.Kind]int{}
	for range 300 {
		group.Go(func() {
			_, err := d.EnterByPassword(t.Context(), "jeanne@example.org", "wrong password of mine", account.Browser{})
			mu.Lock()
			defer mu.Unlock()
			kinds[fault.KindOf(err)]++
		})
	}
	group.Wait()
	if kinds[fault.TooMany] == 0 || kinds[fault.Invalid] == 0 || kinds[fault.TooMany]+kinds[fault.Invalid] != 300 {
		t.Errorf("300 guesses at once were answered %v", kinds)
	}
	if _, err := d.EnterByPassword(t.Context(), "jeanne@example.org", goodOne, account.Browser{}); err != nil {
		t.Errorf("afterwards the person does not get in: %v", err)
	}
}
