package account

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"golang.org/x/net/idna"

	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/store"
)

// Kinds of a Block.
const (
	BlockEmail   = "email"
	BlockDomain  = "domain"  // of e-mail addresses, with those below it
	BlockNetwork = "network" // CIDR, or one address
	BlockWord    = "word"    // blocks nobody: a report in which it stands waits for a moderator
)

// BlockKinds are all kinds.
var BlockKinds = []string{BlockEmail, BlockDomain, BlockNetwork, BlockWord}

// Bounds of a Block.
const (
	maxBlockReason = 500
	MaxBlockDays   = 3650
	minWord        = 3 // letters: shorter ones stand in too many good words' company
	// The largest networks that can be blocked, as lengths of their prefixes: a slip must not shut out everybody.
	widestIPv4 = 8
	widestIPv6 = 16
)

// Block shuts somebody out of filing, signing in and flagging, or makes a word suspicious.
type Block struct {
	ID        int64
	Kind      string // one of BlockKinds
	Value     string
	Reason    string // for moderators' eyes
	By        string // who made it: name, or address; empty: the account is gone
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
}

// blockValue gives the form of a value in which it is stored and compared; false: it is none of the kind.
func blockValue(kind, value string) (string, bool) {
	value = strings.TrimSpace(value)
	switch kind {
	case BlockEmail:
		return Email(value)
	case BlockDomain:
		domain, err := idna.Lookup.ToASCII(strings.TrimPrefix(value, "@"))
		return domain, err == nil && strings.Contains(domain, ".") && len(domain) <= maxEmail
	case BlockNetwork:
		p, err := netip.ParsePrefix(value)
		if err != nil {
			a, err := netip.ParseAddr(value)
			if err != nil || a.Zone() != "" {
				return "", false
			}
			p = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		}
		narrow := p.Bits() >= widestIPv6
		if p.Addr().Is4() {
			narrow = p.Bits() >= widestIPv4
		}
		return p.Masked().String(), narrow && !p.Addr().Is4In6()
	case BlockWord:
		word := language.Fold(value)
		return word, utf8.RuneCountInString(word) >= minWord && utf8.RuneCountInString(word) <= MaxName
	}
	return "", false
}

// AddBlock adds to the block list; the same again replaces reason and end. Days is for how long, 0 for ever. It fails with Forbidden for who is no moderator, with
// Invalid for a value that is none of its kind.
func (d *Directory) AddBlock(ctx context.Context, actor Actor, b Block, days int) error {
	if !mayBlock(actor) {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	var check fault.Check
	value, ok := blockValue(b.Kind, b.Value)
	if !ok {
		check.Add("value", "error.block.value", nil)
	}
	reason := check.Text("reason", b.Reason, maxBlockReason, true)
	if reason == "" && !check.Has("reason") {
		check.Add("reason", "error.required", nil)
	}
	if days < 0 || days > MaxBlockDays {
		check.Add("days", "error.block.days", fault.Args{"days": MaxBlockDays})
	}
	if err := check.Err(); err != nil {
		return err
	}
	now := d.Now()
	var end *time.Time
	if days > 0 {
		t := now.AddDate(0, 0, days)
		end = &t
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `
			insert into block (kind, value, reason, created_at, created_by, expires_at)
			values (@kind, @value, @reason, @now, nullif(@by::bigint, 0), @end)
			on conflict (kind, value) do update
			set reason = excluded.reason, created_at = excluded.created_at, created_by = excluded.created_by, expires_at = excluded.expires_at
			returning id`,
			pgx.NamedArgs{"kind": b.Kind, "value": value, "reason": reason, "now": now, "by": actor.Person, "end": end}).Scan(&id)
		if err != nil {
			return fmt.Errorf("add a block: %w", err)
		}
		return Audit(ctx, tx, actor, "block.add", fmt.Sprintf("block/%d", id), map[string]any{"kind": b.Kind, "days": days})
	})
}

// RemoveBlock takes from the block list. What is not on it, or no more, is off it.
func (d *Directory) RemoveBlock(ctx context.Context, actor Actor, id int64) error {
	if !mayBlock(actor) {
		return fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		var kind string
		err := tx.QueryRow(ctx, `delete from block where id = @id returning kind`, pgx.NamedArgs{"id": id}).Scan(&kind)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("remove block %d: %w", id, err)
		}
		return Audit(ctx, tx, actor, "block.remove", fmt.Sprintf("block/%d", id), map[string]any{"kind": kind})
	})
}

func mayBlock(actor Actor) bool { return actor.Has(RoleModerator) && !actor.ReadOnly }

// maxBlocks bounds what Blocks gives; a town that needs more needs another way.
const maxBlocks = 1000

// Blocks gives the block list, the latest first, also what has come to its end.
func (d *Directory) Blocks(ctx context.Context, actor Actor) ([]Block, error) {
	if !actor.Has(RoleModerator) {
		return nil, fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	rows, err := d.DB.Query(ctx, `
		select b.id, b.kind, b.value, b.reason, coalesce(nullif(p.name, ''), p.email, ''), b.created_at, coalesce(b.expires_at, 'epoch')
		from block b
		left join person p on p.id = b.created_by
		order by b.created_at desc, b.id desc
		limit @most`, pgx.NamedArgs{"most": maxBlocks})
	if err != nil {
		return nil, store.Explain(fmt.Errorf("list the blocks: %w", err))
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Block, error) {
		var b Block
		err := row.Scan(&b.ID, &b.Kind, &b.Value, &b.Reason, &b.By, &b.CreatedAt, &b.ExpiresAt)
		if b.ExpiresAt.Unix() == 0 {
			b.ExpiresAt = time.Time{}
		}
		return b, err
	})
}

// BlockList is what is blocked at a moment, ready to be asked. The nil list blocks nobody.
type BlockList struct {
	emails, domains map[string]bool
	networks        []netip.Prefix
	words           []string // each between spaces
}

// BlockList reads what is blocked now.
func (d *Directory) BlockList(ctx context.Context) (*BlockList, error) {
	rows, err := d.DB.Query(ctx, `select kind, value from block where expires_at is null or expires_at > @now`, pgx.NamedArgs{"now": d.Now()})
	if err != nil {
		return nil, store.Explain(fmt.Errorf("read the block list: %w", err))
	}
	l := &BlockList{emails: map[string]bool{}, domains: map[string]bool{}}
	var kind, value string
	_, err = pgx.ForEachRow(rows, []any{&kind, &value}, func() error {
		switch kind {
		case BlockEmail:
			l.emails[value] = true
		case BlockDomain:
			l.domains[value] = true
		case BlockNetwork:
			p, err := netip.ParsePrefix(value)
			if err != nil {
				return fmt.Errorf("block of a network: %w", err)
			}
			l.networks = append(l.networks, p)
		case BlockWord:
			l.words = append(l.words, " "+value+" ")
		}
		return nil
	})
	if err != nil {
		return nil, store.Explain(fmt.Errorf("read the block list: %w", err))
	}
	return l, nil
}

// Shuts tells whether somebody from a network, or with an e-mail address, is shut out. What is not known is the zero Addr, and "".
func (l *BlockList) Shuts(from netip.Addr, email string) bool {
	if l == nil {
		return false
	}
	for _, p := range l.networks {
		if p.Contains(from.Unmap()) {
			return true
		}
	}
	form, ok := Email(email)
	if !ok {
		return false
	}
	if l.emails[form] {
		return true
	}
	domain := form[strings.LastIndexByte(form, '@')+1:]
	for more := true; more; _, domain, more = strings.Cut(domain, ".") {
		if l.domains[domain] {
			return true
		}
	}
	return false
}

// HasWord tells whether one of the texts has a word, or several in a row, that are on the list.
func (l *BlockList) HasWord(texts ...string) bool {
	if l == nil || len(l.words) == 0 {
		return false
	}
	for _, text := range texts {
		folded := " " + language.Fold(text) + " "
		for _, word := range l.words {
			if strings.Contains(folded, word) {
				return true
			}
		}
	}
	return false
}
