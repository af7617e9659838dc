package anthropic

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// A carrier is a thinking block without text that brings a client the signature
// of the block beside it. Gemini signs its calls and texts and refuses the next
// request without the signature; a Messages client keeps one only in a thinking
// block, and returns those untouched. The end of the signature says beside
// which block the carrier stands.
const (
	carriedNext     = ".next"
	carriedPrevious = ".previous"
)

// carrier is the thinking block that carries s.
func carrier(s *llm.Signature, place string) string {
	if packed := protocol.PackSignature(s); packed != "" {
		return packed + place
	}
	return ""
}

// carried reads a carrier; the signature is nil for any other block.
func carried(item gjson.Result) (*llm.Signature, string) {
	if len(item.Raw) > 64<<10 || item.Get("type").Str != "thinking" || item.Get("thinking").Str != "" {
		return nil, ""
	}
	value := item.Get("signature").Str
	for _, place := range []string{carriedNext, carriedPrevious} {
		if packed, ok := strings.CutSuffix(value, place); ok {
			if s := protocol.UnpackSignature(llm.Anthropic, packed); s != nil && s.Origin != llm.Anthropic {
				return s, place
			}
		}
	}
	return nil, ""
}

// slot words a signature for a slot that the client returns untouched: the
// provider's own as it is unless an account is known, any other labelled.
func slot(s *llm.Signature) string {
	if s != nil && s.Origin == llm.Anthropic && s.Account == "" {
		return s.Value
	}
	return protocol.PackSignature(s)
}
