package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

type sweep struct {
	Street int `json:"street"`
}

func (sweep) Kind() string { return "sweep" }

func (sweep) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 4} }

// sweeper does what its function says.
type sweeper struct {
	river.WorkerDefaults[sweep]
	do func(ctx context.Context, job *river.Job[sweep]) error
}

func (s *sweeper) Work(ctx context.Context, job *river.Job[sweep]) error { return s.do(ctx, job) }

// NextRetry comes at once: the pauses are River's, and tried by it.
func (s *sweeper) NextRetry(*river.Job[sweep]) time.Time { return time.Now() }

// node starts a node that works jobs until the test ends.
func node(t *testing.T, db *store.DB, do func(ctx context.Context, job *river.Job[sweep]) error) *store.Jobs {
	t.Helper()
	j := store.NewJobs()
	store.Work(j, &sweeper{do: do})
	if err := j.Start(db, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = j.Stop(ctx)
	})
	return j
}

func enqueue(t *testing.T, db *store.DB, streets ...int) {
	t.Helper()
	err := db.Write(t.Context(), func(tx pgx.Tx) error {
		for _, s := range streets {
			if err := store.Enqueue(t.Context(), tx, sweep{s}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// await waits until a query answers true.
func await(t *testing.T, db *store.DB, what, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		var yes bool
		if err := db.QueryRow(ctx, query).Scan(&yes); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if yes {
			return
		}
	}
}

// What was committed is done once, by one of the nodes; what was not, never.
func TestJobs(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var swept [101]atomic.Int32
	for range 2 {
		node(t, db, func(_ context.Context, job *river.Job[sweep]) error {
			swept[job.Args.Street].Add(1)
			return nil
		})
	}
	failed := errors.New("no")
	err := db.Write(t.Context(), func(tx pgx.Tx) error {
		if err := store.Enqueue(t.Context(), tx, sweep{0}); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	var streets []int
	for s := range 100 {
		streets = append(streets, s+1)
	}
	enqueue(t, db, streets...)
	await(t, db, "all is done", `select count(*) = 100 from river_job where state = 'completed'`)
	for s := range swept {
		want := int32(1)
		if s == 0 {
			want = 0
		}
		if got := swept[s].Load(); got != want {
			t.Errorf("street %d was swept %d times", s, got)
		}
	}
}

// A job that fails is tried again, and one that fails for good stays to be seen, with its reasons.
func TestJobsThatFail(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	node(t, db, func(_ context.Context, job *river.Job[sweep]) error {
		if job.Args.Street == 1 && job.Attempt == 3 {
			return nil
		}
		return fmt.Errorf("the broom broke at attempt %d", job.Attempt)
	})
	enqueue(t, db, 1, 2)
	await(t, db, "both have an end", `select count(*) = 2 from river_job where finalized_at is not null`)
	var state, first string
	var tries int
	err := db.QueryRow(t.Context(), `select state, attempt, errors[1]->>'error' from river_job where args->>'street' = '2'`).Scan(&state, &tries, &first)
	if err != nil || state != "discarded" || tries != 4 || first != "the broom broke at attempt 1" {
		t.Errorf("a job that always fails is %s after %d attempts, first: %q, %v", state, tries, first, err)
	}
	if err := db.QueryRow(t.Context(), `select state, attempt from river_job where args->>'street' = '1'`).Scan(&state, &tries); err != nil || state != "completed" || tries != 3 {
		t.Errorf("a job that fails twice is %s after %d attempts, %v", state, tries, err)
	}
}

// A node that stops finishes what it does; what does not finish in time is broken off, and left for another.
func TestStopOfJobs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		finishes bool
		state    string
	}{{"in time", true, "completed"}, {"not in time", false, "retryable"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := storetest.New(t)
			begun, end := make(chan struct{}), make(chan struct{})
			j := store.NewJobs()
			store.Work(j, &stubborn{begun: begun, end: end})
			if err := j.Start(db, slog.New(slog.DiscardHandler)); err != nil {
				t.Fatal(err)
			}
			enqueue(t, db, 1)
			<-begun
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.finishes {
				close(end)
			} else {
				cancel()
			}
			if err := j.Stop(ctx); err != nil {
				t.Error(err)
			}
			await(t, db, "the job is "+c.state, fmt.Sprintf(`select state = '%s' from river_job`, c.state))
		})
	}
}

// stubborn works until it is let go, or broken off.
type stubborn struct {
	river.WorkerDefaults[sweep]
	begun, end chan struct{}
}

func (s *stubborn) Work(ctx context.Context, _ *river.Job[sweep]) error {
	close(s.begun)
	select {
	case <-s.end:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// NextRetry is not now: the test looks at what the node left.
func (s *stubborn) NextRetry(*river.Job[sweep]) time.Time { return time.Now().Add(time.Hour) }

type polish struct{}

func (polish) Kind() string { return "polish" }

// What is periodic is begun once for all nodes, though each begins by starting everything when it leads.
func TestPeriodicJobs(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	const year = 365 * 24 * time.Hour
	for round := range 2 {
		j := store.NewJobs()
		store.Work(j, &sweeper{do: func(context.Context, *river.Job[sweep]) error { return nil }})
		store.Work(j, river.WorkFunc(func(context.Context, *river.Job[polish]) error { return nil }))
		j.Every(year, sweep{7})
		if round == 1 {
			j.Every(year, polish{}) // tells when the second node has come to it
		}
		if err := j.Start(db, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		await(t, db, "all was begun and done", fmt.Sprintf(`select count(*) > %d and every(state = 'completed') from river_job`, round))
		if err := j.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var sweeps int
	if err := db.QueryRow(t.Context(), `select count(*) from river_job where kind = 'sweep'`).Scan(&sweeps); err != nil || sweeps != 1 {
		t.Errorf("two nodes began it %d times, %v", sweeps, err)
	}
}

// River's rounds are not told; its troubles are.
func TestJobsTellOfTroubleOnly(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var text strings.Builder
	j := store.NewJobs()
	store.Work(j, &sweeper{do: func(context.Context, *river.Job[sweep]) error { panic("the broom flew away") }})
	if err := j.Start(db, slog.New(slog.NewTextHandler(&text, nil))); err != nil {
		t.Fatal(err)
	}
	enqueue(t, db, 1)
	await(t, db, "it failed", `select count(*) = 1 from river_job where errors is not null`)
	if err := j.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if strings.Contains(line, "level=INFO") {
			t.Errorf("told: %s", line)
		}
	}
	if !strings.Contains(text.String(), "the broom flew away") {
		t.Error("a panic was not told")
	}
}
