package web

import (
	"io/fs"
	"mime"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
)

// asset is a built file in memory, in the forms that the build made of it.
type asset struct {
	contentType  string
	cacheControl string
	plain        []byte
	packed       []packedAsset // best first; none: it does not get smaller
}

// packedAsset is a compressed form of a file.
type packedAsset struct {
	coding string // as Content-Encoding names it
	body   []byte
}

// packings are the endings that the build gives to compressed forms (web/ui/build/pack.ts), best first.
var packings = []struct{ ending, coding string }{{".br", "br"}, {".gz", "gzip"}}

// loadAssets reads all built files.
func loadAssets(files fs.FS) (map[string]*asset, error) {
	raw := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw[name], err = fs.ReadFile(files, name)
		return err
	})
	all := map[string]*asset{}
	for name, plain := range raw {
		if ending := path.Ext(name); ending == ".br" || ending == ".gz" {
			continue
		}
		// Names carry their content's hash, so browsers keep the files for ever; the icon's does not.
		a := &asset{contentType: mime.TypeByExtension(path.Ext(name)), cacheControl: "public, max-age=31536000, immutable", plain: plain}
		if name == "icon.svg" {
			a.cacheControl = "public, max-age=86400"
		}
		for _, p := range packings {
			if body := raw[name+p.ending]; body != nil {
				a.packed = append(a.packed, packedAsset{p.coding, body})
			}
		}
		all[name] = a
	}
	return all, err
}

// sendAsset answers a built file.
func sendAsset(all map[string]*asset) fiber.Handler {
	return func(c *fiber.Ctx) error {
		a := all[strings.TrimPrefix(c.Path(), "/assets/")]
		if a == nil {
			return fault.Missing()
		}
		c.Set(fiber.HeaderContentType, a.contentType)
		c.Set(fiber.HeaderCacheControl, a.cacheControl)
		c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
		for _, p := range a.packed {
			if acceptsCoding(c, p.coding) {
				c.Set(fiber.HeaderContentEncoding, p.coding)
				return c.Send(p.body)
			}
		}
		return c.Send(a.plain)
	}
}
