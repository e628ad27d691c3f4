package account_test

import (
	"os"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is a clock that stands until it is put on.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func newDirectory(t *testing.T) (*account.Directory, *clock) {
	t.Helper()
	c := &clock{noon}
	return &account.Directory{DB: storetest.New(t), Now: c.now}, c
}

// person makes an account and gives its number.
func person(t *testing.T, d *account.Directory, email string) (id int64) {
	t.Helper()
	err := d.DB.QueryRow(t.Context(), `insert into person (email, created_at) values ($1, $2) returning id`, email, noon).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func begin(t *testing.T, d *account.Directory, person int64, method account.Method, before string) string {
	t.Helper()
	secret, err := d.Begin(t.Context(), person, method, false, "Firefox, Linux", before)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}
