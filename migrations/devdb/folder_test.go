package devdb

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestUnfitFolders(t *testing.T) {
	t.Parallel()
	write := func(t *testing.T, path, content string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name    string
		prepare func(t *testing.T, dir string)
		kind    Kind
		says    string
	}{
		{"a file", func(t *testing.T, dir string) { write(t, dir, "") }, Folder, "not a directory"},
		{"below a file", func(t *testing.T, dir string) { write(t, filepath.Dir(dir), "") }, Folder, "not a directory"},
		{"a file in the cluster's place", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "postgres"), "") }, Folder, "is not a folder"},
		{"a link where we write", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "postgres", "log"), "")
			if err := os.Symlink(filepath.Join(dir, "postgres", "log"), filepath.Join(dir, "postgres", "gate")); err != nil {
				t.Fatal(err)
			}
		}, Folder, "symbolic links"},
		{"data of something else", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "postgres", "data", "ibdata1"), "")
		}, Folder, "PG_VERSION"},
		{"data of no version", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "postgres", "data", "PG_VERSION"), "x\n")
		}, Folder, "names no version"},
		{"data of another version", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "postgres", "data", "PG_VERSION"), "9\n")
		}, OtherVersion, "was made by PostgreSQL 9"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a", "b")
			tt.prepare(t, dir)
			checkRefused(t, dir, tt.kind, tt.says)
		})
	}
}

func checkRefused(t *testing.T, dir string, kind Kind, says string) {
	t.Helper()
	c, err := Start(t.Context(), dir)
	if err == nil {
		c.Stop()
	}
	var fault *Error
	if !errors.As(err, &fault) || fault.Kind != kind || !strings.Contains(err.Error(), says) {
		t.Fatalf("error %v, want one that says %q", err, says)
	}
	if fault.Dir != dir || strings.Count(err.Error(), "\n") > 0 {
		t.Errorf("not a sentence about %s: %q", dir, err)
	}
}

func TestFolderWithoutTheRightToWrite(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere; TestUnprivileged runs this as another user")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	checkRefused(t, dir, Folder, "permission denied")
}

func TestFolderOfAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can make a folder for somebody else")
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 54321, 54321); err != nil {
		t.Fatal(err)
	}
	checkRefused(t, dir, Folder, "belongs to user 54321): run `chown -R root "+dir+"`")
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	checkRefused(t, dir, DiskFull, "no space is left on the disk")
	// What the attempt left must not stand in the way once there is space.
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=200m"); err != nil {
		t.Fatal(err)
	}
	mustStart(t, dir)
}

// TestUnprivileged runs what differs as a user without rights if we are root: this is how most people run a server.
func TestUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("all tests run without rights already")
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Skip(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	dir, err := os.MkdirTemp("/tmp", "devdb-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "devdb.test"), binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "devdb.test"), "-test.v", "-test.run=Durable|Users|Stale|Folder")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS: TestUsersShareAServer") {
		t.Fatalf("%v\n%s", err, out)
	}
}
