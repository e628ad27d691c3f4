package account

import (
	"strings"
	"testing"

	"quartier/reports/fault"
)

func TestGoodPassword(t *testing.T) {
	const email, name, town = "jeanne.lefevre@mairie-douarnez.example", "Jeanne Lefèvre", "Saint-Méloir-les-Ondes"
	for word, passwords := range map[string][]string{
		"": {
			goodPassphrase, "trombone velours", "kX7#vqLm", "cheval-agrafe-pile-correct", "9vKq2!mZ", "J'ai vu 3 hérons cendrés", "пароль-который-длинный", "猫は静かに窓辺で眠る",
			strings.Repeat("hiver 12 brouette ", 11),
		},
		"error.password.short": {"", "abc", "kX7#vqL", "ééééééé"},
		"error.text.long":      {strings.Repeat("kX7#vq", 40)},
		"error.text.control":   {"kX7#vqLm\n", "kX7#\x00vqLm", "kX7#vqLm\xff"},
		"error.password.common": {
			"password", "Password1!", "P@ssw0rd1234", "motdepasse", "MotDePasse2026", "m0td3p4ss3!!", "azertyuiop", "AZERTY123456", "qwertyuiop", "12345678", "123456789012", "0000000000000000",
			"aaaaaaaa", "abababababab", "abcdefgh", "1q2w3e4r5t", "soleil2024", "Soleil.Soleil", "s0leil-2024", "bonjour123", "iloveyou", "jetaime!!!", "marseille13", "PSGparis75", "doudou92",
			"drowssap", "jeanne1987", "Lefevre29!", "mairie-douarnez", "Saint-Meloir!", "quartier2026", "loulou doudou", "chocolat chocolat", "Nicolas1990", "administrateur", "changeme1",
		},
	} {
		for _, password := range passwords {
			err := goodPassword(password, email, name, town)
			got := ""
			if err != nil {
				f := err.(*fault.Error)
				if len(f.Fields) != 1 || f.Fields[0].Name != "password" || len(password) > 8 && strings.Contains(f.Error(), password) {
					t.Errorf("%q: the error is %v", password, f)
				}
				got = f.Fields[0].Word
			}
			if got != word {
				t.Errorf("%q: %q, want %q", password, got, word)
			}
		}
	}
}

const goodPassphrase = "trombone velours 7 parapluies"

// The words are as fold writes them, or they would match nothing.
func TestCommonWordsAreFolded(t *testing.T) {
	for word := range common {
		if plain(word) != word {
			t.Errorf("%q should be %q", word, plain(word))
		}
	}
	if len(common) < 600 {
		t.Errorf("only %d words", len(common))
	}
}

func FuzzGoodPassword(f *testing.F) {
	for _, s := range []string{"password", "猫は静かに窓辺で眠る", "\xff", strings.Repeat("ab", 200)} {
		f.Add(s, "a@example.org")
	}
	f.Fuzz(func(t *testing.T, password, email string) {
		if err := goodPassword(password, email, email, email); err == nil && len([]rune(normal(password))) < minPassword {
			t.Errorf("%q is accepted", password)
		}
	})
}
