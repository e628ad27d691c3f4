package web

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/setting"
	"quartier/tiles/raster"
	"quartier/web/page"
)

// What makes the site an app that can be installed and opens without a network: the manifest, its icons, the service worker (web/ui/src/worker) and the page
// that it shows where there is no network.

// appIcons are the sizes of the mark, by their names among the assets.
var appIcons = []struct {
	name  string
	side  int
	share float64 // of the side that the mark takes
}{{"icon-180.png", 180, 0.7}, {"icon-192.png", 192, 0.7}, {"icon-512.png", 512, 0.7}, {"icon-mask.png", 512, 0.55}}

// drawIcons draws them, once.
var drawIcons = sync.OnceValues(func() (map[string]*asset, error) {
	drawn := map[string]*asset{}
	for _, one := range appIcons {
		picture, err := raster.Mark(one.side, one.share)
		if err != nil {
			return nil, fmt.Errorf("draw the icon %s: %w", one.name, err)
		}
		drawn[one.name] = &asset{contentType: "image/png", cacheControl: "public, max-age=86400", forms: [codings][]byte{picture}}
	}
	return drawn, nil
})

// Colours of the frame of an installed app: the card and the paper of light pages (web/ui/src/styles/tokens.css).
const (
	themeColour = "#FFFFFF"
	paperColour = "#FBFAF7"
)

// appManifest is a Web Application Manifest.
type appManifest struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	ShortName   string        `json:"short_name"`
	Description string        `json:"description"`
	Lang        string        `json:"lang"`
	StartURL    string        `json:"start_url"`
	Scope       string        `json:"scope"`
	Display     string        `json:"display"`
	Theme       string        `json:"theme_color"`
	Background  string        `json:"background_color"`
	Icons       []appIcon     `json:"icons"`
	Shortcuts   []appShortcut `json:"shortcuts"`
}

type appIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
}

type appShortcut struct {
	Name  string    `json:"name"`
	URL   string    `json:"url"`
	Icons []appIcon `json:"icons"`
}

// manifest answers it, in the name of the town. While the database rests it goes by our own.
func (s *Server) manifest(c *fiber.Ctx) error {
	l := askedOf(c).language
	name := "Quartier"
	ctx, cancel := sparing(c)
	defer cancel()
	if town, err := setting.Read(ctx, s.Register.DB); err == nil && town.Town != "" {
		name = town.Town
	}
	icon := func(name, sizes, purpose string) appIcon {
		return appIcon{Src: s.to("/assets/" + name), Sizes: sizes, Type: "image/png", Purpose: purpose}
	}
	small := icon("icon-192.png", "192x192", "")
	body, err := json.Marshal(appManifest{ID: s.to("/"), Name: name, ShortName: name, Description: l.Say("page.about", nil), Lang: l.Tag, StartURL: s.to("/"), Scope: s.to("/"),
		Display: "standalone", Theme: themeColour, Background: paperColour,
		Icons:     []appIcon{small, icon("icon-512.png", "512x512", ""), icon("icon-mask.png", "512x512", "maskable")},
		Shortcuts: []appShortcut{{Name: l.Say("page.file", nil), URL: s.to("/reports/new"), Icons: []appIcon{small}}}})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/manifest+json")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Vary(fiber.HeaderAcceptLanguage, fiber.HeaderCookie)
	return c.Send(body)
}

// worker sends the service worker, which stands at the top of the site because it answers for all of it. Its address stays, so it is asked for anew.
func worker(script []byte) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMETextJavaScriptCharsetUTF8)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.Send(script)
	}
}

// offlinePage is what the worker shows in the place of a page that does not come.
func (s *Server) offlinePage(c *fiber.Ctx) error {
	return render(c, fiber.StatusOK, page.Offline(s.frameOf(c, askedOf(c).language.Say("offline.title", nil), s.links.page)))
}
