package web

import (
	"testing"
	"time"
)

// A database that hangs fails no look at it for half a minute: that nobody heard of it for seconds tells that it is not there.
func TestDatabaseUp(t *testing.T) {
	s := newSite(t)
	if !s.databaseUp(time.Now()) {
		t.Error("the database answers, but counts as down")
	}
	if s.databaseUp(time.Now().Add(silentAtMost + time.Second)) {
		t.Error("a database that has not answered for seconds counts as up")
	}
}
