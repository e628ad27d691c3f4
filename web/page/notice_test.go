package page

import (
	"reflect"
	"testing"
)

func TestBlocksOf(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []block
	}{
		{"nothing", " \n\n ", nil},
		{"a paragraph of two lines", "un\ndeux", []block{{text: "un\ndeux"}}},
		{"as a browser sends it", "## Titre\r\n\r\nun", []block{{heading: "Titre"}, {text: "un"}}},
		{"a heading without an empty line", "## Titre\nun", []block{{heading: "Titre"}, {text: "un"}}},
		{"points", "- un\nsuite\n- deux", []block{{points: []string{"un suite", "deux"}}}},
		{"markup is text", "<b>un</b>", []block{{text: "<b>un</b>"}}},
		{"no heading", "##Titre", []block{{text: "##Titre"}}},
	} {
		if got := blocksOf(c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
