package devdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	port     = "5432"   // only names the socket: .s.PGSQL.5432
	longest  = 100      // bytes of the socket's path: Unix systems take between 104 and 108
	logLimit = 16 << 20 // bytes of the log after which the next start begins a new one
)

// process is a server that we started.
type process struct {
	cmd    *exec.Cmd
	done   chan struct{} // closed when it has ended
	socket string        // the folder of its socket
	log    string
	begin  int64 // where its part of the log begins
}

// launch starts a server, and makes its data first if there is none.
func (s server) launch(ctx context.Context, before state) (*process, error) {
	major, err := s.folder.major()
	if err != nil {
		return nil, err
	}
	programs, err := find(places, os.Getenv("PATH"), major)
	if missing := (*Error)(nil); errors.As(err, &missing) {
		missing.Dir = s.folder.dir
	}
	if err != nil {
		return nil, err
	}
	runner, err := s.folder.account()
	if err != nil {
		return nil, err
	}
	if major == 0 {
		if err := s.initialise(ctx, programs, runner); err != nil {
			return nil, err
		}
	}
	if err := s.disown(before); err != nil {
		return nil, err
	}
	socket, err := s.socket(runner, before.socket)
	if err != nil {
		return nil, err
	}
	var args []string
	for _, setting := range append([]string{"unix_socket_directories=" + socket}, s.kind.settings...) {
		args = append(args, "-c", setting)
	}
	p, err := s.run(programs, runner, args)
	if err != nil {
		leave(socket)
		return nil, err
	}
	p.socket = socket
	return p, nil
}

// initialise makes the data under another name and renames it when it is whole and on the disk: a start that was cut short leaves nothing that looks like
// a database.
func (s server) initialise(ctx context.Context, programs binaries, runner account) error {
	half := s.folder.data() + ".half"
	if err := os.RemoveAll(half); err != nil {
		return s.folder.refuse(err)
	}
	if err := runner.give(half); err != nil {
		return s.folder.refuse(err)
	}
	if !runner.has(half) {
		return s.folder.refuse(errors.New("its file system does not keep owners and permissions"))
	}
	data, err := os.Open(half)
	if err != nil {
		return s.folder.refuse(err)
	}
	defer data.Close()
	cmd := programs.command(ctx, runner, "initdb", data, append([]string{
		"--username=" + role, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
	}, s.kind.initdb...))
	if out, err := cmd.CombinedOutput(); err != nil {
		_ = os.RemoveAll(half)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return s.failed(string(out) + "\n" + err.Error())
	}
	if err := os.Rename(half, s.folder.data()); err != nil {
		return s.folder.refuse(err)
	}
	home, err := os.Open(s.folder.home)
	if err != nil {
		return s.folder.refuse(err)
	}
	defer home.Close()
	return home.Sync()
}

// run starts the server with its own log file and session, so that it neither holds our outputs open nor hears our terminal's Ctrl-C.
func (s server) run(programs binaries, runner account, args []string) (*process, error) {
	data, err := os.Open(s.folder.data())
	if err != nil {
		return nil, s.folder.refuse(err)
	}
	defer data.Close()
	if info, err := os.Stat(s.folder.log()); err == nil && info.Size() > logLimit {
		if err := os.Rename(s.folder.log(), s.folder.log()+".1"); err != nil {
			return nil, s.folder.refuse(err)
		}
	}
	log, err := s.folder.open("log", os.O_WRONLY|os.O_APPEND)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	begin, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, s.folder.refuse(err)
	}
	cmd := programs.command(context.Background(), runner, "postgres", data, args)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, s.failed(err.Error())
	}
	p := &process{cmd: cmd, done: make(chan struct{}), log: s.folder.log(), begin: begin}
	go func() {
		_ = cmd.Wait() // how it ended stands in its log
		close(p.done)
	}()
	return p, nil
}

// command prepares a program of PostgreSQL that works on an open data folder. It gets none of our environment, where secrets may stand.
func (b binaries) command(ctx context.Context, runner account, program string, data *os.File, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(b.folder, program))
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LD_LIBRARY_PATH=" + os.Getenv("LD_LIBRARY_PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: runner.credential}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	path := data.Name()
	if _, err := os.Stat("/proc/self/fd"); err == nil && runner.credential != nil {
		cmd.ExtraFiles = []*os.File{data}
		path = "/proc/self/fd/3"
	}
	cmd.Args = append(cmd.Args, append([]string{"-D", path}, args...)...)
	return cmd
}

func (p *process) exited() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// said is the end of what the server wrote to its log.
func (p *process) said() string {
	raw, err := os.ReadFile(p.log)
	if err != nil || int64(len(raw)) < p.begin {
		return ""
	}
	return string(raw[p.begin:])
}

// stop ends a server that nobody has got to use.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGINT)
	<-p.done
	leave(p.socket)
}

// socket makes the folder of the socket: the one that earlier users know if there was one, else one whose name follows from the data folder's, or
// any other if somebody has taken that name.
func (s server) socket(runner account, before string) (string, error) {
	base := os.TempDir()
	if runner.credential != nil || len(base)+len("/quartier-0123456789abcdef/.s.PGSQL."+port+".lock") > longest {
		base = "/tmp" // short, and open to the user postgres
	}
	sum := sha256.Sum256([]byte(s.folder.home))
	for _, path := range []string{before, filepath.Join(base, "quartier-"+hex.EncodeToString(sum[:8]))} {
		if !ours(path) {
			continue
		}
		if err := runner.give(path); err == nil || errors.Is(err, fs.ErrExist) && runner.has(path) {
			return path, nil
		}
	}
	path, err := os.MkdirTemp(base, "quartier-*")
	if err != nil {
		return "", s.folder.refuse(err)
	}
	if runner.credential != nil {
		err = os.Chown(path, int(runner.uid), int(runner.gid))
	}
	if err != nil {
		return "", s.folder.refuse(err)
	}
	return path, nil
}

// leave removes the folder of a socket, unless something else lies in it.
func leave(socket string) {
	if ours(socket) {
		_ = os.Remove(socket)
	}
}

// ours says whether the folder of a socket has a name that we give.
func ours(path string) bool { return strings.HasPrefix(filepath.Base(path), "quartier-") }
