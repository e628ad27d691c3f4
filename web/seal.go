package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"quartier/reports"
)

// sealer signs what browsers keep for us: time stamps of forms, challenges. Its key is the database's, so that what one node gave another recognises.
type sealer struct {
	mu  sync.Mutex
	key []byte
}

// sealKey gives the key; it is asked for once.
func (s *Server) sealKey(ctx context.Context) ([]byte, error) {
	s.seal.mu.Lock()
	defer s.seal.mu.Unlock()
	if s.seal.key == nil {
		key, err := s.People.Key(ctx, "forms")
		if err != nil {
			return nil, err
		}
		s.seal.key = key
	}
	return s.seal.key, nil
}

// seal signs parts for a purpose. What is signed for one purpose is worth nothing for another.
func seal(key []byte, purpose string, parts ...string) []byte {
	mac := hmac.New(sha256.New, key)
	for _, part := range append([]string{purpose}, parts...) {
		_, _ = mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		_, _ = mac.Write([]byte(part))
	}
	return mac.Sum(nil)
}

// stampLife is for how long a form that lies open is known as ours.
const stampLife = 24 * time.Hour

// stamp writes when a form was given to a browser, which is known by the token of its forms.
func stamp(key []byte, browser string, now time.Time) string {
	at := strconv.FormatInt(now.UnixMilli(), 36)
	return at + "." + base64.RawURLEncoding.EncodeToString(seal(key, "stamp", browser, at))
}

// stampAge reads how long ago a form was given to this browser; false: it was not, or too long ago.
func stampAge(key []byte, browser, text string, now time.Time) (time.Duration, bool) {
	at, mac, _ := strings.Cut(text, ".")
	sum, err := base64.RawURLEncoding.DecodeString(mac)
	if err != nil || !hmac.Equal(sum, seal(key, "stamp", browser, at)) {
		return 0, false
	}
	millis, err := strconv.ParseInt(at, 36, 64)
	age := now.Sub(time.UnixMilli(millis))
	return age, err == nil && age >= 0 && age < stampLife
}

// Bounds of challenges.
const (
	challengeBits = 17 // leading zeros: a second of an old telephone, nothing that anybody pays twice for one report but does for a thousand
	challengeLife = 10 * time.Minute
)

// challenge is a task that costs a browser a second. It is for one filing, by its uuid, and so is good once: another filing needs another uuid, and the same
// uuid files once. Nobody need remember it.
type challenge struct {
	filing  uuid.UUID
	doubts  []reports.Doubt // why it was set
	bits    int
	expires time.Time
}

// doubtOrder gives doubts their places in a challenge.
var doubtOrder = []reports.Doubt{reports.DoubtTrap, reports.DoubtFast, reports.DoubtStamp, reports.DoubtOften, reports.DoubtCrowd, reports.DoubtOdd}

// encode writes the challenge, signed: filing, doubts as bits, leading zeros, end in Unix seconds, and some chance, so that no two are the same.
func (ch challenge) encode(key []byte) string {
	raw := append([]byte{}, ch.filing[:]...)
	var doubts byte
	for i, d := range doubtOrder {
		for _, mine := range ch.doubts {
			if mine == d {
				doubts |= 1 << i
			}
		}
	}
	raw = append(raw, doubts, byte(ch.bits))
	raw = binary.BigEndian.AppendUint64(raw, uint64(ch.expires.Unix()))
	chance := make([]byte, 8)
	_, _ = rand.Read(chance) // never fails (crypto/rand)
	raw = append(raw, chance...)
	return base64.RawURLEncoding.EncodeToString(append(raw, seal(key, "challenge", string(raw))...))
}

// challengeLength is that of what encode writes, in bytes before the signature.
const challengeLength = 16 + 1 + 1 + 8 + 8

// challengeOf reads a challenge for a filing; false: it is none of ours, another filing's, or too old.
func challengeOf(key []byte, text string, filing uuid.UUID, now time.Time) (ch challenge, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != challengeLength+sha256.Size || !hmac.Equal(raw[challengeLength:], seal(key, "challenge", string(raw[:challengeLength]))) {
		return ch, false
	}
	ch.filing = uuid.UUID(raw[:16])
	for i, d := range doubtOrder {
		if raw[16]&(1<<i) != 0 {
			ch.doubts = append(ch.doubts, d)
		}
	}
	ch.bits, ch.expires = int(raw[17]), time.Unix(int64(binary.BigEndian.Uint64(raw[18:])), 0)
	return ch, ch.filing == filing && now.Before(ch.expires)
}

// solves tells whether a solution to a challenge, as it was written, is right: SHA-256 of both with a colon between begins with so many zeros.
func (ch challenge) solves(text, solution string) bool {
	const longest = 20 // digits
	if len(solution) == 0 || len(solution) > longest {
		return false
	}
	sum := sha256.Sum256([]byte(text + ":" + solution))
	return bits.LeadingZeros32(binary.BigEndian.Uint32(sum[:])) >= ch.bits
}
