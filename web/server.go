package web

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/media"
	"quartier/reports/notification"
	"quartier/reports/place"
	"quartier/reports/suggestion"
	"quartier/tiles"
	"quartier/tiles/basemap"
	"quartier/web/live"
	"quartier/web/ui"
)

// Limits of what clients may send.
const (
	maxBody    = 256 << 10 // bytes of a request's body
	maxHeaders = 16 << 10  // bytes of a request's head
)

// Server answers HTTP. Fill in its fields, then Listen.
type Server struct {
	Register *reports.Register
	Photos   *media.Store
	People   *account.Directory
	Map      *live.Map
	Cache    *tiles.Cache
	// Places finds addresses; nil: those of the Register's database alone.
	Places *place.Finder
	// Suggestions guesses categories; nil: none are suggested.
	Suggestions *suggestion.Tutor
	Log         *slog.Logger
	// TimeZone is the city's: days in filters and on pages are its days.
	TimeZone *time.Location
	// TrustedProxies may say for whom they speak (X-Forwarded-*).
	TrustedProxies []netip.Prefix
	// Ground is drawn beneath our own layers; nil: none.
	Ground basemap.Ground
	// Attribution names who made the data that was imported, in plain text; empty: nobody need be named.
	Attribution string
	// BasemapStyle is the address of a MapLibre style to draw beneath our own layers, in the place of Ground; empty: none.
	BasemapStyle string
	// BasemapHosts are the sources that the style loads from, as the Content-Security-Policy names them, separated by spaces.
	BasemapHosts string
	// FilingsPerTenMinutes is how many reports one address may file.
	FilingsPerTenMinutes int
	// PublicURL is the scheme and the host of the site for absolute links; empty: as the client wrote them.
	PublicURL string
	// BasePath is what stands before every path of ours, such as /quartier; empty: nothing. See base.go.
	BasePath string
	// MailServer names the server that mails leave by; empty: there is none, and they wait in the outbox.
	MailServer string

	app      *fiber.App
	running  context.Context // ends when the server stops: long answers end with it
	stop     context.CancelFunc
	exports  *places
	streams  *places // event streams
	uploads  *places // photos that come in
	studio   *studio // pictures
	queries  queries
	entries  entries    // who is signed in
	staging  sync.Mutex // of the one file of zones that is read
	limits   limits
	seal     sealer
	blockade blockade
	proofs   proofs
	notices  *notification.Notifier // what people choose of it; jobs are another's
	links    links
	words    map[string]wordFile // by language
	content  string              // what pages may load
}

// proofs counts what came of suspicion.
type proofs struct{ set, solved, doubted atomic.Int64 }

// links are the built scripts, styles and icons of pages.
type links struct {
	page, mapped, account []ui.Entry // of every page; with a map; of people who sign in, and the administration
	follow                []ui.Entry // of the form with a map to draw on
	filing, thanks        []ui.Entry // of the form that files a report, and of what follows it
	icons                 ui.Icons
}

// Prepare builds the routes. It fails when the front end was not built into the binary.
func (s *Server) Prepare() error {
	assets, err := ui.Open()
	if err != nil {
		return err
	}
	entries := map[string]ui.Entry{}
	for _, name := range []string{"page", "map", "account", "follow", "filing"} {
		if entries[name], err = assets.Entry(name); err != nil {
			return err
		}
	}
	loads := func(names ...string) (list []ui.Entry) {
		for _, name := range names {
			list = append(list, entries[name])
		}
		return list
	}
	s.links = links{page: loads("page"), mapped: loads("page", "map"), account: loads("page", "account"), follow: loads("page", "map", "follow"),
		filing: loads("page", "map", "filing"), thanks: loads("page", "filing"), icons: assets.Icons()}
	s.words = wordFiles()
	s.notices = &notification.Notifier{People: s.People, City: s.TimeZone, Log: s.Log}
	if s.Places == nil {
		s.Places = &place.Finder{DB: s.Register.DB}
	}
	s.Places.Near = s.middle
	s.limits = newLimits(s.FilingsPerTenMinutes, s.Register.Now)
	s.content = contentPolicy(s.BasemapHosts)
	s.running, s.stop = context.WithCancel(context.Background())
	s.exports = newPlaces(exportsAtOnce, exportsPerAddress, "error.exports_busy")
	s.streams = newPlaces(streamsAtOnce, streamsPerAddress, "error.events_busy")
	s.uploads = newPlaces(uploadsAtOnce, uploadsPerAddress, "error.photo.busy")
	s.studio = newStudio(s.Map.Index)
	s.app = fiber.New(fiber.Config{
		AppName:                      "Quartier",
		DisableStartupMessage:        true,
		ErrorHandler:                 s.fail,
		BodyLimit:                    1, // byte that is read before the guards stand: bounded sees to the limits
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		ReadBufferSize:               maxHeaders,
		ReadTimeout:                  15 * time.Second,
		IdleTimeout:                  60 * time.Second,
		WriteTimeout:                 0, // each piece has a deadline of its own: listener.go
		StrictRouting:                true,
		CaseSensitive:                true,
		EnableTrustedProxyCheck:      true, // and none is trusted here: guard.go reads X-Forwarded-* itself
		ServerHeader:                 "",
	})
	s.app.Server().KeepHijackedConns = true // event streams are the hub's to close
	s.refuseMethods(s.app.Server())
	lingering(s.app.Server())
	if s.BasePath != "" {
		putBelow(s.app.Server(), s.BasePath)
	}
	files, err := loadAssets(assets.Files())
	if err != nil {
		return err
	}
	icons, err := drawIcons()
	if err != nil {
		return err
	}
	maps.Copy(files, icons)
	s.route(files, assets.Worker())
	return nil
}

// Serve answers on a listener until Shutdown.
func (s *Server) Serve(l net.Listener) error {
	door := newListener(l)
	defer context.AfterFunc(s.running, door.stop)()
	return s.app.Listener(door)
}

// Shutdown stops: long answers are ended, those under way are finished, within the context's deadline. Who has not asked yet is not waited for.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop()
	s.Map.Hub.Close()
	return s.app.ShutdownWithContext(ctx)
}

// to gives an address of our own, which begins with a slash, as a browser must ask for it: for links, redirects and what scripts are told.
func (s *Server) to(address string) string { return s.BasePath + address }

// vocabulary gives what things are called; before the map is loaded the service is not ready.
func (s *Server) vocabulary() (*live.Vocabulary, error) {
	if v := s.Map.Vocabulary(); v != nil {
		return v, nil
	}
	return nil, &fault.Error{Kind: fault.Unavailable, Word: "error.starting", After: 2 * time.Second}
}

// logFailure logs an error of ours, once, without what the client sent: addresses can hold tokens, and texts hold people's words.
func (s *Server) logFailure(method, route string, status int, err error) {
	// Fiber calls it a bad gateway when a client's connection breaks before its request is read. We stand before nobody.
	if status < 500 || errors.Is(err, fiber.ErrBadGateway) {
		return
	}
	var f *fault.Error
	switch {
	case errors.As(err, &f) && f.Kind == fault.Unavailable && f.Cause == nil: // nothing failed: there was no place, or it is too early
		return
	case f != nil && f.Kind == fault.Unavailable || errors.Is(err, context.Canceled):
		s.Log.Warn("a request found the service resting", "method", method, "route", route, "cause", errors.Unwrap(err))
		return
	}
	s.Log.Error("a request failed", "method", method, "route", route, "cause", err)
}
