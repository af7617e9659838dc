package gemini

import (
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

// joinPieces makes the blocks of an answer whole again. Clients send a streamed
// answer back in the pieces in which it came, with the signature in the last one,
// and the author of a signed thought takes it back only as it was. blocks is
// changed.
func joinPieces(blocks []llm.Block) []llm.Block {
	out := blocks[:0]
	for i := 0; i < len(blocks); {
		next := i + 1
		for next < len(blocks) && continues(&blocks[next-1], &blocks[next]) {
			next++
		}
		b := blocks[i]
		if next > i+1 {
			b.Text, b.Signature = joinTexts(blocks[i:next]), blocks[next-1].Signature
		}
		out, i = append(out, b), next
	}
	return out
}

// continues reports whether a block is the next piece of the one before. A
// signature of Google's own belongs to the very part that carries it.
func continues(last, next *llm.Block) bool {
	if last.Kind != next.Kind || last.Kind != llm.Text && last.Kind != llm.Thinking {
		return false
	}
	return last.Signature == nil && (next.Signature == nil || next.Signature.Origin != llm.Gemini)
}

func joinTexts(blocks []llm.Block) string {
	var text strings.Builder
	for i := range blocks {
		text.WriteString(blocks[i].Text)
	}
	return text.String()
}
