package main

import (
	"context"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // a server without zone files starts all the same

	"github.com/alecthomas/kong"

	"quartier/migrations/devdb"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/mail"
	"quartier/reports/media"
	"quartier/reports/place"
	"quartier/reports/store"
	"quartier/tiles/basemap"
)

// version is the version of the program; a release sets it when it is linked.
var version = "0.1.0"

// settings are those of every subcommand. All settings of the program are read here: from flags, or from the environment.
type settings struct {
	Data     string           `help:"${cli_data}" env:"QUARTIER_DATA_DIR" default:".quartier" placeholder:"DIR"`
	Database string           `help:"${cli_database}" env:"QUARTIER_DATABASE_URL" placeholder:"URL"`
	Version  kong.VersionFlag `help:"${cli_version}"`
}

// commands is the command line.
type commands struct {
	settings
	Serve   serveCommand   `cmd:"" help:"${cli_serve}"`
	Migrate migrateCommand `cmd:"" help:"${cli_migrate}"`
	Import  importCommand  `cmd:"" help:"${cli_import}"`
	User    userCommand    `cmd:"" help:"${cli_user}"`
	Media   mediaCommand   `cmd:"" help:"${cli_media}"`
	Doctor  doctorCommand  `cmd:"" help:"${cli_doctor}"`
	Bounce  bounceCommand  `cmd:"" help:"${cli_bounce}"`
}

// serveSettings are those of the server.
type serveSettings struct {
	Listen         string       `help:"${cli_listen}" env:"QUARTIER_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	TimeZone       string       `help:"${cli_time_zone}" env:"QUARTIER_TIME_ZONE" default:"Europe/Paris" placeholder:"ZONE"`
	ServedArea     string       `help:"${cli_served_area}" env:"QUARTIER_SERVED_AREA" placeholder:"SET"`
	TrustedProxies string       `help:"${cli_proxies}" env:"QUARTIER_TRUSTED_PROXIES" placeholder:"CIDR,…"`
	PublicURL      string       `help:"${cli_public_url}" env:"QUARTIER_PUBLIC_URL" placeholder:"URL"`
	BasePath       string       `help:"${cli_base_path}" env:"QUARTIER_BASE_PATH" placeholder:"PATH"`
	Basemap        string       `help:"${cli_basemap}" env:"QUARTIER_BASEMAP" placeholder:"FILE"`
	BasemapStyle   string       `help:"${cli_basemap_style}" env:"QUARTIER_BASEMAP_STYLE" placeholder:"URL"`
	BasemapHosts   string       `help:"${cli_basemap_hosts}" env:"QUARTIER_BASEMAP_HOSTS" placeholder:"HOST …"`
	Geocoders      []string     `name:"geocoder" help:"${cli_geocoder}" env:"QUARTIER_GEOCODER" placeholder:"NAME=URL"`
	Attribution    string       `help:"${cli_attribution}" env:"QUARTIER_ATTRIBUTION" placeholder:"TEXT"`
	FilingLimit    int          `help:"${cli_filings}" env:"QUARTIER_FILING_LIMIT" default:"60"`
	Demo           bool         `help:"${cli_demo}" env:"QUARTIER_DEMO"`
	DemoPublic     bool         `help:"${cli_demo_public}" env:"QUARTIER_DEMO_PUBLIC"`
	TileCache      int          `help:"${cli_cache}" env:"QUARTIER_TILE_CACHE" default:"128" placeholder:"MIB"`
	OIDC           oidcSettings `embed:"" prefix:"oidc-"`
}

// oidcSettings are those of the OpenID provider that people may sign in by.
type oidcSettings struct {
	Issuer       string `help:"${cli_oidc_issuer}" env:"QUARTIER_OIDC_ISSUER" placeholder:"URL"`
	ClientID     string `help:"${cli_oidc_client_id}" env:"QUARTIER_OIDC_CLIENT_ID" placeholder:"ID"`
	ClientSecret string `help:"${cli_oidc_client_secret}" env:"QUARTIER_OIDC_CLIENT_SECRET" placeholder:"TEXT"`
	Name         string `help:"${cli_oidc_name}" env:"QUARTIER_OIDC_NAME" default:"OpenID" placeholder:"NAME"`
	Scopes       string `help:"${cli_oidc_scopes}" env:"QUARTIER_OIDC_SCOPES" default:"openid email profile" placeholder:"SCOPE …"`
	ACR          string `name:"acr-values" help:"${cli_oidc_acr}" env:"QUARTIER_OIDC_ACR_VALUES" placeholder:"ACR …"`
	Trusted      bool   `help:"${cli_oidc_trusted}" env:"QUARTIER_OIDC_TRUSTED"`
}

// provider gives the OpenID provider; nil: there is none. What it tells must not be read on the way: plain HTTP only on this machine.
func (s *serveSettings) provider() (*account.Provider, error) {
	o := s.OIDC
	if o.Issuer == "" {
		return nil, nil
	}
	address, err := url.Parse(o.Issuer)
	local := err == nil && (address.Hostname() == "localhost" || address.Hostname() == "127.0.0.1")
	if err != nil || address.Host == "" || address.Scheme != "https" && !local || o.ClientID == "" || s.PublicURL == "" && !local {
		return nil, fault.New(fault.Invalid, "failure.oidc", nil)
	}
	return &account.Provider{Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret, Name: o.Name, Scopes: strings.Fields(o.Scopes),
		ACR: strings.Fields(o.ACR), Trusted: o.Trusted}, nil
}

// mailSettings are those of the mail server.
type mailSettings struct {
	SMTPURL  string `name:"smtp-url" help:"${cli_smtp}" env:"QUARTIER_SMTP_URL" placeholder:"URL"`
	MailFrom string `help:"${cli_mail_from}" env:"QUARTIER_MAIL_FROM" placeholder:"ADDRESS"`
}

// server gives the mail server; nil: there is none, and mails stay in the outbox.
func (s *mailSettings) server() (*mail.Server, error) {
	if s.SMTPURL == "" {
		return nil, nil
	}
	return mail.ParseServer(s.SMTPURL, s.MailFrom)
}

// mediaSettings are those of where photos are kept.
type mediaSettings struct {
	MediaURL string `name:"media-url" help:"${cli_media_url}" env:"QUARTIER_MEDIA_URL" placeholder:"URL"`
}

// bucket gives the bucket that photos lie in; nil: they lie in the data folder.
func (s *mediaSettings) bucket() (*media.Bucket, error) {
	if s.MediaURL == "" {
		return nil, nil
	}
	return media.ParseBucket(s.MediaURL)
}

// city gives the city's time zone.
func (s *serveSettings) city() (*time.Location, error) {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return nil, fault.New(fault.Invalid, "failure.time_zone", fault.Args{"zone": s.TimeZone})
	}
	return zone, nil
}

// basePath is what a base path looks like. Other signs would need to be written differently in links, in cookies' names and in a proxy's settings.
var basePath = regexp.MustCompile(`^(/[A-Za-z0-9_-]+)+$`)

// site gives the scheme and the host of the public address (empty: as clients write them) and the base path (empty: none).
func (s *serveSettings) site() (origin, base string, err error) {
	if base = strings.TrimSuffix(s.BasePath, "/"); base != "" && !basePath.MatchString(base) {
		return "", "", fault.New(fault.Invalid, "failure.base_path", fault.Args{"path": s.BasePath})
	}
	if s.PublicURL == "" {
		return "", base, nil
	}
	public, err := url.Parse(s.PublicURL)
	if err != nil || public.Scheme != "http" && public.Scheme != "https" || public.Hostname() == "" || public.User != nil || public.RawQuery != "" || public.Fragment != "" {
		return "", "", fault.New(fault.Invalid, "failure.public_url", nil) // which may hold a password
	}
	if path := strings.TrimSuffix(public.Path, "/"); path != base && path != "" {
		return "", "", fault.New(fault.Invalid, "failure.base_path_differs", fault.Args{"path": public.Path, "base": base})
	}
	return public.Scheme + "://" + public.Host, base, nil
}

// places gives the geocoders that are asked where our own addresses know nothing.
func (s *serveSettings) places() (list []*place.Geocoder, err error) {
	for _, setting := range s.Geocoders {
		g, err := place.NewGeocoder(strings.TrimSpace(setting))
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}

// ground opens the local basemap; nil: there is none. Its file stays open as long as the program runs.
func (s *serveSettings) ground() (basemap.Ground, error) {
	if s.Basemap == "" {
		return nil, nil
	}
	archive, err := basemap.Open(s.Basemap)
	if err != nil {
		return nil, err
	}
	return archive, nil
}

// proxies gives the networks that are trusted.
func (s *serveSettings) proxies() ([]netip.Prefix, error) {
	var list []netip.Prefix
	for text := range strings.SplitSeq(s.TrustedProxies, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			address, bad := netip.ParseAddr(text)
			if bad != nil {
				return nil, fault.New(fault.Invalid, "failure.proxies", fault.Args{"proxy": text})
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		list = append(list, network)
	}
	return list, nil
}

// oldestServer is the oldest version of PostgreSQL that will do, as server_version_num.
const oldestServer = 140000

// database opens the database of --database, or the private one of --data, which is started if no other process has. The function that comes
// back closes what was opened.
func (p *program) database(ctx context.Context) (*store.DB, func(), error) {
	url, stop := p.settings.Database, func() {}
	if url == "" {
		cluster, err := devdb.Start(ctx, p.settings.Data)
		if err != nil {
			return nil, nil, err
		}
		url, stop = cluster.URL("quartier"), func() { _ = cluster.Stop() }
	}
	db, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		stop()
		return nil, nil, err
	}
	closeAll := func() { db.Close(); stop() }
	var number int
	var name string
	err = db.QueryRow(ctx, `select current_setting('server_version_num')::int, current_setting('server_version')`).Scan(&number, &name)
	if err == nil && number < oldestServer {
		err = fault.New(fault.Unavailable, "failure.old_server", fault.Args{"version": name})
	}
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	return db, closeAll, nil
}
