package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

const (
	jobsNumber = 15
	jobsFile   = "00015_mail.sql"
	// riverVersion is the version of River's schema that migration 15 makes. A later River that wants a later schema gets a migration of its own: what
	// a number has done stays what it does.
	riverVersion = 6
)

// jobs is migration 15: the tables of the job queue, which River's own migrator makes, and then those of the file. The migrator commits each of
// its versions apart (it adds a value to an enumeration and then uses it) and keeps its own account of them, so one that was interrupted is
// continued.
func jobs(pool *pgxpool.Pool) *goose.Migration {
	m := goose.NewGoMigration(jobsNumber, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		river, err := riverMigrator(pool)
		if err != nil {
			return err
		}
		if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: riverVersion}); err != nil {
			return fmt.Errorf("make the job queue: %w", err)
		}
		text, err := fs.ReadFile(files, "sql/"+jobsFile)
		if err == nil {
			_, err = tx.ExecContext(ctx, string(text))
		}
		return err
	}}, nil)
	m.Source = strings.TrimSuffix(jobsFile, ".sql") + ".go" // goose insists; named turns it back
	return m
}

// named gives the name of the file that a migration runs.
func named(source string) string {
	return strings.TrimSuffix(path.Base(source), path.Ext(source)) + ".sql"
}

func riverMigrator(pool *pgxpool.Pool) (*rivermigrate.Migrator[pgx.Tx], error) {
	return rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
}

// Fingerprint tells one schema from another, for those who keep a migrated database: a hash of all that the migrations run, River's part included.
func Fingerprint() (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(content), content)
		return err
	})
	if err != nil {
		return "", err
	}
	river, err := riverMigrator(nil)
	if err != nil {
		return "", err
	}
	for version := 1; version <= riverVersion; version++ {
		m, err := river.GetVersion(version)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(hash, "river %d %d\n%s", version, len(m.SQLUp), m.SQLUp)
	}
	return hex.EncodeToString(hash.Sum(nil)[:8]), nil
}
