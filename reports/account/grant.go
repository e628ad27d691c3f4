package account

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store"
)

// queueGrants asks, as one of several questions that are sent together, for the grants of the person that an SQL expression over @key names. Categories come
// with those below them.
func queueGrants(b *pgx.Batch, person string, key any, list *[]Grant) {
	b.Queue(`
		select g.id, g.role, g.service_ids, g.zone_ids,
		       array(select unnest(g.category_ids) union select c.id from category c where c.parent_id = any(g.category_ids) order by 1)
		from role_grant g
		where g.person_id = `+person+`
		order by g.id`, pgx.NamedArgs{"key": key}).Query(func(rows pgx.Rows) (err error) {
		*list, err = pgx.CollectRows(rows, grantRow)
		return err
	})
}

func grantRow(row pgx.CollectableRow) (Grant, error) {
	var g Grant
	err := row.Scan(&g.ID, &g.Role, &g.Services, &g.Zones, &g.Categories)
	slices.Sort(g.Services)
	slices.Sort(g.Zones)
	return g, err
}

// Grants gives what a person is granted.
func (d *Directory) Grants(ctx context.Context, person int64) (list []Grant, err error) {
	var ask pgx.Batch
	queueGrants(&ask, "@key::bigint", person, &list)
	if err := d.DB.SendBatch(ctx, &ask).Close(); err != nil {
		return nil, store.Explain(fmt.Errorf("read the grants of person %d: %w", person, err))
	}
	return list, nil
}

// Grant gives a person a role, and notes it in the audit. The same grant twice is one. It fails with Forbidden for who is no administrator, with Invalid for a
// role that cannot be granted or limits where it has none.
func (d *Directory) Grant(ctx context.Context, actor Actor, person int64, g Grant) error {
	if err := actor.MayAdminister(); err != nil {
		return err
	}
	if !slices.Contains(StaffRoles, g.Role) {
		return fault.In("role", "error.role", nil)
	}
	if g.Role != RoleAgent && g.Role != RoleAnalyst && len(g.Services)+len(g.Categories)+len(g.Zones) > 0 {
		return fault.In("role", "error.role.limits", nil)
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		if _, err := readPerson(ctx, tx, `p.id = @id`, pgx.NamedArgs{"id": person}); err != nil {
			return err
		}
		if err := checkLimits(ctx, tx, g); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			insert into role_grant (person_id, role, service_ids, category_ids, zone_ids, granted_at, granted_by)
			values (@person, @role, @services, @categories, @zones, @now, nullif(@by, 0))
			on conflict do nothing`,
			pgx.NamedArgs{"person": person, "role": g.Role, "services": ids(g.Services), "categories": ids(g.Categories), "zones": ids(g.Zones),
				"now": d.Now(), "by": actor.Person})
		if err != nil {
			return fmt.Errorf("grant a role to person %d: %w", person, err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
		return Audit(ctx, tx, actor, "role.grant", subject(person), map[string]any{
			"role": g.Role, "services": ids(g.Services), "categories": ids(g.Categories), "zones": ids(g.Zones)})
	})
}

// checkLimits fails with Invalid for services, categories or zones that there are not.
func checkLimits(ctx context.Context, tx pgx.Tx, g Grant) error {
	var services, categories, zones bool
	err := tx.QueryRow(ctx, `
		select @services::integer[] <@ array(select id from service),
		       @categories::integer[] <@ array(select id from category),
		       not exists (select from unnest(@zones::integer[]) one where not exists (select from zone where id = one))`,
		pgx.NamedArgs{"services": ids(g.Services), "categories": ids(g.Categories), "zones": ids(g.Zones)}).Scan(&services, &categories, &zones)
	if err != nil {
		return fmt.Errorf("check the limits of a role: %w", err)
	}
	var check fault.Check
	for field, there := range map[string]bool{"services": services, "categories": categories, "zones": zones} {
		if !there {
			check.Add(field, "error.choice", nil)
		}
	}
	return check.Err()
}

// Withdraw takes a grant from a person, and notes it in the audit. The last administrator keeps the role: nobody could give it back.
func (d *Directory) Withdraw(ctx context.Context, actor Actor, person, grant int64) error {
	if err := actor.MayAdminister(); err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		var role Role
		// All who take this away wait for each other, so that two do not take the last two at once.
		_, err := tx.Exec(ctx, `select from role_grant where role = 'administrator' for update`)
		if err == nil {
			err = tx.QueryRow(ctx, `delete from role_grant where id = @grant and person_id = @person returning role`,
				pgx.NamedArgs{"grant": grant, "person": person}).Scan(&role)
		}
		if err != nil {
			return fmt.Errorf("withdraw a role of person %d: %w", person, err)
		}
		if role == RoleAdministrator {
			if err := keepsAdministrator(ctx, tx); err != nil {
				return err
			}
		}
		return Audit(ctx, tx, actor, "role.withdraw", subject(person), map[string]any{"role": role})
	})
}

// keepsAdministrator fails with Conflict if nobody is left who can sign in as an administrator.
func keepsAdministrator(ctx context.Context, tx pgx.Tx) error {
	var left bool
	err := tx.QueryRow(ctx, `
		select exists (
			select from role_grant g
			join person p on p.id = g.person_id
			where g.role = 'administrator' and p.blocked_at is null and p.erased_at is null)`).Scan(&left)
	if err != nil {
		return fmt.Errorf("look for administrators: %w", err)
	}
	if !left {
		return fault.New(fault.Conflict, "error.last_administrator", nil)
	}
	return nil
}

// subject names a person in the audit.
func subject(person int64) string { return fmt.Sprintf("person/%d", person) }

// ids gives a sorted list without repeats, never nil.
func ids(list []int32) []int32 {
	list = append([]int32{}, list...)
	slices.Sort(list)
	return slices.Compact(list)
}
