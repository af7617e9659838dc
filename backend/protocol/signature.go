package protocol

import (
	"encoding/base64"
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

// packed begins every signature that the gateway has labelled. No provider's own
// signature can begin so: a colon is not base64.
const packed = "gw1:"

// packedBytes is how the base64 of a labelled signature begins.
const packedBytes = "Z3cxO"

// PackSignature labels a signature with its origin, so that it survives in the
// opaque slot of another protocol's client and comes back recognisable:
// "gw1:<protocol>:<account>:<base64url of the value>". It returns "" for nil and
// for an empty value.
func PackSignature(s *llm.Signature) string {
	if s == nil || s.Value == "" {
		return ""
	}
	return packed + string(s.Origin) + ":" + s.Account + ":" + base64.RawURLEncoding.EncodeToString([]byte(s.Value))
}

// PackSignatureBytes is PackSignature for slots that clients decode as base64,
// such as Gemini's thoughtSignature. UnpackSignature reads both.
func PackSignatureBytes(s *llm.Signature) string {
	p := PackSignature(s)
	if p == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(p))
}

// UnpackSignature reads what a client sent in the signature slot of the protocol
// native. A labelled value tells its origin and account; any other is taken as
// the protocol's own, of an unknown account. It returns nil for "" and for a
// label that is damaged.
func UnpackSignature(native llm.Protocol, v string) *llm.Signature {
	if v == "" {
		return nil
	}
	if strings.HasPrefix(v, packedBytes) {
		if raw, ok := decodeAny(v); ok && strings.HasPrefix(raw, packed) {
			v = raw
		}
	}
	label, ok := strings.CutPrefix(v, packed)
	if !ok {
		return &llm.Signature{Origin: native, Value: v}
	}
	origin, rest, ok := strings.Cut(label, ":")
	last := strings.LastIndexByte(rest, ':') // an account's id may hold colons, the payload cannot
	if !ok || origin == "" || last < 0 {
		return nil
	}
	value, err := base64.RawURLEncoding.DecodeString(rest[last+1:])
	if err != nil || len(value) == 0 {
		return nil
	}
	return &llm.Signature{Origin: llm.Protocol(origin), Account: rest[:last], Value: string(value)}
}

// decodeAny decodes base64 of either alphabet, padded or not: clients that hold
// a slot as bytes encode it anew in their own way.
func decodeAny(v string) (string, bool) {
	v = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(v, "="))
	raw, err := base64.RawStdEncoding.DecodeString(v)
	return string(raw), err == nil
}

// UsableSignature reports whether a signature may be sent to the target in the
// protocol p: it was minted there, by the same account as far as that is known.
func UsableSignature(s *llm.Signature, p llm.Protocol, t Target) bool {
	return s != nil && s.Value != "" && s.Origin == p && (s.Account == "" || s.Account == t.AccountID)
}
