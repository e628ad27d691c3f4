package language

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var placeholder = regexp.MustCompile(`\{\w+\}`)

// Every word is there in every language, with the same values to fill in.
func TestCataloguesAgree(t *testing.T) {
	for _, l := range All() {
		for _, key := range l.Keys() {
			for _, other := range All() {
				if !other.Has(key) {
					t.Errorf("%s is missing in %s", key, other.Tag)
					continue
				}
				mine, theirs := placeholder.FindAllString(l.words[key], -1), placeholder.FindAllString(other.words[key], -1)
				slices.Sort(mine)
				slices.Sort(theirs)
				if !slices.Equal(slices.Compact(mine), slices.Compact(theirs)) {
					t.Errorf("%s fills in %v in %s and %v in %s", key, mine, l.Tag, theirs, other.Tag)
				}
			}
			if one, isOne := strings.CutSuffix(key, ".one"); isOne && !l.Has(one+".other") {
				t.Errorf("%s has no form for many in %s", one, l.Tag)
			}
		}
	}
}

// composed are the beginnings of keys that the program completes with the name of something: a state, a field, a command …
var composed = []string{"admin.about.", "admin.did.", "admin.done.", "admin.field.", "admin.role.", "changed.", "cli.", "data.column.",
	"data.section.", "follow.did.", "follow.done.", "follow.rhythm.", "follow.where.", "form.", "import.reason.", "jobs.group.", "jobs.kind.", "life.done.", "life.field.", "life.fixed.done.", "life.score.", "link.", "mail.link.", "me.done.", "method.", "moderation.block.",
	"moderation.case.", "moderation.doubt.", "moderation.field.", "moderation.flag.", "moderation.mail.", "moderation.ruled.", "moderation.verdict.",
	"moderation.visibility.", "month.", "notice.channel.", "notice.rhythm.", "notice.weekday.", "outbox.ended.", "outbox.purpose.", "outbox.reason.", "outbox.state.", "problem.", "retention.kept.",
	"retention.kind.", "role.", "setup.", "status.", "timeline."}

// Every word is used somewhere: its key stands in a source file, or it begins like those that are composed.
func TestNoWordIsUnused(t *testing.T) {
	var source strings.Builder
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"node_modules", "dist", ".git", ".quartier"}, d.Name()) {
			return filepath.SkipDir
		}
		if name := d.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, ".templ") ||
			strings.HasSuffix(name, ".ts") && !strings.HasSuffix(name, ".test.ts") {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			source.Write(content)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	text := source.String()
	for _, key := range French.Keys() {
		key = strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		isComposed := slices.ContainsFunc(composed, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
		if !isComposed && !strings.Contains(text, `"`+key+`"`) && !strings.Contains(text, `'`+key+`'`) {
			t.Errorf("nothing uses %s", key)
		}
	}
}

func TestSay(t *testing.T) {
	march := time.Date(2026, 3, 1, 9, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		language *Language
		key      string
		args     map[string]any
		want     string
	}{
		{French, "serve.migrated", map[string]any{"n": 0}, "0 étape du schéma appliquée."},
		{French, "serve.migrated", map[string]any{"n": 2}, "2 étapes du schéma appliquées."},
		{English, "serve.migrated", map[string]any{"n": 0}, "0 steps of the schema applied."},
		{English, "serve.migrated", map[string]any{"n": 1}, "1 step of the schema applied."},
		{French, "serve.migrated", map[string]any{"n": 1204}, "1\u202f204 étapes du schéma appliquées."},
		{English, "migrate.applied", map[string]any{"name": "x", "at": march}, "x: applied on 1 March 2026"},
		{French, "migrate.applied", map[string]any{"name": "x", "at": march}, "x\u00a0: appliquée le 1er mars 2026"},
		{French, "no.such.word", nil, "no.such.word"},
	} {
		if got := c.language.Say(c.key, c.args); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.key, c.language.Tag, got, c.want)
		}
	}
}

// A value that looks like a placeholder is not filled in again.
func TestValuesAreNotFilledIn(t *testing.T) {
	got := English.Say("error.field", map[string]any{"field": "{detail}", "detail": "secret"})
	if got != "{detail}: secret" {
		t.Errorf("got %q", got)
	}
}

func TestAccepted(t *testing.T) {
	for header, want := range map[string]*Language{
		"": French, "en": English, "en-GB,fr;q=0.8": English, "fr-CA, en;q=0.9": French, "de, en;q=0.5": English, "de": French,
		"en;q=0, fr;q=0.1": French, "en;q=x": French, "fr;q=0.5,en;q=0.7": English, "*": French,
	} {
		if got := Accepted(header); got != want {
			t.Errorf("%q gives %s, want %s", header, got.Tag, want.Tag)
		}
	}
}

func FuzzAccepted(f *testing.F) {
	f.Add("fr-CA, en;q=0.9")
	f.Add(";;;q=")
	f.Fuzz(func(t *testing.T, header string) {
		if l := Accepted(header); l != French && l != English {
			t.Errorf("%q gives no language of ours", header)
		}
	})
}
