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
	forms        [codings][]byte // plain, and compressed if it gets smaller
}

// packings are the endings that the build gives to compressed forms (web/ui/build/pack.ts).
var packings = [codings]string{inGzip: ".gz", inBrotli: ".br"}

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
	for name := range raw {
		if ending := path.Ext(name); ending == ".br" || ending == ".gz" {
			continue
		}
		// Names carry their content's hash, so browsers keep the files for ever; the icon's does not.
		a := &asset{contentType: mime.TypeByExtension(path.Ext(name)), cacheControl: "public, max-age=31536000, immutable"}
		if name == "icon.svg" {
			a.cacheControl = "public, max-age=86400"
		}
		for coding, ending := range packings {
			a.forms[coding] = raw[name+ending]
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
		taken := weightsOf(field(c, fiber.HeaderAcceptEncoding))
		coding, ok := taken.best([codings]bool{true, a.forms[inGzip] != nil, a.forms[inBrotli] != nil})
		if !ok {
			return fiber.ErrNotAcceptable
		}
		if coding != inPlain {
			c.Set(fiber.HeaderContentEncoding, codingNames[coding])
		}
		return c.Send(a.forms[coding])
	}
}
