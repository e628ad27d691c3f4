package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Snapshot is a state of the database: which transactions it has seen (PostgreSQL, 9.27.3 "Transaction ID and Snapshot Information"). It is
// the cursor of a reader of the change log, because neither a sequence nor a transaction id is a commit order.
type Snapshot struct {
	xmin, xmax uint64   // all before xmin are seen, none from xmax on
	running    []uint64 // those between that are not seen, ascending
}

// ParseSnapshot reads PostgreSQL's text form, xmin:xmax:xip,xip…
func ParseSnapshot(s string) (Snapshot, error) {
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return Snapshot{}, fmt.Errorf("%q is not a pg_snapshot", s)
	}
	numbers := parts[:2]
	if parts[2] != "" {
		numbers = append(numbers, strings.Split(parts[2], ",")...)
	}
	parsed := make([]uint64, len(numbers))
	for i, n := range numbers {
		v, err := strconv.ParseUint(n, 10, 64)
		if err != nil {
			return Snapshot{}, fmt.Errorf("%q is not a pg_snapshot", s)
		}
		parsed[i] = v
	}
	snap := Snapshot{xmin: parsed[0], xmax: parsed[1], running: parsed[2:]}
	if snap.xmin == 0 || snap.xmin > snap.xmax || !slices.IsSorted(snap.running) {
		return Snapshot{}, fmt.Errorf("%q is not a pg_snapshot", s)
	}
	return snap, nil
}

// String gives PostgreSQL's text form.
func (s Snapshot) String() string {
	running := make([]string, len(s.running))
	for i, x := range s.running {
		running[i] = strconv.FormatUint(x, 10)
	}
	return fmt.Sprintf("%d:%d:%s", s.xmin, s.xmax, strings.Join(running, ","))
}

// Sees tells whether the transaction was finished when the snapshot was taken, as pg_visible_in_snapshot does.
func (s Snapshot) Sees(xid uint64) bool {
	if xid < s.xmin {
		return true
	}
	if xid >= s.xmax {
		return false
	}
	_, running := slices.BinarySearch(s.running, xid)
	return !running
}
