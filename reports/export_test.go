package reports

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
)

// ExplainList gives PostgreSQL's plan of the query that List runs.
func (r *Register) ExplainList(ctx context.Context, actor account.Actor, f Filter, p Page) (string, error) {
	sql, args, err := listQuery(actor, f, p)
	if err != nil {
		return "", err
	}
	rows, err := r.DB.Query(ctx, "explain "+sql, args)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}

// ExplainSimilar gives PostgreSQL's plan of the query that Similar runs for a category with a radius.
func (r *Register) ExplainSimilar(ctx context.Context, actor account.Actor, a Alike, radius float64) (string, error) {
	rows, err := r.DB.Query(ctx, "explain "+similarSQL(actor), similarArgs(a, 1, 0, radius))
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}
