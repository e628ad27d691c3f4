package place

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/store"
)

// Entry is one address of a file.
type Entry struct {
	Number     int    // of the record in its file, from 1: to name it when it is refused
	ExternalID string // lasting number of the address in its source
	Address    Address
}

// Summary says what an import of addresses did. Added, Changed, Same, Twice and Refused add up to the entries.
type Summary struct {
	Added   int64
	Changed int64
	Same    int64 // known with the same content: not written
	Twice   int64 // repeated within the file with the same content: skipped
	Refused []int // numbers of the records that repeat an external number with other content
	Streets int64 // streets of the source, afterwards
}

// Import stores the entries of a source, which next gives until io.EOF, in one transaction: an address that is known by its external number is
// replaced, and written only if it changed; addresses that the file does not have stay.
func Import(ctx context.Context, db *store.DB, actor account.Actor, source string, next func() (Entry, error)) (Summary, error) {
	var s Summary
	err := db.Write(ctx, func(tx pgx.Tx) (err error) {
		if err = stage(ctx, tx, next); err != nil {
			return err
		}
		if s, err = move(ctx, tx, source); err != nil {
			return fmt.Errorf("store the addresses: %w", err)
		}
		return account.Audit(ctx, tx, actor, "addresses.import", "address/"+source, map[string]any{
			"added": s.Added, "changed": s.Changed, "same": s.Same, "twice": s.Twice, "refused": len(s.Refused)})
	})
	if err != nil {
		return Summary{}, err
	}
	return s, nil
}

// stage copies the entries into a table of the transaction.
func stage(ctx context.Context, tx pgx.Tx, next func() (Entry, error)) error {
	_, err := tx.Exec(ctx, `
		set local statement_timeout = 0; -- a large file takes longer than any statement of the service may
		create temporary table address_incoming (
		  record integer, external_id text, number text, name text, postcode text, city text, search text, lon integer, lat integer
		) on commit drop`)
	if err != nil {
		return fmt.Errorf("stage the addresses: %w", err)
	}
	// A street has thousands of houses: it is folded once.
	var last Address
	var folded string
	columns := []string{"record", "external_id", "number", "name", "postcode", "city", "search", "lon", "lat"}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"address_incoming"}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		e, err := next()
		a := e.Address
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if folded == "" || a.Street != last.Street || a.Postcode != last.Postcode || a.City != last.City {
			last, folded = a, " "+language.Fold(a.Street+" "+a.Postcode+" "+a.City)
		}
		return []any{int32(e.Number), e.ExternalID, a.Number, a.Street, a.Postcode, a.City, folded, a.Position.Lon, a.Position.Lat}, nil
	}))
	if err != nil {
		return fmt.Errorf("stage the addresses: %w", err)
	}
	_, err = tx.Exec(ctx, `analyze address_incoming`)
	return err
}

// move puts the staged entries where they belong.
func move(ctx context.Context, tx pgx.Tx, source string) (s Summary, err error) {
	args := pgx.NamedArgs{"source": source}
	rows, err := tx.Query(ctx, `
		delete from address_incoming i
		using (
		  select record, (number, name, postcode, city, lon, lat) = first_value((number, name, postcode, city, lon, lat)) over numbered as same,
		         row_number() over numbered as nth
		  from address_incoming
		  window numbered as (partition by external_id order by record)
		) repeated
		where repeated.record = i.record and nth > 1
		returning i.record, same`)
	if err != nil {
		return s, err
	}
	var record int
	var same bool
	_, err = pgx.ForEachRow(rows, []any{&record, &same}, func() error {
		if same {
			s.Twice++
		} else {
			s.Refused = append(s.Refused, record)
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	_, err = tx.Exec(ctx, `
		insert into street as s (source, name, postcode, city, search, lon, lat)
		select distinct on (search) @source, name, postcode, city, search, lon, lat
		from address_incoming
		order by search, record
		on conflict (source, search) do update
		set name = excluded.name, postcode = excluded.postcode, city = excluded.city
		where (s.name, s.postcode, s.city) is distinct from (excluded.name, excluded.postcode, excluded.city)`, args)
	if err != nil {
		return s, err
	}
	var staged int64
	err = tx.QueryRow(ctx, `
		with written as (
		  insert into address as a (source, external_id, street_id, number, lon, lat)
		  select @source, i.external_id, s.id, i.number, i.lon, i.lat
		  from address_incoming i
		  join street s on s.source = @source and s.search = i.search
		  order by s.id, i.record
		  on conflict (source, external_id) do update
		  set street_id = excluded.street_id, number = excluded.number, lon = excluded.lon, lat = excluded.lat
		  where (a.street_id, a.number, a.lon, a.lat) is distinct from (excluded.street_id, excluded.number, excluded.lon, excluded.lat)
		  returning xmax = 0 as added -- PostgreSQL leaves xmax 0 in a row that was inserted, not updated
		)
		select count(*) filter (where added), count(*) filter (where not added), (select count(*) from address_incoming) from written`, args).
		Scan(&s.Added, &s.Changed, &staged)
	if err != nil {
		return s, err
	}
	s.Same = staged - s.Added - s.Changed
	if s.Added+s.Changed > 0 {
		if err := settleStreets(ctx, tx, args); err != nil {
			return s, err
		}
		if err := settleWords(ctx, tx); err != nil {
			return s, err
		}
	}
	err = tx.QueryRow(ctx, `select count(*) from street where source = @source`, args).Scan(&s.Streets)
	return s, err
}

// settleStreets removes the streets that lost their last address and gives the others their place: that of the address nearest to the middle, so
// that it stands on the street.
func settleStreets(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	_, err := tx.Exec(ctx, `
		delete from street s where source = @source and not exists (select from address where street_id = s.id)`, args)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update street s
		set lon = m.lon, lat = m.lat
		from (
		  select distinct on (street_id) street_id, lon, lat
		  from (select id, street_id, lon, lat, avg(lon) over street as x, avg(lat) over street as y
		        from address where source = @source window street as (partition by street_id)) a
		  order by street_id, (lon - x) * (lon - x) + (lat - y) * (lat - y), id
		) m
		where s.id = m.street_id and (s.lon, s.lat) <> (m.lon, m.lat)`, args)
	return err
}

// settleWords keeps the words that streets have.
func settleWords(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `
		create temporary table word_incoming on commit drop as
		  select distinct word from street, unnest(string_to_array(ltrim(search), ' ')) word where word <> '';
		delete from street_word w where not exists (select from word_incoming i where i.word = w.word);
		insert into street_word (word) select word from word_incoming on conflict do nothing;
		analyze street, street_word -- now: searches come before the server's own turn`)
	return err
}
