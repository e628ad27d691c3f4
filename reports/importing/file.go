package importing

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"

	"quartier/reports/fault"
)

// File is a file to import: it can be read more than once. "-" is standard input, which is copied into a temporary file first.
type File struct {
	Name string // as it was given; "-" becomes "stdin"
	Size int64  // bytes, as stored
	Sum  [sha256.Size]byte

	file      *os.File
	temporary bool
	passed    atomic.Int64
}

// OpenFile opens a regular file, or takes all of stdin for "-", for as long as the context lasts. Close it.
func OpenFile(ctx context.Context, name string, stdin io.Reader) (*File, error) {
	f := &File{Name: name}
	var err error
	if name == "-" {
		f.Name, f.temporary = "stdin", true
		if f.file, err = os.CreateTemp("", "quartier-import-*"); err != nil {
			return nil, fmt.Errorf("keep standard input: %w", err)
		}
		if err = copyWhile(ctx, f.file, stdin); err != nil {
			f.Close()
			return nil, fmt.Errorf("keep standard input: %w", err)
		}
	} else if about, missing := os.Stat(name); missing == nil && !about.Mode().IsRegular() {
		// Opening a pipe waits for its writer, and a device has no end: standard input is the way in for both.
		return nil, &fault.Error{Kind: fault.Invalid, Word: "import.file_kind", Args: fault.Args{"file": name}}
	} else if f.file, err = os.Open(name); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Word: "import.file", Args: fault.Args{"file": name, "cause": cause(err)}, Cause: err}
	}
	hash := sha256.New()
	if _, err = f.file.Seek(0, io.SeekStart); err == nil {
		f.Size, err = io.Copy(hash, whileReader{ctx, f.file})
	}
	if err != nil {
		f.Close()
		return nil, &fault.Error{Kind: fault.Invalid, Word: "import.file", Args: fault.Args{"file": name, "cause": cause(err)}, Cause: err}
	}
	f.Sum = [sha256.Size]byte(hash.Sum(nil))
	return f, nil
}

// copyWhile copies until the end or until the context ends, even while the source keeps it waiting.
func copyWhile(ctx context.Context, to io.Writer, from io.Reader) error {
	done := make(chan error, 1)
	go func() {
		_, err := io.Copy(to, whileReader{ctx, from})
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done(): // a read that waits is left behind: the program ends
		return ctx.Err()
	}
}

// whileReader reads as long as its context lasts.
type whileReader struct {
	ctx  context.Context
	from io.Reader
}

// Read reads a piece.
func (r whileReader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(b)
}

// cause is what the system says of a file, without repeating its name.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Base is the file's name without its folder.
func (f *File) Base() string { return filepath.Base(f.Name) }

// Close closes the file and removes what was kept of standard input. Safe to call twice.
func (f *File) Close() {
	if f.file == nil {
		return
	}
	_ = f.file.Close()
	if f.temporary {
		_ = os.Remove(f.file.Name())
	}
	f.file = nil
}

// Passed is how many bytes, as stored, have been read since Open was last called. Safe to call from another goroutine.
func (f *File) Passed() int64 { return f.passed.Load() }

// Open begins to read the content from its start, unpacked if it is packed by gzip or alone in a zip archive, whatever the file is called.
func (f *File) Open() (*bufio.Reader, error) {
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Name, err)
	}
	f.passed.Store(0)
	in := bufio.NewReaderSize(&passing{f.file, &f.passed}, 64<<10)
	magic, _ := in.Peek(4) // a shorter file is looked at as far as it goes
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}): // RFC 1952, 2.3.1
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, gzipFault(err)
		}
		in = bufio.NewReaderSize(&unpacking{unpacked}, 64<<10)
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")):
		unpacked, err := f.zipped()
		if err != nil {
			return nil, err
		}
		in = bufio.NewReaderSize(unpacked, 64<<10)
	case bytes.HasPrefix(magic, []byte("BZh")), bytes.HasPrefix(magic, []byte{0xfd, '7', 'z'}), bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return nil, fault.New(fault.Invalid, "import.packed", nil)
	}
	mark, err := in.Peek(3)
	switch {
	case err != nil && err != io.EOF:
		return nil, err
	case len(mark) == 0:
		return nil, fault.New(fault.Invalid, "import.empty", nil)
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}), bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		return nil, fault.New(fault.Invalid, "import.encoding", fault.Args{"line": "1"})
	case bytes.Equal(mark, []byte("\xef\xbb\xbf")):
		_, _ = in.Discard(3)
	}
	return in, nil
}

// zipped begins to read the only file of an archive, as portals of open data pack one; what a system adds for itself does not count.
func (f *File) zipped() (io.Reader, error) {
	refused := fault.New(fault.Invalid, "import.packed", nil)
	archive, err := zip.NewReader(f.file, f.Size)
	if err != nil {
		return nil, refused
	}
	var only *zip.File
	for _, one := range archive.File {
		if one.FileInfo().IsDir() || strings.HasPrefix(one.Name, "__MACOSX/") {
			continue
		}
		if only != nil {
			return nil, refused
		}
		only = one
	}
	if only == nil {
		return nil, refused
	}
	in, err := only.Open()
	if err != nil {
		return nil, refused
	}
	return &unzipping{in}, nil
}

// unzipping words what is wrong with a packed file.
type unzipping struct{ io.Reader }

func (u *unzipping) Read(b []byte) (int, error) {
	n, err := u.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = &fault.Error{Kind: fault.Invalid, Word: "import.packed", Cause: err}
	}
	return n, err
}

// passing counts the bytes that come through.
type passing struct {
	io.Reader
	count *atomic.Int64
}

func (p *passing) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.count.Add(int64(n))
	return n, err
}

// unpacking words what is wrong with a packed file.
type unpacking struct{ io.Reader }

func (u *unpacking) Read(b []byte) (int, error) {
	n, err := u.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = gzipFault(err)
	}
	return n, err
}

// gzipFault tells a file that is cut off from one that is broken.
func gzipFault(err error) error {
	word := "import.gzip.broken"
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		word = "import.gzip.cut"
	}
	return &fault.Error{Kind: fault.Invalid, Word: word, Cause: err}
}

// limited fails when more bytes are asked for than a record may have beyond the place up to which the parser has come.
type limited struct {
	in      io.Reader
	read    int64
	allowed int64
}

func (l *limited) Read(b []byte) (int, error) {
	if l.read >= l.allowed {
		return 0, errTooLarge
	}
	n, err := l.in.Read(b[:min(int64(len(b)), l.allowed-l.read)])
	l.read += int64(n)
	return n, err
}

// allow lets the record that begins at the offset have its full length, and the parser read ahead.
func (l *limited) allow(offset int64) { l.allowed = offset + maxRecord + readAhead }
