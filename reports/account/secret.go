package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// SecretLength is the length of a secret in letters, without the prefix that some have.
const SecretLength = 43

// secretBytes is the length of our secrets: guessing one is out of the question, so that a plain hash of it is enough.
const secretBytes = 32

// NewSecret makes a secret for a cookie, a link or a program: 32 random bytes in 43 letters of base64url. Only its Digest is stored.
func NewSecret() string {
	random := make([]byte, secretBytes)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(random)
}

// Digest is what is stored of a secret, and what it is looked up by: so that comparing takes the same time whatever was guessed.
func Digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
