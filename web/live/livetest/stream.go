// Package livetest reads event streams as a program does (HTML 9.2.6), for the tests of those who write them.
package livetest

import (
	"bufio"
	"io"
	"strings"
	"testing"
)

// Stream is an event stream that a test reads.
type Stream struct {
	t  testing.TB
	in *bufio.Scanner
}

// Read reads a stream, whatever comes before its first event.
func Read(t testing.TB, in io.Reader) *Stream { return &Stream{t, bufio.NewScanner(in)} }

// Next gives the next event; an empty name: the stream has ended.
func (s *Stream) Next() (name, data, id string) {
	for s.in.Scan() {
		field, value, _ := strings.Cut(s.in.Text(), ": ")
		switch field {
		case "event":
			name = value
		case "data":
			data = value
		case "id":
			id = value
		case "":
			if name != "" {
				return name, data, id
			}
		}
	}
	return "", "", ""
}

// Wants gives the id of the next event, which must be this one.
func (s *Stream) Wants(name, data string) (id string) {
	s.t.Helper()
	gotName, gotData, id := s.Next()
	if gotName != name || gotData != data {
		s.t.Fatalf("the stream tells %q %s, want %q %s", gotName, gotData, name, data)
	}
	return id
}
