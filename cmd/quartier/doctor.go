package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"quartier/migrations"
	"quartier/reports/mail"
	"quartier/reports/media"
	"quartier/reports/store"
	"quartier/web/live"
)

// doctorCommand checks what the service needs.
type doctorCommand struct {
	mailSettings
	mediaSettings
}

// Run checks one thing after the other, says of each whether it is well, and fails if one is not.
func (c *doctorCommand) Run(p *program) error {
	well := true
	say := func(good bool, word string, args map[string]any) {
		verdict := "doctor.ok"
		if !good {
			verdict, well = "doctor.wrong", false
		}
		fmt.Fprintln(p.stdout, p.language.Say(verdict, map[string]any{"what": p.language.Say(word, args)}))
	}
	if err := writable(p.settings.Data); err != nil {
		say(false, "doctor.storage_wrong", map[string]any{"dir": p.settings.Data, "cause": err})
	} else {
		say(true, "doctor.storage", map[string]any{"dir": p.settings.Data})
	}
	c.examineMail(p, say)
	db, closeDB, err := p.database(p.ctx)
	if err != nil {
		say(false, "failure.unknown", map[string]any{"cause": p.sentence(err)})
		return errTold
	}
	defer closeDB()
	if err := c.examine(p, db, say); err != nil {
		say(false, "failure.unknown", map[string]any{"cause": p.sentence(err)})
	}
	if !well {
		return errTold
	}
	return nil
}

// examine checks the database, its schema, where photos are kept, that the map can be loaded, and the jobs.
func (c *doctorCommand) examine(p *program, db *store.DB, say func(bool, string, map[string]any)) error {
	var version string
	if err := db.QueryRow(p.ctx, `select current_setting('server_version')`).Scan(&version); err != nil {
		return err
	}
	say(true, "doctor.database", map[string]any{"version": version})
	list, err := migrations.List(p.ctx, db.Pool)
	if err != nil {
		return err
	}
	missing := 0
	for _, m := range list {
		if m.Applied.IsZero() {
			missing++
		}
	}
	if missing > 0 {
		say(false, "doctor.schema_behind", map[string]any{"n": missing})
		return nil
	}
	say(true, "doctor.schema", nil)
	c.examineMedia(p, db, say)
	m, err := live.New(db, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Minute)
	defer cancel()
	start := time.Now()
	if err := m.Load(ctx); err != nil {
		return err
	}
	say(true, "doctor.index", map[string]any{"n": m.Index.Size().Items, "time": time.Since(start).Round(time.Millisecond)})
	return examineJobs(p.ctx, db, say)
}

// examineJobs tells of jobs that failed for good, and how many mails wait.
func examineJobs(ctx context.Context, db *store.DB, say func(bool, string, map[string]any)) error {
	jobs, err := db.JobCounts(ctx)
	if err != nil {
		return err
	}
	waiting, _, err := mail.Counts(ctx, db)
	if err != nil {
		return err
	}
	if n := jobs[store.JobsDead]; n > 0 {
		say(false, "doctor.jobs_dead", map[string]any{"n": n})
	} else {
		say(true, "doctor.jobs", nil)
	}
	say(true, "doctor.mails", map[string]any{"n": waiting})
	return nil
}

// examineMedia proves that photos can be written, read and removed where they are kept.
func (c *doctorCommand) examineMedia(p *program, db *store.DB, say func(bool, string, map[string]any)) {
	bucket, err := c.bucket()
	if err == nil {
		var photos *media.Store
		if photos, err = media.Open(p.ctx, db, p.settings.Data, bucket, time.Now); err == nil {
			err = photos.Check(p.ctx)
		}
	}
	if err != nil {
		say(false, "doctor.media_wrong", map[string]any{"cause": p.sentence(err)})
		return
	}
	say(true, "doctor.media", nil)
}

// examineMail checks that the mail server takes our word, if there is one.
func (c *doctorCommand) examineMail(p *program, say func(bool, string, map[string]any)) {
	server, err := c.server()
	switch {
	case err != nil:
		say(false, "failure.unknown", map[string]any{"cause": p.sentence(err)})
	case server == nil:
		say(true, "doctor.no_smtp", nil)
	default:
		if err := server.Check(p.ctx); err != nil {
			say(false, "doctor.smtp_wrong", map[string]any{"server": server, "cause": err})
			return
		}
		say(true, "doctor.smtp", map[string]any{"server": server})
	}
}

// writable proves that files can be made in a folder.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString("written"); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
