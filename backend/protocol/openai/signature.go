package openai

import (
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// signaturePath is the one place of the format for a proof of reasoning: the
// thought signature of a tool call, as Google's own OpenAI-compatible endpoint
// has it. Clients that know it return it. The gateway also puts there the
// signature of the reasoning that led to a call (see reasoned), labelled with
// its origin.
const signaturePath = "extra_content.google.thought_signature"

// appendSignature adds the member that carries the signature.
func appendSignature(o *protocol.Object, value string) {
	if value == "" {
		return
	}
	o.Value("extra_content", func(dst []byte) []byte {
		dst = append(dst, `{"google":{"thought_signature":`...)
		return append(protocol.AppendString(dst, value), "}}"...)
	})
}

// handOut words a signature for a client. Google's own, of an account that is
// not known, is left as it is.
func handOut(s *llm.Signature) string {
	if s != nil && s.Origin == llm.Gemini && s.Account == "" {
		return s.Value
	}
	return protocol.PackSignature(s)
}

// reasoned follows an answer to find the signature that the first call after
// some reasoning is to carry. Reasoning in several pieces has several
// signatures and cannot be restored from one text, so that none is handed out.
type reasoned struct {
	pieces    int
	signature *llm.Signature
}

// thought notes a piece of reasoning.
func (r *reasoned) thought() { r.pieces++ }

// signed notes the signature of a piece.
func (r *reasoned) signed(s *llm.Signature) { r.signature = s }

// call returns what the call that comes now is to carry; own is its own
// signature.
func (r *reasoned) call(own *llm.Signature) string {
	s := own
	if s == nil && r.pieces == 1 {
		s = r.signature
	}
	r.pieces, r.signature = r.pieces+1, nil
	return handOut(s)
}

// giveBack gives the reasoning of a message its signature back. Anthropic signs
// the text, so that a signature is nothing without it; the others sign what
// only they can read.
func giveBack(blocks []llm.Block, s *llm.Signature) []llm.Block {
	for i := range blocks {
		if blocks[i].Kind == llm.Thinking {
			if blocks[i].Signature == nil {
				blocks[i].Signature = s
			}
			return blocks
		}
	}
	if s.Origin == llm.Anthropic {
		return blocks
	}
	return append([]llm.Block{{Kind: llm.Thinking, Signature: s}}, blocks...)
}
