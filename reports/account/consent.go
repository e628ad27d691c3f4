package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store"
)

// privacy is the slug of the text about personal data, the only one that is agreed to.
const privacy = "privacy"

// maxNotice bounds each language of a Notice, in characters.
const maxNotice = 20_000

// Notice is a version of what people are told about their data.
type Notice struct {
	Version     int
	FR, EN      string
	PublishedAt time.Time
}

// Text gives the notice in a language ("fr", "en").
func (n Notice) Text(tag string) string {
	if tag == "en" {
		return n.EN
	}
	return n.FR
}

// Notice gives the version in force.
func (d *Directory) Notice(ctx context.Context) (n Notice, err error) {
	err = d.DB.QueryRow(ctx, `
		select version, fr, en, published_at from consent_text where slug = @slug order by version desc limit 1`,
		pgx.NamedArgs{"slug": privacy}).Scan(&n.Version, &n.FR, &n.EN, &n.PublishedAt)
	if err != nil {
		return Notice{}, store.Explain(fmt.Errorf("read the privacy notice: %w", err))
	}
	return n, nil
}

// Publish puts another text in force, as the version after before; everybody is asked again at the next sign-in. It fails with Conflict when another
// administrator was faster.
func (d *Directory) Publish(ctx context.Context, actor Actor, before int, fr, en string) error {
	if actor.ReadOnly || !actor.Has(RoleAdministrator) {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	var check fault.Check
	for _, one := range []struct{ field, text string }{{"fr", fr}, {"en", en}} {
		if n := len([]rune(one.text)); strings.TrimSpace(one.text) == "" {
			check.Add(one.field, "error.required", nil)
		} else if n > maxNotice {
			check.Add(one.field, "error.text.long", fault.Args{"n": n, "longest": maxNotice})
		}
	}
	if err := check.Err(); err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			insert into consent_text (slug, version, fr, en, published_at, published_by)
			select @slug, @before + 1, @fr, @en, @now, nullif(@by, 0)
			where @before = (select max(version) from consent_text where slug = @slug)
			on conflict do nothing`,
			pgx.NamedArgs{"slug": privacy, "before": before, "fr": fr, "en": en, "now": d.Now(), "by": actor.Person})
		if err != nil {
			return fmt.Errorf("publish a privacy notice: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "privacy.stale", nil)
		}
		return Audit(ctx, tx, actor, "consent.publish", fmt.Sprintf("consent-text/%s", privacy), map[string]any{"version": before + 1})
	})
}

// Agree notes that the actor agreed to a version of the notice. It fails with NotFound for one that there is not.
func (d *Directory) Agree(ctx context.Context, actor Actor, version int) error {
	if actor.Person == 0 || actor.ReadOnly {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		var known bool
		err := tx.QueryRow(ctx, `
			with text as (select slug, version from consent_text where slug = @slug and version = @version),
			     given as (
			       insert into consent (person_id, slug, version, given_at) select @person, slug, version, @now from text on conflict do nothing)
			select exists (select from text)`,
			pgx.NamedArgs{"person": actor.Person, "slug": privacy, "version": version, "now": d.Now()}).Scan(&known)
		if err != nil {
			return fmt.Errorf("note the consent of person %d: %w", actor.Person, err)
		}
		if !known {
			return fault.Missing()
		}
		return nil
	})
}

// QueueConsent notes, as one of several statements, that who gives a contact with a report was told the notice in force. The report is an SQL expression.
func QueueConsent(b *pgx.Batch, report string, args pgx.NamedArgs, at time.Time) {
	with := pgx.NamedArgs{"consent_slug": privacy, "consent_at": at}
	for name, value := range args {
		with[name] = value
	}
	b.Queue(`
		insert into consent (report_id, slug, version, given_at)
		select `+report+`, @consent_slug, max(version), @consent_at from consent_text where slug = @consent_slug`, with)
}
