package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/tiles"
	"quartier/web"
	"quartier/web/live"
)

// serverSpec says which database a server child serves.
type serverSpec struct{ URL string }

// serverFigures is what a server child answers: where it listens, how its start went, and what it has used.
type serverFigures struct {
	Address string
	Load    float64 // seconds from the snapshot to a map that answers
	Usage   usage
}

// usageQuestion is a question to a server child: what has it used, after a collection or as it stands.
type usageQuestion struct{ Collected bool }

// serverRole serves a database as the program does.
func serverRole(ctx context.Context, with json.RawMessage) (func(json.RawMessage) (any, error), func(), error) {
	var spec serverSpec
	if err := json.Unmarshal(with, &spec); err != nil {
		return nil, nil, err
	}
	db, err := store.Open(ctx, store.Options{URL: spec.URL})
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	m, err := live.New(db, log)
	if err != nil {
		return nil, nil, err
	}
	loading, err := timed(func() error { return m.Load(ctx) })
	if err != nil {
		return nil, nil, err
	}
	city, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return nil, nil, err
	}
	s := &web.Server{
		Register: &reports.Register{DB: db, Now: time.Now}, People: &account.Directory{DB: db, Now: time.Now}, Map: m, Cache: tiles.NewCache(m.Index, 0), Log: log, TimeZone: city,
		FilingsPerTenMinutes: 1e9, // all come from one address
	}
	if err := s.Prepare(); err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	following, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { m.Run(following) })
	running.Go(func() { _ = s.Serve(listener) }) // until Shutdown
	f := serverFigures{Address: listener.Addr().String(), Load: loading.Seconds()}
	answer := func(question json.RawMessage) (any, error) {
		var a usageQuestion
		if err := json.Unmarshal(question, &a); err != nil {
			return nil, err
		}
		f.Usage = use(a.Collected)
		return f, nil
	}
	return answer, func() {
		drain, cancel := context.WithTimeout(context.Background(), time.Second)
		_ = s.Shutdown(drain) // who is still reading is cut off
		cancel()
		stop()
		running.Wait()
		db.Close()
	}, nil
}

// page is an answer that a bare handler repeats.
type page struct {
	Path   string
	Header [][2]string
	Tag    string // its ETag
	Body   []byte
}

// bareRole serves pages from memory by a handler as bare as Fiber allows; the question is the page, or null for what it has used.
func bareRole(ctx context.Context, _ json.RawMessage) (func(json.RawMessage) (any, error), func(), error) {
	var mu sync.RWMutex
	var now page
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/tiles/items/:z/:x/:y", func(c *fiber.Ctx) error {
		mu.RLock()
		p := &now
		mu.RUnlock()
		for _, h := range p.Header {
			c.Set(h[0], h[1])
		}
		if c.Get(fiber.HeaderIfNoneMatch) == p.Tag {
			return c.SendStatus(fiber.StatusNotModified)
		}
		return c.Send(p.Body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	var running sync.WaitGroup
	running.Go(func() { _ = app.Listener(listener) }) // until Shutdown
	f := serverFigures{Address: listener.Addr().String()}
	answer := func(question json.RawMessage) (any, error) {
		var p page
		if err := json.Unmarshal(question, &p); err != nil {
			return nil, err
		}
		if p.Path != "" {
			mu.Lock()
			now = p
			mu.Unlock()
		}
		f.Usage = use(false)
		return f, nil
	}
	return answer, func() {
		drain, cancel := context.WithTimeout(context.Background(), time.Second)
		_ = app.ShutdownWithContext(drain)
		cancel()
		running.Wait()
	}, nil
}
