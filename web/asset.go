package web

import (
	"bytes"
	"io/fs"
	"mime"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"

	"quartier/reports/fault"
)

// asset is a built file in memory, compressed once if that makes it smaller.
type asset struct {
	contentType  string
	cacheControl string
	plain, gzip  []byte // gzip nil: not smaller
}

// worthPacking are the types that compression helps; fonts and pictures are compressed already.
var worthPacking = map[string]bool{".js": true, ".css": true, ".svg": true, ".json": true}

// loadAssets reads and compresses all built files.
func loadAssets(files fs.FS) (map[string]*asset, error) {
	all := map[string]*asset{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		// Names carry their content's hash, so browsers keep the files for ever; the icon's does not.
		a := &asset{contentType: mime.TypeByExtension(path.Ext(name)), cacheControl: "public, max-age=31536000, immutable", plain: raw}
		if name == "icon.svg" {
			a.cacheControl = "public, max-age=86400"
		}
		if worthPacking[path.Ext(name)] {
			var packed bytes.Buffer
			z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
			if err != nil {
				return err
			}
			if _, err := z.Write(raw); err != nil {
				return err
			}
			if err := z.Close(); err != nil {
				return err
			}
			if packed.Len() < len(raw) {
				a.gzip = packed.Bytes()
			}
		}
		all[name] = a
		return nil
	})
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
		if a.gzip != nil && acceptsGzip(c) {
			c.Set(fiber.HeaderContentEncoding, "gzip")
			return c.Send(a.gzip)
		}
		return c.Send(a.plain)
	}
}
