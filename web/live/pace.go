package live

import (
	"os"
	"runtime/debug"
)

// Of a large index most of the memory lives long: the runtime's usual leave to let as much garbage gather as there is live memory would double it.
const (
	bytesForItem = 100       // of the index, measured
	spare        = 256 << 20 // bytes of garbage that are always allowed
	frugal       = 25        // per cent of live memory that may gather however large the index is
	unknown      = 1 << 40   // items, while everything is read
)

// Pace tells the garbage collector how much may gather beside an index of so many items. Who has set GOGC knows better.
func Pace(items int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(max(frugal, min(100, 100*spare/(bytesForItem*max(1, items)))))
	}
}

// pace is Pace for the index as it is, unless it is about as large as when it was last told.
func (m *Map) pace() {
	if items := m.Index.Size().Items; m.paced == 0 || items > m.paced+m.paced/8 || items < m.paced/2 {
		m.paced = items
		Pace(items)
	}
}
