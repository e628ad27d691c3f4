package store_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"quartier/reports/store"
)

func snapshot(t testing.TB, text string) store.Snapshot {
	t.Helper()
	s, err := store.ParseSnapshot(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCursorText(t *testing.T) {
	const epoch = "7418529637418529637-1-1"
	for _, text := range []string{"3:3:", "10:15:11,13", "1:18446744073709551615:", "1000000:1000064:1000000,1000003,1000063"} {
		c := store.Cursor{Epoch: epoch, Snapshot: snapshot(t, text)}
		written := c.String()
		read, err := store.ParseCursor(written)
		if err != nil || read.Epoch != epoch || read.Snapshot.String() != text {
			t.Errorf("%s was read as %v %q, %v", text, read.Snapshot, read.Epoch, err)
		}
		if len(written) > 80 || strings.ContainsAny(written, "+/= ") {
			t.Errorf("%s is written %q", text, written)
		}
	}
	for _, text := range []string{"", "x", "AAAA", "====", "AQEB", strings.Repeat("A", 5000), store.Token{Epoch: epoch, XID: 7}.String()} {
		if c, err := store.ParseCursor(text); err == nil {
			t.Errorf("%.20q was read as %v", text, c)
		}
	}
}

// With very many transactions under way the text names an older state, which is within the true one.
func TestCursorOfManyTransactions(t *testing.T) {
	var running []string
	for x := range 200 {
		running = append(running, fmt.Sprint(1000+2*x))
	}
	c := store.Cursor{Epoch: "e", Snapshot: snapshot(t, "1000:2000:"+strings.Join(running, ","))}
	read, err := store.ParseCursor(c.String())
	if err != nil || !read.Within(c) || c.Within(read) {
		t.Errorf("written and read again: %v, %v", read, err)
	}
}

// Within says what comparing every transaction says.
func TestWithin(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	some := func() store.Cursor {
		xmin := 1 + random.Uint64N(8)
		xmax := xmin + random.Uint64N(8)
		var running []string
		for x := xmin; x < xmax; x++ {
			if random.IntN(2) == 0 {
				running = append(running, fmt.Sprint(x))
			}
		}
		return store.Cursor{Epoch: "e", Snapshot: snapshot(t, fmt.Sprintf("%d:%d:%s", xmin, xmax, strings.Join(running, ",")))}
	}
	yes := 0
	for range 20_000 {
		a, b := some(), some()
		want := true
		for x := range uint64(20) {
			want = want && (!a.Snapshot.Sees(x) || b.Snapshot.Sees(x))
		}
		if got := a.Within(b); got != want {
			t.Fatalf("%v within %v: %v", a.Snapshot, b.Snapshot, got)
		}
		if want {
			yes++
		}
	}
	if yes < 1000 {
		t.Errorf("only %d pairs were within each other", yes)
	}
	a := store.Cursor{Epoch: "a", Snapshot: snapshot(t, "5:5:")}
	if a.Within(store.Cursor{Epoch: "b", Snapshot: a.Snapshot}) {
		t.Error("a cursor lies within one of another history")
	}
}

// Whatever is read is written as it was read.
func FuzzParseCursor(f *testing.F) {
	f.Add(store.Cursor{Epoch: "7418529637418529637-1-1", Snapshot: snapshot(f, "10:15:11,13")}.String())
	f.Add("AQEB")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := store.ParseCursor(text)
		if err != nil {
			return
		}
		again, err := store.ParseCursor(c.String())
		if err != nil || again.Epoch != c.Epoch || again.Snapshot.String() != c.Snapshot.String() {
			t.Errorf("%q was read as %v, then as %v, %v", text, c, again, err)
		}
		if !c.Within(again) || !again.Within(c) {
			t.Errorf("%q is not what it is", text)
		}
	})
}
