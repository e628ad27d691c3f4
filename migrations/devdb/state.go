package devdb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// state is what the server's file postmaster.pid says, and whether that is still true.
type state struct {
	pid     int
	socket  string // the folder of the server's socket, "" while it starts
	ready   bool   // it takes connections
	running bool   // the process is there and works on our data
	rest    string // the lines after the pid
}

func (s server) look() state {
	raw, err := os.ReadFile(filepath.Join(s.folder.data(), "postmaster.pid"))
	if err != nil {
		return state{}
	}
	first, rest, _ := strings.Cut(string(raw), "\n")
	now := state{rest: rest}
	if now.pid, err = strconv.Atoi(strings.TrimSpace(first)); err != nil || now.pid <= 1 {
		return state{}
	}
	// Data folder, start time, port, socket folder, listen address, shared memory, status.
	lines := strings.Split(rest, "\n")
	if len(lines) > 3 {
		now.socket = lines[3]
	}
	if len(lines) > 6 {
		now.ready = strings.TrimSpace(lines[6]) == "ready"
	}
	now.running = worksOn(now.pid, s.folder.data())
	return now
}

// deaf says whether the server takes connections on a socket that is gone.
func (s state) deaf() bool {
	if !s.ready || s.socket == "" {
		return false
	}
	_, err := os.Lstat(filepath.Join(s.socket, ".s.PGSQL."+port))
	return errors.Is(err, os.ErrNotExist)
}

// worksOn says whether a process is a server of the data folder. After a crash its number may belong to any other process, so on Linux the working
// folder decides: PostgreSQL's is its data folder. A dead process that nobody has reaped has none.
func worksOn(pid int, data string) bool {
	if runtime.GOOS != "linux" {
		return syscall.Kill(pid, 0) == nil
	}
	there, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return false
	}
	here, err := os.Stat(data)
	return err == nil && os.SameFile(here, there)
}

// disown makes PostgreSQL start in spite of a postmaster.pid whose number some other process has now. PostgreSQL takes any living process for a
// server, but for its own parent, which we shall be. The file must stay: from its other lines PostgreSQL learns whether children of the
// crashed server still write to the data.
func (s server) disown(stale state) error {
	if stale.pid == 0 || stale.running || syscall.Kill(stale.pid, 0) != nil {
		return nil
	}
	file, err := os.OpenFile(filepath.Join(s.folder.data(), "postmaster.pid"), os.O_WRONLY|os.O_TRUNC|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return s.folder.refuse(err)
	}
	_, err = fmt.Fprintf(file, "%d\n%s", os.Getpid(), stale.rest)
	return errors.Join(err, file.Close())
}
