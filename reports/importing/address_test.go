package importing

import (
	"fmt"
	"strings"
	"testing"

	"quartier/reports/account"
	"quartier/reports/fault"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	o := i.options()
	o.Mapping = mapping(t, "ban")
	for _, want := range []string{
		"{Import:0 Resumed:false Read:5 Taken:3 Changed:0 Known:0 Twice:0 Skipped:0 Refused:2 Reasons:map[no_position:1 no_street:1] Categories:0}",
		"{Import:0 Resumed:false Read:5 Taken:0 Changed:0 Known:3 Twice:0 Skipped:0 Refused:2 Reasons:map[no_position:1 no_street:1] Categories:0}",
	} {
		s, err := Addresses(t.Context(), i.db, account.System, open(t, "testdata/ban.csv"), o)
		if err != nil || fmt.Sprintf("%+v", s) != want {
			t.Errorf("%+v %v, want %s", s, err, want)
		}
	}
	if rows := i.refusedRows(); len(rows) != 2 || !strings.HasPrefix(rows[0], "5 no_street  | 38001_t_00008;") {
		t.Errorf("%q", rows)
	}
	o.Mapping = mapping(t, "dansmarue")
	if _, err := Addresses(t.Context(), i.db, account.System, open(t, "testdata/ban.csv"), o); fault.KindOf(err) != fault.Invalid {
		t.Errorf("reports as addresses: %v", err)
	}
}
