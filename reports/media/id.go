package media

import (
	"crypto/rand"
	"encoding/hex"

	"quartier/reports/fault"
)

// ID names a photo: 128 random bits as 32 hexadecimal digits, which can neither be guessed nor name another path.
type ID string

const idBytes = 16

func newID() ID {
	random := make([]byte, idBytes)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	return ID(hex.EncodeToString(random))
}

// ParseID reads an ID. What is none names nothing.
func ParseID(text string) (ID, error) {
	if len(text) != 2*idBytes {
		return "", fault.Missing()
	}
	for _, letter := range []byte(text) {
		if (letter < '0' || letter > '9') && (letter < 'a' || letter > 'f') {
			return "", fault.Missing()
		}
	}
	return ID(text), nil
}
