package geo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Stream reads the records of a JSON document one by one, in bounded memory: the elements of the array that is the document or that stands in a
// named member of its top object (the features of a GeoJSON FeatureCollection, the requests of an Open311 answer), the top object itself if it
// has no such member, or a sequence of JSON texts, one after the other (newline-delimited, or RFC 8142 with its record separators).
type Stream struct {
	in     *bounded
	dec    *json.Decoder
	member string
	state  streamState
	bare   bool  // the array is the document
	err    error // final
}

type streamState uint8

const (
	streamStart   streamState = iota
	streamInArray             // elements follow
	streamSeq                 // JSON texts follow
	streamEnd
)

// ErrRecordTooLarge says that one record is longer than the stream's bound.
var ErrRecordTooLarge = errors.New("a record is longer than allowed")

// SyntaxError says that the document is not JSON, or not of the expected form, from a line on.
type SyntaxError struct {
	Line  int // from 1
	Cause error
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Cause) }

// Unwrap gives the cause.
func (e *SyntaxError) Unwrap() error { return e.Cause }

// NewStream reads records from the array in the given member. A record, and whatever stands between two records, may have at most limit bytes.
func NewStream(r io.Reader, member string, limit int) *Stream {
	in := &bounded{in: bufio.NewReaderSize(r, 64<<10), limit: int64(limit), allowed: int64(limit), line: 1}
	return &Stream{in: in, dec: json.NewDecoder(in), member: member}
}

// Next gives the next record and the line on which it begins, or io.EOF after the last. The record is the caller's. A *SyntaxError or
// ErrRecordTooLarge (wrapped in one) ends the stream.
func (s *Stream) Next() (record json.RawMessage, line int, err error) {
	if s.err != nil {
		return nil, 0, s.err
	}
	record, line, err = s.next()
	if err != nil {
		if err != io.EOF {
			if err == io.ErrUnexpectedEOF {
				err = errors.New("the document ends too early")
			}
			err = &SyntaxError{Line: s.in.lineAt(s.dec.InputOffset()), Cause: err}
		}
		s.err = err
	}
	return record, line, err
}

func (s *Stream) next() (json.RawMessage, int, error) {
	if s.state == streamStart {
		record, line, err := s.begin()
		if record != nil || err != nil {
			return record, line, err
		}
	}
	switch s.state {
	case streamInArray:
		if s.dec.More() {
			return s.record()
		}
		if _, err := s.dec.Token(); err != nil { // the closing bracket
			return nil, 0, early(err)
		}
		return nil, 0, s.finish()
	case streamSeq:
		return s.record()
	}
	return nil, 0, io.EOF
}

// record decodes one value; a clean end of the input, which only a sequence may have here, is io.EOF.
func (s *Stream) record() (json.RawMessage, int, error) {
	s.in.allow(s.dec.InputOffset())
	s.dec.More() // moves to the value, so that an error names its line
	s.in.allow(s.dec.InputOffset())
	var raw json.RawMessage
	if err := s.dec.Decode(&raw); err != nil {
		if s.state == streamInArray {
			err = early(err)
		}
		return nil, 0, err
	}
	end := s.dec.InputOffset()
	return raw, s.in.lineAt(end - int64(len(raw))), nil
}

// begin finds out what the document is and moves to its first record. A document that is one record is given back at once.
func (s *Stream) begin() (json.RawMessage, int, error) {
	first, err := s.in.peek()
	if err != nil {
		return nil, 0, early(err)
	}
	if first == '[' {
		s.state, s.bare = streamInArray, true
		_, err := s.dec.Token()
		return nil, 0, err
	}
	if first != '{' {
		return nil, 0, errors.New("neither a JSON object nor an array")
	}
	// A top object is walked through member by member, so that the array need not fit into memory. A sequence of records begins like that too:
	// its first object has no array under the name; what was walked through is put together again.
	line := s.in.line
	if _, err := s.dec.Token(); err != nil {
		return nil, 0, err
	}
	var whole bytes.Buffer
	whole.WriteByte('{')
	for s.dec.More() {
		s.in.allow(s.dec.InputOffset())
		name, err := s.dec.Token()
		if err != nil {
			return nil, 0, early(err)
		}
		if name == s.member {
			open, err := s.dec.Token()
			if err != nil {
				return nil, 0, early(err)
			}
			if open != json.Delim('[') {
				return nil, 0, fmt.Errorf("%q is not an array", s.member)
			}
			s.state = streamInArray
			return nil, 0, nil
		}
		var value json.RawMessage
		if err := s.dec.Decode(&value); err != nil {
			return nil, 0, early(err)
		}
		if whole.Len()+len(value) > int(s.in.limit) {
			return nil, 0, ErrRecordTooLarge
		}
		if whole.Len() > 1 {
			whole.WriteByte(',')
		}
		quoted, err := json.Marshal(name)
		if err != nil {
			return nil, 0, err
		}
		whole.Write(quoted)
		whole.WriteByte(':')
		whole.Write(value)
	}
	if _, err := s.dec.Token(); err != nil { // the closing brace
		return nil, 0, early(err)
	}
	whole.WriteByte('}')
	s.state = streamSeq
	s.in.allow(s.dec.InputOffset())
	return whole.Bytes(), line, nil
}

// finish reads what stands behind the array: the other members of the top object, which are dropped, and then nothing.
func (s *Stream) finish() error {
	for !s.bare {
		s.in.allow(s.dec.InputOffset())
		name, err := s.dec.Token()
		if err != nil {
			return early(err)
		}
		if name == json.Delim('}') {
			break
		}
		if name == s.member {
			return fmt.Errorf("%q stands there twice", s.member)
		}
		s.in.allow(s.dec.InputOffset())
		var dropped json.RawMessage
		if err := s.dec.Decode(&dropped); err != nil {
			return early(err)
		}
	}
	s.in.allow(s.dec.InputOffset())
	s.state = streamEnd
	if _, err := s.dec.Token(); err != io.EOF {
		if err == nil {
			err = errors.New("something follows the end of the document")
		}
		return err
	}
	return io.EOF
}

// early words an end of input that came in the middle of something.
func early(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// bounded hands bytes to the decoder as long as the record being read stays within the limit, keeps count of lines, and takes the record separators
// of RFC 8142 and a byte-order mark for white space.
type bounded struct {
	in      *bufio.Reader
	limit   int64
	allowed int64   // bytes that may be handed out in all
	read    int64   // bytes handed out
	breaks  []int64 // offsets of line breaks
	line    int     // line of the first byte behind the breaks that were forgotten
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.read >= b.allowed {
		return 0, ErrRecordTooLarge
	}
	p = p[:min(int64(len(p)), b.allowed-b.read)]
	n, err := b.in.Read(p)
	for i, c := range p[:n] {
		switch c {
		case '\n':
			b.breaks = append(b.breaks, b.read+int64(i))
		case 0x1e: // RFC 8142, 2.2
			p[i] = ' '
		}
	}
	b.read += int64(n)
	return n, err
}

// peek gives the first byte that is not white space, and drops what stands before it.
func (b *bounded) peek() (byte, error) {
	if mark, err := b.in.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = b.in.Discard(3)
	}
	for range b.limit {
		c, err := b.in.ReadByte()
		if err != nil {
			return 0, err
		}
		switch c {
		case '\n':
			b.line++
		case ' ', '\t', '\r', 0x1e:
		default:
			return c, b.in.UnreadByte()
		}
	}
	return 0, ErrRecordTooLarge
}

// allow lets the record that begins at or after the offset have the full limit, and forgets the line breaks before it.
func (b *bounded) allow(offset int64) {
	b.allowed = max(b.allowed, offset+b.limit)
	passed := b.lineAt(offset) - b.line
	b.line += passed
	b.breaks = b.breaks[passed:]
}

// lineAt gives the line of an offset that does not lie before the one last given to allow.
func (b *bounded) lineAt(offset int64) int {
	n, _ := slices.BinarySearch(b.breaks, offset)
	return b.line + n
}
