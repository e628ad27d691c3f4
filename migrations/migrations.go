// Package migrations is the database schema of Quartier: numbered SQL files, embedded in the binary and applied by goose at start.
//
// An advisory lock makes nodes that start together take turns. Migrations only go forwards: a node is rolled back by restoring a backup, not
// by undoing the schema under the data (refused: down migrations, which are written with care and run, untested, on the worst day).
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Files holds the migrations, in the folder sql.
//
//go:embed sql/*.sql
var Files embed.FS

// Status tells of one migration whether and when it was applied.
type Status struct {
	Name    string
	Applied time.Time // zero: not yet
}

// Up applies what is missing. It returns the names of the migrations that it applied.
func Up(ctx context.Context, pool *pgxpool.Pool) ([]string, error) {
	var applied []string
	err := with(pool, func(p *goose.Provider) error {
		results, err := p.Up(ctx)
		for _, r := range results {
			applied = append(applied, r.Source.Path)
		}
		return err
	})
	if err != nil {
		return applied, fmt.Errorf("migrate the database: %w", err)
	}
	return applied, nil
}

// List tells of every migration, in order, whether it was applied. It changes nothing.
func List(ctx context.Context, pool *pgxpool.Pool) ([]Status, error) {
	var list []Status
	err := with(pool, func(p *goose.Provider) error {
		states, err := p.Status(ctx)
		for _, s := range states {
			list = append(list, Status{Name: s.Source.Path, Applied: s.AppliedAt})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the state of the migrations: %w", err)
	}
	return list, nil
}

// with lends a goose provider that works through connections of the pool.
func with(pool *pgxpool.Pool, do func(*goose.Provider) error) error {
	sub, err := fs.Sub(Files, "sql")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	var db *sql.DB = stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, sub, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	return do(provider)
}
