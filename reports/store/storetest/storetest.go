// Package storetest gives each test a database of its own on a real PostgreSQL with PostGIS: a copy of a template to which every migration was
// applied. Test binaries that run at the same time share one private cluster; the last one stops it.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/migrations"
	"quartier/migrations/devdb"
	"quartier/reports/store"
)

var cluster *devdb.Cluster

// Main starts the cluster, runs the tests of a package and stops it: func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
func Main(m *testing.M) int {
	dir := os.Getenv("QUARTIER_TEST_DATA_DIR")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("quartier-test-%d", os.Getuid()))
	}
	var err error
	if cluster, err = devdb.StartTest(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		return 1
	}
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		return 1
	}
	return code
}

var number atomic.Int64

// New makes a fresh, migrated database for a test and drops it when the test ends.
func New(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: URL(t), MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// URL makes a fresh, migrated database for a test that opens it itself, and gives its address.
func URL(t testing.TB) string {
	t.Helper()
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, cluster.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(ctx)
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), number.Add(1))
	if err := copyTemplate(ctx, admin, name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drop(t, name) })
	return cluster.URL(name)
}

func drop(t testing.TB, name string) {
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, cluster.URL("postgres"))
	if err != nil {
		t.Error(err)
		return
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, fmt.Sprintf("drop database %s with (force)", name)); err != nil {
		t.Error(err)
	}
}

// copyTemplate copies the template of the present migrations, which it makes first if it is not there. The lock lets one process at a time do
// either: PostgreSQL refuses to copy a database that somebody is connected to.
func copyTemplate(ctx context.Context, admin *pgx.Conn, name string) error {
	template, err := templateName()
	if err != nil {
		return err
	}
	if _, err := admin.Exec(ctx, `select pg_advisory_lock(7110)`); err != nil {
		return err
	}
	var there bool
	err = admin.QueryRow(ctx, `select exists (select from pg_database where datname = $1 and datistemplate)`, template).Scan(&there)
	if err != nil {
		return err
	}
	if !there {
		if err := makeTemplate(ctx, admin, template); err != nil {
			return fmt.Errorf("make the template database: %w", err)
		}
	}
	_, err = admin.Exec(ctx, fmt.Sprintf("create database %s template %s strategy file_copy", name, template))
	return err
}

func makeTemplate(ctx context.Context, admin *pgx.Conn, name string) error {
	for _, sql := range []string{"drop database if exists %s with (force)", "create database %s"} {
		if _, err := admin.Exec(ctx, fmt.Sprintf(sql, name)); err != nil {
			return err
		}
	}
	db, err := store.Open(ctx, store.Options{URL: cluster.URL(name)})
	if err != nil {
		return err
	}
	_, err = migrations.Up(ctx, db.Pool)
	db.Close()
	if err != nil {
		return err
	}
	// Only a finished template is marked as one: a process killed half-way leaves none.
	_, err = admin.Exec(ctx, fmt.Sprintf("alter database %s is_template true", name))
	return err
}

// templateName names the template after what the migrations run, so that another schema makes another template.
func templateName() (string, error) {
	print, err := migrations.Fingerprint()
	return "template_" + print, err
}
