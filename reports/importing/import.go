package importing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
)

// Options of an import.
type Options struct {
	Mapping *Mapping
	// Source, if not empty, takes the place of the mapping's: for mappings of a protocol that many cities speak.
	Source string
	// Refused is the file that refused rows are written to; it is made only if there are any.
	Refused string
	// Explain gives the sentence for a reason, in the language of who reads the refused rows. Nil: the reason's word.
	Explain func(reason string) string
	// Progress, if not nil, is told now and then how far a stage has come. It is called from one goroutine.
	Progress func(stage Stage, done, total int64)
	// Now is the clock: dates after it are refused.
	Now time.Time
}

// Stage is a part of an import that takes long.
type Stage string

// The stages of an import, in their order, and what their progress counts.
const (
	StageRead Stage = "read" // bytes of the file
	StageMove Stage = "move" // reports
)

// Summary says what an import did. Taken, Known, Twice, Skipped and Refused add up to Read.
type Summary struct {
	Import     int64            `json:"-"` // its number; 0: an import of addresses
	Resumed    bool             `json:"-"` // it continued an unfinished one
	Read       int64            `json:"read"`
	Taken      int64            `json:"taken"`
	Changed    int64            `json:"changed,omitempty"` // of the taken: addresses that were known, with other content
	Known      int64            `json:"known"`             // known with the same content: nothing was written
	Twice      int64            `json:"twice"`             // repeated within the file with the same content
	Skipped    int64            `json:"skipped"`           // of no interest, says the mapping
	Refused    int64            `json:"refused"`
	Reasons    map[string]int64 `json:"reasons,omitempty"` // of the refused
	Categories int              `json:"categories,omitempty"`
}

// ReasonsInOrder gives the reasons of the refused rows, the most frequent first.
func (s Summary) ReasonsInOrder() []string {
	return slices.SortedFunc(maps.Keys(s.Reasons), func(a, b string) int {
		if s.Reasons[a] != s.Reasons[b] {
			return int(s.Reasons[b] - s.Reasons[a])
		}
		if a < b {
			return -1
		}
		return 1
	})
}

// job is one import of reports on its way, on one connection: the lock, the staging table and what is found there belong to its session.
type job struct {
	db      *store.DB
	conn    *pgxpool.Conn
	actor   account.Actor
	file    *File
	o       Options
	source  string
	parser  *rowParser
	summary Summary
	located string // stamp of the zones that the staged positions were located in; "-": not yet
}

// Reports imports a file of reports. Nothing is stored before the whole file was read and checked; then batches are stored one by one. If it fails or
// is killed in between, the same call continues. A second import of the same source at the same time is refused with a Conflict.
func Reports(ctx context.Context, db *store.DB, actor account.Actor, f *File, o Options) (Summary, error) {
	if o.Mapping.Kind != KindReports {
		return Summary{}, fault.New(fault.Invalid, "import.mapping.kind", fault.Args{"name": o.Mapping.Name})
	}
	j := &job{db: db, actor: actor, file: f, o: o, source: o.source(), parser: newRowParser(o.Mapping, o.Now), located: "-"}
	if err := j.check(); err != nil {
		return Summary{}, err
	}
	if err := j.connect(ctx); err != nil {
		return Summary{}, store.Explain(err)
	}
	defer j.leave()
	for _, step := range []func(context.Context) error{j.stage, j.judge, j.begin, j.compare, j.move, j.writeRefused, j.finish} {
		if err := step(ctx); err != nil {
			return j.summary, store.Explain(err)
		}
	}
	return j.summary, nil
}

func (o *Options) source() string {
	if o.Source != "" {
		return o.Source
	}
	return o.Mapping.Source
}

func (j *job) check() error {
	if !sourceForm.MatchString(j.source) {
		return fault.In("source", "import.source", nil)
	}
	return nil
}

// connect takes a connection for the import alone, and the lock of its source.
func (j *job) connect(ctx context.Context) (err error) {
	if j.conn, err = j.db.Acquire(ctx); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	name := fnv.New32a()
	_, _ = name.Write([]byte(j.source)) // a hash takes all
	_, err = j.conn.Exec(ctx, `
		select set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false),
		       -- Sorting stays in memory; compiling queries takes longer than running them here.
		       set_config('jit', 'off', false), set_config('work_mem', '64MB', false),
		       set_config('lock_timeout', @patience, false)`, pgx.NamedArgs{"patience": patience})
	// Zones are found all over the table of places, which is to stay in memory. A connection that has had temporary tables keeps what it has: slower, no more.
	_, _ = j.conn.Exec(ctx, `set temp_buffers = '128MB'`)
	if err == nil {
		_, err = j.conn.Exec(ctx, `select pg_advisory_lock(hashtext('quartier.import'), @source)`, pgx.NamedArgs{"source": int32(name.Sum32())})
	}
	if err == nil {
		_, err = j.conn.Exec(ctx, `set lock_timeout = 0`)
	}
	if err == nil {
		return nil
	}
	j.leave()
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "55P03" { // lock_not_available
		return fault.New(fault.Conflict, "import.running", fault.Args{"source": j.source})
	}
	return fmt.Errorf("lock source %s: %w", j.source, err)
}

// patience is how long the lock of a source is waited for: the server notices only at the end of a batch that the program of an import was killed.
const patience = "5s"

// leave closes the connection, and with it the lock and the staging table.
func (j *job) leave() {
	if j.conn == nil {
		return
	}
	conn := j.conn.Hijack()
	j.conn = nil
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

func (j *job) progress(stage Stage, done, total int64) {
	if j.o.Progress != nil {
		j.o.Progress(stage, done, total)
	}
}

// begin finds the unfinished import of this file and mapping, or makes one.
func (j *job) begin(ctx context.Context) error {
	args := pgx.NamedArgs{"source": j.source, "name": j.file.Base(), "file": j.file.Sum[:], "mapping": j.o.Mapping.Name, "sum": j.o.Mapping.sum[:]}
	err := j.conn.QueryRow(ctx, `
		select id from import where source = @source and file_sha256 = @file and mapping_sha256 = @sum and state = 'moving'`, args).Scan(&j.summary.Import)
	if err == nil {
		j.summary.Resumed = true
		return nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("look for an unfinished import: %w", err)
	}
	err = j.conn.QueryRow(ctx, `
		insert into import (source, file_name, file_sha256, mapping_name, mapping_sha256)
		values (@source, @name, @file, @mapping, @sum)
		returning id`, args).Scan(&j.summary.Import)
	if err != nil {
		return fmt.Errorf("begin the import: %w", err)
	}
	return nil
}

// finish notes the counts and that the import is done.
func (j *job) finish(ctx context.Context) error {
	counts, err := json.Marshal(j.summary)
	if err != nil {
		return err
	}
	return j.db.WriteOn(ctx, j.conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			update import set state = 'done', finished_at = now(), counts = @counts where id = @id`,
			pgx.NamedArgs{"id": j.summary.Import, "counts": counts})
		if err != nil {
			return fmt.Errorf("finish the import: %w", err)
		}
		return account.Audit(ctx, tx, j.actor, "reports.import", fmt.Sprintf("import/%d", j.summary.Import), map[string]any{
			"source": j.source, "file": j.file.Base(), "mapping": j.o.Mapping.Name, "read": j.summary.Read, "taken": j.summary.Taken,
			"known": j.summary.Known, "twice": j.summary.Twice, "skipped": j.summary.Skipped, "refused": j.summary.Refused,
		})
	})
}
