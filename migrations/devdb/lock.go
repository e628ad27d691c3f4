package devdb

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// pause is the time between two looks at something that another process does.
const pause = 20 * time.Millisecond

// lock waits for a flock on file (unix.LOCK_SH or unix.LOCK_EX) until ctx ends. Closing the file gives it back.
func lock(ctx context.Context, file *os.File, how int) error {
	for {
		got, err := tryLock(file, how)
		if got || err != nil {
			return err
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// tryLock asks once, and says whether it got the lock.
func tryLock(file *os.File, how int) (bool, error) {
	for {
		switch err := unix.Flock(int(file.Fd()), how|unix.LOCK_NB); {
		case err == nil:
			return true, nil
		case errors.Is(err, unix.EWOULDBLOCK):
			return false, nil
		case errors.Is(err, unix.EINTR):
		default:
			return false, &os.PathError{Op: "lock", Path: file.Name(), Err: err}
		}
	}
}

// unlock gives a lock back and keeps the file open.
func unlock(file *os.File) { _ = unix.Flock(int(file.Fd()), unix.LOCK_UN) }

// wait lets some time go by, or less if ctx ends.
func wait(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
