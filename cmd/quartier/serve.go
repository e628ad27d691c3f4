package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	"quartier/migrations"
	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/demo"
	"quartier/reports/fault"
	"quartier/reports/follow"
	"quartier/reports/mail"
	"quartier/reports/media"
	"quartier/reports/notification"
	"quartier/reports/place"
	"quartier/reports/store"
	"quartier/reports/suggestion"
	"quartier/reports/zone"
	"quartier/tiles"
	"quartier/web"
	"quartier/web/live"
)

// Times of the server.
const (
	// drainAtMost is how long answers under way may take when the server stops.
	drainAtMost = 10 * time.Second
	// logKept is for how long the change log is kept for readers that have no stored cursor.
	logKept = 7 * 24 * time.Hour
	// upkeepEvery is how often partitions of the change log are made and dropped.
	upkeepEvery = time.Hour
)

// serveCommand answers on the web.
type serveCommand struct {
	serveSettings
	mailSettings
	mediaSettings
}

// Run serves until the program's context ends: wires, starts, stops.
func (c *serveCommand) Run(p *program) error {
	city, err := c.city()
	if err != nil {
		return err
	}
	proxies, err := c.proxies()
	if err != nil {
		return err
	}
	post, err := c.server()
	if err != nil {
		return err
	}
	bucket, err := c.bucket()
	if err != nil {
		return err
	}
	origin, base, err := c.site()
	if err != nil {
		return err
	}
	geocoders, err := c.places()
	if err != nil {
		return err
	}
	if c.FilingLimit < 1 || c.TileCache < 1 {
		return fault.New(fault.Invalid, "failure.limits", nil)
	}
	if err := c.demoGuard(); err != nil {
		return err
	}
	provider, err := c.provider()
	if err != nil {
		return err
	}
	ground, err := c.ground()
	if err != nil {
		return err
	}
	// The port first: if it is taken, nothing else is touched.
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return listenFault(c.Listen, err)
	}
	defer listener.Close()
	db, closeDB, err := p.database(p.ctx)
	if err != nil {
		return err
	}
	defer closeDB()
	if err := p.migrate(db); err != nil {
		return err
	}
	people := &account.Directory{DB: db, Now: time.Now, Provider: provider, Holders: []account.Holder{reports.Holder{}, follow.Holder{}, notification.Holder{}}}
	if c.Demo {
		town, err := p.demo(people, city, c.DemoPublic)
		if err != nil {
			return err
		}
		if ground == nil {
			ground = town
		}
	} else if err := demo.Retire(p.ctx, people); err != nil {
		return err
	}
	area, err := servedArea(p.ctx, db, c.ServedArea)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(p.stderr, nil))
	m, err := live.New(db, log)
	if err != nil {
		return err
	}
	register := &reports.Register{DB: db, ServedArea: area, Now: time.Now}
	photos, err := media.Open(p.ctx, db, p.settings.Data, bucket, time.Now)
	if err != nil {
		return err
	}
	tutor := &suggestion.Tutor{DB: db, Log: log}
	server := &web.Server{
		Register:             register,
		Suggestions:          tutor,
		Places:               &place.Finder{DB: db, Geocoders: geocoders, Log: log},
		People:               people,
		Photos:               photos,
		Map:                  m,
		Cache:                tiles.NewCache(m.Index, c.TileCache<<20),
		Log:                  log,
		TimeZone:             city,
		TrustedProxies:       proxies,
		Ground:               ground,
		Attribution:          c.Attribution,
		BasemapStyle:         c.BasemapStyle,
		BasemapHosts:         c.BasemapHosts,
		FilingsPerTenMinutes: c.FilingLimit,
		MailServer:           serverName(post),
		PublicURL:            origin,
		BasePath:             base,
	}
	if err := server.Prepare(); err != nil {
		return err
	}

	// Kinds of jobs, and what is begun from time to time: each package that has some registers them here.
	jobs := store.NewJobs()
	photos.Work(jobs, log)
	(&reports.Retention{Register: register, People: people}).Work(jobs)
	notices := &notification.Notifier{People: people, City: city, Site: siteOf(origin, base, listener.Addr()), Log: log}
	notices.Work(jobs)
	mail.Work(jobs, db, post, notices.Renew)
	if err := jobs.Start(db, log); err != nil {
		return err
	}

	background, stopBackground := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { m.Run(background) })
	running.Go(func() { server.Cache.Run(background) })
	running.Go(func() { upkeep(background, db, log) })
	running.Go(func() { notices.Run(background) })
	running.Go(func() { tutor.Run(background) })
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintf(p.stdout, "http://%s%s\n", listener.Addr(), base)

	select {
	case err = <-served: // the listener broke
		stopJobs(jobs, log)
	case <-p.ctx.Done():
		log.Info(p.language.Say("serve.stopping", nil))
		drain, cancel := context.WithTimeout(context.Background(), drainAtMost)
		running.Go(func() { stopJobs(jobs, log) })
		err = server.Shutdown(drain)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			err = nil // who is still reading after that was cut off
		}
	}
	stopBackground()
	running.Wait()
	return err
}

// siteOf gives the address of our pages for what is mailed: the public one, or the one that we listen on, where the service is tried out.
func siteOf(origin, base string, listens net.Addr) string {
	if origin == "" {
		origin = "http://" + listens.String()
	}
	return origin + base
}

// serverName names the mail server; "": there is none.
func serverName(s *mail.Server) string {
	if s == nil {
		return ""
	}
	return s.String()
}

// stopJobs lets the jobs under way finish for as long as answers may. Those that do not are tried again later, by this node or another.
func stopJobs(jobs *store.Jobs, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.Background(), drainAtMost)
	defer cancel()
	if err := jobs.Stop(ctx); err != nil {
		log.Warn("jobs were left half-way", "cause", err)
	}
}

// listenFault says why the address cannot be had.
func listenFault(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fault.New(fault.Unavailable, "failure.port", fault.Args{"listen": address})
	}
	var op *net.OpError
	cause := err
	if errors.As(err, &op) {
		cause = op.Err
	}
	return fault.New(fault.Unavailable, "failure.listen", fault.Args{"listen": address, "cause": cause})
}

// migrate brings the schema and the change log's partitions up to date, and says so if something was missing.
func (p *program) migrate(db *store.DB) error {
	applied, err := migrations.Up(p.ctx, db.Pool)
	if err != nil {
		return err
	}
	db.Reset() // connections made before may know no geometry, whoever migrated
	if len(applied) > 0 {
		fmt.Fprintln(p.stderr, p.language.Say("serve.migrated", map[string]any{"n": len(applied)}))
	}
	return db.PrepareLog(p.ctx, time.Now(), logKept)
}

// servedArea finds the zones of the setting.
func servedArea(ctx context.Context, db *store.DB, setting string) (*reports.ServedArea, error) {
	if setting == "" {
		return nil, nil
	}
	atlas, err := zone.Read(ctx, db, account.System)
	if err != nil {
		return nil, err
	}
	area := &reports.ServedArea{}
	var names []string
	for ref := range strings.SplitSeq(setting, ",") {
		if set := atlas.Set(ref); set != nil {
			names, area.Refs = append(names, set.NameFR), append(area.Refs, set.Slug)
			continue
		}
		z, err := atlas.Find("", ref)
		if err != nil {
			return nil, fault.New(fault.Invalid, "failure.served_area", fault.Args{"area": ref})
		}
		names, area.Refs = append(names, z.Name), append(area.Refs, z.Ref())
	}
	area.Name = strings.Join(names, ", ")
	return area, nil
}

// upkeep keeps the change log's partitions in order.
func upkeep(ctx context.Context, db *store.DB, log *slog.Logger) {
	every := time.NewTicker(upkeepEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-every.C:
			if err := db.PrepareLog(ctx, now, logKept); err != nil && ctx.Err() == nil {
				log.Warn("the change log could not be kept in order", "cause", err)
			}
		}
	}
}
