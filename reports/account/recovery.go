package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Codes on paper, for who has lost what makes the others: each works once.
const (
	recoveryCodes = 10
	// recoveryLetters are those of a code: 16 of 31 signs are 79 bits, so that a plain hash of it is enough.
	recoveryLetters = 16
	// recoverySigns are not mistaken for each other on paper.
	recoverySigns = "abcdefghjkmnpqrstuvwxyz23456789"
)

// newRecovery makes the person's codes for paper in the place of the old ones.
func newRecovery(ctx context.Context, tx pgx.Tx, person int64) ([]string, error) {
	var codes []string
	var digests [][]byte
	for range recoveryCodes {
		random := make([]byte, recoveryLetters)
		_, _ = rand.Read(random) // never fails (crypto/rand)
		var code strings.Builder
		for i, r := range random {
			if i > 0 && i%4 == 0 {
				code.WriteByte('-')
			}
			code.WriteByte(recoverySigns[int(r)%len(recoverySigns)])
		}
		codes, digests = append(codes, code.String()), append(digests, recoveryDigest(code.String()))
	}
	_, err := tx.Exec(ctx, `delete from recovery_code where person_id = @person`, pgx.NamedArgs{"person": person})
	if err == nil {
		_, err = tx.Exec(ctx, `insert into recovery_code (person_id, code_sha256) select @person, unnest(@codes::bytea[])`,
			pgx.NamedArgs{"person": person, "codes": digests})
	}
	if err != nil {
		return nil, fmt.Errorf("keep the recovery codes of person %d: %w", person, err)
	}
	return codes, nil
}

// tryRecovery uses a code from paper.
func (d *Directory) tryRecovery(ctx context.Context, tx pgx.Tx, person int64, code string) (bool, error) {
	tag, err := tx.Exec(ctx, `update recovery_code set used_at = @now where person_id = @person and code_sha256 = @code and used_at is null`,
		pgx.NamedArgs{"person": person, "code": recoveryDigest(code), "now": d.Now()})
	if err != nil {
		return false, fmt.Errorf("use a recovery code of person %d: %w", person, err)
	}
	return tag.RowsAffected() == 1, nil
}

// recoveryDigest is what is stored of a code, however it was typed.
func recoveryDigest(code string) []byte {
	return Digest(strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(code)))
}
