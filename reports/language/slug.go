package language

import "strings"

// Slug makes of a name what stands for it in addresses: small letters of ASCII, digits and hyphens, at most `longest` of them, never nothing.
func Slug(name string, longest int) string {
	var b strings.Builder
	for _, r := range Fold(name) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r < 0x80:
			b.WriteRune(r)
		}
	}
	slug := b.String()
	if len(slug) > longest {
		slug = slug[:longest]
	}
	for strings.Contains(slug, "--") {
		slug = strings.ReplaceAll(slug, "--", "-")
	}
	if slug = strings.Trim(slug, "-"); slug == "" {
		return "x"
	}
	return slug
}
