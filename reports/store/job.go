package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Times and numbers of the job queue.
const (
	// jobAtMost is how long one attempt of a job may take, unless its worker says otherwise. None may be without a limit.
	jobAtMost = time.Minute
	// rescueAfter is when a job whose node has died is tried again, by any node.
	rescueAfter = 5 * time.Minute
	// deadKept is for how long jobs that failed for good are kept for an administrator to see.
	deadKept = 90 * 24 * time.Hour
	// doneKept is for how long jobs that are done are kept.
	doneKept = 24 * time.Hour
	// jobsAtOnce is how many jobs of the ordinary queue a node works at the same time. Each holds a connection now and then.
	jobsAtOnce = 4
)

// enqueuer writes jobs through the transactions that it is given; it has no connection of its own.
var enqueuer = func() *river.Client[pgx.Tx] {
	c, err := river.NewClient(riverpgxv5.New(nil), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		panic(err) // the configuration above is wrong
	}
	return c
}()

// Enqueue writes a job in the caller's transaction: it is worked after the commit, at least once, by any node, and tried again with growing pauses
// when it fails. Arguments name things by their ids and hold no personal data: they are kept, shown to administrators, and never erased on request.
// How often a kind is tried, and in which queue, its arguments say by river.JobArgsWithInsertOpts.
func Enqueue(ctx context.Context, tx pgx.Tx, args river.JobArgs) error {
	if _, err := enqueuer.InsertTx(ctx, tx, args, nil); err != nil {
		return fmt.Errorf("enqueue a job %s: %w", args.Kind(), err)
	}
	return nil
}

// Complete ends a job in the transaction of what it has done, so that neither is kept without the other.
func Complete[T river.JobArgs](ctx context.Context, tx pgx.Tx, job *river.Job[T]) error {
	if _, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job); err != nil {
		return fmt.Errorf("complete a job %s: %w", job.Kind, err)
	}
	return nil
}

// Jobs is what a node does of the job queue: which kinds it works, and what it begins by itself from time to time. Fill it by Work, Queue and Every,
// then Start it. Any number of nodes may; one of them, the leader, begins what is periodic and tidies up.
//
// An error that a worker returns is kept with the job and logged: it must name no person.
type Jobs struct {
	workers  *river.Workers
	queues   map[string]river.QueueConfig
	periodic []*river.PeriodicJob
	client   *river.Client[pgx.Tx]
}

// NewJobs makes a node's share of the job queue, empty.
func NewJobs() *Jobs {
	return &Jobs{workers: river.NewWorkers(), queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: jobsAtOnce}}}
}

// Work has jobs of a kind done by a worker. It panics if the kind has one.
func Work[T river.JobArgs](j *Jobs, w river.Worker[T]) { river.AddWorker(j.workers, w) }

// Queue takes jobs of a queue beside the ordinary one, so many at a time. Jobs of a queue that no node takes wait.
func (j *Jobs) Queue(name string, atOnce int) { j.queues[name] = river.QueueConfig{MaxWorkers: atOnce} }

// Every begins a job once in each interval, by whichever node leads, and soon after the start.
func (j *Jobs) Every(interval time.Duration, args river.JobArgs) {
	// Unique within the interval: a new leader begins by starting everything.
	opts := &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: interval}}
	j.periodic = append(j.periodic, river.NewPeriodicJob(river.PeriodicInterval(interval),
		func() (river.JobArgs, *river.InsertOpts) { return args, opts }, &river.PeriodicJobOpts{RunOnStart: true}))
}

// Start works jobs until Stop. It fails when the database does not answer.
func (j *Jobs) Start(db *DB, log *slog.Logger) error {
	c := river.Config{
		Workers:                     j.workers,
		Queues:                      j.queues,
		PeriodicJobs:                j.periodic,
		Logger:                      slog.New(warnings{log.Handler()}),
		JobTimeout:                  jobAtMost,
		RescueStuckJobsAfter:        rescueAfter,
		CompletedJobRetentionPeriod: doneKept,
		CancelledJobRetentionPeriod: deadKept,
		DiscardedJobRetentionPeriod: deadKept,
	}
	var err error
	if j.client, err = river.NewClient(riverpgxv5.New(db.Pool), &c); err != nil {
		return fmt.Errorf("set up the job queue: %w", err)
	}
	if err := j.client.Start(context.Background()); err != nil {
		return Explain(fmt.Errorf("start the job queue: %w", err))
	}
	return nil
}

// Stop takes no more jobs and lets those under way finish until the context ends. Then they are broken off, and count as failed once.
func (j *Jobs) Stop(ctx context.Context) error {
	err := j.client.Stop(ctx)
	if err == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	last, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return j.client.StopAndCancel(last)
}

// warnings is a handler that lets nothing below a warning pass: River tells of every start and of each of its rounds.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}
