package reports

import (
	"context"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/media"
)

// Photo gives a photo by the permission rule: it is seen exactly as its report is, and by its owner alone until it belongs to one. public tells whether
// everybody sees it now.
func (r *Register) Photo(ctx context.Context, actor account.Actor, owner media.Owner, id media.ID) (p media.Photo, public bool, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		p, public, err = media.Find(ctx, tx, id, owner, Kind, seenBy(actor), seenBy(account.Anonymous))
		return err
	})
	return p, public, err
}

// seenBy is the permission rule of the report that a photo belongs to.
func seenBy(actor account.Actor) string {
	return `exists (select from report r where r.id = m.item_id and ` + actor.OwnSQL("r") + `)`
}

// Photos gives the photos of some reports, by their numbers. Who asks has been given these reports.
func (r *Register) Photos(ctx context.Context, ids ...int64) (map[int64][]media.Photo, error) {
	return media.Of(ctx, r.DB, Kind, ids...)
}
