// Package migrations is the database schema of Quartier: numbered SQL files, embedded in the binary and applied by goose at start. The tables of
// the job queue are River's, whose own migrator makes them within one of the numbers: job.go.
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

// files holds the migrations, in the folder sql.
//
//go:embed sql/*.sql
var files embed.FS

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
			applied = append(applied, named(r.Source.Path))
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
	var begun bool
	if err := pool.QueryRow(ctx, `select to_regclass('goose_db_version') is not null`).Scan(&begun); err != nil {
		return nil, fmt.Errorf("read the state of the migrations: %w", err)
	}
	var list []Status
	if !begun { // goose would make its table
		names, err := fs.Glob(files, "sql/*.sql")
		for _, name := range names {
			list = append(list, Status{Name: named(name)})
		}
		return list, err
	}
	err := with(pool, func(p *goose.Provider) error {
		states, err := p.Status(ctx)
		for _, s := range states {
			list = append(list, Status{Name: named(s.Source.Path), Applied: s.AppliedAt})
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
	sub, err := fs.Sub(files, "sql")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	// Connections of our own: changing a large table takes longer than any statement of the service may.
	config := pool.Config()
	config.ConnConfig.RuntimeParams["statement_timeout"] = "0"
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	patient, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return err
	}
	defer patient.Close()
	var db *sql.DB = stdlib.OpenDBFromPool(patient)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, sub, goose.WithSessionLocker(locker),
		goose.WithExcludeNames([]string{jobsFile}), goose.WithGoMigrations(jobs(patient)))
	if err != nil {
		return err
	}
	return do(provider)
}
