package protocol

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// NewID returns prefix and n random characters of 0-9, A-Z and a-z.
func NewID(prefix string, n int) string {
	out := make([]byte, 0, len(prefix)+n)
	out = append(out, prefix...)
	var random [32]byte
	for len(out) < cap(out) {
		// crypto/rand never fails; it ends the program when the system has no
		// randomness.
		_, _ = rand.Read(random[:])
		for _, b := range random {
			// 248 is the largest multiple of 62 in a byte: taking more would
			// favour some characters.
			if b < 248 && len(out) < cap(out) {
				out = append(out, base62[b%62])
			}
		}
	}
	return string(out)
}

// maxCallID is the longest id of a tool call that every provider takes.
const maxCallID = 64

// CallID returns the id of a tool call in a form that every provider takes,
// ^[a-zA-Z0-9_-]{1,64}$. The same id always gives the same result, so that a
// result still finds its call.
func CallID(id string) string {
	if id == "" {
		return "call_0"
	}
	out := sanitize(id)
	if len(out) <= maxCallID {
		return out
	}
	sum := sha256.Sum256([]byte(id))
	return out[:maxCallID-17] + "_" + hex.EncodeToString(sum[:8])
}
