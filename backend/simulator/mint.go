package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
)

// mint makes ids, random sequences and the opaque signatures of reasoning. All
// of it follows from the seed, so that two runs with the same seed and the same
// requests in the same order give the same bytes.
type mint struct{ seed int64 }

// sum is a keyed hash of parts that nobody without the seed can make.
func (m mint) sum(parts ...string) []byte {
	h := hmac.New(sha256.New, binary.BigEndian.AppendUint64([]byte("aihub simulator"), uint64(m.seed)))
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p))))
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// random returns the sequence that belongs to parts.
func (m mint) random(parts ...string) *rand.Rand {
	s := m.sum(parts...)
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(s), binary.BigEndian.Uint64(s[8:])))
}

// id returns prefix and n letters and digits that belong to parts.
func (m mint) id(prefix string, n int, parts ...string) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	rng := m.random(append([]string{"id", prefix}, parts...)...)
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return prefix + string(b)
}

// hexID is id in lower-case hexadecimal digits, as OpenAI's Responses uses.
func (m mint) hexID(prefix string, n int, parts ...string) string {
	s := hex.EncodeToString(append(m.sum(append([]string{"hex", prefix}, parts...)...), m.sum(parts...)...))
	return prefix + s[:n]
}

// signature signs a thinking text for an account in the outer form of Claude's
// signatures (base64 of a message that begins with byte 0x12).
func (m mint) signature(account, text string) string {
	mac := m.sum("thinking", account, text)
	payload := append([]byte{0x12, 0x40 + byte(len(text)%64)}, mac...)
	return base64.StdEncoding.EncodeToString(append(payload, m.sum("pad", string(mac))...))
}

// signed reports whether sig was minted for this account. An empty text passes
// when sig covers an omitted thinking, whose text the service keeps inside.
func (m mint) signed(account, text, sig string) bool {
	if hmac.Equal([]byte(sig), []byte(m.signature(account, text))) {
		return true
	}
	return text == "" && m.sealed(claudeSeal("omitted"), account, sig)
}

// seal is a kind of opaque token: what it is for, and its outer form.
type seal struct {
	kind string
	lead byte // the first byte inside the base64
	code *base64.Encoding
}

// claudeSeal has the form of Claude's signatures and redacted data ("E…").
func claudeSeal(kind string) seal { return seal{kind, 0x12, base64.StdEncoding} }

// googleSeal has the form of Gemini's thought signatures ("C…").
func googleSeal(kind string) seal { return seal{kind, 0x0a, base64.StdEncoding} }

// openAISeal has the form of OpenAI's encrypted content: a Fernet token
// ("gAAAA…").
func openAISeal(kind string) seal { return seal{kind, 0x80, base64.URLEncoding} }

const sealHead = 25 // bytes before the payload

// close returns an opaque token for an account that carries payload. The
// payload is masked, not kept secret.
func (m mint) close(s seal, account, payload string) string {
	head := append([]byte{s.lead, 0, 0, 0, 0}, m.sum("iv", s.kind, account, payload)[:sealHead-5]...)
	body := append(head, m.mask(head, payload)...)
	body = append(body, m.sum("seal", s.kind, account, string(body))...)
	return s.code.EncodeToString(body)
}

// sealed reports whether token was sealed for the kind and account.
func (m mint) sealed(s seal, account, token string) bool {
	b, err := s.code.DecodeString(token)
	if err != nil || len(b) < sealHead+sha256.Size {
		return false
	}
	body, tag := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	return hmac.Equal(tag, m.sum("seal", s.kind, account, string(body)))
}

func (m mint) mask(head []byte, text string) []byte {
	rng := m.random("mask", string(head))
	out := []byte(text)
	for i := range out {
		out[i] ^= byte(rng.Uint32())
	}
	return out
}
