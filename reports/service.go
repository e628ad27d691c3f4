package reports

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/store"
)

// KindService is the word for services in the change log. A reader that sees it loads the catalogue again.
const KindService = "service"

// Limits of what a service or a category is called.
const (
	MaxCalled = 200 // characters of a name
	maxSlug   = 63  // letters, digits and hyphens
)

// ServiceEdit is a service as an administrator makes or changes it.
type ServiceEdit struct {
	ID             int32  // 0: a new one
	Slug           string // lasting; of a new one: empty, made of the French name
	NameFR, NameEN string
	Email          string // mailbox; empty: none
	Active         bool   // may be responsible
	Version        int    // of the state that is changed
}

const serviceEditSQL = `select id, slug, name_fr, name_en, email, active, version from service`

// Services gives all services by their French names.
func (r *Register) Services(ctx context.Context, actor account.Actor) (list []ServiceEdit, err error) {
	if err := actor.MayAdminister(); err != nil {
		return nil, err
	}
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, serviceEditSQL+` order by name_fr, id`)
		if err != nil {
			return fmt.Errorf("list the services: %w", err)
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ServiceEdit])
		return err
	})
	return list, err
}

// Service gives a service to be changed.
func (r *Register) Service(ctx context.Context, actor account.Actor, id int32) (e ServiceEdit, err error) {
	if err := actor.MayAdminister(); err != nil {
		return e, err
	}
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, serviceEditSQL+` where id = @id`, pgx.NamedArgs{"id": id})
		if err != nil {
			return fmt.Errorf("read service %d: %w", id, err)
		}
		e, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[ServiceEdit])
		return err
	})
	return e, err
}

// check checks a service and gives its texts in the form that is kept.
func (e *ServiceEdit) check() error {
	var check fault.Check
	e.NameFR = check.Required("name_fr", e.NameFR, MaxCalled)
	e.NameEN = check.Required("name_en", e.NameEN, MaxCalled)
	e.Email = checkEmail(&check, "email", e.Email)
	if e.ID == 0 {
		e.Slug = slugOf(&check, e.Slug, e.NameFR)
	}
	return check.Err()
}

// slugOf checks the slug of something new, or makes it of the name.
func slugOf(check *fault.Check, slug, name string) string {
	if slug == "" {
		return language.Slug(name, maxSlug)
	}
	if !slugForm.MatchString(slug) || len(slug) > maxSlug {
		check.Add("slug", "error.slug", nil)
	}
	return slug
}

// SaveService makes a service, or changes it, and gives its id. It fails with Invalid for what will not do, with Conflict when somebody else has changed it
// since its version.
func (r *Register) SaveService(ctx context.Context, actor account.Actor, e ServiceEdit) (id int32, err error) {
	if err := actor.MayAdminister(); err != nil {
		return 0, err
	}
	if err := e.check(); err != nil {
		return 0, err
	}
	args := pgx.NamedArgs{"id": e.ID, "slug": e.Slug, "fr": e.NameFR, "en": e.NameEN, "email": e.Email, "active": e.Active}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		action, sql := "service.make", `
			insert into service (slug, name_fr, name_en, email, active) values (@slug, @fr, @en, @email, @active)
			on conflict (slug) do nothing
			returning id, slug`
		if e.ID != 0 {
			if err := current(ctx, tx, "service", e.ID, e.Version); err != nil {
				return err
			}
			action, sql = "service.change", `
				update service set name_fr = @fr, name_en = @en, email = @email, active = @active, version = version + 1
				where id = @id
				returning id, slug`
		}
		if id, err = saved(ctx, tx, sql, args, &e.Slug); err != nil {
			return err
		}
		if err := store.Append(ctx, tx, store.Change{Kind: KindService, First: int64(id), Last: int64(id)}); err != nil {
			return err
		}
		return account.Audit(ctx, tx, actor, action, fmt.Sprintf("service/%d", id), map[string]any{"slug": e.Slug, "active": e.Active})
	})
	return id, err
}

// current locks a row of a table, service or category, and fails with Conflict if it is not in the state of a version any more.
func current(ctx context.Context, tx pgx.Tx, table string, id int32, version int) error {
	var now int
	if err := tx.QueryRow(ctx, `select version from `+table+` where id = @id for update`, pgx.NamedArgs{"id": id}).Scan(&now); err != nil {
		return fmt.Errorf("change %s %d: %w", table, id, err)
	}
	if now != version {
		return fault.Stale()
	}
	return nil
}

// saved runs a statement that stores something and returns its id and slug; none: the slug is taken.
func saved(ctx context.Context, tx pgx.Tx, sql string, args pgx.NamedArgs, slug *string) (id int32, err error) {
	rows, err := tx.Query(ctx, sql, args)
	if err == nil {
		_, err = pgx.ForEachRow(rows, []any{&id, slug}, func() error { return nil })
	}
	if err != nil {
		return 0, fmt.Errorf("store what an administrator changed: %w", err)
	}
	if id == 0 {
		return 0, fault.In("slug", "error.slug.taken", nil)
	}
	return id, nil
}
