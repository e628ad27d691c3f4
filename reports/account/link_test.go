package account_test

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
)

const site = "https://ville.example/quartier"

// mailed gives the text of the last mail to an address.
func mailed(t *testing.T, d *account.Directory, to string) (subject, text string) {
	t.Helper()
	err := d.DB.QueryRow(t.Context(), `select subject, body from mail where recipient = $1 order by id desc limit 1`, to).Scan(&subject, &text)
	if err != nil {
		t.Fatalf("no mail to %s: %v", to, err)
	}
	return subject, text
}

var linkInMail = regexp.MustCompile(`https?://\S+`)

// linkTo gives the secret of the link that was last mailed to an address.
func linkTo(t *testing.T, d *account.Directory, to string) string {
	t.Helper()
	_, text := mailed(t, d, to)
	address, err := url.Parse(linkInMail.FindString(text))
	if err != nil || !strings.HasPrefix(address.String(), site+account.LinkPath+"?") {
		t.Fatalf("the mail leads to %v, %v: %s", address, err, text)
	}
	return address.Query().Get("token")
}

func askLink(t *testing.T, d *account.Directory, address string) string {
	t.Helper()
	if err := d.AskLink(t.Context(), address, "/reports/1", language.French, site); err != nil {
		t.Fatal(err)
	}
	kept, _ := account.Email(address)
	return linkTo(t, d, kept)
}

// count gives the number that a query answers.
func count(t *testing.T, d *account.Directory, query string, args ...any) (n int) {
	t.Helper()
	if err := d.DB.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// entry gives the entry of a session.
func entry(t *testing.T, d *account.Directory, session string) account.Entry {
	t.Helper()
	e, err := d.Enter(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestLink(t *testing.T) {
	d, c := newDirectory(t)
	secret := askLink(t, d, " Jeanne@Example.ORG ")
	if n := count(t, d, `select count(*) from person`); n != 0 {
		t.Errorf("asking for a link made %d accounts", n)
	}
	for range 2 { // looking uses nothing
		if l, err := d.ReadLink(t.Context(), account.Entry{}, secret); err != nil || l.Email != "jeanne@example.org" || l.Purpose != account.ToSignIn {
			t.Fatalf("the link is %+v, %v", l, err)
		}
	}
	for name, wrong := range map[string]string{"none": "", "another": account.NewSecret(), "tampered": secret[:42] + "_", "with more": secret + "x"} {
		if _, err := d.EnterByLink(t.Context(), account.ToSignIn, wrong, language.French, account.Browser{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s signs in: %v", name, err)
		}
	}
	if _, err := d.EnterByLink(t.Context(), account.ToBegin, secret, language.French, account.Browser{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a link is good for another purpose: %v", err)
	}
	if err := d.ChangeEmail(t.Context(), account.Entry{}, secret); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a link to sign in changes an address: %v", err)
	}
	way, err := d.EnterByLink(t.Context(), account.ToSignIn, secret, language.English, account.Browser{Agent: "Firefox · Linux"})
	if err != nil || way.Next != "/reports/1" || way.Step != "" {
		t.Fatalf("signing in gives %+v, %v", way, err)
	}
	e := entry(t, d, way.Session)
	if p, err := d.Person(t.Context(), e.Actor.Person); err != nil || p.Email != "jeanne@example.org" || p.Language != "en" || !p.Verified {
		t.Errorf("the account is %+v, %v", p, err)
	}
	if _, err := d.EnterByLink(t.Context(), account.ToSignIn, secret, language.French, account.Browser{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a link signs in twice: %v", err)
	}
	late := askLink(t, d, "jeanne@example.org")
	c.Time = noon.Add(15 * time.Minute)
	if _, err := d.EnterByLink(t.Context(), account.ToSignIn, late, language.French, account.Browser{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an expired link signs in: %v", err)
	}
	if n := count(t, d, `select count(*) from person`); n != 1 {
		t.Errorf("there are %d accounts", n)
	}
}

// Of many who press the button at the same moment, one is signed in.
func TestLinkWorksOnce(t *testing.T) {
	d, _ := newDirectory(t)
	secret := askLink(t, d, "jeanne@example.org")
	var group sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for range 8 {
		group.Go(func() {
			if _, err := d.EnterByLink(t.Context(), account.ToSignIn, secret, language.French, account.Browser{}); err == nil {
				mu.Lock()
				in++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if in != 1 {
		t.Errorf("a link signed in %d times", in)
	}
}

// Whether an address has an account is seen neither in the answer nor in what is stored for it.
func TestLinkTellsNothing(t *testing.T) {
	d, _ := newDirectory(t)
	person(t, d, "known@example.org")
	for _, address := range []string{"known@example.org", "unknown@example.org"} {
		askLink(t, d, address)
	}
	one, oneText := mailed(t, d, "known@example.org")
	other, otherText := mailed(t, d, "unknown@example.org")
	if linkInMail.ReplaceAllString(oneText, "") != linkInMail.ReplaceAllString(otherText, "") || one != other {
		t.Errorf("the mails differ:\n%s\n%s", oneText, otherText)
	}
	if n := count(t, d, `select count(*) from river_job where args::text like '%example%'`); n != 0 {
		t.Errorf("%d jobs hold an address", n)
	}
	if err := d.AskLink(t.Context(), "nobody", "", language.French, site); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no address is asked for a link: %v", err)
	}
}

func TestBlockedPersonStaysOut(t *testing.T) {
	d, _ := newDirectory(t)
	id := person(t, d, "jeanne@example.org")
	secret := askLink(t, d, "jeanne@example.org")
	if _, err := d.DB.Exec(t.Context(), `update person set blocked_at = $2 where id = $1`, id, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := d.EnterByLink(t.Context(), account.ToSignIn, secret, language.French, account.Browser{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a blocked person signs in: %v", err)
	}
}

func TestChangeEmail(t *testing.T) {
	d, c := newDirectory(t)
	id := person(t, d, "old@example.org")
	person(t, d, "taken@example.org")
	e := entry(t, d, begin(t, d, id, account.ByLink, ""))
	elsewhere := begin(t, d, id, account.ByLink, "")
	pending := askLink(t, d, "old@example.org")

	c.Time = noon.Add(account.ProofLife)
	if err := d.AskEmail(t.Context(), e, "new@example.org", language.French, site); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an old proof changes the address: %v", err)
	}
	c.Time = noon.Add(time.Minute)
	if err := d.AskEmail(t.Context(), e, "OLD@example.org", language.French, site); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the same address is taken: %v", err)
	}
	// That an address is somebody's is told to whom it belongs, and to nobody before.
	if err := d.AskEmail(t.Context(), e, "taken@example.org", language.French, site); err != nil {
		t.Fatal(err)
	}
	if err := d.ChangeEmail(t.Context(), e, linkTo(t, d, "taken@example.org")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("two accounts have one address: %v", err)
	}
	if err := d.AskEmail(t.Context(), e, "new@example.org", language.French, site); err != nil {
		t.Fatal(err)
	}
	secret := linkTo(t, d, "new@example.org")
	if _, err := d.EnterByLink(t.Context(), account.ToEmail, secret, language.French, account.Browser{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the link of a new address signs in: %v", err)
	}
	// Who is mailed the link by somebody else gives nothing away.
	stranger := entry(t, d, begin(t, d, person(t, d, "stranger@example.org"), account.ByLink, ""))
	for _, other := range []account.Entry{{}, stranger} {
		_, read := d.ReadLink(t.Context(), other, secret)
		if change := d.ChangeEmail(t.Context(), other, secret); fault.KindOf(read) != fault.Forbidden || fault.KindOf(change) != fault.Forbidden {
			t.Errorf("a link for another's account: %v, %v", read, change)
		}
	}
	if err := d.ChangeEmail(t.Context(), e, secret); err != nil {
		t.Fatal(err)
	}
	if p, err := d.Person(t.Context(), id); err != nil || p.Email != "new@example.org" {
		t.Errorf("the account is %+v, %v", p, err)
	}
	if _, text := mailed(t, d, "old@example.org"); strings.Contains(text, "new@example.org") || !strings.Contains(text, "l’adresse électronique a été changée") {
		t.Errorf("the old address is told %q", text)
	}
	if _, err := d.Enter(t.Context(), elsewhere); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a session outlives the change: %v", err)
	}
	if _, err := d.ReadLink(t.Context(), account.Entry{}, pending); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a link to the old address is still good: %v", err)
	}
	if n := count(t, d, `select count(*) from audit where action = 'credential.email' and actor_id = $1 and detail::text not like '%example%'`, id); n != 1 {
		t.Errorf("the audit has %d lines", n)
	}
}
