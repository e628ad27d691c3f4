package importing

import (
	"testing"

	"quartier/reports/language"
)

// reasons lists all.
var reasons = []reason{
	reasonFields, reasonRecord, reasonNoID, reasonLongID, reasonRepeated, reasonKnown, reasonNoPlace, reasonUnreadable, reasonNotFinite, reasonRange,
	reasonNullIsland, reasonSwapped, reasonOutside, reasonGeometry, reasonNoDate, reasonDate, reasonOld, reasonFuture, reasonClosedEarly,
	reasonClosedOpen, reasonStatus, reasonNoCategory, reasonCategory, reasonControl, reasonLong, reasonNoStreet,
}

// Every reason has a sentence in every language.
func TestReasonsAreSaid(t *testing.T) {
	for _, l := range language.All() {
		for _, r := range reasons {
			if key := "import.reason." + string(r); !l.Has(key) {
				t.Errorf("%s is missing in %s", key, l.Tag)
			}
		}
	}
}
