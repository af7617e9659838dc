package relay

import (
	"net/http"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// cannotCount reports whether an upstream has answered that it does not count
// tokens at all, as many compatible services do.
func cannotCount(status int) bool {
	return status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented
}

// count answers a count-tokens request from the text itself: exactly where the
// model's vocabulary is public, else by estimate.
func (x *exchange) count() {
	req, bad := x.canonical()
	if bad != nil {
		x.rec.Outcome = core.OutcomeBadRequest
		x.fail(bad)
		return
	}
	model := x.cands[0].Model
	n, source := x.countRequest(req, model)
	if source == llm.Estimated {
		n = x.calibration.Apply(model, n)
	}
	x.answer(x.Clients[x.call.Format.ID()].EncodeCount(n))
}

// What stands around the text, in tokens: the marks of a message and of a tool,
// and an image where its size is not known. The first two are OpenAI's
// published figures; other providers are near them.
const (
	messageTokens = 3
	toolTokens    = 8
	imageTokens   = 1100
)

// countRequest counts everything that is fed to the model: instructions, tools,
// messages, tool results, thinking and images.
func (x *exchange) countRequest(req *llm.Request, model string) (int64, llm.Source) {
	var text strings.Builder
	total := int64(messageTokens)
	total += addBlocks(&text, req.System)
	for i := range req.Turns {
		total += messageTokens + addBlocks(&text, req.Turns[i].Blocks)
	}
	for _, t := range req.Tools {
		total += toolTokens
		for _, part := range []string{t.Name, t.Description, string(t.Schema), string(t.Grammar), string(t.Raw)} {
			text.WriteString(part)
			text.WriteByte('\n')
		}
	}
	n, source := x.Tokens.Count(model, text.String())
	return total + n, source
}

// addBlocks collects the blocks' text and returns the tokens of what is none.
func addBlocks(text *strings.Builder, blocks []llm.Block) (tokens int64) {
	for i := range blocks {
		b := &blocks[i]
		text.WriteString(b.Text)
		if b.Kind == llm.Image || b.Kind == llm.File || b.Kind == llm.Audio {
			tokens += imageTokens
		}
		if c := b.Call; c != nil {
			text.WriteString(c.Name)
			text.Write(c.Args)
			text.WriteString(c.Input)
		}
		if r := b.Result; r != nil {
			tokens += addBlocks(text, r.Blocks)
		}
		text.WriteByte('\n')
	}
	return tokens
}
