// Package fault is the handful of kinds into which every failure that a person can cause or meet is sorted. A fault carries a word of the
// catalogue (reports/language) instead of a sentence, so that each reader gets it in their own language, and the cause apart from it for the
// log. One file in web turns a kind into a status and a problem document.
//
// Refused: sentinel errors for each package (a page would have to know them all) and English texts translated at the edge.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says what sort of failure it is; the zero Kind is an internal one.
type Kind uint8

const (
	Internal        Kind = iota // our fault: logged, told without details
	Invalid                     // what was sent cannot be accepted
	NotFound                    // unknown, or not to be seen by who asks: the same answer
	Forbidden                   // may not do this
	Unauthenticated             // has to sign in first
	Conflict                    // contradicts what is stored
	TooLarge                    // over a size limit
	TooMany                     // over a rate limit
	Unavailable                 // the database or another service rests
)

// Args are the values that a sentence of the catalogue is filled with.
type Args map[string]any

// Field is what is wrong with one field, parameter, column or header.
type Field struct {
	Name string // as the client wrote it: "category", "location.coordinates"
	Word string // key in the catalogue
	Args Args
}

// Error is a failure with a sentence for people.
type Error struct {
	Kind   Kind
	Word   string // key of the sentence in the catalogue
	Args   Args
	Fields []Field
	After  time.Duration // TooMany and Unavailable: when to try again; 0 is unknown
	Cause  error         // for the log; nil when the kind says it all
}

// Error is for programmers and logs: it names words and fields but no values that a client sent.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Word)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Word)
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault of a kind with a sentence.
func New(kind Kind, word string, args Args) *Error { return &Error{Kind: kind, Word: word, Args: args} }

// In makes an Invalid fault of one field.
func In(field, word string, args Args) *Error {
	return &Error{Kind: Invalid, Word: "error.invalid", Fields: []Field{{field, word, args}}}
}

// Parameter makes an Invalid fault of one parameter of an address, or of a header.
func Parameter(name, word string, args Args) *Error {
	return &Error{Kind: Invalid, Word: "error.parameters", Fields: []Field{{name, word, args}}}
}

// Short keeps what a client sent, and an error repeats, within a sentence.
func Short(text string) string {
	const longest = 60
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}

// Missing is the one answer for everything that does not exist or is not to be seen.
func Missing() *Error { return &Error{Kind: NotFound, Word: "error.not_found"} }

// Stale is the answer to a change of something that somebody else has changed since it was read.
func Stale() *Error { return &Error{Kind: Conflict, Word: "error.stale"} }

// KindOf tells the kind of an error: Internal unless a fault is wrapped in it.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// Check collects what is wrong with the fields of one input, so that a person learns all of it at once.
type Check struct{ fields []Field }

// Add notes that a field is wrong.
func (c *Check) Add(field, word string, args Args) {
	if len(c.fields) < maxFields {
		c.fields = append(c.fields, Field{field, word, args})
	}
}

// maxFields bounds how much is told at once: an input of nothing but faults is not answered by as many.
const maxFields = 50

// Has tells whether something is wrong with a field.
func (c *Check) Has(field string) bool {
	return slices.ContainsFunc(c.fields, func(f Field) bool { return f.Name == field })
}

// Err gives an Invalid fault with all the fields that were noted, or nil.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Word: "error.invalid", Fields: c.fields}
}
