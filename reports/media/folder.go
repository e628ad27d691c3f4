package media

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// folder keeps the files of photos on disk: ab/cd/abcd…/card.jpg. All paths are made of ids and sizes of ours; nothing that anybody sent is part of one.
type folder struct{ path string }

// openFolder makes the folder if it is not there. Only the service reads it: what is public changes.
func openFolder(path string) (folder, error) {
	f := folder{path}
	return f, os.MkdirAll(f.fresh(), 0o700)
}

// fresh is where photos are written until they are whole.
func (f folder) fresh() string { return filepath.Join(f.path, "new") }

func (f folder) of(id ID) string {
	return filepath.Join(f.path, string(id[:2]), string(id[2:4]), string(id))
}

// write stores a photo: whole, and on the disk, or not at all.
func (f folder) write(_ context.Context, id ID, files map[Size][]byte) error {
	temporary, err := os.MkdirTemp(f.fresh(), string(id)+"-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary) // it is elsewhere by then, if all went well
	for size, content := range files {
		if err := writeFile(filepath.Join(temporary, string(size)+".jpg"), content); err != nil {
			return err
		}
	}
	if err := syncFolder(temporary); err != nil {
		return err
	}
	home := f.of(id)
	if err := os.MkdirAll(filepath.Dir(home), 0o700); err != nil {
		return err
	}
	if err := os.Rename(temporary, home); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(home))
}

func writeFile(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Sync(), file.Close())
}

// syncFolder puts the names in a folder on the disk.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// read gives one size of a photo.
func (f folder) read(_ context.Context, id ID, size Size) ([]byte, error) {
	return os.ReadFile(filepath.Join(f.of(id), string(size)+".jpg"))
}

// remove removes a photo; one that is not there is removed.
func (f folder) remove(_ context.Context, id ID) error { return os.RemoveAll(f.of(id)) }

// has tells whether a photo is there.
func (f folder) has(_ context.Context, id ID) (bool, error) {
	_, err := os.Stat(f.of(id))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// list gives the photos that are there whose ids begin with two digits.
func (f folder) list(_ context.Context, prefix string) (ids []ID, err error) {
	seconds, err := os.ReadDir(filepath.Join(f.path, prefix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, second := range seconds {
		photos, err := os.ReadDir(filepath.Join(f.path, prefix, second.Name()))
		if err != nil {
			return nil, err
		}
		for _, photo := range photos {
			if id, bad := ParseID(photo.Name()); bad == nil {
				ids = append(ids, id)
			}
		}
	}
	return ids, err
}

// clean removes what was begun before a time and not finished.
func (f folder) clean(_ context.Context, before time.Time) (removed int, err error) {
	begun, err := os.ReadDir(f.fresh())
	if err != nil {
		return 0, err
	}
	for _, one := range begun {
		info, err := one.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err == nil {
			err = os.RemoveAll(filepath.Join(f.fresh(), one.Name()))
		}
		if err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
