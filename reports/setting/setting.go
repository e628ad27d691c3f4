// Package setting holds what administrators decide for the whole town while it runs: nodes share it in the database, and an administration page changes it. What
// belongs to one node (ports, files, passwords of mail servers) is in its environment instead: cmd/quartier/config.go.
//
// Each setting is a row of the table of the same name; what stands in no row has its default. Refused: one JSON document, of which two administrators
// would overwrite each other's half.
package setting

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store"
)

// Settings are all of them.
type Settings struct {
	Town              string // name of the town or the service, in titles and mails; empty: Quartier
	Contact           string // address to write to, on pages and in mails; empty: none
	ConfirmEmail      bool   // a report with an address stays pending until the link sent to it was opened
	StaffSecondFactor bool   // roles beyond a resident's want a passkey or a second factor
	RetentionYears    int    // personal data is erased so long after a report was closed, and an account was last used; 1…30
}

// Defaults are the settings of a new town.
var Defaults = Settings{RetentionYears: 3}

// row is how a setting is read from its row of the table, and written.
type row struct {
	read  func(*Settings, string) error
	write func(*Settings) string
}

// rows are the settings by their names in the table.
var rows = map[string]row{
	"town":                textRow(func(s *Settings) *string { return &s.Town }),
	"contact":             textRow(func(s *Settings) *string { return &s.Contact }),
	"confirm_email":       flagRow(func(s *Settings) *bool { return &s.ConfirmEmail }),
	"staff_second_factor": flagRow(func(s *Settings) *bool { return &s.StaffSecondFactor }),
	"retention_years":     numberRow(func(s *Settings) *int { return &s.RetentionYears }),
}

func textRow(field func(*Settings) *string) row {
	return row{
		func(s *Settings, text string) error { *field(s) = text; return nil },
		func(s *Settings) string { return *field(s) },
	}
}

func flagRow(field func(*Settings) *bool) row {
	return row{
		func(s *Settings, text string) (err error) { *field(s), err = strconv.ParseBool(text); return err },
		func(s *Settings) string { return strconv.FormatBool(*field(s)) },
	}
}

func numberRow(field func(*Settings) *int) row {
	return row{
		func(s *Settings, text string) (err error) { *field(s), err = strconv.Atoi(text); return err },
		func(s *Settings) string { return strconv.Itoa(*field(s)) },
	}
}

// Read reads the settings.
func Read(ctx context.Context, db *store.DB) (s Settings, err error) {
	err = db.Read(ctx, func(tx pgx.Tx) error {
		s, err = Load(ctx, tx)
		return err
	})
	return s, err
}

// Load reads the settings in a transaction.
func Load(ctx context.Context, tx pgx.Tx) (Settings, error) {
	s := Defaults
	found, err := tx.Query(ctx, `select name, value from setting`)
	if err != nil {
		return s, fmt.Errorf("read the settings: %w", err)
	}
	var name, value string
	_, err = pgx.ForEachRow(found, []any{&name, &value}, func() error {
		if r, ours := rows[name]; ours {
			if err := r.read(&s, value); err != nil {
				return fmt.Errorf("setting %s is wrong: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return s, fmt.Errorf("read the settings: %w", err)
	}
	return s, nil
}

// Change stores settings in a transaction and tells which were others before, by name. It fails with Invalid for a value that will not do.
func Change(ctx context.Context, tx pgx.Tx, s Settings) (changed []string, err error) {
	if s.RetentionYears < 1 || s.RetentionYears > 30 {
		return nil, fault.In("retention_years", "error.setting.years", nil)
	}
	before, err := Load(ctx, tx)
	if err != nil {
		return nil, err
	}
	for name, r := range rows {
		if r.write(&before) == r.write(&s) {
			continue
		}
		changed = append(changed, name)
		_, err := tx.Exec(ctx, `insert into setting (name, value) values (@name, @value) on conflict (name) do update set value = excluded.value`,
			pgx.NamedArgs{"name": name, "value": r.write(&s)})
		if err != nil {
			return nil, fmt.Errorf("store the setting %s: %w", name, err)
		}
	}
	return changed, nil
}
