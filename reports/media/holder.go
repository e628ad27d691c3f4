package media

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"quartier/reports/account"
	"quartier/reports/store"
)

// ofPerson is a condition: a person uploaded the photo, or somebody without an account did, for an item that is now known to be the person's.
const ofPerson = `(person_id = @person or person_id is null and kind = @kind and item_id = any(@items))`

// About gives the photos of a person, whose items of a kind these are.
func About(ctx context.Context, tx pgx.Tx, person int64, kind string, items []int64) (account.Section, error) {
	return account.Ask(ctx, tx, "photos", `
		select id as photo, item_id as report, created_at from media where state = 'ready' and `+ofPerson+` order by created_at, id`,
		pgx.NamedArgs{"person": person, "kind": kind, "items": items})
}

// EraseAbout erases the photos of a person, whose items of a kind these are, within a transaction. Their files go after the commit, by a job; were that lost,
// by the next Sweep.
func EraseAbout(ctx context.Context, tx pgx.Tx, person int64, kind string, items []int64) error {
	_, err := tx.Exec(ctx, eraseSQL+`where `+ofPerson, pgx.NamedArgs{"person": person, "kind": kind, "items": items})
	if err != nil {
		return fmt.Errorf("erase the photos of person %d: %w", person, err)
	}
	return store.Enqueue(ctx, tx, clearArgs{})
}

// sweepEvery is how often the store looks for what nobody needs.
const sweepEvery = 6 * time.Hour

// Work registers the jobs of a store.
func (s *Store) Work(jobs *store.Jobs) {
	store.Work(jobs, &clearing{store: s})
	store.Work(jobs, &sweeping{store: s})
	jobs.Every(sweepEvery, sweepArgs{})
}

// clearArgs ask for Clear.
type clearArgs struct{}

func (clearArgs) Kind() string { return "media_clear" }

type clearing struct {
	river.WorkerDefaults[clearArgs]
	store *Store
}

// Work clears once.
func (w *clearing) Work(ctx context.Context, _ *river.Job[clearArgs]) error {
	return w.store.Clear(ctx)
}

// sweepArgs ask for Sweep.
type sweepArgs struct{}

func (sweepArgs) Kind() string { return "media_sweep" }

type sweeping struct {
	river.WorkerDefaults[sweepArgs]
	store *Store
}

// Work sweeps once.
func (w *sweeping) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	_, err := w.store.Sweep(ctx)
	return err
}
