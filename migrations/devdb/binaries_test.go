package devdb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pretend puts programs into a folder that answer as those of a PostgreSQL of that version do.
func pretend(t *testing.T, root, version string, postgis bool) {
	t.Helper()
	folder := filepath.Join(root, version, "bin")
	shared := filepath.Join(root, version, "share")
	if err := os.MkdirAll(filepath.Join(shared, "extension"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]string{"initdb": "", "postgres": "postgres (PostgreSQL) " + version, "pg_config": shared} {
		if err := os.WriteFile(filepath.Join(folder, name), fmt.Appendf(nil, "#!/bin/sh\necho '%s'\n", answer), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if postgis {
		if err := os.WriteFile(filepath.Join(shared, "extension", "postgis.control"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFind(t *testing.T) {
	tests := []struct {
		name     string
		with     []string // versions installed with PostGIS
		without  []string
		major    int
		want     int
		wantKind Kind
		says     string
	}{
		{name: "nothing installed", wantKind: NoServer, says: "PostgreSQL is not installed"},
		{name: "one", with: []string{"15.18"}, want: 15},
		{name: "the newest", with: []string{"9.6.24", "15.18", "18.0", "17.2"}, want: 18},
		{name: "a beta", with: []string{"19beta1"}, want: 19},
		{name: "newest without PostGIS", with: []string{"15.18"}, without: []string{"17.2"}, want: 15},
		{name: "too old", with: []string{"9.6.24", "13.14"}, wantKind: OldServer, says: "PostgreSQL 13 is too old"},
		{name: "PostGIS only for one that is too old", with: []string{"13.14"}, without: []string{"15.18"}, wantKind: NoPostGIS, says: "PostGIS is not installed for PostgreSQL 15"},
		{name: "no PostGIS", without: []string{"15.18"}, wantKind: NoPostGIS, says: "PostGIS is not installed for PostgreSQL 15"},
		{name: "the one that made the data", with: []string{"15.18", "17.2"}, major: 15, want: 15},
		{name: "not the one that made the data", with: []string{"15.18"}, major: 14, wantKind: OtherVersion, says: "was made by PostgreSQL 14, which is not installed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			for _, version := range tt.with {
				pretend(t, root, version, true)
			}
			for _, version := range tt.without {
				pretend(t, root, version, false)
			}
			got, err := find([]string{root + "/*/bin"}, "", tt.major)
			if tt.wantKind == "" {
				if err != nil || got.major != tt.want {
					t.Fatalf("found %d, %v; want %d", got.major, err, tt.want)
				}
				return
			}
			var fault *Error
			if !errors.As(err, &fault) || fault.Kind != tt.wantKind || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("error %v, want %q", err, tt.says)
			}
			if !strings.Contains(err.Error(), "install") {
				t.Errorf("%q names no remedy", err)
			}
		})
	}
}

func TestFindOnPath(t *testing.T) {
	root := t.TempDir()
	pretend(t, root, "16.1", true)
	got, err := find(nil, "/nowhere:"+filepath.Join(root, "16.1", "bin"), 0)
	if err != nil || got.major != 16 {
		t.Fatalf("found %d, %v", got.major, err)
	}
}
