package core

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// KeyHash is the SHA-256 of a key. The keys are 190 bits of randomness, so a
// plain hash cannot be searched and no slow one is needed on the request path.
type KeyHash [sha256.Size]byte

// HashKey hashes a secret as the client sends it.
func HashKey(secret string) KeyHash { return sha256.Sum256([]byte(secret)) }

// MarshalText writes the hash as hex.
func (h KeyHash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText reads what MarshalText wrote.
func (h *KeyHash) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil || len(b) != len(h) {
		return Errorf(CodeInvalid, "a key hash is %d hex digits", 2*len(h))
	}
	copy(h[:], b)
	return nil
}

// KeyPrefix begins every user key. Some tools accept only keys that begin with
// "sk-".
const KeyPrefix = "sk-aihub-"

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// NewSecret returns n random base62 characters.
func NewSecret(n int) string {
	out := make([]byte, 0, n)
	var buf [64]byte
	for len(out) < n {
		rand.Read(buf[:])
		for _, b := range buf {
			if int(b) < 4*len(base62) && len(out) < n {
				out = append(out, base62[int(b)%len(base62)])
			}
		}
	}
	return string(out)
}

// NewUserKey makes the secret of a user's key and the prefix by which the user
// recognises it later.
func NewUserKey() (secret, prefix string) {
	secret = KeyPrefix + NewSecret(32)
	return secret, secret[:len(KeyPrefix)+4]
}

const idDigits = "0123456789abcdefghjkmnpqrstvwxyz"

// NewID returns an id that sorts by time: kind, "_", 9 characters of
// milliseconds in base 32, 11 random ones.
func NewID(kind string, now time.Time) string {
	var out [20]byte
	ms := uint64(now.UnixMilli())
	for i := 8; i >= 0; i-- {
		out[i] = idDigits[ms&31]
		ms >>= 5
	}
	rand.Read(out[9:])
	for i := 9; i < len(out); i++ {
		out[i] = idDigits[out[i]&31]
	}
	return kind + "_" + string(out[:])
}

// IDTime returns the time at which NewID made the id, to the millisecond. ok is
// false for an id of another form.
func IDTime(id string) (t time.Time, ok bool) {
	tail := id[strings.LastIndexByte(id, '_')+1:]
	if len(tail) != 20 {
		return time.Time{}, false
	}
	var ms int64
	for _, c := range []byte(tail[:9]) {
		digit := strings.IndexByte(idDigits, c)
		if digit < 0 {
			return time.Time{}, false
		}
		ms = ms<<5 | int64(digit)
	}
	return time.UnixMilli(ms).UTC(), true
}
