package devdb

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Kind says why there is no database.
type Kind string

const (
	NoServer     Kind = "no-server"     // PostgreSQL is not installed
	OldServer    Kind = "old-server"    // PostgreSQL is installed, in a Version that is too old
	NoPostGIS    Kind = "no-postgis"    // PostgreSQL is installed in that Version, PostGIS for it is not
	OtherVersion Kind = "other-version" // the data in Dir was made by that Version of PostgreSQL, which is not installed
	NoUser       Kind = "no-user"       // we are root, and there is no system user postgres to run the server as
	DiskFull     Kind = "disk-full"     // no space is left for Dir
	Folder       Kind = "folder"        // Dir cannot hold a database; Cause says why
	Failed       Kind = "failed"        // the server would not start, or not stop; Cause says why, Log has the details
)

// Error is why there is no database, in one sentence that names the remedy. The fields serve those who say it in another language.
type Error struct {
	Kind    Kind
	Dir     string // the data folder, for the kinds that are about it
	Version string // a major version of PostgreSQL, for the kinds that are about one
	Command string // the command that puts it right, where one does
	Log     string // the server's log file, where it says more
	Cause   error
}

func (e *Error) Error() string {
	remedy := ": install PostgreSQL 14 or newer together with PostGIS 3"
	if e.Command != "" {
		remedy = ": run `" + e.Command + "`"
	}
	switch e.Kind {
	case NoServer:
		return "PostgreSQL is not installed" + remedy
	case OldServer:
		return fmt.Sprintf("PostgreSQL %s is too old, 14 or newer is needed%s", e.Version, remedy)
	case NoPostGIS:
		return fmt.Sprintf("PostGIS is not installed for PostgreSQL %s%s", e.Version, remedy)
	case OtherVersion:
		return fmt.Sprintf("the database in %s was made by PostgreSQL %s, which is not installed%s", e.Dir, e.Version, remedy)
	case NoUser:
		return "PostgreSQL does not run as root and there is no system user postgres" + remedy + ", or run as another user"
	case DiskFull:
		return fmt.Sprintf("no space is left on the disk for the database in %s: free some (see `%s`) or choose another folder with --data", e.Dir, e.Command)
	case Folder:
		return fmt.Sprintf("the folder %s cannot hold a database (%v)%s", e.Dir, e.Cause, e.folderRemedy())
	default:
		return fmt.Sprintf("the database in %s failed (%v): see %s", e.Dir, e.Cause, e.Log)
	}
}

func (e *Error) Unwrap() error { return e.Cause }

func (e *Error) folderRemedy() string {
	if e.Command == "" {
		return ": choose another one with --data"
	}
	return ": run `" + e.Command + "` or choose another one with --data"
}

// install is the command that installs packages on Debian and its relatives, and empty elsewhere.
func install(packages ...string) string {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return ""
	}
	return asRoot("apt-get install " + strings.Join(packages, " "))
}

// asRoot is a command that only root may run, as the present user has to type it.
func asRoot(command string) string {
	if os.Geteuid() == 0 {
		return command
	}
	return "sudo " + command
}
