package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"quartier/reports/account"
	"quartier/reports/fault"
)

// authenticator is a telephone that makes and uses one passkey (Web Authentication 3, 6), with the faults that a test wants.
type authenticator struct {
	t       *testing.T
	key     *ecdsa.PrivateKey
	id      []byte
	user    []byte
	counter uint32
	flags   byte   // user present 1, user verified 4
	origin  string // that the browser sees
	party   string
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &authenticator{t: t, key: key, id: id, flags: 1 | 4, origin: "https://ville.example", party: "ville.example"}
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (a *authenticator) clientData(kind, challenge string) []byte {
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

func (a *authenticator) data(more byte) []byte {
	party := sha256.Sum256([]byte(a.party))
	return binary.BigEndian.AppendUint32(append(party[:], a.flags|more), a.counter)
}

// create answers the options to make a passkey.
func (a *authenticator) create(options []byte) []byte {
	a.t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string
			User      struct{ ID string }
			RP        struct{ ID string }
		}
	}
	if err := json.Unmarshal(options, &o); err != nil {
		a.t.Fatal(err)
	}
	if o.PublicKey.RP.ID != "ville.example" {
		a.t.Errorf("the site is %q", o.PublicKey.RP.ID)
	}
	a.user, _ = base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
	x, y := make([]byte, 32), make([]byte, 32)
	public, err := a.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		a.t.Fatal(err)
	}
	copy(x, public[1:33])
	copy(y, public[33:])
	key, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: x, -3: y})
	if err != nil {
		a.t.Fatal(err)
	}
	data := append(a.data(0x40), make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(append(data, a.id...), key...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		a.t.Fatal(err)
	}
	return a.answer(map[string]any{"clientDataJSON": b64(a.clientData("webauthn.create", o.PublicKey.Challenge)), "attestationObject": b64(object)})
}

// use answers the options to sign in.
func (a *authenticator) use(options []byte) []byte {
	a.t.Helper()
	var o struct{ PublicKey struct{ Challenge string } }
	if err := json.Unmarshal(options, &o); err != nil {
		a.t.Fatal(err)
	}
	a.counter++
	client, data := a.clientData("webauthn.get", o.PublicKey.Challenge), a.data(0)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		a.t.Fatal(err)
	}
	return a.answer(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(a.user)})
}

func (a *authenticator) answer(response map[string]any) []byte {
	raw, err := json.Marshal(map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

var here = account.Site{Origin: "https://ville.example", Name: "Ville"}

// addPasskey makes a passkey for who is signed in.
func addPasskey(t *testing.T, d *account.Directory, e account.Entry, a *authenticator) {
	t.Helper()
	options, step, err := d.PreparePasskey(t.Context(), e, here)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.AddPasskey(t.Context(), e, here, step, "téléphone", a.create(options)); err != nil {
		t.Fatal(err)
	}
}

func TestPasskey(t *testing.T) {
	d, c := newDirectory(t)
	e := entry(t, d, begin(t, d, person(t, d, "jeanne@example.org"), account.ByLink, ""))
	a := newAuthenticator(t)
	addPasskey(t, d, e, a)
	keys, err := d.Passkeys(t.Context(), e.Actor)
	if err != nil || len(keys) != 1 || keys[0].Name != "téléphone" || !keys[0].UsedAt.IsZero() {
		t.Fatalf("the passkeys are %+v, %v", keys, err)
	}

	options, step, err := d.AskPasskey(t.Context(), here, "/zones")
	if err != nil {
		t.Fatal(err)
	}
	answer := a.use(options)
	way, err := d.EnterByPasskey(t.Context(), here, step, answer, account.Browser{})
	if err != nil || way.Next != "/zones" {
		t.Fatalf("signing in gives %+v, %v", way, err)
	}
	if got := entry(t, d, way.Session); got.Session.Method != account.ByPasskey || !got.Session.Strong() || got.Actor.Person != e.Actor.Person {
		t.Errorf("the session is %+v", got)
	}
	if _, err := d.EnterByPasskey(t.Context(), here, step, answer, account.Browser{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an answer is taken twice: %v", err)
	}

	for name, attack := range map[string]struct {
		change func(*authenticator)
		kind   fault.Kind
	}{
		"another site's page":       {func(a *authenticator) { a.origin = "https://ville.example.evil.example" }, fault.Invalid},
		"another site's key":        {func(a *authenticator) { a.party = "evil.example" }, fault.Invalid},
		"nobody has unlocked it":    {func(a *authenticator) { a.flags = 1 }, fault.Invalid},
		"another key":               {func(a *authenticator) { a.key = newAuthenticator(t).key }, fault.Invalid},
		"an unknown key":            {func(a *authenticator) { a.id = newAuthenticator(t).id }, fault.Invalid},
		"a key of somebody else":    {func(a *authenticator) { a.user = binary.BigEndian.AppendUint64(nil, 999) }, fault.Invalid},
		"a person that is nobody":   {func(a *authenticator) { a.user = []byte("x") }, fault.Invalid},
		"a copy, which counts less": {func(a *authenticator) { a.counter = 0 }, fault.Forbidden},
	} {
		options, step, err := d.AskPasskey(t.Context(), here, "")
		if err != nil {
			t.Fatal(err)
		}
		bad := *a
		attack.change(&bad)
		if way, err := d.EnterByPasskey(t.Context(), here, step, bad.use(options), account.Browser{}); fault.KindOf(err) != attack.kind || way.Session != "" {
			t.Errorf("%s: %+v, %v", name, way, err)
		}
	}
	for name, garbage := range map[string][]byte{"nothing": nil, "no JSON": []byte("{"), "another document": []byte(`{"id":"AA","response":{}}`), "too much": make([]byte, 1<<20)} {
		_, step, err := d.AskPasskey(t.Context(), here, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.EnterByPasskey(t.Context(), here, step, garbage, account.Browser{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The challenge of one browser is no good in another, nor too late.
	one, _, err := d.AskPasskey(t.Context(), here, "")
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := d.AskPasskey(t.Context(), here, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.EnterByPasskey(t.Context(), here, other, a.use(one), account.Browser{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("another challenge: %v", err)
	}
	options, step, err = d.AskPasskey(t.Context(), here, "")
	if err != nil {
		t.Fatal(err)
	}
	c.Time = noon.Add(account.StepLife)
	if _, err := d.EnterByPasskey(t.Context(), here, step, a.use(options), account.Browser{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a challenge that is over: %v", err)
	}
	c.Time = noon

	if err := d.RemovePasskey(t.Context(), e, keys[0].ID); err != nil {
		t.Fatal(err)
	}
	options, step, err = d.AskPasskey(t.Context(), here, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.EnterByPasskey(t.Context(), here, step, a.use(options), account.Browser{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a removed passkey signs in: %v", err)
	}
}

func TestPasskeysOfOthers(t *testing.T) {
	d, c := newDirectory(t)
	one := entry(t, d, begin(t, d, person(t, d, "one@example.org"), account.ByLink, ""))
	other := entry(t, d, begin(t, d, person(t, d, "other@example.org"), account.ByLink, ""))
	a := newAuthenticator(t)
	addPasskey(t, d, one, a)
	keys, err := d.Passkeys(t.Context(), one.Actor)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.RemovePasskey(t.Context(), other, keys[0].ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody removes another's passkey: %v", err)
	}
	if err := d.RenamePasskey(t.Context(), other, keys[0].ID, "mine"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody renames another's passkey: %v", err)
	}
	// The same key for a second account, and a step that somebody else began in this browser.
	options, step, err := d.PreparePasskey(t.Context(), other, here)
	if err != nil {
		t.Fatal(err)
	}
	answer := a.create(options)
	if err := d.AddPasskey(t.Context(), one, here, step, "x", answer); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a step of another person is taken: %v", err)
	}
	options, step, err = d.PreparePasskey(t.Context(), other, here)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.AddPasskey(t.Context(), other, here, step, "x", a.create(options)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("one key is of two accounts: %v", err)
	}
	weak := newAuthenticator(t)
	weak.flags = 1
	options, step, err = d.PreparePasskey(t.Context(), other, here)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.AddPasskey(t.Context(), other, here, step, "x", weak.create(options)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a key that nothing unlocks is kept: %v", err)
	}
	c.Time = noon.Add(account.ProofLife)
	if _, _, err := d.PreparePasskey(t.Context(), one, here); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an old proof makes a passkey: %v", err)
	}
}

func TestSitesOfPasskeys(t *testing.T) {
	for origin, want := range map[string]bool{
		"https://ville.example": true, "https://ville.example:8443": true, "http://localhost:8080": true,
		"http://ville.example": false, "https://192.0.2.1": false, "https://[2001:db8::1]": false, "http://127.0.0.1:8080": false, "": false, "://": false,
	} {
		if got := (account.Site{Origin: origin}).Passkeys(); got != want {
			t.Errorf("%q: %v", origin, got)
		}
	}
}
