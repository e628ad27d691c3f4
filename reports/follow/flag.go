// Package follow is what people do about items that are not theirs: they flag them. It is keyed by kind and id, so that every kind of item has it for nothing;
// whether somebody may see an item its own package knows, which asks here within its transactions.
package follow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
)

// FlagReasons are what can be wrong with an item: personal data, an insult, the wrong place, spam, something illegal, or other.
var FlagReasons = []string{"personal", "insult", "place", "spam", "illegal", "other"}

// MaxFlagWords is the most characters that a flag says.
const MaxFlagWords = 1000

// Flag [alerte de modération] says that something is wrong with an item, or with an entry of its timeline.
type Flag struct {
	Kind   string
	Item   int64
	Entry  int64  // of the timeline; 0: the item itself
	Reason string // one of FlagReasons
	Words  string
	Person int64  // the account that flags; 0: none
	Device []byte // keyed digest of what tells the browser from others, where there is no account
	At     time.Time
}

// Check notes what is wrong with the reason; other things are told in words.
func (f *Flag) Check(check *fault.Check) {
	switch {
	case f.Reason == "":
		check.Add("reason", "error.required", nil)
	case !slices.Contains(FlagReasons, f.Reason):
		check.Add("reason", "error.flag.reason", nil)
	case f.Reason == "other" && f.Words == "" && !check.Has("words"):
		check.Add("words", "error.required", nil)
	}
}

// Raise stores a flag. The same person or browser flags a thing once until that is decided; again changes nothing and is told nothing.
func Raise(ctx context.Context, tx pgx.Tx, f Flag) error {
	device := f.Device
	if f.Person != 0 {
		device = nil
	}
	_, err := tx.Exec(ctx, `
		insert into flag (kind, item_id, entry_id, reason, words, person_id, device_sha256, created_at)
		values (@kind, @item, nullif(@entry::bigint, 0), @reason, @words, nullif(@person::bigint, 0), @device, @at)
		on conflict do nothing`,
		pgx.NamedArgs{"kind": f.Kind, "item": f.Item, "entry": f.Entry, "reason": f.Reason, "words": f.Words, "person": f.Person, "device": device, "at": f.At})
	if err != nil {
		return fmt.Errorf("flag %s %d: %w", f.Kind, f.Item, err)
	}
	return nil
}

// OpenFlags gives the flags of an item and of its entries that wait for a decision, oldest first, 200 at most. Who raised them is not told.
func OpenFlags(ctx context.Context, tx pgx.Tx, kind string, item int64) ([]Flag, error) {
	rows, err := tx.Query(ctx, `
		select kind, item_id, coalesce(entry_id, 0), reason, words, created_at
		from flag
		where kind = @kind and item_id = @item and decision_id is null
		order by created_at, id
		limit 200`, pgx.NamedArgs{"kind": kind, "item": item})
	if err != nil {
		return nil, fmt.Errorf("read the flags of %s %d: %w", kind, item, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Flag, error) {
		var f Flag
		err := row.Scan(&f.Kind, &f.Item, &f.Entry, &f.Reason, &f.Words, &f.At)
		return f, err
	})
}

// SettleFlags notes which decision the flags of an entry met; of entry 0: those of the item, and with all those of its entries too. From which browser they came
// is of no use any more.
func SettleFlags(ctx context.Context, tx pgx.Tx, kind string, item, entry int64, all bool, decision int64) error {
	_, err := tx.Exec(ctx, `
		update flag set decision_id = @decision, device_sha256 = null
		where kind = @kind and item_id = @item and decision_id is null and (coalesce(entry_id, 0) = @entry or @all)`,
		pgx.NamedArgs{"kind": kind, "item": item, "entry": entry, "all": all, "decision": decision})
	if err != nil {
		return fmt.Errorf("settle the flags of %s %d: %w", kind, item, err)
	}
	return nil
}
