package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Token names one write: the epoch of the database and the transaction. A client that sends it back sees at least that write.
type Token struct {
	Epoch string
	XID   uint64
}

const tokenSQL = `select quartier_epoch(), pg_current_xact_id()::text::bigint`

// CurrentToken gives the token of the transaction that is being made.
func CurrentToken(ctx context.Context, tx pgx.Tx) (Token, error) {
	var t Token
	err := tx.QueryRow(ctx, tokenSQL).Scan(&t.Epoch, &t.XID)
	if err != nil {
		return Token{}, fmt.Errorf("name the transaction: %w", err)
	}
	return t, nil
}

// QueueToken is CurrentToken as one of several questions that are sent together.
func QueueToken(b *pgx.Batch, t *Token) {
	b.Queue(tokenSQL).QueryRow(func(row pgx.Row) error { return row.Scan(&t.Epoch, &t.XID) })
}

// String writes the token as opaque letters, fit for a header and an address.
func (t Token) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(t.Epoch + "." + strconv.FormatUint(t.XID, 10)))
}

// ParseToken reads what String wrote.
func ParseToken(s string) (Token, error) {
	const longest = 200
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(s) > longest {
		return Token{}, fmt.Errorf("%.20q is not a token", s)
	}
	epoch, number, found := strings.Cut(string(raw), ".")
	xid, err := strconv.ParseUint(number, 10, 64)
	if !found || epoch == "" || err != nil {
		return Token{}, fmt.Errorf("%.20q is not a token", s)
	}
	return Token{Epoch: epoch, XID: xid}, nil
}
