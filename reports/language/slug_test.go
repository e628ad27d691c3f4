package language

import "testing"

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Conseil de quartier Nord-Est": "conseil-de-quartier-nord", "  L’Haÿ : œuvre ! ": "l-hay-oeuvre", "ΑΒΓ": "x", "ΑΒΓ 12 δ 3": "12-3", "": "x",
		"un nom qui est bien trop long pour une adresse": "un-nom-qui-est-bien-trop",
	} {
		if got := Slug(name, 25); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}
