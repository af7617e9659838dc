package responses

import (
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// The encrypted_content of a reasoning item is the one slot that a Responses
// client returns untouched. Other providers' secrets travel in it: Gemini signs
// calls and texts, Anthropic has reasoning that nobody else can read. The end of
// the value says what it belongs to; a label itself holds no point.
const (
	slotOwn      = ""          // of the item itself
	slotNext     = ".next"     // of the block behind the item
	slotPrevious = ".previous" // of the block before it
	slotRedacted = ".redacted" // the item is a redacted block
)

// fillSlot words a signature for the slot: the provider's own as it is unless
// the account is known, any other labelled. It returns "" for nil.
func fillSlot(s *llm.Signature, place string) string {
	if place == slotOwn && s != nil && s.Origin == llm.Responses && s.Account == "" {
		return s.Value
	}
	packed := protocol.PackSignature(s)
	if packed == "" {
		return ""
	}
	return packed + place
}

// openSlot reads the slot. The signature is nil when there is none, or when the
// label is damaged.
func openSlot(v string) (s *llm.Signature, place string) {
	for _, p := range [...]string{slotNext, slotPrevious, slotRedacted} {
		packed, ok := strings.CutSuffix(v, p)
		if !ok {
			continue
		}
		if s := protocol.UnpackSignature(llm.Responses, packed); s != nil {
			return s, p
		}
	}
	return protocol.UnpackSignature(llm.Responses, v), slotOwn
}

// isForeign reports whether a signature of a text or a call needs a carrier.
func isForeign(s *llm.Signature) bool {
	return s != nil && s.Value != "" && s.Origin != llm.Responses
}
