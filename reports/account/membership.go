package account

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
)

// Membership is a person's place in a group.
type Membership struct {
	Group string // its name
	Lead  bool   // may speak and admit for it
}

// Memberships gives the groups that a person is in, by name.
func (d *Directory) Memberships(ctx context.Context, actor Actor) ([]Membership, error) {
	rows, err := d.DB.Query(ctx, `
		select g.name, m.lead from group_member m join person_group g on g.id = m.group_id
		where m.person_id = @person order by g.name, g.id`, pgx.NamedArgs{"person": actor.Person})
	if err != nil {
		return nil, store.Explain(fmt.Errorf("list the groups of person %d: %w", actor.Person, err))
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Membership])
}
