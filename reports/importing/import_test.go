package importing

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
	"quartier/reports/zone"
)

// trial is a mapping with everything in it that the tests need.
const trial = `
kind: reports
source: trial
time_zone: Europe/Paris
id: id
position: {lon: lon, lat: lat}
title: sub
description: text
address: where
created: made
closed: closed
status: {column: state, values: {open: new, done: resolved, again: duplicate, working: in_progress}}
skip: [{column: kind, values: [Test]}]
service: {column: who, values: {A: water}}
category:
  type: kind
  subtype: sub
  types: {Roads: roads, Help: person-at-risk, Holes: pothole}
  subtypes: {Deep: {en: Deep hole}}
`

const header = "id,lon,lat,kind,sub,text,where,made,closed,state,who\n"

// importer imports texts into a database of its own.
type importer struct {
	*testing.T
	db      *store.DB
	mapping string
	refused string
}

func newImporter(t *testing.T) *importer {
	return &importer{T: t, db: storetest.New(t), mapping: trial, refused: filepath.Join(t.TempDir(), "refused.csv")}
}

func (i *importer) options() Options {
	i.Helper()
	m, err := ReadMapping(strings.NewReader(i.mapping), "trial")
	if err != nil {
		i.Fatal(err)
	}
	return Options{Mapping: m, Refused: i.refused, Now: noon, Explain: func(reason string) string { return "because " + reason }}
}

func (i *importer) take(rows string) Summary {
	i.Helper()
	s, err := Reports(i.Context(), i.db, account.System, content(i, []byte(header+rows)), i.options())
	if err != nil {
		i.Fatal(err)
	}
	if s.Taken+s.Known+s.Twice+s.Skipped+s.Refused != s.Read {
		i.Errorf("the counts do not add up: %+v", s)
	}
	return s
}

// text asks for one text.
func (i *importer) text(sql string, args ...any) (text string) {
	i.Helper()
	if err := i.db.QueryRow(i.Context(), sql, args...).Scan(&text); err != nil {
		i.Fatal(err)
	}
	return text
}

func (i *importer) refusedRows() (list []string) {
	i.Helper()
	f, err := os.Open(i.refused)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		i.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		i.Fatal(err)
	}
	for _, r := range rows[1:] {
		list = append(list, strings.Join(r[:2], " ")+" "+r[3]+" | "+r[4])
	}
	return list
}

// everything is the whole content of the tables that an import writes, but for the notes about imports.
const everything = `
	select coalesce(md5(string_agg(t, '|' order by t)), '') from (
	  select r::text as t from report r union all select t::text from timeline t union all select c::text from category c union all
	  select l::text from change_log l) all_rows`

func TestReports(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	here := cursor(t, i.db)
	s := i.take(strings.Join([]string{
		`1,2.35,48.85,Roads,Deep,"Very
deep",1 Rue du  Test,2024-05-01,,open,A`,
		`2,2.36,48.86,Roads,Deep,,,2024-05-01T10:00:00,2024-05-02T10:00:00,done,B`,
		`3,2.37,48.87,Roads,,,,2024-05-01,2024-05-01,again,`,
		`4,2.37,48.87,Help,Now,,,2024-05-01,,working,`,
		`5,2.37,48.87,Holes,Deep,,,2024-05-01,,open,`,
		`6,2.37,48.87,Été,Fleurs,,,2024-05-01,,open,`,
		`7,2.37,48.87,Test,x,,,2024-05-01,,open,`,
	}, "\n") + "\n")
	if fmt.Sprintf("%+v", s) != "{Import:1 Resumed:false Read:7 Taken:6 Changed:0 Known:0 Twice:0 Skipped:1 Refused:0 Reasons:map[] Categories:4}" {
		t.Errorf("%+v", s)
	}
	got := i.text(`
		select string_agg(concat_ws(' / ', r.external_id, c.slug, c.name_fr, c.name_en, s.slug, r.title, r.description, r.address, r.status, r.visibility, r.channel,
		  r.created_at at time zone 'UTC', r.created_precision, r.updated_at at time zone 'UTC', r.closed_at at time zone 'UTC', r.closed_precision), E'\n' order by r.id)
		from report r join category c on c.id = r.category_id left join service s on s.id = r.service_id`)
	want := strings.Join([]string{
		"1 / roads-deep / Deep / Deep hole / water / Deep / Very\ndeep / 1 Rue du Test / new / public / import / 2024-04-30 22:00:00 / day / 2024-04-30 22:00:00 / second",
		"2 / roads-deep / Deep / Deep hole / roads / Deep /  /  / resolved / public / import / 2024-05-01 08:00:00 / second / 2024-05-02 08:00:00 / 2024-05-02 08:00:00 / second",
		"3 / roads / Voirie et trottoirs / Roads and pavements / roads / Voirie et trottoirs /  /  / duplicate / public / import / 2024-04-30 22:00:00 / day / 2024-04-30 22:00:00 / 2024-04-30 22:00:00 / day",
		"4 / person-at-risk-now / Now / Now / front-desk / Now /  /  / in_progress / private / import / 2024-04-30 22:00:00 / day / 2024-04-30 22:00:00 / second",
		"5 / pothole / Nid-de-poule / Pothole / roads / Deep /  /  / new / public / import / 2024-04-30 22:00:00 / day / 2024-04-30 22:00:00 / second",
		"6 / ete-fleurs / Fleurs / Fleurs / Fleurs /  /  / new / public / import / 2024-04-30 22:00:00 / day / 2024-04-30 22:00:00 / second",
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// What is not new says so in its timeline, in the source's name and at the source's time.
	got = i.text(`select string_agg(concat_ws(' ', r.external_id, t.kind, t.type, t.from_status, t.to_status, t.public, t.actor_role, t.actor_name, t.created_at at time zone 'UTC'), E'\n' order by t.id)
		from timeline t join report r on r.id = t.item_id`)
	want = "2 report status resolved t source trial 2024-05-02 08:00:00\n3 report status duplicate t source trial 2024-04-30 22:00:00\n4 report status in_progress t source trial 2024-04-30 22:00:00"
	if got != want {
		t.Errorf("timeline\n%s\nwant\n%s", got, want)
	}
	// H3 cells are those of filings; one batch is one run in the change log, and the catalogue is told of its new categories.
	if wrong := i.text(`select count(*)::text from report where h3 = 0 or zone_ids <> '{}'`); wrong != "0" {
		t.Errorf("%s reports without a cell, or with zones of nowhere", wrong)
	}
	var kinds []string
	for _, c := range changes(t, i.db, here) {
		kinds = append(kinds, fmt.Sprint(c.Kind, " ", c.Last-c.First+1))
	}
	if got := strings.Join(kinds, ", "); got != "category 4, report 6" {
		t.Errorf("change log: %s", got)
	}
	if got := i.text(`select concat_ws(' ', state, counts->>'taken', mapping_name, source) from import`); got != "done 6 trial trial" {
		t.Errorf("import: %s", got)
	}
	if got := i.text(`select concat_ws(' ', action, subject, actor_role, detail->>'read', detail->>'taken') from audit`); got != "reports.import import/1 system 7 6" {
		t.Errorf("audit: %s", got)
	}
	if rows := i.refusedRows(); rows != nil {
		t.Errorf("a file of refused rows without any: %v", rows)
	}
}

// The same file twice changes nothing; more rows are added; other content under a known number is refused and leaves what is there.
func TestReportsAgain(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	one, two := "1,2.35,48.85,Roads,Deep,,,2024-05-01,,open,\n", "2,2.35,48.85,Roads,Deep,,,2024-05-01,2024-05-03,done,\n"
	i.take(one + two)
	before := i.text(everything)
	if s := i.take(one + two); s.Known != 2 || s.Taken != 0 || s.Import == 1 {
		t.Errorf("the same again: %+v", s)
	}
	// The report has gone on since: it is known all the same.
	if _, err := i.db.Exec(t.Context(), `update report set title = 'Renamed', status = 'resolved', closed_at = now() where external_id = '1'`); err != nil {
		t.Fatal(err)
	}
	changed := i.text(everything)
	if s := i.take(two + one); s.Known != 2 || s.Refused != 0 {
		t.Errorf("after a change of ours: %+v", s)
	}
	if after := i.text(everything); after != changed || changed == before {
		t.Error("the same file changed something")
	}
	s := i.take(strings.Replace(one, "open", "working", 1) + "3,2.35,48.85,Roads,Deep,,,2024-05-01,,open,\n" + two)
	if s.Taken != 1 || s.Known != 1 || s.Refused != 1 || s.Reasons["known_other"] != 1 {
		t.Errorf("other content: %+v", s)
	}
	if rows := i.refusedRows(); len(rows) != 1 || rows[0] != "2 known_other 1 (1) | 1,2.35,48.85,Roads,Deep,,,2024-05-01,,working," {
		t.Errorf("refused: %q", rows)
	}
}

// An import that is interrupted between two batches is continued by the same call, under its number, and the whole is as if nothing had happened.
func TestReportsResumed(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	const n = 3*batch + 10
	var rows strings.Builder
	for k := range n {
		fmt.Fprintf(&rows, "%d,2.%06d,48.85,Roads,Deep,,,2024-05-01,2024-05-02,done,\n", k, 300000+k)
	}
	rows.WriteString("x,,,Roads,Deep,,,2024-05-01,,open,\n")
	file := content(t, []byte(header+rows.String()))
	here := cursor(t, i.db)
	ctx, kill := context.WithCancel(t.Context())
	o := i.options()
	batches := 0
	o.Progress = func(stage Stage, _, _ int64) {
		if stage == StageMove {
			if batches++; batches == 3 {
				kill() // two batches are stored
			}
		}
	}
	if _, err := Reports(ctx, i.db, account.System, file, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	stored := i.text(`select count(*)::text from report`)
	if stored != fmt.Sprint(2*batch-1) { // rows are counted from 1
		t.Errorf("%s rows after two batches", stored)
	}
	o.Progress = nil
	s, err := Reports(t.Context(), i.db, account.System, file, o)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Resumed || s.Import != 1 || s.Taken != n || s.Refused != 1 || s.Read != n+1 {
		t.Errorf("%+v", s)
	}
	if got := i.text(`select concat_ws(' ', count(*), count(distinct external_id), min(import_id), max(import_id), (select count(*) from timeline), (select count(*) from import)) from report`); got != fmt.Sprintf("%d %d 1 1 %d 1", n, n, n) {
		t.Errorf("stored: %s", got)
	}
	// Every report stands in the log, one row for a batch.
	logged, covered := 0, int64(0)
	for _, c := range changes(t, i.db, here) {
		if c.Kind == reports.Kind {
			logged++
			covered += c.Last - c.First + 1
		}
	}
	if logged != 4 || covered != n {
		t.Errorf("%d rows of the log cover %d reports", logged, covered)
	}
	if s, err = Reports(t.Context(), i.db, account.System, file, o); err != nil || s.Resumed || s.Known != n {
		t.Errorf("once more: %+v %v", s, err)
	}
}

// While one import of a source runs, another is told so.
func TestReportsTwoAtOnce(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	rows := header + "1,2.35,48.85,Roads,Deep,,,2024-05-01,,open,\n"
	o := i.options()
	var second error
	o.Progress = func(stage Stage, done, _ int64) {
		if stage == StageMove && done == 0 {
			_, second = Reports(t.Context(), i.db, account.System, content(t, []byte(rows)), i.options())
		}
	}
	if _, err := Reports(t.Context(), i.db, account.System, content(t, []byte(rows)), o); err != nil {
		t.Fatal(err)
	}
	if fault.KindOf(second) != fault.Conflict {
		t.Errorf("the second import: %v", second)
	}
	if s := i.take("1,2.35,48.85,Roads,Deep,,,2024-05-01,,open,\n"); s.Known != 1 {
		t.Errorf("the lock was not given back: %+v", s)
	}
}

// Zones are stored as PostGIS decides, and a revision that comes between two batches counts for all that are stored after it.
func TestReportsZones(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	load := func(west float64) {
		square := fmt.Sprintf(`{"type":"Feature","properties":{"code":"%[1]g"},"geometry":{"type":"Polygon","coordinates":[[[%[1]g,48],[3,48],[3,49],[%[1]g,49],[%[1]g,48]]]}}`, west)
		content, err := zone.ReadFile(strings.NewReader(square), "", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := zone.Import(t.Context(), i.db, account.System, zone.Naming{Slug: "z", Source: "x"}, content); err != nil {
			t.Fatal(err)
		}
	}
	load(2)
	var rows strings.Builder
	for k := range 2 * batch {
		fmt.Fprintf(&rows, "%d,2.%06d,48.%06d,Roads,Deep,,,2024-05-01,,open,\n", k, (k*7919)%1_000_000, (k*104729)%1_000_000)
	}
	o := i.options()
	o.Progress = func(stage Stage, done, _ int64) {
		if stage == StageMove && done == batch-1 {
			load(2.5)
		}
	}
	s, err := Reports(t.Context(), i.db, account.System, content(t, []byte(header+rows.String())), o)
	if err != nil || s.Taken != 2*batch {
		t.Fatalf("%+v %v", s, err)
	}
	// Half of the longitudes lie west of the second revision's border.
	got := i.text(fmt.Sprintf(`
		select count(*) filter (where zone_ids <> zones_at(lon, lat)) || ' ' || (abs(count(*) filter (where zone_ids = '{}') - %[1]d) < %[1]d / 20)
		from report`, batch))
	if got != "0 true" {
		t.Errorf("wrong zones, about half without zones: %s", got)
	}
}

// A source without numbers: rows that say the same are counted, so that none is lost and none comes twice.
func TestReportsWithoutNumbers(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	i.mapping = strings.Replace(i.mapping, "\nid: id\n", "\n", 1)
	row := ",2.35,48.85,Roads,Deep,,,2024-05-01,,open,\n"
	if s := i.take(row + row + strings.Replace(row, "Deep", "Flat", 1)); s.Taken != 3 {
		t.Errorf("%+v", s)
	}
	if s := i.take(row + row + row); s.Taken != 1 || s.Known != 2 {
		t.Errorf("%+v", s)
	}
}

// Our own export: slugs that we do not have refuse their rows.
func TestReportsOwn(t *testing.T) {
	t.Parallel()
	i := newImporter(t)
	o := i.options()
	o.Mapping = mapping(t, "quartier")
	s, err := Reports(t.Context(), i.db, account.System, open(t, "testdata/quartier.csv"), o)
	if err != nil || s.Taken != 1 || s.Reasons["category"] != 1 || s.Reasons["status"] != 1 {
		t.Errorf("%+v %v", s, err)
	}
	// Features say the same of report 101 in other columns.
	o.Source = "elsewhere"
	if s, err = Reports(t.Context(), i.db, account.System, open(t, "testdata/quartier.geojson"), o); err != nil || s.Taken != 1 || s.Refused != 3 {
		t.Errorf("%+v %v", s, err)
	}
}

func cursor(t *testing.T, db *store.DB) (c store.Cursor) {
	t.Helper()
	err := db.Read(t.Context(), func(tx pgx.Tx) (err error) {
		c, err = store.Here(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func changes(t *testing.T, db *store.DB, c store.Cursor) (list []store.Change) {
	t.Helper()
	err := db.Read(t.Context(), func(tx pgx.Tx) (err error) {
		list, _, err = store.Since(t.Context(), tx, c)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
