package reports

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ServedArea [territoire] is where reports are taken. It is named by references, so that it follows new revisions of its zones.
type ServedArea struct {
	Name string   // for people
	Refs []string // slugs of zone sets, or zones as set/code
}

// holds tells whether one of the zones of a position belongs to the area.
func (a *ServedArea) holds(ctx context.Context, tx pgx.Tx, zones []int32) (bool, error) {
	var held bool
	err := tx.QueryRow(ctx, `
		select exists (
			select from zone z
			join zone_set s on s.id = z.zone_set_id
			where z.id = any(@zones) and (s.slug = any(@refs) or s.slug || '/' || z.code = any(@refs)))`,
		pgx.NamedArgs{"zones": zones, "refs": a.Refs}).Scan(&held)
	if err != nil {
		return false, fmt.Errorf("look into the served area: %w", err)
	}
	return held, nil
}
