package live

import (
	"os"
	"runtime/debug"
)

// Of a large index most of the memory lives long: the runtime's usual leave to let as much garbage gather as there is live memory would double it.
const (
	bytesForItem = 115       // of the index, measured
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

// pace is Pace for the index as it is, unless it is about as large as it was when that was told.
func (m *Map) pace() {
	items, before := int64(m.Index.Size().Items), m.paced.Load()
	if before == 0 || items > before+before/8 || items < before/2 {
		m.paced.Store(items)
		Pace(int(items))
	}
}
