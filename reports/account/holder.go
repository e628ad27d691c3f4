package account

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Subject is whom personal data is about: an account and its address. Only an address that was proved counts: who types another's into a form reads and
// erases nothing of theirs.
type Subject struct {
	Person int64
	Email  string // in its kept form; empty: none that was proved
}

// Section is a part of what is known about somebody, as a table.
type Section struct {
	Name    string   // word of the catalogue after data.section
	Columns []string // words of the catalogue after data.column
	Rows    [][]any  // texts, numbers, times, lists of texts; nil: nothing
}

// Holder is a room of the house that keeps personal data. Each gives all that it has about somebody, and erases it, in a transaction of the caller's; files
// go after the commit, by a job. What a holder forgets, the search in cmd/quartier/erasure_test.go finds: it looks into every column of every table.
type Holder interface {
	Export(ctx context.Context, tx pgx.Tx, s Subject) ([]Section, error)
	Erase(ctx context.Context, tx pgx.Tx, s Subject) error
}

// Ask gives a query's answer as a section whose columns are the query's.
func Ask(ctx context.Context, tx pgx.Tx, name, sql string, args pgx.NamedArgs) (Section, error) {
	rows, err := tx.Query(ctx, sql, args)
	if err != nil {
		return Section{}, fmt.Errorf("gather %s: %w", name, err)
	}
	s := Section{Name: name}
	for _, f := range rows.FieldDescriptions() {
		s.Columns = append(s.Columns, f.Name)
	}
	s.Rows, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if err != nil {
		return Section{}, fmt.Errorf("gather %s: %w", name, err)
	}
	return s, nil
}
