package web

import (
	"fmt"
	"html"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"quartier/reports/account"
	"quartier/reports/language"
	"quartier/reports/mail"
)

// Who may ask: everybody who is not named is refused.
const (
	anybody = public + " expired-key revoked-key" // not even a key is looked at
	public  = "visitor resident agent other analyst moderator administrator weak-administrator reading-key writing-key weak-key"
	nobody  = ""

	people   = "resident agent other analyst moderator administrator weak-administrator" // in a browser
	browsers = "visitor " + people

	// Of one report: others are told that there is none.
	service  = "agent analyst administrator reading-key writing-key" // its own, and who sees them all
	offices  = "moderator administrator"
	reporter = "resident administrator"           // and who sees everything
	quiet    = "resident moderator administrator" // pending: the reporter and moderators
)

// right says who may ask for an address of a route. {private} and the like in it, and in the body, stand for numbers: of reports, and of others.
type right struct {
	route   string
	address string // "": the route itself
	may     string
	unseen  bool   // who may not is told that there is nothing
	early   bool   // before keys are looked at
	mine    bool   // behind the sign-in, and for no program
	browser bool   // for no program
	body    string // of a form, or JSON
}

// rights is the table of all routes. A route that is not here fails the test, and so does a line without a route.
var rights = []right{
	// From memory.
	{route: "GET /tiles/items/:z/:x/:y", address: "/tiles/items/0/0/0.mvt", may: anybody},
	{route: "GET /tiles/cells/:z/:x/:y", address: "/tiles/cells/0/0/0.mvt", may: anybody},
	{route: "GET /tiles/zones/:set/:z/:x/:y", address: "/tiles/zones/essai/0/0/0.mvt", may: anybody},
	{route: "GET /tiles/basemap/:z/:x/:y", address: "/tiles/basemap/0/0/0.mvt", may: nobody, unseen: true, early: true}, // there is no ground here
	{route: "GET /tiles/items.json", may: public},
	{route: "GET /tiles/cells.json", may: public},
	{route: "GET /tiles/zones/:set.json", address: "/tiles/zones/essai.json", may: public},
	{route: "GET /tiles/basemap.json", may: nobody, unseen: true},
	{route: "GET /tiles/raster/:z/:x/:y", address: "/tiles/raster/0/0/0.png", may: public},
	{route: "GET /maps/static.png", address: "/maps/static.png?z=1&lat=0&lon=0&w=64&h=64", may: public},
	{route: "GET /styles/:name.json", address: "/styles/light.json", may: nobody, unseen: true},

	// Machines that watch over us.
	{route: "GET /healthz", may: anybody},
	{route: "GET /readyz", may: anybody},
	{route: "GET /metrics", may: nobody, unseen: true, early: true}, // trusted networks, whoever asks

	// Programs.
	{route: "GET /api/openapi.json", may: public},
	{route: "GET /api/openapi.yaml", may: public},
	{route: "GET /api/openapi-3.0.json", may: public},
	{route: "GET /api/openapi-3.0.yaml", may: public},
	{route: "GET /api/v1/reports", may: public},
	{route: "GET /api/v1/reports", address: "/api/v1/reports?status=pending", may: public},
	{route: "GET /api/v1/reports", address: "/api/v1/reports?category=pothole&status=open&zone=essai/centre", may: public},
	{route: "GET /api/v1/reports.geojson", may: public},
	{route: "GET /api/v1/reports.csv", address: "/api/v1/reports.csv?bbox=2,48,3,49", may: public},
	{route: "GET /api/v1/reports.csv", may: public},
	{route: "GET /api/v1/reports/:id", address: "/api/v1/reports/{public}", may: public},
	{route: "GET /api/v1/reports/:id", address: "/api/v1/reports/{private}", may: service, unseen: true},
	{route: "GET /api/v1/reports/:id", address: "/api/v1/reports/{hidden}", may: offices, unseen: true},
	{route: "GET /api/v1/reports/:id", address: "/api/v1/reports/{pending}", may: offices, unseen: true},
	{route: "GET /api/v1/reports/:id", address: "/api/v1/reports/{own private}", may: reporter, unseen: true},
	{route: "GET /api/v1/reports/:id", address: "/api/v1/reports/{own pending}", may: quiet, unseen: true},
	{route: "GET /api/v1/reports/:id", address: "/api/v1/reports/{own hidden}", may: offices, unseen: true},
	{route: "GET /api/v1/reports/:id", address: "/api/v1/reports/999999", may: nobody, unseen: true},
	{route: "GET /api/v1/reports/:id/updates", address: "/api/v1/reports/{public}/updates", may: public},
	{route: "GET /api/v1/reports/:id/updates", address: "/api/v1/reports/{private}/updates", may: service, unseen: true},
	{route: "GET /api/v1/reports/:id/updates", address: "/api/v1/reports/{own pending}/updates", may: quiet, unseen: true},
	{route: "POST /api/v1/reports", may: public,
		body: `{"category":"pothole","title":"Un trou","location":{"type":"Point","coordinates":[2.35,48.85]}}`},
	{route: "POST /api/v1/reports/similar", may: public,
		body: `{"location":{"type":"Point","coordinates":[2.35,48.85]},"category":"pothole","text":"Un trou"}`},
	{route: "POST /api/v1/categories/suggest", may: public, body: `{"text":"Un trou"}`},
	{route: "GET /api/v1/categories", may: public},
	{route: "GET /api/v1/services", may: public},
	{route: "GET /api/v1/zones", may: public},
	{route: "GET /api/v1/zones/:set.geojson", address: "/api/v1/zones/essai.geojson", may: public},
	{route: "GET /api/v1/cells.geojson", address: "/api/v1/cells.geojson?resolution=5", may: public},
	{route: "GET /api/v1/stats", may: public},
	{route: "GET /api/v1/geocode", address: "/api/v1/geocode?q=adresse", may: public},
	{route: "GET /api/v1/events", address: "/api/v1/events?zoom=99", may: public}, // a wrong request: a right one has no end

	// Pages.
	{route: "GET /assets/*", may: nobody, unseen: true}, // there is no such asset
	{route: "GET /words/*", may: nobody, unseen: true},
	{route: "GET /worker.js", may: public},
	{route: "GET /manifest.webmanifest", may: public},
	{route: "GET /offline", may: public},
	{route: "GET /api/docs", may: public},
	{route: "GET /", may: public},
	{route: "GET /", address: "/?report={private}", may: public}, // opened by what the reader may see
	{route: "GET /", address: "/?q=adresse", may: public},
	{route: "GET /reports", may: public},
	{route: "GET /reports", address: "/reports?status=pending", may: public},
	{route: "GET /reports/new", may: public},
	{route: "GET /reports/new/thanks", address: "/reports/new/thanks?id={private}", may: public}, // says whether one sees it
	{route: "POST /reports", may: public, body: "title=Un+trou"},
	{route: "GET /reports/:id", address: "/reports/{public}", may: public},
	{route: "GET /reports/:id", address: "/reports/{private}", may: service, unseen: true},
	{route: "GET /reports/:id", address: "/reports/{hidden}", may: offices, unseen: true},
	{route: "GET /reports/:id", address: "/reports/{pending}", may: offices, unseen: true},
	{route: "GET /reports/:id", address: "/reports/{own private}", may: reporter, unseen: true},
	{route: "GET /reports/:id", address: "/reports/{own pending}", may: quiet, unseen: true},
	{route: "GET /zones", may: public},
	{route: "GET /zones/:set/*", address: "/zones/essai/centre", may: public},
	{route: "GET /stats", may: public},
	{route: "GET /stats", address: "/stats?status=pending", may: public},

	{route: "GET /privacy", may: public},

	// Photos.
	{route: "GET /media/:id/:file", address: "/media/{photo of public}/thumbnail.jpg", may: public},
	{route: "GET /media/:id/:file", address: "/media/{photo of private}/thumbnail.jpg", may: service, unseen: true},
	{route: "GET /media/:id/:file", address: "/media/{photo of hidden}/thumbnail.jpg", may: offices, unseen: true},
	{route: "GET /media/:id/:file", address: "/media/{photo of own private}/thumbnail.jpg", may: reporter, unseen: true},
	{route: "GET /media/:id/:file", address: "/media/{photo of own pending}/thumbnail.jpg", may: quiet, unseen: true},
	{route: "GET /media/:id/:file", address: "/media/{photo of own hidden}/thumbnail.jpg", may: offices, unseen: true},
	{route: "POST /api/v1/media", may: public, body: "{}"}, // no photo

	// Who people are.
	{route: "GET /sign-in", may: public},
	{route: "POST /sign-in", may: browsers, browser: true, body: "email=nobody"},
	{route: "GET /sign-in/sent", may: public},
	{route: "GET /sign-in/link", address: "/sign-in/link?token=unknown", may: nobody, unseen: true},
	{route: "POST /sign-in/link", may: nobody, unseen: true, browser: true, body: "token=unknown"},
	{route: "POST /sign-in/password", may: browsers, browser: true, body: "email=nobody"},
	{route: "POST /sign-in/passkey/options", may: browsers, browser: true},
	{route: "POST /sign-in/passkey", may: browsers, browser: true},
	{route: "GET /sign-in/provider", may: nobody, unseen: true}, // there is none
	{route: "GET /sign-in/provider/back", may: nobody, unseen: true},
	{route: "GET /sign-in/code", may: public},
	{route: "POST /sign-in/code", may: browsers, browser: true},
	{route: "GET /sign-out", may: public},
	{route: "GET /api/v1/me", may: people + " reading-key writing-key weak-key"},
	{route: "GET /me", may: people, mine: true},
	{route: "POST /me", may: people, mine: true, body: "language=fr"},
	{route: "POST /me/email", may: people, mine: true, body: "email=nobody"},
	{route: "GET /me/security", may: people, mine: true},
	{route: "POST /me/security/sessions/:id/end", address: "/me/security/sessions/{session}/end", may: "resident", unseen: true, mine: true}, // before a changed credential ends it
	{route: "POST /me/security/password", may: people, mine: true, body: "password=court"},
	{route: "POST /me/security/password/remove", may: people, mine: true},
	{route: "POST /me/security/passkeys/options", may: people, mine: true},
	{route: "POST /me/security/passkeys", may: people, mine: true},
	{route: "POST /me/security/passkeys/:id", address: "/me/security/passkeys/{passkey}", may: "resident", unseen: true, mine: true, body: "name=Essai"},
	{route: "POST /me/security/passkeys/:id/remove", address: "/me/security/passkeys/{passkey}/remove", may: "resident", unseen: true, mine: true},
	{route: "POST /me/security/second-factor", may: people, mine: true},
	{route: "POST /me/security/second-factor/confirm", may: people, mine: true, body: "code=000000"},
	{route: "POST /me/security/second-factor/recovery", may: nobody, unseen: true, mine: true}, // there is no second factor
	{route: "POST /me/security/second-factor/remove", may: people, mine: true},
	{route: "POST /me/security/providers/remove", may: nobody, unseen: true, mine: true, body: "issuer=none"},
	{route: "POST /me/security/sessions/others", may: people, mine: true},
	{route: "POST /me/security/tokens", may: people, mine: true, body: "name="},
	{route: "POST /me/security/tokens/:id/revoke", address: "/me/security/tokens/{key}/revoke", may: "resident", unseen: true, mine: true},

	{route: "POST /privacy", may: people, mine: true, body: "version=1"},
	{route: "GET /me/data", may: people, mine: true},
	{route: "GET /me/data.json", may: people, mine: true},
	{route: "GET /me/data.zip", may: people, mine: true},
	{route: "GET /me/data/erase", may: people, mine: true},
	{route: "POST /me/data/erase", may: people, mine: true}, // not without the tick

	// What becomes of a report.
	{route: "GET /reports/:id", address: "/reports/{public}?as=public", may: public},
	{route: "GET /reports/:id", address: "/reports/{private}?as=public", may: service, unseen: true},
	{route: "GET /reports/:id/comments", address: "/reports/{public}/comments", may: public},
	{route: "GET /reports/:id/comments", address: "/reports/{private}/comments", may: service, unseen: true},
	{route: "GET /reports/:id/comments", address: "/reports/{own pending}/comments", may: quiet, unseen: true},
	{route: "POST /reports/:id/comments", address: "/reports/{public}/comments", may: public, body: "body=Moi+aussi"},
	{route: "POST /reports/:id/comments", address: "/reports/{hidden}/comments", may: offices, unseen: true, body: "body=Moi+aussi"},
	{route: "POST /api/v1/reports/:id/updates", address: "/api/v1/reports/{public}/updates", may: public, body: `{"body":"Moi aussi"}`},
	{route: "POST /api/v1/reports/:id/updates", address: "/api/v1/reports/{private}/updates", may: service, unseen: true, body: `{"body":"Moi aussi"}`},
	{route: "GET /media/:id/:file", address: "/media/{photo of comment}/thumbnail.jpg", may: public},
	{route: "GET /media/:id/:file", address: "/media/{photo of waiting comment}/thumbnail.jpg", may: offices, unseen: true},
	{route: "GET /me/reports", may: people, mine: true},
	{route: "GET /reports/:id/edit", address: "/reports/{own private}/edit", may: "resident", unseen: true, mine: true},
	{route: "POST /reports/:id/edit", address: "/reports/{own private}/edit", may: "resident", unseen: true, mine: true, body: "title="},
	{route: "GET /reports/:id/withdraw", address: "/reports/{own private}/withdraw", may: "resident", unseen: true, mine: true},
	{route: "POST /reports/:id/withdraw", address: "/reports/{own private}/withdraw", may: "resident", unseen: true, mine: true, body: "reason=\x00"},
	{route: "GET /reports/:id/fixed", address: "/reports/{own private}/fixed", may: "resident", unseen: true, mine: true},
	{route: "POST /reports/:id/fixed", address: "/reports/{own private}/fixed", may: "resident", unseen: true, mine: true},
	{route: "POST /reports/:id/fixed", address: "/reports/{own hidden}/fixed", may: nobody, unseen: true, mine: true, body: "fixed=no"},

	// Who handles a report.
	{route: "GET /reports/:id/respond", address: "/reports/{public}/respond", may: "agent administrator", mine: true},
	{route: "POST /reports/:id/respond", address: "/reports/{public}/respond", may: "agent administrator", mine: true, body: "act=note&message=Vu"},
	{route: "GET /desk/new", may: "agent other administrator"},
	{route: "GET /desk/receipt", address: "/desk/receipt?id={public}", may: "agent other administrator"},
	{route: "GET /desk/poster", address: "/desk/poster?lat=48.85&lon=2.35&category=pothole", may: "agent other administrator"},
	{route: "GET /reports/:id/photos/:photo", address: "/reports/{public}/photos/{photo of public}", may: "agent moderator administrator"},
	{route: "POST /reports/:id/photos/:photo", address: "/reports/{public}/photos/{photo of public}", may: "agent moderator administrator", body: "do=blur&left=0"}, // without an area
	{route: "POST /reports/:id/contact", address: "/reports/{public}/contact", may: "agent administrator"},

	// Flags, links in mails.
	{route: "POST /api/v1/reports/:id/flags", address: "/api/v1/reports/{public}/flags", may: public, body: `{"reason":"spam"}`},
	{route: "POST /api/v1/reports/:id/flags", address: "/api/v1/reports/{hidden}/flags", may: offices, unseen: true, body: `{"reason":"spam"}`},
	{route: "POST /api/v1/reports/:id/flags", address: "/api/v1/reports/{private}/flags", may: service, unseen: true, body: `{"reason":"spam"}`},
	{route: "GET /reports/:id/flag", address: "/reports/{public}/flag", may: public},
	{route: "GET /reports/:id/flag", address: "/reports/{private}/flag", may: service, unseen: true},
	{route: "GET /reports/:id/flag", address: "/reports/{hidden}/flag", may: offices, unseen: true},
	{route: "GET /reports/:id/flag", address: "/reports/{own pending}/flag", may: quiet, unseen: true},
	{route: "POST /reports/:id/flag", address: "/reports/{public}/flag", may: public, body: "reason=spam"},
	{route: "POST /reports/:id/flag", address: "/reports/{pending}/flag", may: offices, unseen: true, body: "reason=spam"},
	// Supports, follows, feeds.
	{route: "PUT /api/v1/reports/:id/support", address: "/api/v1/reports/{public}/support", may: public, body: `{}`},
	{route: "PUT /api/v1/reports/:id/support", address: "/api/v1/reports/{private}/support", may: service, unseen: true, body: `{}`},
	{route: "PUT /api/v1/reports/:id/support", address: "/api/v1/reports/{hidden}/support", may: offices, unseen: true, body: `{}`},
	{route: "DELETE /api/v1/reports/:id/support", address: "/api/v1/reports/{public}/support", may: public, body: `{}`},
	{route: "DELETE /api/v1/reports/:id/support", address: "/api/v1/reports/{own pending}/support", may: quiet, unseen: true, body: `{}`},
	{route: "PUT /api/v1/reports/:id/follow", address: "/api/v1/reports/{public}/follow", may: people + " writing-key weak-key", body: `{}`},
	{route: "DELETE /api/v1/reports/:id/follow", address: "/api/v1/reports/{public}/follow", may: people + " writing-key weak-key", body: `{}`},
	{route: "GET /api/v1/me/follows", may: people + " reading-key writing-key weak-key"},
	{route: "POST /api/v1/me/follows", may: people + " writing-key weak-key", body: `{"category":"pothole"}`},
	{route: "DELETE /api/v1/me/follows/:id", address: "/api/v1/me/follows/{follow}", may: "resident", unseen: true, body: `{}`},
	{route: "POST /reports/:id/support", address: "/reports/{public}/support", may: public, body: "follow=1"},
	{route: "POST /reports/:id/support", address: "/reports/{private}/support", may: service, unseen: true, body: "do=remove"},
	{route: "POST /reports/:id/support", address: "/reports/{hidden}/support", may: offices, unseen: true},
	{route: "GET /reports/:id/follow", address: "/reports/{public}/follow", may: public},
	{route: "GET /reports/:id/follow", address: "/reports/{private}/follow", may: service, unseen: true},
	{route: "GET /reports/:id/follow", address: "/reports/{own pending}/follow", may: quiet, unseen: true},
	{route: "POST /reports/:id/follow", address: "/reports/{public}/follow", may: browsers, browser: true, body: "email=nobody"},
	{route: "POST /reports/:id/follow", address: "/reports/{hidden}/follow", may: offices, unseen: true, browser: true, body: "email=nobody"},
	{route: "GET /follow", may: public},
	{route: "GET /follow", address: "/follow?category=pothole&zone=essai/centre", may: public},
	{route: "POST /follow", may: browsers, browser: true, body: "where=all"},
	{route: "POST /follow/:id/end", address: "/follow/{follow}/end", may: "resident", unseen: true, browser: true},
	{route: "GET /me/follows", may: people, mine: true},
	{route: "POST /me/follows/:id", address: "/me/follows/{own follow}", may: "resident", unseen: true, mine: true, body: "rhythm=daily&by_mail=1"},
	{route: "POST /me/follows/:id/end", address: "/me/follows/{own follow}/end", may: "resident", unseen: true, mine: true},
	{route: "GET /feeds/reports.atom", may: public},
	{route: "GET /feeds/reports.atom", address: "/feeds/reports.atom?status=pending&category=pothole", may: public},
	{route: "GET /feeds/zones/:set/*", address: "/feeds/zones/essai/centre.atom", may: public},
	{route: "GET /feeds/categories/:slug.atom", address: "/feeds/categories/pothole.atom", may: public},
	{route: "GET /feeds/reports/:id.atom", address: "/feeds/reports/{public}.atom", may: public},
	{route: "GET /feeds/reports/:id.atom", address: "/feeds/reports/{private}.atom", may: nobody, unseen: true},
	{route: "GET /feeds/reports/:id.atom", address: "/feeds/reports/{own pending}.atom", may: nobody, unseen: true},
	{route: "GET /confirm", address: "/confirm?token=x", may: nobody, unseen: true}, // there is no such link
	{route: "POST /confirm", may: nobody, unseen: true, body: "token=x"},
	{route: "GET /appeal", address: "/appeal?decision=1", may: nobody, unseen: true},
	{route: "POST /appeal", may: nobody, unseen: true, body: "decision=1&words=Non"},

	// How people are told things.
	{route: "GET /api/v1/push", may: public},
	{route: "POST /api/v1/push", may: public, body: `{"endpoint":"https://localhost/","keys":{"p256dh":"","auth":""}}`},
	{route: "DELETE /api/v1/push", may: public, body: `{"endpoint":"https://push.example.org/unknown"}`},
	{route: "GET /unsubscribe", address: "/unsubscribe?token=x", may: nobody, unseen: true},
	{route: "POST /unsubscribe", may: nobody, unseen: true, body: "token=x"},
	{route: "GET /me/notifications", may: people, mine: true},
	{route: "POST /me/notifications", may: people, mine: true, body: "rhythm=never"},
	{route: "POST /me/notifications/address", may: people, mine: true},
	{route: "POST /me/notifications/browsers/:id/remove", address: "/me/notifications/browsers/999999/remove", may: nobody, unseen: true, mine: true},

	// Moderators.
	{route: "GET /moderation", may: offices},
	{route: "GET /moderation", address: "/moderation?of=unconfirmed", may: offices},
	{route: "GET /moderation/reports/:id", address: "/moderation/reports/{hidden}", may: offices},
	{route: "GET /moderation/reports/:id", address: "/moderation/reports/{public}", may: offices},
	{route: "POST /moderation/reports/:id", address: "/moderation/reports/{public}", may: offices, body: "verdict=keep"},
	{route: "POST /moderation/reports/:id/appeal", address: "/moderation/reports/{public}/appeal", may: offices, body: "decision=1"}, // without an answer
	{route: "GET /admin/blocks", may: offices},
	{route: "POST /admin/blocks", may: offices, body: "kind=word"},
	{route: "POST /admin/blocks/:id/remove", address: "/admin/blocks/1/remove", may: offices},

	// Administrators.
	{route: "GET /admin", may: "administrator"},
	{route: "GET /admin/people", may: "administrator"},
	{route: "POST /admin/people", may: "administrator", body: "email=nobody"},
	{route: "GET /admin/people/:id", address: "/admin/people/{person}", may: "administrator"},
	{route: "POST /admin/people/:id/grant", address: "/admin/people/{person}/grant", may: "administrator", body: "role=none"},
	{route: "POST /admin/people/:id/:act", address: "/admin/people/{person}/unblock", may: "administrator"},
	{route: "GET /admin/groups", may: "administrator"},
	{route: "POST /admin/groups", may: "administrator", body: "slug=&name="},
	{route: "GET /admin/groups/:id", address: "/admin/groups/{group}", may: "administrator"},
	{route: "POST /admin/groups/:id", address: "/admin/groups/{group}", may: "administrator", body: "name="},
	{route: "POST /admin/groups/:id/members", address: "/admin/groups/{group}/members", may: "administrator", body: "do=add&email=nobody"},
	{route: "GET /admin/services", may: "administrator"},
	{route: "GET /admin/services/:id", address: "/admin/services/{service}", may: "administrator"},
	{route: "POST /admin/services/:id", address: "/admin/services/{service}", may: "administrator", body: "name_fr="},
	{route: "GET /admin/categories", may: "administrator"},
	{route: "GET /admin/categories/:id", address: "/admin/categories/1", may: "administrator"},
	{route: "POST /admin/categories/:id", address: "/admin/categories/1", may: "administrator", body: "name_fr="},
	{route: "GET /admin/zones", may: "administrator"},
	{route: "POST /admin/zones", may: "administrator"},
	{route: "GET /admin/zones/:set", address: "/admin/zones/essai", may: "administrator"},
	{route: "POST /admin/zones/:set", address: "/admin/zones/essai", may: "administrator", body: "name_fr="},
	{route: "POST /admin/zones/:set/revisions", address: "/admin/zones/essai/revisions", may: "administrator"},
	{route: "GET /admin/zones/:set/:number", address: "/admin/zones/essai/1", may: "administrator"},
	{route: "POST /admin/zones/:set/:number/:act", address: "/admin/zones/essai/1/activate", may: "administrator"},
	{route: "GET /admin/settings", may: "administrator"},
	{route: "GET /admin/audit", may: "administrator"},
	{route: "GET /admin/audit.csv", may: "administrator"},
	{route: "GET /admin/privacy", may: "administrator"},
	{route: "POST /admin/privacy", may: "administrator", body: "before=1"},
	{route: "GET /admin/retention", may: "administrator"},
	{route: "POST /admin/retention", may: "administrator"},
	{route: "GET /admin/mail", may: "administrator"},
	{route: "POST /admin/mail", may: "administrator", body: "q=personne"},
	{route: "GET /admin/mail/:id", address: "/admin/mail/{mail}", may: "administrator"},
	{route: "POST /admin/mail/:id", address: "/admin/mail/{mail}", may: "administrator", body: "act=again"},
	{route: "GET /admin/jobs", may: "administrator"},
	{route: "POST /admin/jobs/:id", address: "/admin/jobs/{job}", may: "administrator", body: "act=retry"},
	{route: "GET /admin/people", may: "administrator"},
	{route: "POST /admin/people", may: "administrator", body: "email="},
	{route: "GET /admin/people/:id", address: "/admin/people/{somebody}", may: "administrator"},
	{route: "POST /admin/people/:id/grant", address: "/admin/people/{somebody}/grant", may: "administrator", body: "role="},
	{route: "POST /admin/people/:id/:act", address: "/admin/people/{somebody}/unblock", may: "administrator"},
	{route: "POST /admin/people/:id/:act", address: "/admin/people/{somebody}/end", may: "administrator"},
	{route: "GET /admin/groups", may: "administrator"},
	{route: "POST /admin/groups", may: "administrator", body: "name="},
	{route: "GET /admin/groups/:id", address: "/admin/groups/{group}", may: "administrator"},
	{route: "POST /admin/groups/:id", address: "/admin/groups/{group}", may: "administrator", body: "name="},
	{route: "POST /admin/groups/:id/members", address: "/admin/groups/{group}/members", may: "administrator", body: "do=add&email="},
	{route: "GET /admin/services", may: "administrator"},
	{route: "GET /admin/services/:id", address: "/admin/services/1", may: "administrator"},
	{route: "POST /admin/services/:id", address: "/admin/services/1", may: "administrator", body: "name_fr="},
	{route: "GET /admin/categories", may: "administrator"},
	{route: "GET /admin/categories/:id", address: "/admin/categories/1", may: "administrator"},
	{route: "POST /admin/categories/:id", address: "/admin/categories/1", may: "administrator", body: "name_fr="},
	{route: "GET /admin/zones", may: "administrator"},
	{route: "POST /admin/zones", may: "administrator"},
	{route: "GET /admin/zones/:set", address: "/admin/zones/essai", may: "administrator"},
	{route: "POST /admin/zones/:set", address: "/admin/zones/essai", may: "administrator", body: "name_fr="},
	{route: "POST /admin/zones/:set/revisions", address: "/admin/zones/essai/revisions", may: "administrator"},
	{route: "GET /admin/zones/:set/:number", address: "/admin/zones/essai/1", may: "administrator"},
	{route: "POST /admin/zones/:set/:number/:act", address: "/admin/zones/essai/1/activate", may: "administrator", body: "before=1"},
	{route: "GET /admin/settings", may: "administrator"},
	{route: "POST /admin/settings", may: "administrator", body: "retention_years=0"},
	{route: "GET /admin/audit", may: "administrator"},
	{route: "GET /admin/audit.csv", may: "administrator"},

	// The end: settings change what others may, and whoever signs out is nobody for the lines below.
	{route: "POST /admin/settings", may: "administrator"},
	{route: "POST /sign-out", may: browsers, browser: true},
}

// Every route, asked by everybody: who may gets an answer, who may not is told so in the way that tells least.
func TestRights(t *testing.T) {
	s := newSociety(t)
	routes, written := map[string]bool{}, map[string]bool{}
	for _, route := range s.app.GetRoutes(true) {
		if route.Method != http.MethodHead { // GET's
			routes[route.Method+" "+route.Path] = true
		}
	}
	for _, r := range rights {
		written[r.route] = true
		if !routes[r.route] {
			t.Errorf("%s stands in the table and is no route", r.route)
		}
	}
	for route := range routes {
		if !written[route] {
			t.Errorf("%s stands in no line of the table: who may?", route)
		}
	}
	for _, r := range rights {
		for _, name := range s.names {
			s.try(r, name)
		}
	}
}

// try asks for what a line of the table says as somebody.
func (s *society) try(r right, name string) {
	s.t.Helper()
	method, path, _ := strings.Cut(r.route, " ")
	if r.address != "" {
		path = s.numbered(r.address)
	}
	page := wantsPageAt(path)
	headers := slices.Clone(s.people[name])
	body := s.numbered(r.body)
	if method != http.MethodGet {
		headers, body = asForm(headers, body)
	}
	a := s.do(method, path, body, headers...)
	may := slices.Contains(strings.Fields(r.may), name)
	want := 0
	switch {
	case deadKey(name) && r.may != anybody && !r.early:
		want = http.StatusUnauthorized
	case name == "reading-key" && method != http.MethodGet:
		want = http.StatusForbidden
	case may:
	case (r.mine || r.browser) && strings.HasSuffix(name, "-key"):
		want = http.StatusForbidden
	case r.unseen && !(r.mine && name == "visitor"):
		want = http.StatusNotFound
	case (name == "visitor" || name == "weak-administrator") && page && method == http.MethodGet:
		want = http.StatusSeeOther // to prove who it is, or better
	case name == "visitor":
		want = http.StatusUnauthorized
	default:
		want = http.StatusForbidden
	}
	location := a.Header.Get("Location")
	toSignIn := a.StatusCode == http.StatusSeeOther && (strings.Contains(location, "/sign-in?") || name == "weak-administrator" && location == "/me/security")
	if want == 0 {
		if toSignIn || a.StatusCode >= 500 || slices.Contains([]int{401, 403, 404, 405, 429}, a.StatusCode) {
			s.t.Errorf("%s %s: %s may, and gets %d", method, path, name, a.StatusCode)
		}
	} else if a.StatusCode != want || want == http.StatusSeeOther && !toSignIn {
		s.t.Errorf("%s %s: %s gets %d, want %d", method, path, name, a.StatusCode, want)
	}
	for _, word := range []string{s.secrets["reading-key"], s.secrets["administrator"]} {
		if strings.Contains(a.body, word) {
			s.t.Errorf("%s %s: the answer to %s tells a secret", method, path, name)
		}
	}
}

// Nothing is changed in somebody's name by a page of another site, and no form is taken without its token.
func TestNoChangeFromOtherSites(t *testing.T) {
	s := newSociety(t)
	for _, r := range rights {
		method, path, _ := strings.Cut(r.route, " ")
		if method == http.MethodGet {
			continue
		}
		if r.address != "" {
			path = s.numbered(r.address)
		}
		headers, body := asForm(s.people["administrator"], s.numbered(r.body))
		if a := s.do(method, path, body, append(headers, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")...); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s from another site: %d", method, path, a.StatusCode)
		}
		if strings.HasPrefix(body, "{") {
			if a := s.do(method, path, body, append(s.people["administrator"], "Content-Type", "text/plain", "Origin", "https://evil.example")...); a.StatusCode != http.StatusUnsupportedMediaType && a.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s as a form of another site can send it: %d", method, path, a.StatusCode)
			}
			continue
		}
		_, others, _ := strings.Cut(body, "&")
		for name, tampered := range map[string]string{"no token": others, "another token": "csrf=" + strings.Repeat("b", 64) + "&" + others, "an empty token": "csrf=&" + others} {
			if a := s.do(method, path, tampered, headers...); a.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s with %s: %d", method, path, name, a.StatusCode)
			}
		}
	}
}

// asForm gives the headers and the body of a form with its token, or of JSON.
func asForm(headers []string, body string) ([]string, string) {
	if strings.HasPrefix(body, "{") {
		return append(slices.Clone(headers), "Content-Type", "application/json", "Sec-Fetch-Site", "same-origin"), body
	}
	return append(slices.Clone(headers), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"), "csrf=" + formToken + "&" + body
}

// formToken is the token that everybody's browser has for forms.
var formToken = strings.Repeat("a", 64)

// wantsPageAt is what the addresses of programs begin with, in other words than the guard's.
func wantsPageAt(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return !slices.Contains([]string{"api", "tiles", "maps", "styles", "words", "feeds", "assets", "healthz", "readyz", "metrics"}, first)
}

// society is a site with one report of each visibility and somebody of each role.
type society struct {
	*site
	names   []string            // of people
	people  map[string][]string // headers by which they are known
	secrets map[string]string
	emails  map[string]string // of their accounts
	ids     map[string]int64  // of reports
	others  map[string]string // of whatever else there is
	works   map[string]int32  // ids of services
}

// newSociety makes one.
//
// The agent works for "voirie", which handles the reports "public", "private" and so on; the other agent works for "parcs". The resident filed "own private",
// which nobody's service handles, "own pending" and "own hidden".
func newSociety(t *testing.T) *society {
	t.Helper()
	s := &society{site: newSite(t, func(s *Server) {
		s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32")}
		s.PublicURL = "http://example.com"
	}),
		people: map[string][]string{}, secrets: map[string]string{}, emails: map[string]string{}, ids: map[string]int64{}, works: map[string]int32{}, others: map[string]string{}}
	insertZone(t, s.site, "centre", "Centre")
	s.run(`alter sequence report_id_seq restart 100001`) // as long as an unknown number
	for _, slug := range []string{"voirie-essai", "parcs-essai"} {
		var id int32
		err := s.Register.DB.QueryRow(t.Context(), `insert into service (slug, name_fr, name_en) values ($1, 'Essai', 'Trial') returning id`, slug).Scan(&id)
		if err != nil {
			t.Fatal(err)
		}
		s.works[slug] = id
	}
	grant := func(role account.Role, services ...string) account.Grant {
		g := account.Grant{Role: role}
		for _, slug := range services {
			g.Services = append(g.Services, s.works[slug])
		}
		return g
	}
	s.know("visitor", 0, "", "")
	early := s.personWith(grant(account.RoleAdministrator))
	weakKey := s.keyBy(early, account.ByPassword, account.ScopeRead, account.ScopeWrite) // when nobody wanted two factors yet
	s.run(`insert into setting (name, value) values ('staff_second_factor', 'true')`)
	resident := s.enrol("resident")
	agent := s.enrol("agent", grant(account.RoleAgent, "voirie-essai"))
	s.enrol("other", grant(account.RoleAgent, "parcs-essai"))
	s.enrol("analyst", grant(account.RoleAnalyst, "voirie-essai"))
	s.enrol("moderator", grant(account.RoleModerator))
	s.enrol("administrator", grant(account.RoleAdministrator))
	weak := s.personWith(grant(account.RoleAdministrator)) // whose roles wait for a second factor
	secret, err := s.People.Begin(t.Context(), weak, account.ByPassword, false, "", "")
	if err != nil {
		t.Fatal(err)
	}
	s.know("weak-administrator", weak, "Cookie", "quartier_session="+secret)
	s.run(`insert into passkey (person_id, credential_id, credential, name) values ($1, 'y', '{}', 'Essai')`, agent) // without which their keys give no role
	s.know("reading-key", agent, "Authorization", "Bearer "+s.keyOf(agent, account.ScopeRead))
	s.know("writing-key", agent, "Authorization", "Bearer "+s.keyOf(agent, account.ScopeRead, account.ScopeWrite))
	s.know("weak-key", early, "Authorization", "Bearer "+weakKey)
	s.know("expired-key", agent, "Authorization", "Bearer "+s.keyThat(agent, `update api_token set expires_at = now() where token_sha256 = $1`))
	s.know("revoked-key", agent, "Authorization", "Bearer "+s.keyThat(agent, `delete from api_token where token_sha256 = $1`))

	s.ids["somebody"] = s.personWith()
	group, err := s.People.MakeGroup(t.Context(), account.System, "Les Amis du parc", "")
	if err != nil {
		t.Fatal(err)
	}
	s.ids["group"] = group
	for _, name := range []string{"public", "private", "private elsewhere", "hidden", "pending", "pending private", "own private", "own pending", "own hidden"} {
		s.report(name)
	}
	for _, name := range []string{"own private", "own pending", "own hidden"} {
		s.run(`update report_contact set person_id = $2 where report_id = $1`, s.ids[name], resident)
	}
	for _, name := range []string{"public", "private", "hidden", "own private", "own pending", "own hidden"} {
		photo := s.mustUpload().ID
		s.run(`update media set kind = 'report', item_id = $2, secret_sha256 = null where id = $1`, photo, s.ids[name])
		s.others["photo of "+name] = photo
	}
	for name, public := range map[string]bool{"comment": true, "waiting comment": false} {
		photo := s.mustUpload().ID
		s.run(`
			with entry as (
			  insert into timeline (kind, item_id, type, public, body, doubts, actor_role, created_at)
			  values ('report', $2, 'comment', $3, 'commentaire-' || case when $3 then 'lu' else 'attend' end, case when $3 then '{}' else array['anonymous'] end, 'resident', now())
			  returning id)
			update media set kind = 'update', item_id = (select id from entry), secret_sha256 = null where id = $1`, photo, s.ids["public"], public)
		s.others["photo of "+name] = photo
	}
	s.run(`insert into block (kind, value, reason, created_at) values ('word', 'bloc-mot', 'bloc-raison', now())`)
	s.run(`insert into flag (kind, item_id, reason, words, person_id, created_at) values ('report', $1, 'other', 'drapeau-mots', $2, now())`, s.ids["public"], resident)
	s.others["person"], s.others["service"] = fmt.Sprint(resident), fmt.Sprint(s.works["voirie-essai"])
	s.run(`insert into person_group (slug, name) values ('essai', 'Essai')`)
	s.others["group"] = fmt.Sprint(s.count(`select max(id) from person_group`))
	s.others["mail"] = fmt.Sprint(s.post(mail.Message{To: s.emails["resident"], Subject: "Bonjour", Text: "Bonjour", Purpose: "essai", Person: resident}))
	s.others["job"] = fmt.Sprint(s.count(`select max(id) from river_job`))
	s.cookieOf(resident) // a browser elsewhere
	s.others["session"] = fmt.Sprint(s.count(`select max(id) from session`))
	s.keyOf(resident, account.ScopeRead)
	s.others["key"] = fmt.Sprint(s.count(`select max(id) from api_token`))
	for _, name := range []string{"follow", "own follow"} { // one that ends by the API, and one by the page; the report of one is not the resident's to see
		s.run(`insert into follow (person_id, kind, item_id, name, created_at) values ($1, 'report', $2, 'suivi', now())`, resident, s.ids[map[string]string{"follow": "private", "own follow": "hidden"}[name]])
		s.others[name] = fmt.Sprint(s.count(`select max(id) from follow`))
	}
	s.run(`insert into passkey (person_id, credential_id, credential, name) values ($1, 'x', '{}', 'Essai')`, resident)
	s.others["passkey"] = fmt.Sprint(s.count(`select max(id) from passkey`))
	return s
}

// enrol makes somebody who is known by a session.
func (s *society) enrol(name string, grants ...account.Grant) (person int64) {
	s.t.Helper()
	person = s.personWith(grants...)
	s.know(name, person, "Cookie", s.cookieOf(person))
	return person
}

// know remembers how somebody is known.
func (s *society) know(name string, person int64, header, value string) {
	s.t.Helper()
	s.names = append(s.names, name)
	cookies := "quartier_form=" + formToken
	s.people[name] = []string{"X-Forwarded-For", fmt.Sprintf("198.51.100.%d", len(s.names)), "Cookie", cookies}
	switch header {
	case "":
		return
	case "Cookie":
		s.people[name][3] = value + "; " + cookies
	default:
		s.people[name] = append(s.people[name], header, value)
	}
	_, s.secrets[name], _ = strings.Cut(strings.ReplaceAll(value, " ", "="), "=")
	var email string
	if err := s.Register.DB.QueryRow(s.t.Context(), `select email from person where id = $1`, person).Scan(&email); err != nil {
		s.t.Fatal(err)
	}
	s.emails[name] = email
}

// report files a report, with words that name it in every field that somebody may or may not see.
func (s *society) report(name string) {
	s.t.Helper()
	mark := strings.ReplaceAll(name, " ", "")
	id, token := s.file("titre-" + mark)
	s.awaitText(token)
	s.ids[name] = id
	status, visibility := "new", "public"
	for _, word := range strings.Fields(name) {
		switch word {
		case "private", "hidden":
			visibility = word
		case "pending":
			status = word
		}
	}
	works := &[]int32{s.works["voirie-essai"]}[0]
	switch {
	case strings.HasSuffix(name, "elsewhere"):
		*works = s.works["parcs-essai"]
	case strings.HasPrefix(name, "own"):
		works = nil
	}
	s.change(id, `
		update report set status = $2, visibility = $3, service_id = $4, description = $5, address = $6, attributes = jsonb_build_object('code', $7::text)
		where id = $1`, id, status, visibility, works, "texte-"+mark, "adresse-"+mark, "reponse-"+mark)
	s.change(id, `
		insert into report_contact (report_id, email, name, phone) values ($1, $2, $3, $4)`,
		id, "courriel-"+mark+"@example.org", "nom-"+mark, "telephone-"+mark)
	s.change(id, `
		insert into timeline (kind, item_id, type, public, body, actor_role, actor_name, created_at)
		values ('report', $1, 'note', false, $2, 'agent', $3, now())`, id, "note-"+mark, "agent-"+mark)
}

// run changes the record by SQL.
func (s *site) run(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.Register.DB.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
}

// numbered puts the numbers of reports in the place of {their names}.
func (s *society) numbered(text string) string {
	for name, id := range s.ids {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(id))
	}
	for name, id := range s.others {
		text = strings.ReplaceAll(text, "{"+name+"}", id)
	}
	return text
}

// personWith makes a person with some grants.
func (s *site) personWith(grants ...account.Grant) (person int64) {
	s.t.Helper()
	ctx := s.t.Context()
	err := s.Register.DB.QueryRow(ctx, `
		insert into person (email, name, email_verified_at)
		select 'personne-' || count(*) || '@example.org', 'Personne', now() from person returning id`).Scan(&person)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, g := range grants {
		if err := s.People.Grant(ctx, account.System, person, g); err != nil {
			s.t.Fatal(err)
		}
	}
	return person
}

// cookieOf begins a session of a person, with two factors.
func (s *site) cookieOf(person int64) string {
	s.t.Helper()
	secret, err := s.People.Begin(s.t.Context(), person, account.ByPasskey, true, "", "")
	if err != nil {
		s.t.Fatal(err)
	}
	return "quartier_session=" + secret
}

// signedInAs makes a person with some grants and gives the cookie of a session of theirs.
func (s *site) signedInAs(grants ...account.Grant) (cookie string) {
	s.t.Helper()
	return s.cookieOf(s.personWith(grants...))
}

// keyOf makes a key for a program of a person, who has proved with two factors to be who they are.
func (s *site) keyOf(person int64, scopes ...string) string {
	s.t.Helper()
	return s.keyBy(person, account.ByPasskey, scopes...)
}

// keyBy makes a key for a program of a person who signed in by a method.
func (s *site) keyBy(person int64, method account.Method, scopes ...string) string {
	s.t.Helper()
	secret, err := s.People.Begin(s.t.Context(), person, method, false, "", "")
	if err != nil {
		s.t.Fatal(err)
	}
	e, err := s.People.Enter(s.t.Context(), secret)
	if err != nil {
		s.t.Fatal(err)
	}
	key, err := s.People.MakeToken(s.t.Context(), e, "essai", scopes, time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	return key
}

// keyThat makes a key to which something happened then.
func (s *site) keyThat(person int64, happened string) string {
	s.t.Helper()
	key := s.keyOf(person, account.ScopeRead, account.ScopeWrite)
	s.run(happened, account.Digest(key))
	return key
}

// deadKey tells whether somebody comes with a key that is no good any more.
func deadKey(name string) bool { return name == "expired-key" || name == "revoked-key" }

// language gives a language by its tag.
func (s *site) language(tag string) *language.Language { return language.Of(tag) }

// containsText tells whether a page has a text.
func containsText(page, text string) bool { return strings.Contains(html.UnescapeString(page), text) }
