package importing

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/store/storetest"
	"quartier/reports/zone"
)

// copied are the columns of a report that an import writes.
const copied = `filing_sha256, category_id, service_id, title, description, lon, lat, h3, address, zone_ids, status, visibility, channel, source,
	external_id, import_id, created_at, created_precision, updated_at, closed_at, closed_precision`

// BenchmarkReports imports a city's file and copies the same rows into the same empty, indexed table by a plain binary COPY, in turns. The ratio is that
// of rows/s: 1 would be an import that costs nothing beside storing. Reading, checking, locating in zones and timelines are on its side alone.
func BenchmarkReports(b *testing.B) {
	for source, name := range map[string]string{"dansmarue": "paris_dansmarue", "boston311": "boston311_2011", "chicago311": "chicago311_sanitation"} {
		b.Run(source, func(b *testing.B) {
			file := open(b, sharedData(b, "reports/"+name+".csv.gz"))
			db := storetest.New(b)
			for _, set := range []string{"paris_quartiers", "paris_arrondissements", "boston_neighborhoods", "chicago_wards_2015"} {
				in, err := open(b, sharedData(b, "zones/"+set+".geojson")).Open()
				if err != nil {
					b.Fatal(err)
				}
				content, err := zone.ReadFile(in, "", "")
				if err != nil {
					b.Fatal(err)
				}
				if _, err := zone.Import(b.Context(), db, account.System, zone.Naming{Slug: set, Source: set}, content); err != nil {
					b.Fatal(err)
				}
			}
			o := Options{Mapping: mapping(b, source), Refused: filepath.Join(b.TempDir(), "refused.csv"), Now: time.Now()}
			clear := func() {
				if _, err := db.Exec(b.Context(), `truncate report, report_contact, timeline cascade; checkpoint`); err != nil {
					b.Fatal(err)
				}
			}
			conn, err := db.Acquire(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Release()
			var ours, plain time.Duration
			var rows int64
			for b.Loop() {
				clear()
				start := time.Now()
				s, err := Reports(b.Context(), db, account.System, file, o)
				if err != nil {
					b.Fatal(err)
				}
				ours += time.Since(start)
				rows += s.Taken
				var binary bytes.Buffer
				if _, err := conn.Conn().PgConn().CopyTo(b.Context(), &binary, fmt.Sprintf(`copy (select %s from report order by id) to stdout (format binary)`, copied)); err != nil {
					b.Fatal(err)
				}
				clear()
				start = time.Now()
				if _, err := conn.Conn().PgConn().CopyFrom(b.Context(), &binary, fmt.Sprintf(`copy report (%s) from stdin (format binary)`, copied)); err != nil {
					b.Fatal(err)
				}
				plain += time.Since(start)
			}
			b.ReportMetric(float64(rows)/ours.Seconds(), "rows/s")
			b.ReportMetric(float64(rows)/plain.Seconds(), "copied-rows/s")
			b.ReportMetric(plain.Seconds()/ours.Seconds(), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkParse reads and parses rows, without a database.
func BenchmarkParse(b *testing.B) {
	line := `T%d,1,Objets abandonnés,Gravats ou déchets de chantier,"1 Rue du Test, 75001 PARIS",75001,1,ESSAI,2024-01-02,Android,Ramen,2.3412345678,48.8612345678` + "\n"
	var text strings.Builder
	text.WriteString("id_dmr,numero,type,soustype,adresse,code_postal,arrondissement,conseilquartier,datedecl,prefixe,intervenant,lon,lat\n")
	const n = 10_000
	for i := range n {
		fmt.Fprintf(&text, line, i)
	}
	file := content(b, []byte(text.String()))
	p := newRowParser(mapping(b, "dansmarue"), noon)
	for b.Loop() {
		records, err := openRecords(file, p.columns, "")
		if err != nil {
			b.Fatal(err)
		}
		r := record{values: make([]string, len(p.columns))}
		for range n {
			if err := records.next(&r); err != nil {
				b.Fatal(err)
			}
			if _, _, no := p.parse(&r); no != nil {
				b.Fatal(no)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
