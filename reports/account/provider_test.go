package account_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
)

// provider is an OpenID provider on this machine (OpenID Connect Core 1.0), with the faults that a test wants.
type provider struct {
	*httptest.Server
	t   *testing.T
	key *rsa.PrivateKey
	now func() time.Time

	mu    sync.Mutex
	codes map[string]url.Values // what the browser asked for, by the code that it brought back
	// What it tells; nil: nothing. Changes to the identity token stand in bend.
	info map[string]any
	bend map[string]any
	// signer signs the identity token in the place of key.
	signer  *rsa.PrivateKey
	resting bool
	// post is to take our secret in the body only.
	post bool
	// signed is to tell who it is as a signed document, as ProConnect does.
	signed bool
}

func newProvider(t *testing.T, now func() time.Time) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, signer: key, now: now, codes: map[string]url.Values{}, info: map[string]any{"sub": "jeanne-7", "email": "Jeanne@example.org", "email_verified": true, "given_name": "Jeanne", "usual_name": "Lefèvre"}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resting {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	tell := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		methods := []string{"client_secret_basic", "client_secret_post"}
		if p.post {
			methods = []string{"client_secret_post"}
		}
		tell(map[string]any{"token_endpoint_auth_methods_supported": methods, "issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"userinfo_endpoint": p.URL + "/userinfo", "end_session_endpoint": p.URL + "/end?a=b", "id_token_signing_alg_values_supported": []string{"RS256"}})
	case "/keys":
		tell(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	case "/token":
		p.token(w, r, tell)
	case "/userinfo":
		switch {
		case r.Header.Get("Authorization") != "Bearer access":
			w.WriteHeader(http.StatusUnauthorized)
		case p.signed:
			w.Header().Set("Content-Type", "application/jwt")
			_, _ = w.Write([]byte(p.sign(p.signer, p.info)))
		default:
			tell(p.info)
		}
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// token exchanges a code, once, for who asked for it and can show the verifier (RFC 7636).
func (p *provider) token(w http.ResponseWriter, r *http.Request, tell func(any)) {
	_ = r.ParseForm()
	id, secret, _ := r.BasicAuth()
	secret, _ = url.QueryUnescape(secret) // RFC 6749, 2.3.1
	if p.post {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	asked, known := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code"))
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if !known || id != "quartier" || secret != "client secret" || asked.Get("code_challenge") != b64(sum[:]) || asked.Get("redirect_uri") != r.PostForm.Get("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		tell(map[string]any{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": "quartier", "sub": p.info["sub"], "nonce": asked.Get("nonce"), "iat": p.now().Unix(), "exp": p.now().Add(time.Minute).Unix(), "acr": "eidas2"}
	maps.Copy(claims, p.bend)
	tell(map[string]any{"access_token": "access", "token_type": "Bearer", "id_token": p.sign(p.signer, claims)})
}

func (p *provider) sign(key *rsa.PrivateKey, claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "1"}}, nil)
	if err != nil {
		p.t.Error(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		p.t.Error(err)
	}
	return text
}

// authorize plays the browser at the provider: it gives what it brings back.
func (p *provider) authorize(address string) url.Values {
	p.t.Helper()
	at, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, p.URL+"/authorize?") {
		p.t.Fatalf("the browser is sent to %q, %v", address, err)
	}
	q := at.Query()
	if q.Get("client_id") != "quartier" || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || !strings.Contains(q.Get("scope"), "openid") ||
		q.Get("redirect_uri") != back || len(q.Get("nonce")) < 40 {
		p.t.Errorf("the browser asks for %v", q)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := account.NewSecret()
	p.codes[code] = q
	return url.Values{"state": {q.Get("state")}, "code": {code}, "iss": {p.URL}}
}

const back = "https://ville.example/sign-in/provider/back"

// withProvider makes a directory whose people may sign in by the provider.
func withProvider(t *testing.T) (*account.Directory, *clock, *provider) {
	t.Helper()
	d, c := newDirectory(t)
	p := newProvider(t, c.now)
	d.Provider = &account.Provider{Issuer: p.URL, ClientID: "quartier", ClientSecret: "client secret", Name: "ProConnect", Scopes: []string{"openid", "email"}}
	return d, c, p
}

// throughProvider signs in; change may spoil what the browser brings back.
func throughProvider(t *testing.T, d *account.Directory, p *provider, change func(url.Values)) (account.Way, string, error) {
	t.Helper()
	address, step, err := d.LeaveForProvider(t.Context(), nil, back, "/zones")
	if err != nil {
		t.Fatal(err)
	}
	answer := p.authorize(address)
	if change != nil {
		change(answer)
	}
	return d.EnterByProvider(t.Context(), account.Entry{}, step, answer, language.French, account.Browser{})
}

func TestProvider(t *testing.T) {
	d, _, p := withProvider(t)
	way, identity, err := throughProvider(t, d, p, nil)
	if err != nil || way.Next != "/zones" || identity == "" {
		t.Fatalf("signing in gives %+v, %v", way, err)
	}
	e := entry(t, d, way.Session)
	if e.Email != "jeanne@example.org" || e.Name != "Jeanne Lefèvre" || e.Session.Method != account.ByOIDC || e.Session.Strong() {
		t.Errorf("the entry is %+v", e)
	}
	// The second time issuer and subject name the person, whatever address is told.
	p.info["email"], p.signed = "other@example.org", true
	way, _, err = throughProvider(t, d, p, nil)
	if err != nil || entry(t, d, way.Session).Actor.Person != e.Actor.Person {
		t.Errorf("the second time gives %+v, %v", way, err)
	}
	end, err := url.Parse(d.Provider.EndAddress(t.Context(), identity, "https://ville.example/sign-out"))
	if q := end.Query(); err != nil || end.Path != "/end" || q.Get("a") != "b" || q.Get("id_token_hint") != identity || q.Get("post_logout_redirect_uri") != "https://ville.example/sign-out" {
		t.Errorf("signing out there is at %v, %v", end, err)
	}
	var raw string
	if err := d.DB.QueryRow(t.Context(), `select coalesce(string_agg(data::text, ''), '') from ceremony`).Scan(&raw); err != nil || raw != "" {
		t.Errorf("steps that are done are kept: %s, %v", raw, err)
	}
}

func TestProviderAttacks(t *testing.T) {
	d, c, p := withProvider(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, attack := range map[string]struct {
		bend   map[string]any
		signer *rsa.PrivateKey
		change func(url.Values)
		kind   fault.Kind // 0: forbidden
	}{
		"another state":        {change: func(v url.Values) { v.Set("state", account.NewSecret()) }, kind: fault.Conflict},
		"no state":             {change: func(v url.Values) { v.Del("state") }, kind: fault.Conflict},
		"another issuer's":     {change: func(v url.Values) { v.Set("iss", "https://evil.example") }},
		"an invented code":     {change: func(v url.Values) { v.Set("code", "invented") }},
		"no code":              {change: func(v url.Values) { v.Del("code") }},
		"refused there":        {change: func(v url.Values) { v.Set("error", "access_denied") }},
		"another nonce":        {bend: map[string]any{"nonce": "another"}},
		"no nonce":             {bend: map[string]any{"nonce": ""}},
		"issued by another":    {bend: map[string]any{"iss": "https://evil.example"}},
		"for another service":  {bend: map[string]any{"aud": "somebody-else"}},
		"expired":              {bend: map[string]any{"exp": noon.Add(-time.Minute).Unix()}},
		"of somebody else":     {bend: map[string]any{"sub": "mallory"}},
		"of no access token":   {bend: map[string]any{"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
		"signed by a stranger": {signer: stranger},
	} {
		p.bend, p.signer = attack.bend, p.key
		if attack.signer != nil {
			p.signer = attack.signer
		}
		way, _, err := throughProvider(t, d, p, attack.change)
		if attack.kind == 0 {
			attack.kind = fault.Forbidden
		}
		if fault.KindOf(err) != attack.kind || way != (account.Way{}) {
			t.Errorf("%s: %+v, %v", name, way, err)
		}
	}
	p.bend, p.signer = nil, p.key

	// A code and a step are good once, and in the browser that began.
	address, step, err := d.LeaveForProvider(t.Context(), nil, back, "")
	if err != nil {
		t.Fatal(err)
	}
	answer := p.authorize(address)
	enter := func(step string) error {
		_, _, err := d.EnterByProvider(t.Context(), account.Entry{}, step, answer, language.French, account.Browser{})
		return err
	}
	for name, wrong := range map[string]string{"another browser": account.NewSecret(), "no cookie": ""} {
		if err := enter(wrong); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := enter(step); err != nil {
		t.Fatal(err)
	}
	if err := enter(step); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a step is taken twice: %v", err)
	}
	address, late, err := d.LeaveForProvider(t.Context(), nil, back, "")
	if err != nil {
		t.Fatal(err)
	}
	answer = p.authorize(address)
	c.Time = noon.Add(account.StepLife)
	if err := enter(late); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a step that is over is taken: %v", err)
	}
}

func TestProviderAddresses(t *testing.T) {
	d, _, p := withProvider(t)
	agent := person(t, d, "agent@example.org")
	if err := d.Grant(t.Context(), account.System, agent, account.Grant{Role: account.RoleAgent}); err != nil {
		t.Fatal(err)
	}
	p.info = map[string]any{"sub": "x", "email": "agent@example.org", "email_verified": true}
	if _, _, err := throughProvider(t, d, p, nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a provider's address opens an account of staff: %v", err)
	}
	for name, told := range map[string]map[string]any{
		"not verified": {"email": "victim@example.org", "email_verified": false}, "verified, they do not say": {"email": "victim@example.org"},
		"no address": {}, "no address but words": {"email": "victim", "email_verified": true}, "a text that says no": {"email": "victim@example.org", "email_verified": "false"},
	} {
		told["sub"] = "y"
		p.info = told
		if _, _, err := throughProvider(t, d, p, nil); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	// That one address is verified says nothing of another.
	p.info, p.bend = map[string]any{"sub": "y", "email": "victim@example.org"}, map[string]any{"email": "y@example.org", "email_verified": true}
	if _, _, err := throughProvider(t, d, p, nil); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("the identity token vouches for another address: %v", err)
	}
	p.bend = nil
	p.info = map[string]any{"sub": "y", "email": "employee@example.org"}
	d.Provider.Trusted = true
	if way, _, err := throughProvider(t, d, p, nil); err != nil || entry(t, d, way.Session).Email != "employee@example.org" {
		t.Errorf("a trusted provider's address: %+v, %v", way, err)
	}

	// Linked by hand, after another proof, it opens the account of staff.
	p.info = map[string]any{"sub": "x"}
	e := entry(t, d, begin(t, d, agent, account.ByLink, ""))
	link := func(from, to account.Entry) error {
		address, step, err := d.LeaveForProvider(t.Context(), &from, back, "/me/security")
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = d.EnterByProvider(t.Context(), to, step, p.authorize(address), language.French, account.Browser{})
		return err
	}
	if err := link(e, account.Entry{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("somebody who is signed out links an account: %v", err)
	}
	if err := link(e, e); err != nil {
		t.Fatal(err)
	}
	if way, _, err := throughProvider(t, d, p, nil); err != nil || entry(t, d, way.Session).Actor.Person != agent {
		t.Errorf("linked, it gives %+v, %v", way, err)
	}
	other := entry(t, d, begin(t, d, person(t, d, "other@example.org"), account.ByLink, ""))
	if err := link(other, other); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one account there is linked to two here: %v", err)
	}
	if err := d.Unlink(t.Context(), other, p.URL); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody unlinks another's: %v", err)
	}
	if err := d.Unlink(t.Context(), e, p.URL); err != nil {
		t.Fatal(err)
	}
	if _, _, err := throughProvider(t, d, p, nil); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("unlinked, it signs in: %v", err)
	}
}

// The first code would be lost if the way to show our secret had to be tried out.
func TestProviderThatTakesTheSecretInTheBody(t *testing.T) {
	d, _, p := withProvider(t)
	p.post = true
	if _, _, err := throughProvider(t, d, p, nil); err != nil {
		t.Error(err)
	}
}

func TestProviderLevel(t *testing.T) {
	d, _, p := withProvider(t)
	d.Provider.ACR = []string{"eidas2", "eidas3"}
	if _, _, err := throughProvider(t, d, p, nil); err != nil {
		t.Errorf("a level that will do: %v", err)
	}
	for _, level := range []any{"eidas1", ""} {
		p.bend = map[string]any{"acr": level}
		if _, _, err := throughProvider(t, d, p, nil); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the level %q: %v", level, err)
		}
	}
}

// A provider that rests is told as such, and is asked again when it is back.
func TestRestingProvider(t *testing.T) {
	d, _, p := withProvider(t)
	p.resting = true
	if _, _, err := d.LeaveForProvider(t.Context(), nil, back, ""); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a resting provider: %v", err)
	}
	p.resting = false
	if _, _, err := throughProvider(t, d, p, func(url.Values) { p.resting = true }); fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "code=") {
		t.Errorf("it rests half-way: %v", err)
	}
	p.resting = false
	if _, _, err := throughProvider(t, d, p, nil); err != nil {
		t.Errorf("it is back: %v", err)
	}
	lying := &account.Provider{Issuer: p.URL + "/", ClientID: "quartier", Name: "x"}
	d.Provider = lying
	if _, _, err := d.LeaveForProvider(t.Context(), nil, back, ""); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a provider of another name: %v", err)
	}
}
