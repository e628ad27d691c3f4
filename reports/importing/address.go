package importing

import (
	"context"
	"errors"
	"io"
	"slices"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/place"
	"quartier/reports/store"
)

// maxRefused is the most rows of a file of addresses that may be refused: the file is another than the mapping takes it for.
const maxRefused = 1_000_000

// Limits of the parts of an address, in characters.
const (
	maxHouse    = 20
	maxStreet   = 200
	maxPostcode = 20
	maxCity     = 100
)

// addresses gives the entries of a file, and keeps what is refused.
type addresses struct {
	parser  *parser
	records reader
	record  record
	refused []refusedRow
	read    int
	passed  func()
	err     error
}

// Addresses imports a file of addresses in one transaction: those that are known by their number in the source are replaced if they changed.
func Addresses(ctx context.Context, db *store.DB, actor account.Actor, f *File, o Options) (Summary, error) {
	if o.Mapping.Kind != KindAddresses {
		return Summary{}, fault.New(fault.Invalid, "import.mapping.kind", fault.Args{"name": o.Mapping.Name})
	}
	if !sourceForm.MatchString(o.source()) {
		return Summary{}, fault.In("source", "import.source", nil)
	}
	p := newParser(o.Mapping, o.Now)
	records, err := openRecords(f, p.columns, o.Mapping.Records)
	if err != nil {
		return Summary{}, err
	}
	a := &addresses{parser: p, records: records, record: record{values: make([]string, len(p.columns))}, passed: func() {}}
	if o.Progress != nil {
		a.passed = func() { o.Progress(StageRead, f.Passed(), f.Size) }
	}
	done, err := place.Import(ctx, db, actor, o.source(), a.next)
	if a.err != nil {
		return Summary{}, a.err
	}
	if err != nil {
		return Summary{}, err
	}
	for _, nth := range done.Refused {
		a.refused = append(a.refused, refusedRow{nth: nth, reason: string(reasonRepeated)})
	}
	slices.SortFunc(a.refused, func(x, y refusedRow) int { return x.nth - y.nth })
	s := Summary{Read: int64(a.read), Taken: done.Added + done.Changed, Changed: done.Changed, Known: done.Same, Twice: done.Twice, Refused: int64(len(a.refused))}
	if s.Refused == 0 {
		return s, nil
	}
	s.Reasons = map[string]int64{}
	for _, r := range a.refused {
		s.Reasons[r.reason]++
	}
	i := 0
	return s, writeRefused(f, p, &o, func() (refusedRow, error) {
		if i == len(a.refused) {
			return refusedRow{}, io.EOF
		}
		i++
		return a.refused[i-1], nil
	})
}

// next gives the next entry that is not refused.
func (a *addresses) next() (place.Entry, error) {
	for {
		err := a.records.next(&a.record)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				a.err = err
			}
			return place.Entry{}, err
		}
		a.read++
		if a.read%progressEvery == 0 {
			a.passed()
		}
		entry, no := a.entry()
		if no == nil {
			return entry, nil
		}
		a.refused = append(a.refused, refusedRow{a.read, string(no.reason), no.detail})
		if len(a.refused) > maxRefused {
			a.err = fault.New(fault.TooLarge, "import.many_refused", fault.Args{"most": maxRefused})
			return place.Entry{}, a.err
		}
	}
}

// entry makes an address of the record, or says why not.
func (a *addresses) entry() (e place.Entry, no *refusal) {
	if a.record.reason != "" {
		return e, &refusal{a.record.reason, a.record.detail}
	}
	a.parser.clean(&a.record)
	e.Number = a.read
	if e.ExternalID, no = a.parser.id(&a.record); no != nil {
		return e, no
	}
	if e.Address.Position, no = a.parser.position(&a.record); no != nil {
		return e, no
	}
	m, values := a.parser.m, a.record.values
	for _, part := range []struct {
		to      *string
		from    *Text
		field   string
		longest int
	}{
		{&e.Address.Number, m.Number, "number", maxHouse}, {&e.Address.Street, m.Street, "street", maxStreet},
		{&e.Address.Postcode, m.Postcode, "postcode", maxPostcode}, {&e.Address.City, m.City, "city", maxCity},
	} {
		*part.to = oneLine(part.from.of(values))
		if no := checkText(part.to, part.field, part.longest, false); no != nil {
			return e, no
		}
	}
	if e.Address.Street == "" {
		return e, &refusal{reasonNoStreet, ""}
	}
	return e, nil
}
