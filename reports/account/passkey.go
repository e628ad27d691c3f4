package account

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store"
)

// Bounds of passkeys.
const (
	maxPasskeys    = 20
	maxPasskeyName = 100 // characters
	maxCredential  = 64 << 10
)

// Passkey [clé d'accès] is a WebAuthn credential: a key that the person's telephone, computer or stick keeps, and unlocks with a finger, a face or a code.
type Passkey struct {
	ID        int64
	Name      string
	CreatedAt time.Time
	UsedAt    time.Time // zero: never
}

// Site is where a passkey is good: it is bound to the name of the site, so that no other site can ask for it.
type Site struct {
	Origin string // scheme, host and port, as the browser sees them
	Name   string // shown by the browser
}

// Passkeys tells whether browsers make passkeys for the site: not over plain HTTP, nor for an address that is only numbers; localhost is allowed.
func (s Site) Passkeys() bool {
	address, err := url.Parse(s.Origin)
	if err != nil || address.Hostname() == "" || net.ParseIP(address.Hostname()) != nil {
		return false
	}
	return address.Scheme == "https" || address.Hostname() == "localhost"
}

// party gives the relying party of the site.
func (s Site) party() (*webauthn.WebAuthn, error) {
	if !s.Passkeys() {
		return nil, fault.New(fault.Invalid, "error.passkey.site", nil)
	}
	address, err := url.Parse(s.Origin)
	if err != nil {
		return nil, fmt.Errorf("read the address of the site: %w", err)
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: address.Hostname(), RPDisplayName: s.Name, RPOrigins: []string{s.Origin},
		AttestationPreference: protocol.PreferNoAttestation, // which make of key it is, is no affair of ours
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("set passkeys up: %w", err)
	}
	return party, nil
}

// holder is a person with the passkeys, as the library asks for one.
type holder struct {
	Person
	credentials []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return handle(h.ID) }
func (h holder) WebAuthnName() string                       { return h.Email }
func (h holder) WebAuthnDisplayName() string                { return h.Email }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

// handle is what a key knows of its person: the number of the account, nothing personal (Web Authentication 3, 14.6.1).
func handle(person int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(person)) }

func readHolder(ctx context.Context, tx pgx.Tx, person int64) (h holder, err error) {
	if h.Person, err = readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": person}); err != nil {
		return holder{}, err
	}
	rows, err := tx.Query(ctx, `select credential from passkey where person_id = @person order by id`, pgx.NamedArgs{"person": person})
	if err == nil {
		h.credentials, err = pgx.CollectRows(rows, pgx.RowTo[webauthn.Credential])
	}
	if err != nil {
		return holder{}, fmt.Errorf("read the passkeys of person %d: %w", person, err)
	}
	return h, nil
}

// PreparePasskey begins to make a passkey: it gives what the browser is asked, as JSON, and the secret of the step.
func (d *Directory) PreparePasskey(ctx context.Context, e Entry, site Site) (options []byte, step string, err error) {
	if err := e.proved(d.Now()); err != nil {
		return nil, "", err
	}
	party, err := site.party()
	if err != nil {
		return nil, "", err
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		h, err := readHolder(ctx, tx, e.Session.Person)
		if err != nil {
			return err
		}
		if len(h.credentials) >= maxPasskeys {
			return fault.New(fault.Conflict, "error.passkey.many", fault.Args{"n": maxPasskeys})
		}
		ask, data, err := party.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.credentials).CredentialDescriptors()))
		if err != nil {
			return fmt.Errorf("begin a passkey: %w", err)
		}
		if options, err = json.Marshal(ask); err != nil {
			return fmt.Errorf("begin a passkey: %w", err)
		}
		step, err = d.open(ctx, tx, ceremonyCreate, h.ID, data)
		return err
	})
	return options, step, err
}

// AddPasskey keeps the passkey that the browser has made.
func (d *Directory) AddPasskey(ctx context.Context, e Entry, site Site, step, name string, answer []byte) error {
	if err := e.proved(d.Now()); err != nil {
		return err
	}
	if err := passkeyName(name); err != nil {
		return err
	}
	party, err := site.party()
	if err != nil {
		return err
	}
	var data webauthn.SessionData
	person, err := d.take(ctx, ceremonyCreate, step, &data)
	if err != nil {
		return err
	}
	if person != e.Session.Person { // begun in the name of somebody who was signed in here before
		return errStepGone()
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		if err := Present(ctx, tx, person); err != nil {
			return err
		}
		h, err := readHolder(ctx, tx, person)
		if err != nil {
			return err
		}
		if len(answer) > maxCredential {
			return errPasskey(nil)
		}
		parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
		if err != nil {
			return errPasskey(err)
		}
		made, err := party.CreateCredential(h, data, parsed)
		if err != nil {
			return errPasskey(err)
		}
		_, err = tx.Exec(ctx, `
			insert into passkey (person_id, credential_id, credential, name, created_at) values (@person, @id, @credential, @name, @now)`,
			pgx.NamedArgs{"person": person, "id": made.ID, "credential": made, "name": name, "now": d.Now()})
		if store.Constraint(err) != "" {
			return errPasskey(err)
		}
		if err != nil {
			return fmt.Errorf("keep a passkey of person %d: %w", person, err)
		}
		return d.changed(ctx, tx, e, "passkey")
	})
}

// AskPasskey begins a sign-in by passkey: which one, the person chooses in the browser.
func (d *Directory) AskPasskey(ctx context.Context, site Site, next string) (options []byte, step string, err error) {
	party, err := site.party()
	if err != nil {
		return nil, "", err
	}
	ask, data, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", fmt.Errorf("ask for a passkey: %w", err)
	}
	if options, err = json.Marshal(ask); err != nil {
		return nil, "", fmt.Errorf("ask for a passkey: %w", err)
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) (err error) {
		step, err = d.open(ctx, tx, ceremonyPasskey, 0, passkeyStep{*data, next})
		return err
	})
	return options, step, err
}

// passkeyStep is what the step that uses a passkey must know.
type passkeyStep struct {
	Data webauthn.SessionData
	Next string
}

// EnterByPasskey signs in by what the browser has answered. A key whose counter has run backwards was copied, and opens nothing any more (Web
// Authentication 3, 6.1.1); one that does not count stays at 0.
func (d *Directory) EnterByPasskey(ctx context.Context, site Site, step string, answer []byte, b Browser) (way Way, err error) {
	party, err := site.party()
	if err != nil {
		return Way{}, err
	}
	var kept passkeyStep
	if _, err := d.take(ctx, ceremonyPasskey, step, &kept); err != nil {
		return Way{}, err
	}
	if len(answer) > maxCredential {
		return Way{}, errPasskey(nil)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Way{}, errPasskey(err)
	}
	b.Next = kept.Next
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		var h holder
		_, used, err := party.ValidatePasskeyLogin(func(_, user []byte) (webauthn.User, error) {
			if len(user) != 8 {
				return nil, fault.Missing()
			}
			// Locked, so that the counters of two uses at the same moment are seen one after the other.
			person := int64(binary.BigEndian.Uint64(user))
			if _, err := tx.Exec(ctx, `select from passkey where person_id = @person for update`, pgx.NamedArgs{"person": person}); err != nil {
				return nil, err
			}
			h, err = readHolder(ctx, tx, person)
			return h, err
		}, kept.Data, parsed)
		if err != nil {
			return errPasskey(err)
		}
		if used.Authenticator.CloneWarning {
			return fault.New(fault.Forbidden, "error.passkey.copied", nil)
		}
		_, err = tx.Exec(ctx, `update passkey set credential = @credential, used_at = @now where credential_id = @id`,
			pgx.NamedArgs{"credential": used, "now": d.Now(), "id": used.ID})
		if err != nil {
			return fmt.Errorf("note the use of a passkey of person %d: %w", h.ID, err)
		}
		way, err = d.proceed(ctx, tx, h.ID, ByPasskey, b)
		return err
	})
	return way, err
}

// errPasskey is for what a browser answers and no key of ours has signed.
func errPasskey(cause error) error {
	if kind := fault.KindOf(store.Explain(cause)); kind == fault.Unavailable {
		return cause
	}
	var unknown *protocol.ErrorUnknownCredential
	if errors.As(cause, &unknown) {
		return &fault.Error{Kind: fault.Invalid, Word: "error.passkey.unknown", Cause: cause}
	}
	return &fault.Error{Kind: fault.Invalid, Word: "error.passkey", Cause: cause}
}

// Passkeys gives the person's, the latest first.
func (d *Directory) Passkeys(ctx context.Context, actor Actor) ([]Passkey, error) {
	rows, err := d.DB.Query(ctx, `
		select id, name, created_at, coalesce(used_at, 'epoch') from passkey where person_id = @person order by id desc`,
		pgx.NamedArgs{"person": actor.Person})
	if err != nil {
		return nil, store.Explain(fmt.Errorf("list the passkeys of person %d: %w", actor.Person, err))
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Passkey, error) {
		var k Passkey
		err := row.Scan(&k.ID, &k.Name, &k.CreatedAt, &k.UsedAt)
		if k.UsedAt.Unix() == 0 {
			k.UsedAt = time.Time{}
		}
		return k, err
	})
}

// RenamePasskey gives one of the person's own another name; another person's is NotFound.
func (d *Directory) RenamePasskey(ctx context.Context, e Entry, id int64, name string) error {
	if err := passkeyName(name); err != nil {
		return err
	}
	tag, err := d.DB.Exec(ctx, `update passkey set name = @name where id = @id and person_id = @person`,
		pgx.NamedArgs{"name": name, "id": id, "person": e.Session.Person})
	if err != nil {
		return store.Explain(fmt.Errorf("rename a passkey: %w", err))
	}
	if tag.RowsAffected() == 0 {
		return fault.Missing()
	}
	return nil
}

// RemovePasskey forgets one of the person's own; another person's is NotFound.
func (d *Directory) RemovePasskey(ctx context.Context, e Entry, id int64) error {
	if err := e.proved(d.Now()); err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `delete from passkey where id = @id and person_id = @person`, pgx.NamedArgs{"id": id, "person": e.Session.Person})
		if err != nil {
			return fmt.Errorf("remove a passkey: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.Missing()
		}
		return d.changed(ctx, tx, e, "passkey_removed")
	})
}

// passkeyName refuses a name by which a person would not find the key again.
func passkeyName(name string) error {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return fault.In("name", "error.required", nil)
	case n > maxPasskeyName:
		return fault.In("name", "error.text.long", fault.Args{"n": n, "longest": maxPasskeyName})
	}
	return nil
}
