package importing

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"quartier/geo"
)

// Verdicts on a staged row; none: it is taken.
const (
	verdictSkip    = "skip"
	verdictTwice   = "twice"
	verdictKnown   = "known"
	verdictMoved   = "moved" // this import has stored it before it was interrupted
	verdictRefused = "refused"
)

// progressEvery is how many rows pass between two words about the progress.
const progressEvery = 1000

// stage copies the whole file into a temporary table, every row parsed and checked by itself.
func (j *job) stage(ctx context.Context) error {
	_, err := j.conn.Exec(ctx, `
		create temporary table import_row (
		  nth integer, line integer, verdict text, reason text, detail text,
		  external_id text, digest bytea, kind integer, service text, title text, description text, address text,
		  lon integer, lat integer, h3 bigint, status text,
		  created_at timestamptz, created_precision text, updated_at timestamptz, closed_at timestamptz, closed_precision text
		)`)
	if err != nil {
		return fmt.Errorf("make the staging table: %w", err)
	}
	records, err := openRecords(j.file, j.parser.columns, j.o.Mapping.Records)
	if err != nil {
		return err
	}
	s := &staging{job: j, records: records, record: record{values: make([]string, len(j.parser.columns))}, values: make([]any, len(stagedColumns))}
	_, err = j.conn.Conn().CopyFrom(ctx, pgx.Identifier{"import_row"}, stagedColumns, pgx.CopyFromFunc(s.next))
	if s.err != nil {
		return s.err // the file's own fault, without what the database makes of it
	}
	if err != nil {
		return fmt.Errorf("copy into the staging table: %w", err)
	}
	j.summary.Read = int64(s.nth)
	j.progress(StageRead, j.file.Size, j.file.Size)
	_, err = j.conn.Exec(ctx, `create unique index on import_row (nth); analyze import_row (nth, verdict, external_id, kind)`)
	if err != nil {
		return fmt.Errorf("index the staging table: %w", err)
	}
	return nil
}

var stagedColumns = []string{
	"nth", "line", "verdict", "reason", "detail", "external_id", "digest", "kind", "service", "title", "description", "address",
	"lon", "lat", "h3", "status", "created_at", "created_precision", "updated_at", "closed_at", "closed_precision",
}

// staging gives the rows to copy, one by one.
type staging struct {
	*job
	records reader
	record  record
	values  []any // reused: each row is encoded before the next is asked for
	nth     int32
	err     error
}

func (s *staging) next() ([]any, error) {
	err := s.records.next(&s.record)
	if err == io.EOF {
		return nil, nil
	}
	if err != nil {
		s.err = err
		return nil, err
	}
	s.nth++
	if s.nth%progressEvery == 0 {
		s.progress(StageRead, s.file.Passed(), s.file.Size)
	}
	clear(s.values)
	s.values[0], s.values[1] = s.nth, int32(s.record.line)
	row, skip, no := s.parser.parse(&s.record)
	switch {
	case skip:
		s.values[2] = verdictSkip
		return s.values, nil
	case no != nil:
		s.values[2], s.values[3], s.values[4] = verdictRefused, string(no.reason), storable(no.detail)
		return s.values, nil
	}
	v := s.values[5:]
	v[0], v[1], v[2], v[3] = pgtype.Text{String: row.externalID, Valid: row.externalID != ""}, row.digest[:], int32(row.kind), row.service
	v[4], v[5], v[6] = row.title, row.description, row.address
	v[7], v[8], v[9] = row.position.Lon, row.position.Lat, int64(geo.CellAt(row.position, geo.CellResolution))
	v[10], v[11], v[12] = row.status, row.created, row.createdPrecision
	v[13], v[14], v[15] = row.updated, optional(row.closed), row.closedPrecision
	return s.values, nil
}

func optional(t time.Time) pgtype.Timestamptz { return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()} }

// storable makes a text of the file fit for a column: PostgreSQL has no character 0.
func storable(text string) string {
	const longest = 200
	quoted := []rune(text)
	if len(quoted) > longest {
		text = string(quoted[:longest]) + "…"
	}
	for _, r := range text {
		if r == 0 || r == '\uFFFD' {
			return strconv.Quote(text)
		}
	}
	return text
}
