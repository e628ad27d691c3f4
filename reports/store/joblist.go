package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"quartier/reports/fault"
)

// JobGroup is what a job's state means to people.
type JobGroup string

const (
	JobsWaiting  JobGroup = "waiting"
	JobsRunning  JobGroup = "running"
	JobsRetrying JobGroup = "retrying" // failed, and will be tried again
	JobsDead     JobGroup = "dead"     // failed for good, or discarded by an administrator
	JobsDone     JobGroup = "done"
)

// JobGroups are all groups, in the order of a job's life.
var JobGroups = []JobGroup{JobsWaiting, JobsRunning, JobsRetrying, JobsDead, JobsDone}

// states are River's states of each group.
var states = map[JobGroup][]rivertype.JobState{
	JobsWaiting:  {rivertype.JobStateAvailable, rivertype.JobStateScheduled, rivertype.JobStatePending},
	JobsRunning:  {rivertype.JobStateRunning},
	JobsRetrying: {rivertype.JobStateRetryable},
	JobsDead:     {rivertype.JobStateDiscarded, rivertype.JobStateCancelled},
	JobsDone:     {rivertype.JobStateCompleted},
}

// Job is a job as administrators see it.
type Job struct {
	ID          int64
	Kind        string
	Group       JobGroup
	Args        string // JSON
	Attempts    int    // so far
	MaxAttempts int
	Created     time.Time
	Next        time.Time // when it is due
	Ended       time.Time // zero: not yet
	Failures    []JobFailure
}

// JobFailure is an attempt that failed.
type JobFailure struct {
	At     time.Time `json:"at"`
	Reason string    `json:"error"`
}

// JobCounts tells how many jobs there are of each group.
func (db *DB) JobCounts(ctx context.Context) (map[JobGroup]int, error) {
	rows, err := db.Query(ctx, `select state::text, count(*) from river_job group by state`)
	if err != nil {
		return nil, Explain(fmt.Errorf("count the jobs: %w", err))
	}
	counts := map[JobGroup]int{}
	var state string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		counts[groupOf(state)] += n
		return nil
	})
	return counts, Explain(err)
}

func groupOf(state string) JobGroup {
	for group, list := range states {
		for _, s := range list {
			if string(s) == state {
				return group
			}
		}
	}
	return JobsWaiting
}

// Jobs lists jobs of a group, the newest first: at most so many, of those older than the job before (0: all).
func (db *DB) Jobs(ctx context.Context, group JobGroup, before int64, limit int) ([]Job, error) {
	rows, err := db.Query(ctx, `
		select id, kind, state::text, args::text, attempt, max_attempts, created_at, scheduled_at, finalized_at,
		       array_to_json(errors)
		from river_job
		where state = any(@states::text[]::river_job_state[]) and (@before = 0 or id < @before)
		order by id desc
		limit @limit`,
		pgx.NamedArgs{"states": states[group], "before": before, "limit": limit})
	if err != nil {
		return nil, Explain(fmt.Errorf("list the jobs: %w", err))
	}
	list, err := pgx.CollectRows(rows, jobRow)
	return list, Explain(err)
}

func jobRow(row pgx.CollectableRow) (Job, error) {
	var j Job
	var state string
	var failures []byte
	err := row.Scan(&j.ID, &j.Kind, &state, &j.Args, &j.Attempts, &j.MaxAttempts, &j.Created, &j.Next, (*zeronull.Timestamptz)(&j.Ended), &failures)
	if err == nil && failures != nil {
		err = json.Unmarshal(failures, &j.Failures)
	}
	j.Group = groupOf(state)
	return j, err
}

// RetryJob has a job tried again at once, also one that has failed for good. One that is running or done stays as it is.
func RetryJob(ctx context.Context, tx pgx.Tx, id int64) error {
	job, err := enqueuer.JobGetTx(ctx, tx, id)
	if err == nil && job.State != rivertype.JobStateCompleted {
		_, err = enqueuer.JobRetryTx(ctx, tx, id)
	}
	return ofJob(err, "retry", id)
}

// DiscardJob gives a job up: one that waits, runs or is tried again fails for good; one that has failed for good is removed. One that is done stays.
func DiscardJob(ctx context.Context, tx pgx.Tx, id int64) error {
	job, err := enqueuer.JobGetTx(ctx, tx, id)
	switch {
	case err != nil || job.State == rivertype.JobStateCompleted:
	case groupOf(string(job.State)) == JobsDead:
		_, err = enqueuer.JobDeleteTx(ctx, tx, id)
	default:
		_, err = enqueuer.JobCancelTx(ctx, tx, id)
	}
	return ofJob(err, "discard", id)
}

// ofJob explains what went wrong with a job.
func ofJob(err error, did string, id int64) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, river.ErrNotFound):
		return fault.Missing()
	}
	return fmt.Errorf("%s the job %d: %w", did, id, err)
}
