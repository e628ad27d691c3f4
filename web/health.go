package web

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/mail"
	"quartier/reports/store"
)

// health tells that the process answers.
func (s *Server) health(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString("ok\n")
}

// ready tells whether the map is loaded. It stays green while only the database rests: the map answers without it.
func (s *Server) ready(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if !s.Map.Ready() {
		return c.Status(fiber.StatusServiceUnavailable).SendString("the map is being loaded\n")
	}
	return c.SendString("ready\n")
}

// silentAtMost is how old what the map knows may be while the database counts as up: it looks ten times a second, and one that hangs fails no look.
const silentAtMost = 5 * time.Second

// databaseUp tells whether the database answered the map's last look, and lately.
func (s *Server) databaseUp(now time.Time) bool {
	return !s.Map.Resting() && s.Map.Lag(now) <= silentAtMost
}

// metrics tells numbers in the text format of Prometheus (exposition format 0.0.4).
func (s *Server) metrics(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/plain; version=0.0.4; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	size := s.Map.Index.Size()
	cache := s.Cache.Size()
	pool := s.Register.DB.Stat()
	now := time.Now()
	number := map[bool]int{true: 1}
	listeners, cutOff := s.Map.Hub.Listeners()
	for _, m := range []struct {
		name, kind, help string
		value            any
	}{
		{"quartier_database_up", "gauge", "0 since the database failed the map's last look, and while it has not answered one for 5 seconds", number[s.databaseUp(now)]},
		{"quartier_map_lag_seconds", "gauge", "Age of the newest state of the database that the map is known to have", s.Map.Lag(now).Seconds()},
		{"quartier_map_in_step", "gauge", "1 while the map is known to be in step with the database", number[s.Map.InStep(now)]},
		{"quartier_map_items", "gauge", "Items in the index, of any visibility", size.Items},
		{"quartier_tile_cache_bytes", "gauge", "Memory that drawn tiles take", cache.Bytes},
		{"quartier_tile_cache_entries", "gauge", "Drawn tiles that are kept", cache.Entries},
		{"quartier_tile_cache_hits_total", "counter", "Tiles answered from the cache", cache.Hits},
		{"quartier_tile_cache_misses_total", "counter", "Tiles that had to be drawn", cache.Misses},
		{"quartier_map_chunks", "gauge", "Chunks of the index", size.Chunks},
		{"quartier_map_deltas", "gauge", "Changes that wait to be folded", size.Deltas},
		{"quartier_event_streams", "gauge", "Event streams that are open", listeners},
		{"quartier_event_streams_cut_total", "counter", "Event streams that were cut off because the reader had gone or was too slow", cutOff},
		{"quartier_proofs_wanted_total", "counter", "Suspicious filings that were asked for a proof of work", s.proofs.set.Load()},
		{"quartier_proofs_total", "counter", "Proofs of work that were right", s.proofs.solved.Load()},
		{"quartier_quarantined_total", "counter", "Suspicious filings that were taken, to wait for a moderator", s.proofs.doubted.Load()},
		{"quartier_database_connections", "gauge", "Connections in use", pool.AcquiredConns()},
		{"quartier_heap_bytes", "gauge", "Live and not yet collected heap", memory.HeapAlloc},
	} {
		fmt.Fprintf(c, "# HELP %s %s\n# TYPE %s %s\n%s %v\n", m.name, m.help, m.name, m.kind, m.name, m.value)
	}
	fmt.Fprint(c, "# HELP quartier_refused_total Requests over a limit\n# TYPE quartier_refused_total counter\n")
	s.limits.each(func(name string, l *limiter) {
		fmt.Fprintf(c, "quartier_refused_total{limit=%q} %d\n", name, l.refused.Load())
	})
	fmt.Fprint(c, "# HELP quartier_limit_keys Networks, accounts and places that a limit remembers\n# TYPE quartier_limit_keys gauge\n")
	s.limits.each(func(name string, l *limiter) { fmt.Fprintf(c, "quartier_limit_keys{limit=%q} %d\n", name, l.keys()) })
	if s.databaseUp(now) {
		s.queueMetrics(c)
	}
	return nil
}

// queueWait is how long who asks for numbers waits for those that only the database knows.
const queueWait = 2 * time.Second

// queueMetrics tells of jobs and mails. They are left out when the database does not say: a number from before would hide that nothing moves.
func (s *Server) queueMetrics(c *fiber.Ctx) {
	ctx, cancel := context.WithTimeout(c.UserContext(), queueWait)
	defer cancel()
	jobs, err := s.Register.DB.JobCounts(ctx)
	if err != nil {
		return
	}
	fmt.Fprint(c, "# HELP quartier_jobs Jobs of the queue, by what became of them\n# TYPE quartier_jobs gauge\n")
	for _, group := range store.JobGroups {
		fmt.Fprintf(c, "quartier_jobs{state=%q} %d\n", group, jobs[group])
	}
	waiting, _, err := mail.Counts(ctx, s.Register.DB)
	if err != nil {
		return
	}
	notices, err := s.notices.Count(ctx)
	if err != nil {
		return
	}
	for _, m := range []struct {
		name, help string
		value      any
	}{
		{"quartier_notices_waiting", "Notices that wait for their hour or their turn", notices.Waiting},
		{"quartier_notices_overdue_seconds", "For how long the oldest notice that is due has waited", notices.Overdue.Seconds()},
		{"quartier_mail_addresses_refused", "Addresses that mail servers said are none", notices.Refused},
		{"quartier_push_browsers", "Browsers that take push messages", notices.Pushes},
	} {
		fmt.Fprintf(c, "# HELP %s %s\n# TYPE %s gauge\n%s %v\n", m.name, m.help, m.name, m.name, m.value)
	}
	fmt.Fprintf(c, "# HELP quartier_mail_waiting Mails that wait to be sent\n# TYPE quartier_mail_waiting gauge\nquartier_mail_waiting %d\n", waiting)
}
