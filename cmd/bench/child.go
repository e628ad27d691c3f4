package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A child is this program once more, in a process of its own, so that its memory and its processor time are nobody else's. Questions and answers are
// lines of JSON through its standard input and output; it ends when its input does.
type child struct {
	command *exec.Cmd
	to      io.WriteCloser
	from    *json.Decoder
}

// role is what a child does: it is given what it was started with, and answers questions.
type role func(ctx context.Context, with json.RawMessage) (answer func(question json.RawMessage) (any, error), stop func(), err error)

// roles by their names.
var roles = map[string]role{"index": indexRole, "server": serverRole, "bare": bareRole}

// childWord is the first argument of a child.
const childWord = "child"

// begin starts a child; the answer to nothing is its first.
func begin(ctx context.Context, name string, with any) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	spec, err := json.Marshal(with)
	if err != nil {
		return nil, err
	}
	c := &child{command: exec.CommandContext(ctx, self, childWord, name, string(spec))}
	c.command.Stderr = os.Stderr
	if c.to, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.from = json.NewDecoder(bufio.NewReader(out))
	return c, c.command.Start()
}

// reply is one answer of a child.
type reply struct {
	Failed string          `json:"failed,omitempty"`
	Answer json.RawMessage `json:"answer"`
}

// ask puts a question and waits for the answer.
func (c *child) ask(question, answer any) error {
	if err := json.NewEncoder(c.to).Encode(question); err != nil {
		return fmt.Errorf("ask a child: %w", err)
	}
	var r reply
	if err := c.from.Decode(&r); err != nil {
		return fmt.Errorf("hear a child: %w", err)
	}
	if r.Failed != "" {
		return errors.New(r.Failed)
	}
	return json.Unmarshal(r.Answer, answer)
}

// end lets the child go and waits for it.
func (c *child) end() {
	_ = c.to.Close()
	_ = c.command.Wait() // all that it had to say was said
}

// runChild is the main function of a child.
func runChild(ctx context.Context, name, with string, in io.Reader, out io.Writer) error {
	play, known := roles[name]
	if !known {
		return fmt.Errorf("there is no role %q", name)
	}
	answer, stop, err := play(ctx, json.RawMessage(with))
	if err != nil {
		return err
	}
	defer stop()
	questions, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var q json.RawMessage
		if err := questions.Decode(&q); err != nil {
			return nil // the parent has gone
		}
		var r reply
		a, err := answer(q)
		if err == nil {
			r.Answer, err = json.Marshal(a)
		}
		if err != nil {
			r.Failed = err.Error()
		}
		if err := answers.Encode(r); err != nil {
			return err
		}
	}
}

// usage is what a process has used so far, and what it holds.
type usage struct {
	Processor time.Duration // of user and kernel
	Allocated uint64        // objects, ever
	Live      uint64        // bytes of the heap after a collection; 0: it was not collected
	Resident  uint64        // bytes
}

// use measures this process. Collected, what is no longer needed is given back first.
func use(collected bool) (u usage) {
	if collected {
		debug.FreeOSMemory()
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	u.Allocated, u.Resident, u.Processor = memory.Mallocs, resident(), processor()
	if collected {
		u.Live = memory.HeapAlloc
	}
	return u
}

// processor is the time that all cores have worked for this process.
func processor() time.Duration {
	var r unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &r) != nil {
		return 0 // not on this system
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// resident is the memory of this process in bytes, as Linux tells it; 0 elsewhere.
func resident() uint64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			kb, _ := strconv.ParseUint(strings.Fields(rest)[0], 10, 64) // the kernel's own number
			return kb << 10
		}
	}
	return 0
}
