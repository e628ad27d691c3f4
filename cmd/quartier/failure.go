package main

import (
	"errors"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"quartier/migrations/devdb"
	"quartier/reports/fault"
	"quartier/web/ui"
)

// sentence says what went wrong, and what to do, in one sentence of the terminal's language.
func (p *program) sentence(err error) string {
	word, args := "failure.unknown", fault.Args{"cause": err}
	var private *devdb.Error
	var f *fault.Error
	var address *pgconn.ParseConfigError
	var unreachable *pgconn.ConnectError
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &private):
		word, args = "setup."+string(private.Kind), fault.Args{"command": private.Command, "version": private.Version, "dir": private.Dir,
			"log": private.Log, "cause": private.Cause}
	case errors.As(err, &refused) && refused.Code == "53100", errors.Is(err, syscall.ENOSPC): // disk_full
		word = "failure.disk"
	case errors.As(err, &refused) && refused.Code == "42501": // insufficient_privilege
		word = "failure.privilege"
	case errors.As(err, &refused) && (refused.Code == "0A000" || refused.Code == "58P01"): // the extension is not installed
		word = "failure.postgis"
	case errors.As(err, &address):
		word = "failure.database_address"
	case errors.As(err, &unreachable):
		word, args = "failure.database", fault.Args{"cause": plain(unreachable)}
	case errors.Is(err, ui.ErrNotBuilt):
		word = "failure.front_end"
	case errors.As(err, &f):
		word, args = f.Word, f.Args
		if len(f.Fields) == 1 {
			word, args = f.Fields[0].Word, f.Fields[0].Args
		}
	}
	return p.language.Say(word, args)
}

// plain gives the innermost cause of an attempt to connect, on one line: pgx's own text names user and database, and repeats itself for each
// address that it tried.
func plain(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	if i := strings.LastIndex(first, ": "); i >= 0 {
		first = first[i+2:]
	}
	return first
}
