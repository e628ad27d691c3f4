package reports_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newRegister(t *testing.T) *reports.Register {
	t.Helper()
	return &reports.Register{DB: storetest.New(t), Now: func() time.Time { return noon }}
}

func filing() reports.Filing {
	return reports.Filing{UUID: uuid.New(), Category: "pothole", Title: "Trou devant l’école", Position: geo.Position{Lon: 23_522_000, Lat: 488_566_000},
		Channel: "web"}
}

func file(t *testing.T, r *reports.Register, f reports.Filing) reports.Receipt {
	t.Helper()
	receipt, err := r.File(t.Context(), account.Anonymous, f)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

func TestFileAndGet(t *testing.T) {
	r := newRegister(t)
	f := filing()
	f.Description, f.Email, f.Address = " Profond de 10 cm.\r\n ", "jeanne@example.org", "12 rue de la Lune"
	receipt := file(t, r, f)
	one, err := r.Get(t.Context(), account.Anonymous, receipt.ID)
	if err != nil {
		t.Fatal(err)
	}
	if one.Title != f.Title || one.Description != "Profond de 10 cm." || one.Status != "new" || one.Position != f.Position ||
		!one.CreatedAt.Equal(noon) || one.Cell != geo.CellAt(f.Position, geo.CellResolution) || one.Address != f.Address || one.Channel != "web" {
		t.Errorf("the report reads %+v", one)
	}
	updates, err := r.Timeline(t.Context(), account.Anonymous, receipt.ID)
	if err != nil || len(updates) != 1 || updates[0].Type != "filed" || updates[0].To != "new" {
		t.Errorf("the timeline reads %+v, %v", updates, err)
	}
	var email string
	if err := r.DB.QueryRow(t.Context(), `select email from report_contact where report_id = $1`, receipt.ID).Scan(&email); err != nil || email != f.Email {
		t.Errorf("the contact is %q, %v", email, err)
	}
	var changes int
	if err := r.DB.QueryRow(t.Context(), `select count(*) from change_log where kind = 'report' and first_id = $1`, receipt.ID).Scan(&changes); err != nil || changes != 1 {
		t.Errorf("%d changes were logged, %v", changes, err)
	}
}

func TestFilingRefused(t *testing.T) {
	r := newRegister(t)
	for _, c := range []struct {
		name   string
		change func(*reports.Filing)
		fields string // wrong fields with their words
	}{
		{"no category", func(f *reports.Filing) { f.Category = "" }, "category error.required"},
		{"unknown category", func(f *reports.Filing) { f.Category = "dragons" }, "category error.category.unknown"},
		{"no title", func(f *reports.Filing) { f.Title = " \n " }, "title error.text.control"},
		{"empty title", func(f *reports.Filing) { f.Title = "  " }, "title error.required"},
		{"long title", func(f *reports.Filing) { f.Title = strings.Repeat("é", 201) }, "title error.text.long"},
		{"100 kB of text", func(f *reports.Filing) { f.Description = strings.Repeat("a", 100_000) }, "description error.text.long"},
		{"control characters", func(f *reports.Filing) { f.Description = "a\x00b" }, "description error.text.control"},
		{"invalid UTF-8", func(f *reports.Filing) { f.Title = "a\xff" }, "title error.text.encoding"},
		{"no e-mail address", func(f *reports.Filing) { f.Email = "jeanne" }, "email error.email"},
		{"a name with the address", func(f *reports.Filing) { f.Email = "Jeanne <j@example.org>" }, "email error.email"},
		{"answers that nobody asked for", func(f *reports.Filing) { f.Attributes = map[string]string{"colour": "red"} }, "attributes error.attribute.unknown"},
		{"several at once", func(f *reports.Filing) { f.Category, f.Title = "", "" }, "category error.required, title error.required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := filing()
			c.change(&f)
			_, err := r.File(t.Context(), account.Anonymous, f)
			var wrong *fault.Error
			if !errors.As(err, &wrong) || wrong.Kind != fault.Invalid {
				t.Fatalf("error %v, want an Invalid fault", err)
			}
			var got []string
			for _, field := range wrong.Fields {
				got = append(got, field.Name+" "+field.Word)
			}
			if strings.Join(got, ", ") != c.fields {
				t.Errorf("wrong fields: %s, want %s", strings.Join(got, ", "), c.fields)
			}
		})
	}
	var stored int
	if err := r.DB.QueryRow(t.Context(), `select count(*) from report`).Scan(&stored); err != nil || stored != 0 {
		t.Errorf("%d reports were stored, %v", stored, err)
	}
}

// A filing that comes twice is stored once and answered alike; another content under the same uuid is refused.
func TestFilingTwice(t *testing.T) {
	r := newRegister(t)
	f := filing()
	first := file(t, r, f)
	second := file(t, r, f)
	if !second.Repeated || second.ID != first.ID {
		t.Errorf("the second receipt is %+v, the first %+v", second, first)
	}
	f.Title = "Autre chose"
	if _, err := r.File(t.Context(), account.Anonymous, f); fault.KindOf(err) != fault.Conflict {
		t.Errorf("another content: %v, want a Conflict", err)
	}
}

// Numbers are public: what is refused and what came before takes none.
func TestNumbersWithoutGaps(t *testing.T) {
	r := newRegister(t)
	first := filing()
	receipt := file(t, r, first)
	file(t, r, first)
	first.Title = "Autre chose"
	if _, err := r.File(t.Context(), account.Anonymous, first); fault.KindOf(err) != fault.Conflict {
		t.Fatalf("another content: %v", err)
	}
	r.ServedArea = &reports.ServedArea{Name: "Ville", Refs: []string{"town/1"}}
	if _, err := r.File(t.Context(), account.Anonymous, filing()); fault.KindOf(err) != fault.Invalid {
		t.Fatalf("outside the served area: %v", err)
	}
	r.ServedArea = nil
	if next := file(t, r, filing()); next.ID != receipt.ID+1 || next.Report.ID != next.ID {
		t.Errorf("after number %d comes %d", receipt.ID, next.ID)
	}
}

// The same filing many times at once (a nervous thumb, a bad network) makes one report.
func TestFilingTwiceAtOnce(t *testing.T) {
	r := newRegister(t)
	f := filing()
	ids := make([]int64, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			receipt, err := r.File(t.Context(), account.Anonymous, f)
			if err != nil {
				t.Error(err)
			}
			ids[i] = receipt.ID
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("one filing got the numbers %v", ids)
		}
	}
}

func TestServedArea(t *testing.T) {
	r := newRegister(t)
	_, err := r.DB.Exec(t.Context(), `
		with s as (insert into zone_set (slug, name_fr, name_en) values ('town', 'Ville', 'Town') returning id),
		     v as (insert into zone_revision (zone_set_id, number, sha256, source) select id, 1, sha256(''), 'test' from s returning id),
		     z as (insert into zone (zone_set_id, code) select id, '1' from s returning id)
		insert into zone_shape (revision_id, zone_id, name, geometry)
		select v.id, z.id, 'Centre', ST_Multi(ST_MakeEnvelope(2.3, 48.8, 2.4, 48.9, 4326)) from v, z;
		update zone_set set revision_id = (select id from zone_revision)`)
	if err != nil {
		t.Fatal(err)
	}
	r.ServedArea = &reports.ServedArea{Name: "Ville", Refs: []string{"town/1"}}
	file(t, r, filing())
	border := filing()
	border.Position = geo.Position{Lon: 23_000_000, Lat: 488_500_000} // ST_Covers: the border belongs to the zone
	file(t, r, border)
	outside := filing()
	outside.Position = geo.Position{Lon: 22_999_999, Lat: 488_500_000}
	_, err = r.File(t.Context(), account.Anonymous, outside)
	var wrong *fault.Error
	if !errors.As(err, &wrong) || len(wrong.Fields) != 1 || wrong.Fields[0].Word != "error.position.outside" || wrong.Fields[0].Args["area"] != "Ville" {
		t.Errorf("outside the served area: %v", err)
	}
	// With or without a served area, a place that lies in a zone only when turned round was written the wrong way round.
	for _, area := range []*reports.ServedArea{r.ServedArea, nil} {
		r.ServedArea = area
		swapped := filing()
		swapped.Position = geo.Position{Lon: 488_500_000, Lat: 23_500_000}
		_, err = r.File(t.Context(), account.Anonymous, swapped)
		if !errors.As(err, &wrong) || len(wrong.Fields) != 1 || wrong.Fields[0].Word != "error.position.swapped" {
			t.Errorf("swapped coordinates: %v", err)
		}
	}
}

// The token of a filing is reached by a cursor taken after it and not by one taken before.
func TestReceiptToken(t *testing.T) {
	r := newRegister(t)
	before := cursorOf(t, r.DB)
	receipt := file(t, r, filing())
	if before.Reached(receipt.Token) {
		t.Error("a cursor from before the filing has reached it")
	}
	if !cursorOf(t, r.DB).Reached(receipt.Token) {
		t.Error("a cursor from after the filing has not reached it")
	}
	if other := (store.Token{Epoch: "another", XID: 1}); before.Reached(other) {
		t.Error("a cursor has reached a write of another history")
	}
}
