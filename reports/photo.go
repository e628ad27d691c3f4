package reports

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/media"
)

// Photo gives a photo by the permission rule: it is seen exactly as its report is, or as the entry of a timeline that it belongs to, and by its owner alone until
// it belongs to one. public tells whether everybody sees it now.
func (r *Register) Photo(ctx context.Context, actor account.Actor, owner media.Owner, id media.ID) (p media.Photo, public bool, err error) {
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		p, public, err = media.Find(ctx, tx, id, owner, seenBy(actor), seenBy(account.Anonymous))
		return err
	})
	return p, public, err
}

// seenBy is the permission rule of what a photo belongs to: a report; or a public entry of one, which moderators have not taken away. They see it all the same, and
// while it waits for them.
func seenBy(actor account.Actor) string {
	entry := "t.public and t.redacted_at is null"
	if actor.Has(account.RoleModerator) {
		entry = fmt.Sprintf("(%s or t.doubts <> '{}' or t.redacted_at is not null)", entry)
	}
	return `(m.kind = '` + Kind + `' and exists (select from report r where r.id = m.item_id and ` + actor.OwnSQL("r") + `)
		or m.kind = '` + KindUpdate + `' and exists (
			select from timeline t join report r on r.id = t.item_id
			where t.id = m.item_id and t.kind = '` + Kind + `' and ` + entry + ` and ` + actor.OwnSQL("r") + `))`
}

// Photos gives the photos of some reports, by their numbers. Who asks has been given these reports.
func (r *Register) Photos(ctx context.Context, ids ...int64) (map[int64][]media.Photo, error) {
	return media.Of(ctx, r.DB, Kind, ids...)
}
