package main

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// realFile gives the path of a file of real data; "", with a note where the table would be, if there is none: cities' data is not part of the project.
func (b *bench) realFile(title, name string) (string, error) {
	if b.data == "" {
		fmt.Fprintf(b.out, "\n%s\nskipped: it is measured on real data (-data DIR, with %s)\n", title, name)
		return "", nil
	}
	path := filepath.Join(b.data, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(b.out, "\n%s\nskipped: there is no %s\n", title, path)
		return "", nil
	} else if err != nil {
		return "", err
	}
	return path, nil
}

// eachRow gives each row of a gzipped CSV file by the names of its columns.
func eachRow(path string, do func(column func(string) string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	rows := csv.NewReader(plain)
	rows.ReuseRecord = true
	head, err := rows.Read()
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, name := range head {
		at[name] = i
	}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(func(name string) string { return row[at[name]] }); err != nil {
			return err
		}
	}
}
