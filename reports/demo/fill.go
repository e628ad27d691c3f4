package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/place"
	"quartier/reports/store"
	"quartier/reports/zone"
)

// The row of the table setting that says what the demo is in this database: filling while it is being filled, then the version of the generator,
// which is raised when the coast, the streets or the addresses change: reports of before do not lie on the new ground.
const (
	settingName = "demo"
	filling     = "filling"
	version     = "2"
)

// source is where the town's addresses and zones come from, as they say themselves.
const source = "demo"

// State is what a database holds after a fill.
type State int

const (
	Filled   State = iota // the town, since this fill
	Settled               // the town, since an earlier one
	Outdated              // the town of another version of the generator; nothing was written
	Mixed                 // the beginning of the town, and what others added before it was whole; no report of the town was written
	Others                // what has nothing to do with the town; nothing was written
)

// Summary says what a fill did.
type Summary struct {
	State     State
	Addresses int64
	Reports   int
}

// Fill puts the town into an empty database: one without reports, zone sets and addresses. Any other it leaves alone. The reports, their timelines
// and the note that the town is there come in one transaction, after zones and addresses: a fill that was interrupted is completed by the next one,
// unless somebody added something meanwhile, and nobody ever sees half of the reports. Of several that fill at once, one does.
func (t *Town) Fill(ctx context.Context, db *store.DB, actor account.Actor, city *time.Location, now time.Time) (Summary, error) {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return Summary{}, store.Explain(fmt.Errorf("fill the demo: %w", err))
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtext('quartier.demo'))`); err != nil {
		return Summary{}, store.Explain(fmt.Errorf("fill the demo: %w", err))
	}
	defer conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock(hashtext('quartier.demo'))`)
	state, err := claim(ctx, conn)
	if err != nil || state != Filled {
		return Summary{State: state}, err
	}
	for _, set := range t.sets() {
		done, err := zone.Import(ctx, db, actor, set.naming, set.content)
		if err != nil {
			return Summary{}, err
		}
		if len(done.Repaired) > 0 {
			return Summary{}, fmt.Errorf("zone %s of the demo is no polygon: %s", done.Repaired[0].Code, done.Repaired[0].Reason)
		}
	}
	addresses, err := place.Import(ctx, db, actor, source, t.entries())
	if err != nil {
		return Summary{}, err
	}
	n, err := t.fill(ctx, db, actor, city, now)
	if err != nil {
		return Summary{}, err
	}
	if n == 0 {
		return Summary{State: Mixed}, nil
	}
	return Summary{State: Filled, Addresses: addresses.Added + addresses.Same, Reports: n}, nil
}

// claim tells what the database holds, and begins the demo if it is to be filled: it is empty, or an earlier fill did not come to its end.
func claim(ctx context.Context, conn *pgxpool.Conn) (State, error) {
	var note string
	err := conn.QueryRow(ctx, `select value from setting where name = @name`, pgx.NamedArgs{"name": settingName}).Scan(&note)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("ask whether the demo is here: %w", err)
	}
	switch note {
	case version:
		return Settled, nil
	case "":
		if others, err := shared(ctx, conn, false); err != nil || others {
			return Others, err
		}
	case filling:
		if others, err := shared(ctx, conn, true); err != nil || others {
			return Mixed, err
		}
	default:
		return Outdated, nil
	}
	_, err = conn.Exec(ctx, `
		insert into setting (name, value) values (@name, @filling)
		on conflict (name) do nothing`, pgx.NamedArgs{"name": settingName, "filling": filling})
	if err != nil {
		return 0, fmt.Errorf("begin the demo: %w", err)
	}
	return Filled, nil
}

// shared tells whether the database holds what others put there: reports, zones, addresses. Once the demo has begun, its own do not count.
func shared(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, begun bool) (others bool, err error) {
	err = q.QueryRow(ctx, `
		select exists (select from report)
		    or exists (select from zone_set s left join zone_revision r on r.id = s.revision_id where not @begun or r.source is distinct from @source)
		    or exists (select from address where not @begun or source <> @source)`, pgx.NamedArgs{"begun": begun, "source": source}).Scan(&others)
	if err != nil {
		return false, fmt.Errorf("ask whether the database is the demo's alone: %w", err)
	}
	return others, nil
}

// set is a zone set with its name.
type set struct {
	naming  zone.Naming
	content *zone.Content
}

func (t *Town) sets() []set {
	content := func(areas []area) *zone.Content {
		c := &zone.Content{}
		for _, a := range areas { // in order of their codes
			var g orb.MultiPolygon
			for _, r := range a.rings {
				g = append(g, orb.Polygon{r.ring()})
			}
			c.Shapes = append(c.Shapes, zone.Shape{Code: a.code, Name: a.name, Geometry: g})
		}
		return c
	}
	return []set{
		{zone.Naming{Slug: "quartiers", NameFR: "Quartiers", NameEN: "Neighbourhoods", Source: source}, content(t.quartiers)},
		{zone.Naming{Slug: "secteurs", NameFR: "Secteurs techniques", NameEN: "Technical sectors", Source: source}, content(t.sectors)},
	}
}

// entries gives the addresses one by one.
func (t *Town) entries() func() (place.Entry, error) {
	i := 0
	return func() (place.Entry, error) {
		if i == len(t.addresses) {
			return place.Entry{}, io.EOF
		}
		a := t.addresses[i].full()
		i++
		return place.Entry{Number: i, ExternalID: a.Number + " " + a.Street, Address: a}, nil
	}
}

// fill stores the reports, none if others came first. The table is locked meanwhile: numbers are given out here, in the order of filing.
func (t *Town) fill(ctx context.Context, db *store.DB, actor account.Actor, city *time.Location, now time.Time) (n int, err error) {
	err = db.Write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			set local statement_timeout = 0;
			lock table report in share row exclusive mode`)
		if err != nil {
			return fmt.Errorf("lock the reports: %w", err)
		}
		if others, err := shared(ctx, tx, true); err != nil || others {
			return err
		}
		if _, err := zone.Hold(ctx, tx); err != nil {
			return err
		}
		var last int64
		if err := tx.QueryRow(ctx, `select coalesce(pg_sequence_last_value('report_id_seq'), 0)`).Scan(&last); err != nil {
			return fmt.Errorf("read the last public number: %w", err)
		}
		all := t.reports(now, city, func(place int) int64 { return last + 1 + int64(place) })
		n = len(all)
		if err := stage(ctx, tx, all, last+1); err != nil {
			return err
		}
		if err := move(ctx, tx, last+int64(n)); err != nil {
			return err
		}
		if err := tell(ctx, tx, all, last+1); err != nil {
			return err
		}
		if err := store.Append(ctx, tx, store.Change{Kind: reports.Kind, First: last + 1, Last: last + int64(n)}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update setting set value = @version where name = @name`, pgx.NamedArgs{"name": settingName, "version": version})
		if err != nil {
			return fmt.Errorf("note the demo: %w", err)
		}
		return account.Audit(ctx, tx, actor, "demo.fill", "report/demo", map[string]any{"version": version, "reports": n})
	})
	return n, err
}
