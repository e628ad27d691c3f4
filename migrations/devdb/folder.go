package devdb

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// folder is where a cluster lives: DIR/postgres, with the server's data in data, our two lock files and the server's log beside it. All but data belongs
// to the user who calls us, so that nobody can put a link where root writes.
type folder struct {
	dir  string // what the user chose, absolute
	home string // DIR/postgres
}

func (f folder) data() string { return filepath.Join(f.home, "data") }
func (f folder) log() string  { return filepath.Join(f.home, "log") }

// openFolder makes what is missing of DIR and DIR/name, and refuses a place that could not keep a database safely.
func openFolder(dir, name string) (folder, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil || dir == "" {
		return folder{}, &Error{Kind: Folder, Dir: dir, Cause: errors.New("it has no absolute path")}
	}
	f := folder{dir: absolute, home: filepath.Join(absolute, name)}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return folder{}, f.refuse(err)
	}
	self := uint32(os.Geteuid())
	if err := f.checkOwner(f.dir, self, 0); err != nil {
		return folder{}, err
	}
	if err := os.Mkdir(f.home, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return folder{}, f.refuse(err)
	}
	return f, f.checkOwner(f.home, self)
}

// checkOwner refuses a folder of anybody but the allowed users: he could exchange what is in it.
func (f folder) checkOwner(path string, allowed ...uint32) error {
	info, err := os.Stat(path)
	if err != nil {
		return f.refuse(err)
	}
	if !info.IsDir() {
		return f.refuse(fmt.Errorf("%s is not a folder", path))
	}
	if uid, _ := ownerOf(info); !slices.Contains(allowed, uid) {
		return &Error{
			Kind: Folder, Dir: f.dir, Cause: fmt.Errorf("%s belongs to %s", path, userName(uid)),
			Command: asRoot(fmt.Sprintf("chown -R %s %s", userName(allowed[0]), f.dir)),
		}
	}
	return nil
}

// refuse wraps the cause why the folder cannot be used.
func (f folder) refuse(cause error) error {
	if errors.Is(cause, syscall.ENOSPC) || errors.Is(cause, syscall.EDQUOT) {
		return f.full(cause)
	}
	return &Error{Kind: Folder, Dir: f.dir, Cause: cause}
}

func (f folder) full(cause error) error {
	return &Error{Kind: DiskFull, Dir: f.dir, Command: "df -h " + f.dir, Log: f.log(), Cause: cause}
}

// open opens one of our own files, which is made if it is not there.
func (f folder) open(name string, flags int) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(f.home, name), os.O_CREATE|syscall.O_NOFOLLOW|flags, 0o600)
	if err != nil {
		return nil, f.refuse(err)
	}
	return file, nil
}

// major is the version of PostgreSQL that made the data; 0 if there is none yet.
func (f folder) major() (int, error) {
	raw, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(f.data()); errors.Is(err, fs.ErrNotExist) {
			return 0, nil
		}
	}
	if err != nil {
		return 0, f.refuse(err)
	}
	major, err := strconv.Atoi(string(bytes.TrimSpace(raw)))
	if err != nil || major <= 0 {
		return 0, f.refuse(fmt.Errorf("%s/PG_VERSION names no version", f.data()))
	}
	return major, nil
}

func ownerOf(info fs.FileInfo) (uid, gid uint32) {
	stat := info.Sys().(*syscall.Stat_t)
	return stat.Uid, stat.Gid
}

func userName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if found, err := user.LookupId(id); err == nil {
		return found.Username
	}
	return "user " + id
}
