package main_test

import (
	"os/exec"
	"path"
	"strings"
	"testing"
)

// room is a part of the house with its floor. A package may import what lies on lower floors, and what lies in its own room.
type room struct {
	path  string
	floor int
	alone bool // the folders below are rooms of their own
}

// house is the map of README.md. A new package lies in one of these rooms, or gets a line here.
var house = []room{
	{path: "geo", floor: 0},
	{path: "reports/fault", floor: 0},
	{path: "reports/language", floor: 0},
	{path: "migrations", floor: 0},
	{path: "reports/store", floor: 1},
	{path: "reports/mail", floor: 2},
	{path: "reports/setting", floor: 2},
	{path: "reports/account", floor: 3},
	{path: "reports/zone", floor: 4},
	{path: "reports/place", floor: 4},
	{path: "reports/media", floor: 4},
	{path: "tiles", floor: 4},
	{path: "reports/follow", floor: 5},
	{path: "reports/suggestion", floor: 5},
	{path: "reports", floor: 6, alone: true},
	{path: "reports/annotation", floor: 7},
	{path: "reports/participation", floor: 8},
	{path: "reports/notification", floor: 9},
	{path: "reports/importing", floor: 9},
	{path: "reports/exporting", floor: 9},
	{path: "reports/forwarding", floor: 9},
	{path: "reports/demo", floor: 9},
	{path: "web", floor: 10},
	{path: "cmd/bench", floor: 11},
	{path: "cmd", floor: 11},
}

// strangers are modules and packages that only some rooms may know.
var strangers = []struct {
	imported string
	rooms    []string // who may; all others may not
	without  []string // who may not; all others may
}{
	{imported: "github.com/gofiber/", rooms: []string{"web", "cmd/bench"}}, // the bench has a bare handler to compare with
	{imported: "net/http", without: []string{"geo", "tiles", "reports", "reports/store", "reports/setting", "reports/zone", "migrations"}},
	{imported: "github.com/jackc/pgx/", without: []string{"geo", "tiles", "reports/fault", "reports/language"}},
}

const module = "quartier/"

// roomOf finds the room of a package.
func roomOf(pkg string) (room, bool) {
	for _, r := range house {
		if pkg == r.path || !r.alone && strings.HasPrefix(pkg, r.path+"/") {
			return r, true
		}
	}
	return room{}, false
}

func TestImportsPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		pkg := strings.TrimPrefix(names[0], module)
		from, ok := roomOf(pkg)
		if !ok {
			t.Errorf("%s lies in no room of the house: give it a floor", pkg)
			continue
		}
		seen++
		for _, imported := range names[1:] {
			checkStranger(t, pkg, from, imported)
			own, inside := strings.CutPrefix(imported, module)
			if !inside {
				continue
			}
			if to, ok := roomOf(own); ok && to.floor >= from.floor && to.path != from.path {
				t.Errorf("%s (floor %d) imports %s (floor %d): imports point down only", pkg, from.floor, own, to.floor)
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d packages were looked at", seen)
	}
}

func checkStranger(t *testing.T, pkg string, from room, imported string) {
	t.Helper()
	for _, s := range strangers {
		if !strings.HasPrefix(path.Clean(imported)+"/", strings.TrimSuffix(s.imported, "/")+"/") {
			continue
		}
		allowed := s.rooms == nil
		for _, name := range s.rooms {
			allowed = allowed || name == from.path
		}
		for _, name := range s.without {
			allowed = allowed && name != from.path
		}
		if !allowed {
			t.Errorf("%s must not know %s", pkg, imported)
		}
	}
}
