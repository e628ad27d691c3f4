package importing

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"

	"quartier/reports/fault"
)

// refusedRow is a record that was refused.
type refusedRow struct {
	nth    int
	reason string
	detail string
}

// writeRefused writes the refused rows of the import, if there are any.
func (j *job) writeRefused(ctx context.Context) error {
	if j.summary.Refused == 0 {
		return nil
	}
	rows, err := j.conn.Query(ctx, `select nth, reason, coalesce(detail, '') from import_row where verdict = 'refused' order by nth`)
	if err != nil {
		return fmt.Errorf("list the refused rows: %w", err)
	}
	defer rows.Close()
	next := func() (refusedRow, error) {
		if !rows.Next() {
			if err := rows.Err(); err != nil {
				return refusedRow{}, err
			}
			return refusedRow{}, io.EOF
		}
		var r refusedRow
		return r, rows.Scan(&r.nth, &r.reason, &r.detail)
	}
	return writeRefused(j.file, j.parser.parser, &j.o, next)
}

// writeRefused writes a CSV file with line, reason, its sentence, what it is about, and the record itself, for every refused row, in the order of the
// file, which is read a second time for that: so a row can be found, put right and imported again.
func writeRefused(f *File, p *parser, o *Options, next func() (refusedRow, error)) (err error) {
	records, err := openRecords(f, p.columns, o.Mapping.Records)
	if err != nil {
		return err
	}
	out, err := os.Create(o.Refused)
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Word: "import.refused_file", Args: fault.Args{"file": o.Refused, "cause": cause(err)}, Cause: err}
	}
	defer func() {
		if closed := out.Close(); err == nil && closed != nil {
			err = &fault.Error{Kind: fault.Invalid, Word: "import.refused_file", Args: fault.Args{"file": o.Refused, "cause": cause(closed)}, Cause: closed}
		}
	}()
	w := csv.NewWriter(out)
	if err := w.Write([]string{"line", "reason", "sentence", "detail", "raw"}); err != nil {
		return err
	}
	r := record{values: make([]string, len(p.columns))}
	for nth := 0; ; {
		refused, err := next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("list the refused rows: %w", err)
		}
		for ; nth < refused.nth; nth++ {
			if err := records.next(&r); err != nil {
				return fmt.Errorf("read %s again: %w", f.Name, err)
			}
		}
		sentence := refused.reason
		if o.Explain != nil {
			sentence = o.Explain(refused.reason)
		}
		if err := w.Write([]string{strconv.Itoa(r.line), refused.reason, sentence, refused.detail, printable(records.raw())}); err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return &fault.Error{Kind: fault.Invalid, Word: "import.refused_file", Args: fault.Args{"file": o.Refused, "cause": cause(err)}, Cause: err}
	}
	return nil
}
