package notification

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// noon is when everything happens: a Tuesday in Paris.
var noon = time.Date(2026, 3, 3, 11, 0, 0, 0, time.UTC)

// town is a service over a database of its own.
type town struct {
	*Notifier
	t        *testing.T
	register *reports.Register
	clock    time.Time
}

func newTown(t *testing.T) *town {
	t.Helper()
	return townOn(t, storetest.New(t))
}

func townOn(t *testing.T, db *store.DB) *town {
	t.Helper()
	city, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	v := &town{t: t, clock: noon}
	now := func() time.Time { return v.clock }
	v.register = &reports.Register{DB: db, Now: now}
	v.Notifier = &Notifier{People: &account.Directory{DB: db, Now: now, Holders: []account.Holder{reports.Holder{}, Holder{}}}, City: city, Site: "https://ville.example/q",
		Log: slog.New(slog.DiscardHandler)}
	v.plan() // begins
	return v
}

// plan plans what happened since the last time and gives how many notices that made.
func (v *town) plan() int {
	v.t.Helper()
	n, err := v.Plan(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

// gather tells what is due.
func (v *town) gather() {
	v.t.Helper()
	if err := (&gathering{notifier: v.Notifier}).Work(v.t.Context(), nil); err != nil {
		v.t.Fatal(err)
	}
}

// news plans and tells, and gives who was mailed which subject since the last time, in order of addresses.
func (v *town) news() []string {
	v.t.Helper()
	before := v.count(`select coalesce(max(id), 0) from mail`)
	v.plan()
	v.gather()
	rows, err := v.db().Query(v.t.Context(), `select recipient || ': ' || subject from mail where id > $1 order by recipient, id`, before)
	if err != nil {
		v.t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		v.t.Fatal(err)
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

func (v *town) exec(sql string, args ...any) {
	v.t.Helper()
	if _, err := v.db().Exec(v.t.Context(), sql, args...); err != nil {
		v.t.Fatalf("%s: %v", sql, err)
	}
}

func (v *town) count(sql string, args ...any) (n int64) {
	v.t.Helper()
	if err := v.db().QueryRow(v.t.Context(), sql, args...).Scan(&n); err != nil {
		v.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// person makes an account with a proved address.
func (v *town) person(email string) account.Actor {
	v.t.Helper()
	return account.Actor{Role: account.RoleResident, Person: v.count(`insert into person (email, email_verified_at) values ($1, now()) returning id`, email)}
}

// follow has somebody follow what some columns of the table say.
func (v *town) follow(who account.Actor, columns string, args ...any) int64 {
	v.t.Helper()
	values := ""
	for i := range args {
		values += fmt.Sprintf(", $%d", i+2)
	}
	return v.count(`insert into follow (person_id, created_at, `+columns+`) values ($1, now()`+values+`) returning id`, append([]any{who.Person}, args...)...)
}

// file files a report, at a place in Paris and of a category unless the change says otherwise.
func (v *town) file(who account.Actor, title string, change ...func(*reports.Filing)) int64 {
	v.t.Helper()
	f := reports.Filing{UUID: uuid.New(), Category: "pothole", Title: title, Channel: "web", Position: geo.Position{Lon: 23500000, Lat: 488500000}}
	for _, c := range change {
		c(&f)
	}
	receipt, err := v.register.File(v.t.Context(), who, f)
	if err != nil {
		v.t.Fatal(err)
	}
	return receipt.ID
}

// entry writes an entry as staff do, by some columns.
func (v *town) entry(report int64, kind, to, body string, author int64) int64 {
	v.t.Helper()
	var id int64
	err := v.db().Write(v.t.Context(), func(tx pgx.Tx) error {
		if to != "" {
			_, err := tx.Exec(v.t.Context(), `update report set status = $2, closed_at = case when $2 = 'resolved' then now() end where id = $1`, report, to)
			if err != nil {
				return err
			}
		}
		err := tx.QueryRow(v.t.Context(), `
			insert into timeline (kind, item_id, type, to_status, body, actor_role, actor_name, person_id, created_at)
			values ('report', $1, $2, nullif($3, ''), $4, 'agent', 'Voirie', nullif($5::bigint, 0), $6) returning id`, report, kind, to, body, author, v.clock).Scan(&id)
		if err != nil {
			return err
		}
		return store.Append(v.t.Context(), tx, store.Change{Kind: reports.Kind, First: report, Last: report})
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return id
}

// square is an area of some metres around the usual place.
const square = `ST_MakeEnvelope(2.345, 48.845, 2.355, 48.855, 4326)`

func device(name string) []byte {
	sum := sha256.Sum256([]byte(name))
	return sum[:]
}

// await waits until a query answers true.
func (v *town) await(query string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), time.Minute)
	defer cancel()
	for {
		var yes bool
		if err := v.db().QueryRow(ctx, query).Scan(&yes); err != nil {
			v.t.Fatalf("%s: %v", query, err)
		}
		if yes {
			return
		}
	}
}
