package importing

import (
	"fmt"
	"strings"
	"testing"

	"quartier/reports/account"
	"quartier/reports/fault"
)

// What is repeated in one file, and every reason that one row can have, with its line and its text.
func TestReportsRefused(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	i.mapping += "area: [2, 48, 3, 49]\n"
	row := func(id, lon, lat, kind, text, made, closed, state string) string {
		return strings.Join([]string{id, lon, lat, kind, "x", text, "", made, closed, state, ""}, ",") + "\n"
	}
	good := func(id string) string { return row(id, "2.35", "48.85", "Roads", "", "2024-05-01", "", "open") }
	cases := []struct{ row, want string }{
		{good("1"), ""},
		{good("2"), ""},
		{good("1"), ""}, // identical: skipped
		{strings.Replace(good("2"), "open", "done", 1), "repeated 2 (3)"},
		{good(""), "id_missing "},
		{good(strings.Repeat("9", 201)), "id_long "},
		{good("a\x01"), "control id"},
		{row("3", "", "", "Roads", "", "2024-05-01", "", "open"), "no_position "},
		{row("4", "2.35", "", "Roads", "", "2024-05-01", "", "open"), "position 2.35 / "},
		{row("5", "abc", "48", "Roads", "", "2024-05-01", "", "open"), "position abc / 48"},
		{row("6", "NaN", "48.85", "Roads", "", "2024-05-01", "", "open"), "not_finite "},
		{row("7", "Inf", "48.85", "Roads", "", "2024-05-01", "", "open"), "not_finite "},
		{row("8", "0", "0.0", "Roads", "", "2024-05-01", "", "open"), "null_island "},
		{row("9", "48.85", "2.35", "Roads", "", "2024-05-01", "", "open"), "swapped 48.85 / 2.35"},
		{row("10", "4.9", "52.4", "Roads", "", "2024-05-01", "", "open"), "outside 4.9 / 52.4"},
		{row("11", "2.35", "95", "Roads", "", "2024-05-01", "", "open"), "range 2.35 / 95"},
		{row("12", "200", "48.85", "Roads", "", "2024-05-01", "", "open"), "range 200 / 48.85"},
		{row("13", "2.35", "48.85", "Roads", "", "", "", "open"), "no_date "},
		{row("14", "2.35", "48.85", "Roads", "", "01/05/2024", "", "open"), "date created: 01/05/2024"},
		{row("15", "2.35", "48.85", "Roads", "", "1970-01-01", "", "open"), "date_old created: 1970-01-01"},
		{row("16", "2.35", "48.85", "Roads", "", "2024-10-01", "", "open"), "date_future created: 2024-10-01"},
		{row("17", "2.35", "48.85", "Roads", "", "2024-05-01", "2024-04-01", "done"), "closed_early 2024-03-31T22:00:00Z < 2024-04-30T22:00:00Z"},
		{row("18", "2.35", "48.85", "Roads", "", "2024-05-01", "2024-05-02", "open"), "closed_open new"},
		{row("19", "2.35", "48.85", "Roads", "", "2024-05-01", "2124-05-02", "done"), "date_future closed: 2124-05-02"},
		{row("20", "2.35", "48.85", "Roads", "", "2024-05-01", "", "strange"), "status strange"},
		{row("21", "2.35", "48.85", "", "", "2024-05-01", "", "open"), "no_category "},
		{row("22", "2.35", "48.85", "Roads", "a\x07b", "2024-05-01", "", "open"), "control description"},
		{row("23", "2.35", "48.85", "Roads", strings.Repeat("é", 10_001), "2024-05-01", "", "open"), "long description"},
		{"24,2.35\n", "fields "},
		{row("25", "2,35", "48.85", "Roads", "", "2024-05-01", "", "open"), "fields "},
		{strings.Replace(row("26", "COMMA", "48.85", "Roads", "", "2024-05-01", "", "open"), "COMMA", `"2,35"`, 1), ""},
	}
	var rows strings.Builder
	var want []string
	for n, c := range cases {
		rows.WriteString(c.row)
		if c.want != "" {
			want = append(want, fmt.Sprintf("%d %s", n+2, c.want))
		}
	}
	s := i.take(rows.String())
	if s.Taken != 3 || s.Twice != 1 || int(s.Refused) != len(want) {
		t.Errorf("%+v", s)
	}
	got := i.refusedRows()
	if len(got) != len(want) {
		t.Fatalf("%d rows are refused, want %d: %q", len(got), len(want), got)
	}
	for n, w := range want {
		if reason, _, _ := strings.Cut(got[n], " | "); reason != w {
			t.Errorf("%q, want %q", reason, w)
		}
	}
	// The refused rows, put right, can be imported as they stand in the file.
	if _, raw, _ := strings.Cut(got[0], " | "); header+raw+"\n" != header+cases[3].row {
		t.Errorf("raw %q", raw)
	}
}

// A file that breaks off leaves nothing, whatever it held before.
func TestReportsBroken(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	before := i.text(everything)
	for name, raw := range map[string][]byte{
		"quote":    []byte(header + "1,2.35,48.85,Roads,Deep,,,2024-05-01,,open,\n\"2,2.35"),
		"encoding": []byte(header + "1,2.35,48.85,Roads,Deep,,,2024-05-01,,open,\n2,2.35,48.85,Caf\xe9,,,,2024-05-01,,open,\n"),
		"gzip":     packed(t, header+strings.Repeat("1,2.35,48.85,Roads,Deep,,,2024-05-01,,open,\n", 50))[:120],
	} {
		_, err := Reports(t.Context(), i.db, account.System, content(t, raw), i.options())
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := i.text(everything); after != before || i.text(`select count(*)::text from import`) != "0" {
		t.Error("a broken file left something")
	}
	o := i.options()
	o.Source = "No Name"
	if _, err := Reports(t.Context(), i.db, account.System, content(t, []byte(header)), o); fault.KindOf(err) != fault.Invalid {
		t.Errorf("source: %v", err)
	}
	o.Mapping = mapping(t, "ban")
	if _, err := Reports(t.Context(), i.db, account.System, content(t, []byte(header)), o); fault.KindOf(err) != fault.Invalid {
		t.Errorf("addresses as reports: %v", err)
	}
}
