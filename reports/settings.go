package reports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/setting"
)

// SettingsStamp identifies what settings say: a form that was filled in on others is stale.
func SettingsStamp(s setting.Settings) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", s))
	return hex.EncodeToString(sum[:8])
}

// ChangeSettings stores the settings of the town, and notes in the audit which were others before. It fails with Conflict when they are not those any more of
// which the stamp was given.
func (r *Register) ChangeSettings(ctx context.Context, actor account.Actor, stamp string, s setting.Settings) error {
	if err := actor.MayAdminister(); err != nil {
		return err
	}
	var check fault.Check
	s.Town = check.Text("town", s.Town, MaxTitle, false)
	s.Contact = checkEmail(&check, "contact", s.Contact)
	if err := check.Err(); err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx pgx.Tx) error {
		// One change at a time: what is compared with the stamp is what is changed.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('quartier.setting'))`); err != nil {
			return fmt.Errorf("change the settings: %w", err)
		}
		now, err := setting.Load(ctx, tx)
		if err != nil {
			return err
		}
		if SettingsStamp(now) != stamp {
			return fault.Stale()
		}
		changed, err := setting.Change(ctx, tx, s)
		if err != nil || len(changed) == 0 {
			return err
		}
		slices.Sort(changed)
		return account.Audit(ctx, tx, actor, "settings.change", "setting", map[string]any{"changed": changed})
	})
}
