package account

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"quartier/reports/fault"
)

// Bounds of what we ask of a provider.
const (
	providerWait = 8 * time.Second
	providerSays = 1 << 20 // bytes of an answer
)

// Provider is an OpenID provider that people may sign in by: ProConnect, FranceConnect, or the town's own. Its fields are the settings of the node.
type Provider struct {
	Issuer       string // address, as the provider itself writes it
	ClientID     string
	ClientSecret string
	Name         string   // on the button
	Scopes       []string // beside openid
	// ACR are the levels of assurance that are asked for, any of which the sign-in must have; empty: whatever the provider deems right.
	ACR []string
	// Trusted says that addresses which the provider tells are the person's own even where it does not say that it has verified them: true of a
	// provider for the employees of administrations, such as ProConnect.
	Trusted bool

	known atomic.Pointer[met] // nil: not asked yet
}

// claims are what a provider tells of a person.
type claims struct {
	Subject  string
	Email    string // in the form of Email; empty: none that counts
	Name     string
	IDToken  string
	Verified bool
}

// providerStep is what the step at a provider must know.
type providerStep struct {
	State, Nonce, Verifier string
	Next                   string
	Back                   string // address that the provider sends the browser to
	Link                   bool   // the account at the provider is to be linked to who is signed in here
}

// resting is for a provider that does not answer, or not as one.
func (p *Provider) resting(cause error) error {
	return &fault.Error{Kind: fault.Unavailable, Word: "error.oidc.resting", Args: fault.Args{"name": p.Name}, After: time.Minute, Cause: cause}
}

// refused is for a sign-in at the provider that proves nothing.
func (p *Provider) refused(cause error) error {
	return &fault.Error{Kind: fault.Forbidden, Word: "error.oidc.refused", Args: fault.Args{"name": p.Name}, Cause: cause}
}

// client asks the provider, within bounds.
var client = &http.Client{Timeout: providerWait, Transport: bounded{http.DefaultTransport}}

// bounded cuts answers that are too long.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, providerSays), answer.Body}
	}
	return answer, err
}

// met is what a provider says of itself.
type met struct {
	*oidc.Provider
	end   string           // its end_session_endpoint; empty: it has none
	style oauth2.AuthStyle // how it takes our secret
}

// discover reads what the provider says of itself, once; while it rests, each time anew, and each by itself: nobody stands behind who waits in vain.
func (p *Provider) discover(ctx context.Context) (*met, error) {
	if known := p.known.Load(); known != nil {
		return known, nil
	}
	// The provider keeps the context for its keys, which are read later: so it must not end with the request.
	asking := oidc.ClientContext(context.WithoutCancel(ctx), client)
	provider, err := oidc.NewProvider(asking, p.Issuer)
	if err != nil {
		return nil, p.resting(err)
	}
	var more struct {
		End     string   `json:"end_session_endpoint"`
		Methods []string `json:"token_endpoint_auth_methods_supported"` // RFC 8414, 2: client_secret_basic where it says nothing
	}
	if err := provider.Claims(&more); err != nil {
		return nil, p.resting(err)
	}
	known := &met{provider, more.End, oauth2.AuthStyleInHeader}
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		known.style = oauth2.AuthStyleInParams
	}
	p.known.Store(known)
	return known, nil
}

func (p *Provider) config(known *met, back string) *oauth2.Config {
	scopes := append([]string{oidc.ScopeOpenID}, p.Scopes...)
	slices.Sort(scopes)
	endpoint := known.Endpoint()
	endpoint.AuthStyle = known.style
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: endpoint, RedirectURL: back, Scopes: slices.Compact(scopes)}
}

// leave gives the address at the provider to send the browser to.
func (p *Provider) leave(ctx context.Context, s providerStep) (string, error) {
	known, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(s.Nonce), oauth2.S256ChallengeOption(s.Verifier)}
	if len(p.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	return p.config(known, s.Back).AuthCodeURL(s.State, options...), nil
}

// arrive turns what the browser brought back from the provider into claims, or refuses it.
func (p *Provider) arrive(ctx context.Context, s providerStep, back url.Values, now func() time.Time) (claims, error) {
	if subtle.ConstantTimeCompare([]byte(back.Get("state")), []byte(s.State)) == 0 {
		return claims{}, errStepGone()
	}
	if issuer := back.Get("iss"); issuer != "" && issuer != p.Issuer { // RFC 9207
		return claims{}, p.refused(errors.New("the answer is another issuer's"))
	}
	if code := back.Get("error"); code != "" {
		return claims{}, p.refused(errors.New("the provider refused"))
	}
	known, err := p.discover(ctx)
	if err != nil {
		return claims{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, client), providerWait)
	defer cancel()
	token, err := p.config(known, s.Back).Exchange(ctx, back.Get("code"), oauth2.VerifierOption(s.Verifier))
	if err != nil {
		var told *oauth2.RetrieveError
		if errors.As(err, &told) && told.Response != nil && told.Response.StatusCode < 500 {
			return claims{}, p.refused(fmt.Errorf("exchange the code: %s", told.ErrorCode)) // the answer's text may hold what is secret
		}
		return claims{}, p.resting(errors.New("exchange the code: the provider does not answer"))
	}
	raw, _ := token.Extra("id_token").(string)
	identity, err := known.VerifierContext(oidc.ClientContext(ctx, client), &oidc.Config{ClientID: p.ClientID, Now: now}).Verify(ctx, raw)
	if err != nil {
		return claims{}, p.refused(errors.New("the identity token is not good"))
	}
	if subtle.ConstantTimeCompare([]byte(identity.Nonce), []byte(s.Nonce)) == 0 {
		return claims{}, p.refused(errors.New("the identity token is of another sign-in"))
	}
	if identity.AccessTokenHash != "" && identity.VerifyAccessToken(token.AccessToken) != nil {
		return claims{}, p.refused(errors.New("the access token is not the identity token's"))
	}
	told := toldClaims{}
	if err := identity.Claims(&told); err != nil {
		return claims{}, p.refused(errors.New("the identity token cannot be read"))
	}
	if len(p.ACR) > 0 && !slices.Contains(p.ACR, told.ACR) {
		return claims{}, p.refused(errors.New("the sign-in is not of the level that was asked for"))
	}
	if known.UserInfoEndpoint() != "" {
		info, err := known.UserInfo(ctx, oauth2.StaticTokenSource(token))
		switch {
		case err != nil:
			return claims{}, p.resting(errors.New("ask who it is: the provider does not answer"))
		case info.Subject != identity.Subject: // OpenID Connect Core 1.0, 5.3.2
			return claims{}, p.refused(errors.New("the provider told of somebody else"))
		}
		before := told
		told.Verified = nil // what is said of one address is not said of another
		if err := info.Claims(&told); err != nil {
			return claims{}, p.refused(errors.New("what the provider told cannot be read"))
		}
		if told.Verified == nil && told.Email == before.Email {
			told.Verified = before.Verified
		}
	}
	c := claims{Subject: identity.Subject, Name: told.name(), IDToken: raw}
	c.Email, _ = Email(told.Email)
	c.Verified = c.Email != "" && (p.Trusted || told.Verified == true || told.Verified == "true")
	return c, nil
}

// toldClaims are the claims that we read (OpenID Connect Core 1.0, 5.1), in the spelling of ProConnect and FranceConnect too.
type toldClaims struct {
	Email     string `json:"email"`
	Verified  any    `json:"email_verified"` // some write it as a text
	Name      string `json:"name"`
	GivenName string `json:"given_name"`
	Family    string `json:"family_name"`
	Usual     string `json:"usual_name"`
	ACR       string `json:"acr"`
}

func (t toldClaims) name() string {
	name := t.Name
	if name == "" {
		family := t.Usual
		if family == "" {
			family = t.Family
		}
		name = strings.TrimSpace(t.GivenName + " " + family)
	}
	if good, err := goodName(name); err == nil {
		return good
	}
	return ""
}

// EndAddress gives the address at the provider that signs out there too (OpenID Connect RP-Initiated Logout 1.0); empty: it has none, or cannot say now.
func (p *Provider) EndAddress(ctx context.Context, identity, back string) string {
	known, err := p.discover(ctx)
	if err != nil || known.end == "" {
		return ""
	}
	address, err := url.Parse(known.end)
	if err != nil {
		return ""
	}
	query := address.Query()
	query.Set("client_id", p.ClientID)
	query.Set("id_token_hint", identity)
	query.Set("post_logout_redirect_uri", back)
	query.Set("state", NewSecret())
	address.RawQuery = query.Encode()
	return address.String()
}
