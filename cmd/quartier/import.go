package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/importing"
	"quartier/reports/store"
	"quartier/reports/zone"
)

// importCommand takes open data in. Refused rows do not make it fail as long as the file has any that are not: they are counted, and written with
// line and reason into a file. It fails when a file cannot be read, or when all its rows are refused.
type importCommand struct {
	Reports   importReports   `cmd:"" help:"${cli_import_reports}"`
	Zones     importZones     `cmd:"" help:"${cli_import_zones}"`
	Addresses importAddresses `cmd:"" help:"${cli_import_addresses}"`
}

// importSettings are those of rows that a mapping explains.
type importSettings struct {
	Files   []string `arg:"" name:"file" help:"${cli_import_files}"`
	Source  string   `help:"${cli_import_source}" env:"QUARTIER_IMPORT_SOURCE" placeholder:"NAME"`
	Refused string   `help:"${cli_import_refused}" env:"QUARTIER_IMPORT_REFUSED" placeholder:"FILE"`
}

type importReports struct {
	importSettings
	Mapping string `help:"${cli_import_mapping}" env:"QUARTIER_IMPORT_MAPPING" placeholder:"NAME|FILE"`
}

type importAddresses struct {
	importSettings
	Mapping string `help:"${cli_import_mapping_addresses}" env:"QUARTIER_IMPORT_MAPPING" placeholder:"NAME|FILE"`
}

type importZones struct {
	Files        []string `arg:"" name:"file" help:"${cli_import_files}"`
	Set          string   `help:"${cli_import_set}" env:"QUARTIER_IMPORT_SET" placeholder:"NAME"`
	NameFR       string   `name:"name-fr" help:"${cli_import_name_fr}" env:"QUARTIER_IMPORT_NAME_FR"`
	NameEN       string   `name:"name-en" help:"${cli_import_name_en}" env:"QUARTIER_IMPORT_NAME_EN"`
	CodeProperty string   `help:"${cli_import_code}" env:"QUARTIER_IMPORT_CODE_PROPERTY" placeholder:"PROPERTY"`
	NameProperty string   `help:"${cli_import_name}" env:"QUARTIER_IMPORT_NAME_PROPERTY" placeholder:"PROPERTY"`
}

// Run imports files of reports.
func (c *importReports) Run(p *program) error {
	return c.run(p, importing.KindReports, c.Mapping)
}

// Run imports files of addresses.
func (c *importAddresses) Run(p *program) error {
	return c.run(p, importing.KindAddresses, c.Mapping)
}

// run imports the files one after the other. One that fails is told, and the others are imported all the same.
func (c *importSettings) run(p *program, kind, mapping string) error {
	if c.Refused != "" && len(c.Files) > 1 {
		return fault.New(fault.Invalid, "import.refused_many", nil)
	}
	db, closeDB, err := p.upToDate()
	if err != nil {
		return err
	}
	defer closeDB()
	failed := false
	for _, name := range c.Files {
		if err := c.one(p, db, kind, mapping, name); err != nil {
			if p.ctx.Err() != nil {
				return fault.New(fault.Unavailable, "import.interrupted", nil)
			}
			if len(c.Files) == 1 {
				return err
			}
			fmt.Fprintf(p.stderr, "quartier: %s: %s\n", name, p.sentence(err))
			failed = true
		}
	}
	if failed {
		return errTold
	}
	return nil
}

// upToDate opens the database and brings it up to date: the first thing that an operator does may be an import.
func (p *program) upToDate() (*store.DB, func(), error) {
	db, closeDB, err := p.database(p.ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := p.migrate(db); err != nil {
		closeDB()
		return nil, nil, err
	}
	return db, closeDB, nil
}

// one imports one file and tells what came of it.
func (c *importSettings) one(p *program, db *store.DB, kind, mapping, name string) error {
	f, err := importing.OpenFile(p.ctx, name, p.stdin)
	if err != nil {
		return err
	}
	defer f.Close()
	o := importing.Options{Source: c.Source, Refused: c.Refused, Now: time.Now()}
	if mapping != "" {
		o.Mapping, err = importing.LoadMapping(mapping)
	} else {
		o.Mapping, err = importing.Detect(f, kind)
	}
	if err != nil {
		return err
	}
	if o.Source == "" {
		o.Source = o.Mapping.Source
	}
	if o.Refused == "" {
		o.Refused = f.Base() + ".refused.csv"
	}
	o.Explain = func(reason string) string { return p.language.Say("import.reason."+reason, nil) }
	bar := &progress{program: p}
	o.Progress = bar.tell
	var s importing.Summary
	if kind == importing.KindReports {
		s, err = importing.Reports(p.ctx, db, account.System, f, o)
	} else {
		s, err = importing.Addresses(p.ctx, db, account.System, f, o)
	}
	bar.end()
	if err != nil {
		return err
	}
	return p.tellImport(f, kind, &o, s)
}

// tellImport writes the summary. A file of which every row was refused ends in errTold.
func (p *program) tellImport(f *importing.File, kind string, o *importing.Options, s importing.Summary) error {
	say := func(word string, args map[string]any) { fmt.Fprintln(p.stdout, p.language.Say(word, args)) }
	word := "import.done.reports"
	if kind == importing.KindAddresses {
		word = "import.done.addresses"
	}
	say(word, map[string]any{"file": f.Name, "mapping": o.Mapping.Name, "read": s.Read, "taken": s.Taken, "changed": s.Changed, "known": s.Known,
		"twice": s.Twice, "skipped": s.Skipped, "refused": s.Refused})
	switch {
	case s.Resumed:
		say("import.done.resumed", map[string]any{"n": s.Import, "source": o.Source})
	case s.Import > 0:
		say("import.done.number", map[string]any{"n": s.Import, "source": o.Source})
	}
	if s.Categories > 0 {
		say("import.done.categories", map[string]any{"n": s.Categories})
	}
	for _, reason := range s.ReasonsInOrder() {
		say("import.done.reason", map[string]any{"count": s.Reasons[reason], "reason": reason, "sentence": o.Explain(reason)})
	}
	if s.Refused > 0 {
		say("import.done.refused", map[string]any{"file": o.Refused})
	}
	if s.Refused > 0 && s.Refused == s.Read {
		fmt.Fprintln(p.stderr, "quartier:", p.language.Say("import.done.none", nil))
		return errTold
	}
	return nil
}

// Run imports zones: each file is a set of its own, or all files together are the set that is named.
func (c *importZones) Run(p *program) error {
	contents := make([]*zone.Content, len(c.Files))
	for i, name := range c.Files {
		var err error
		if contents[i], err = c.read(p, name); err != nil {
			return err
		}
	}
	db, closeDB, err := p.upToDate()
	if err != nil {
		return err
	}
	defer closeDB()
	if c.Set != "" {
		joined, err := zone.Join(contents...)
		if err != nil {
			return err
		}
		names := make([]string, len(c.Files))
		for i, name := range c.Files {
			names[i] = filepath.Base(name)
		}
		return c.load(p, db, c.Set, strings.Join(names, " "), joined)
	}
	for i, name := range c.Files {
		slug, _, _ := strings.Cut(filepath.Base(name), ".")
		if err := c.load(p, db, strings.ToLower(slug), filepath.Base(name), contents[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *importZones) read(p *program, name string) (*zone.Content, error) {
	f, err := importing.OpenFile(p.ctx, name, p.stdin)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	return zone.ReadFile(in, c.CodeProperty, c.NameProperty)
}

// load puts the content of a set into force and tells what came of it.
func (c *importZones) load(p *program, db *store.DB, slug, source string, content *zone.Content) error {
	s, err := zone.Import(p.ctx, db, account.System, zone.Naming{Slug: slug, NameFR: c.NameFR, NameEN: c.NameEN, Source: source}, content)
	if err != nil {
		return err
	}
	say := func(word string, args map[string]any) { fmt.Fprintln(p.stdout, p.language.Say(word, args)) }
	args := map[string]any{"file": source, "set": slug, "zones": s.Zones, "revision": s.Revision, "code": content.CodeProperty, "name": content.NameProperty}
	if s.Unchanged {
		say("import.done.zones_same", args)
		return nil
	}
	say("import.done.zones", args)
	if content.Merged > 0 {
		say("import.done.zones_merged", map[string]any{"n": content.Merged})
	}
	for _, r := range s.Repaired {
		say("import.done.zones_repaired", map[string]any{"code": r.Code, "reason": r.Reason})
	}
	if len(s.Gone) > 0 {
		say("import.done.zones_gone", map[string]any{"codes": strings.Join(s.Gone, ", ")})
	}
	if s.Reports > 0 {
		say("import.done.zones_reports", map[string]any{"n": s.Reports})
	}
	return nil
}

// progress draws a bar for each stage of an import on a terminal, and nothing anywhere else.
type progress struct {
	program *program
	stage   importing.Stage
	bar     *progressbar.ProgressBar
}

func (b *progress) tell(stage importing.Stage, done, total int64) {
	if !terminal(b.program.stderr) {
		return
	}
	if b.bar == nil || b.stage != stage {
		b.end()
		word := "import.read"
		if stage == importing.StageMove {
			word = "import.move"
		}
		b.stage = stage
		b.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(b.program.stderr), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetDescription(b.program.language.Say(word, nil)), progressbar.OptionClearOnFinish(),
			progressbar.OptionShowBytes(stage == importing.StageRead), progressbar.OptionShowCount(), progressbar.OptionFullWidth())
	}
	_ = b.bar.Set64(done) // a bar that cannot be drawn is no failure of the import
}

// end takes the bar away.
func (b *progress) end() {
	if b.bar != nil {
		_ = b.bar.Finish()
		b.bar = nil
	}
}

// terminal tells whether somebody watches.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
