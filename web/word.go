package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/fault"
	"quartier/reports/language"
)

// wordFile is what scripts say in one language. It is a file of its own, kept by browsers for ever: in each page it would weigh more than the
// page. Its name changes with its content.
type wordFile struct {
	address string
	body    []byte
}

// spoken are the beginnings of the keys that scripts use (web/ui/src/words.ts).
var spoken = []string{"map.", "card.", "place.", "filter.", "time.", "draw.", "filing.", "offline."}

// wordFiles makes the file of each language.
func wordFiles() map[string]wordFile {
	files := map[string]wordFile{}
	for _, l := range language.All() {
		words := map[string]string{}
		for _, key := range l.Keys() {
			for _, prefix := range spoken {
				if strings.HasPrefix(key, prefix) {
					words[key] = l.Say(key, nil)
				}
			}
		}
		body, err := json.Marshal(words)
		if err != nil {
			panic(err) // strings only
		}
		sum := sha256.Sum256(body)
		files[l.Tag] = wordFile{address: "/words/" + l.Tag + "-" + hex.EncodeToString(sum[:6]) + ".json", body: body}
	}
	return files
}

// sendWords answers the words of a language.
func (s *Server) sendWords(c *fiber.Ctx) error {
	for _, file := range s.words {
		if file.address == c.Path() {
			c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
			c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
			return c.Send(file.body)
		}
	}
	return fault.Missing()
}
