package main

import (
	"fmt"

	"quartier/migrations"
)

// migrateCommand looks after the schema.
type migrateCommand struct {
	Up     migrateUp     `cmd:"" default:"1" help:"${cli_migrate_up}"`
	Status migrateStatus `cmd:"" help:"${cli_migrate_status}"`
}

type (
	migrateUp     struct{}
	migrateStatus struct{}
)

// Run applies what is missing.
func (*migrateUp) Run(p *program) error {
	db, closeDB, err := p.database(p.ctx)
	if err != nil {
		return err
	}
	defer closeDB()
	return p.migrate(db)
}

// Run tells of each migration whether it is applied.
func (*migrateStatus) Run(p *program) error {
	db, closeDB, err := p.database(p.ctx)
	if err != nil {
		return err
	}
	defer closeDB()
	list, err := migrations.List(p.ctx, db.Pool)
	if err != nil {
		return err
	}
	for _, m := range list {
		word, args := "migrate.missing", map[string]any{"name": m.Name}
		if !m.Applied.IsZero() {
			word = "migrate.applied"
			args["at"] = p.language.Moment(m.Applied)
		}
		fmt.Fprintln(p.stdout, p.language.Say(word, args))
	}
	return nil
}
