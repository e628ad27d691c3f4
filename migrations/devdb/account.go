package devdb

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is the user whom the server runs as. credential is nil if that is the user who calls us.
type account struct {
	uid, gid   uint32
	credential *syscall.Credential
}

// account chooses it: ourselves, or for root the owner of the data, or the user postgres if there is none yet.
func (f folder) account() (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	if info, err := os.Lstat(f.data()); err == nil {
		uid, gid := ownerOf(info)
		if uid == 0 {
			return account{}, f.refuse(fmt.Errorf("%s belongs to root, as whom PostgreSQL does not run", f.data()))
		}
		return other(uid, gid), nil
	}
	system, err := user.Lookup("postgres")
	if err != nil {
		return account{}, &Error{Kind: NoUser, Command: install("postgresql", "postgresql-postgis"), Cause: err}
	}
	uid, err := strconv.ParseUint(system.Uid, 10, 32)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.ParseUint(system.Gid, 10, 32)
	if err != nil {
		return account{}, err
	}
	return other(uint32(uid), uint32(gid)), nil
}

func other(uid, gid uint32) account {
	return account{uid, gid, &syscall.Credential{Uid: uid, Gid: gid, Groups: []uint32{gid}}}
}

// give makes a folder that only the account can enter.
func (a account) give(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	if a.credential == nil {
		return nil
	}
	return os.Chown(path, int(a.uid), int(a.gid))
}

// has says whether path is a folder that the account owns and nobody else can enter.
func (a account) has(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 {
		return false
	}
	uid, _ := ownerOf(info)
	return uid == a.uid
}
