package media

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"quartier/reports/store"
)

const (
	// sweepEvery is how often the store is swept.
	sweepEvery = time.Hour
	// sweepAtMost is how long that may take: every file is looked at.
	sweepAtMost = 15 * time.Minute
)

// Work registers the jobs of the store.
func (s *Store) Work(jobs *store.Jobs, log *slog.Logger) {
	store.Work(jobs, &clearing{store: s})
	store.Work(jobs, &sweeping{store: s, log: log})
	jobs.Every(sweepEvery, sweepArgs{})
}

// clearArgs ask to remove the files of photos that were erased.
type clearArgs struct{}

func (clearArgs) Kind() string { return "media_clear" }

type clearing struct {
	river.WorkerDefaults[clearArgs]
	store *Store
}

// Work clears once.
func (w *clearing) Work(ctx context.Context, _ *river.Job[clearArgs]) error {
	return w.store.clear(ctx)
}

// sweepArgs ask to sweep the store.
type sweepArgs struct{}

func (sweepArgs) Kind() string { return "media_sweep" }

type sweeping struct {
	river.WorkerDefaults[sweepArgs]
	store *Store
	log   *slog.Logger
}

// Timeout leaves time to look at every file.
func (w *sweeping) Timeout(*river.Job[sweepArgs]) time.Duration { return sweepAtMost }

// Work sweeps once, and tells if something is wrong that no sweep can mend.
func (w *sweeping) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	found, err := w.store.Sweep(ctx)
	if found.Missing > 0 || found.Strays > 0 {
		w.log.Warn("photos and their files do not agree", "photos without files", found.Missing, "files removed that were of no photo", found.Strays)
	}
	return err
}
