package gemini

import (
	"encoding/base64"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// bypass is Google's documented word for a call whose signature is not at hand.
// Gemini 3 and later refuse the first call of a step without one or the other.
const bypass = "skip_thought_signature_validator"

// isBypass reports whether a signature is no signature; there are two such
// words.
func isBypass(v string) bool {
	return v == bypass || v == "context_engineering_is_the_way_to_go"
}

// redactedMark ends the label of reasoning that only its author can read, so
// that it comes back as that; a label itself holds no point.
const redactedMark = ".redacted"

// slot words a signature for thoughtSignature, which clients hold as bytes:
// Google's own as it is unless an account is known, any other labelled.
func slot(s *llm.Signature) string {
	if s != nil && s.Origin == llm.Gemini && s.Account == "" {
		return s.Value
	}
	return protocol.PackSignatureBytes(s)
}

func redactedSlot(s *llm.Signature) string {
	packed := protocol.PackSignature(s)
	if packed == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(packed + redactedMark))
}

// unpack reads thoughtSignature as a client sent it.
func unpack(v string) (s *llm.Signature, redacted bool) {
	if isBypass(v) {
		return nil, false
	}
	if strings.HasPrefix(v, "Z3cx") { // the base64 of a label
		raw, err := base64.StdEncoding.DecodeString(standardBase64(v))
		if label, ok := strings.CutSuffix(string(raw), redactedMark); ok && err == nil {
			s = protocol.UnpackSignature(llm.Gemini, label)
			return s, s != nil
		}
	}
	return protocol.UnpackSignature(llm.Gemini, v), false
}
