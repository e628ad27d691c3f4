package devdb

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldest is the oldest major version of PostgreSQL that the schema is made for.
const oldest = 14

// binaries is one installed PostgreSQL.
type binaries struct {
	folder  string // holds initdb and postgres
	major   int
	postgis bool // the extension's files are there too
}

// places are the patterns of the folders in which distributions put PostgreSQL's programs; PATH is looked at besides.
var places = []string{
	"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                   // PostgreSQL's packages for Red Hat
	"/opt/homebrew/opt/postgresql@*/bin", // macOS
	"/usr/local/opt/postgresql@*/bin",    // macOS on Intel
	"/usr/local/pgsql/bin",               // built from source
}

// find chooses the newest installed PostgreSQL that has PostGIS, or the one of the given major version if that is not 0.
func find(patterns []string, path string, major int) (binaries, error) {
	all := installed(patterns, path)
	if len(all) == 0 {
		return binaries{}, &Error{Kind: NoServer, Command: install("postgresql", "postgresql-postgis")}
	}
	if major != 0 {
		all = slices.DeleteFunc(all, func(b binaries) bool { return b.major != major })
		if len(all) == 0 {
			v := strconv.Itoa(major)
			return binaries{}, &Error{Kind: OtherVersion, Version: v, Command: install("postgresql-"+v, "postgresql-"+v+"-postgis-3")}
		}
	}
	slices.SortStableFunc(all, func(a, b binaries) int { return b.major - a.major })
	newest := strconv.Itoa(all[0].major)
	if all[0].major < oldest {
		return binaries{}, &Error{Kind: OldServer, Version: newest, Command: install("postgresql", "postgresql-postgis")}
	}
	for _, b := range all {
		if b.postgis && b.major >= oldest {
			return b, nil
		}
	}
	return binaries{}, &Error{Kind: NoPostGIS, Version: newest, Command: install("postgresql-" + newest + "-postgis-3")}
}

func installed(patterns []string, path string) []binaries {
	var folders []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // fails only for a malformed pattern
		folders = append(folders, found...)
	}
	for _, folder := range filepath.SplitList(path) {
		if filepath.IsAbs(folder) {
			folders = append(folders, folder)
		}
	}
	var all []binaries
	for _, folder := range folders {
		if b, ok := inspect(folder); ok {
			all = append(all, b)
		}
	}
	return all
}

// number finds the major version in "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)".
var number = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspect says which PostgreSQL lies in a folder; false if none does that runs.
func inspect(folder string) (binaries, bool) {
	if _, err := os.Stat(filepath.Join(folder, "initdb")); err != nil {
		return binaries{}, false
	}
	out, err := exec.Command(filepath.Join(folder, "postgres"), "--version").Output()
	match := number.FindSubmatch(out)
	if err != nil || match == nil {
		return binaries{}, false
	}
	major, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return binaries{}, false
	}
	return binaries{folder: folder, major: major, postgis: hasPostGIS(folder, major)}, true
}

// hasPostGIS looks for the extension where pg_config says that shared files are, and where they usually are if there is no pg_config (it is a
// package of its own in some distributions).
func hasPostGIS(folder string, major int) bool {
	v := strconv.Itoa(major)
	shared := []string{"/usr/share/postgresql/" + v, filepath.Join(folder, "../share/postgresql"), filepath.Join(folder, "../share"), "/usr/share/pgsql"}
	if out, err := exec.Command(filepath.Join(folder, "pg_config"), "--sharedir").Output(); err == nil {
		shared = []string{strings.TrimSpace(string(out))}
	}
	return slices.ContainsFunc(shared, func(share string) bool {
		_, err := os.Stat(filepath.Join(share, "extension", "postgis.control"))
		return err == nil
	})
}
