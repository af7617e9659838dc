package anthropic

import (
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const goOn = "Continue exactly where your last message ends, without repeating any of it."

// endWithUser ends the conversation in a way that the model takes. A last turn
// of the assistant is the beginning of the answer; models that take none are
// asked to go on.
func (b *builder) endWithUser() {
	n := len(b.turns)
	if n == 0 || b.turns[n-1].Role != llm.Assistant {
		return
	}
	if b.can.Prefill && b.think.kind != "enabled" && len(b.format) == 0 && b.jsonTool == "" {
		b.turns[n-1] = trimmed(b.turns[n-1])
		return
	}
	b.turns = append(b.turns, llm.Turn{Role: llm.User, Blocks: []llm.Block{{Kind: llm.Text, Text: goOn}}})
}

// trimmed is a turn without white space at its end, which is refused there.
func trimmed(t llm.Turn) llm.Turn {
	blocks := append([]llm.Block(nil), t.Blocks...)
	if last := &blocks[len(blocks)-1]; last.Kind == llm.Text || last.Kind == llm.RefusalBlock {
		last.Text = strings.TrimRight(last.Text, " \t\r\n")
	}
	t.Blocks = blocks
	return t
}

func (b *builder) appendMessages(dst []byte) []byte {
	noted := -1
	for i := range b.turns {
		if b.note != "" && b.turns[i].Role == llm.User {
			noted = i
		}
	}
	list := protocol.BeginList(dst)
	for i := range b.turns {
		list.Value(func(dst []byte) []byte { return b.appendTurn(dst, &b.turns[i], i == noted) })
	}
	return list.End()
}

func (b *builder) appendTurn(dst []byte, t *llm.Turn, noted bool) []byte {
	o := protocol.BeginObject(dst)
	o.String("role", string(t.Role))
	o.Value("content", func(dst []byte) []byte {
		list := protocol.BeginList(dst)
		for i := range t.Blocks {
			b.appendPart(&list, &t.Blocks[i])
		}
		if noted {
			list.Value(func(dst []byte) []byte { return appendTextBlock(dst, b.note, "") })
		}
		return list.End()
	})
	if effort := protocol.ClampEffort(t.Effort, b.can.Effort); t.Role == llm.System && effort != "" {
		o.Value("output_config", func(dst []byte) []byte {
			c := protocol.BeginObject(dst)
			c.String("effort", effort)
			return c.End()
		})
	}
	return o.End()
}

func appendTextBlock(dst []byte, text, ttl string) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "text")
	o.String("text", text)
	writeMark(&o, ttl)
	return o.End()
}

func writeMark(o *protocol.Object, ttl string) {
	if ttl != "" {
		o.Raw("cache_control", cacheControl(ttl))
	}
}

// appendPart writes one block of a turn. What cannot be sent has been taken out
// before (see sendable).
func (b *builder) appendPart(list *protocol.List, p *llm.Block) {
	ttl := b.marks.blocks[p]
	switch p.Kind {
	case llm.Text, llm.RefusalBlock:
		list.Value(func(dst []byte) []byte {
			o := protocol.BeginObject(dst)
			o.String("type", "text")
			o.String("text", p.Text)
			o.Raw("citations", ownCitations(p))
			writeMark(&o, ttl)
			return o.End()
		})
	case llm.Thinking:
		list.Value(func(dst []byte) []byte { return appendThinking(dst, p.Text, p.Signature.Value) })
	case llm.Redacted:
		list.Value(func(dst []byte) []byte {
			o := protocol.BeginObject(dst)
			o.String("type", "redacted_thinking")
			o.String("data", p.Signature.Value)
			return o.End()
		})
	case llm.ToolUse:
		list.Value(func(dst []byte) []byte { return b.appendCall(dst, p.Call, ttl) })
	case llm.ToolOutput:
		list.Value(func(dst []byte) []byte { return b.appendResult(dst, p.Result, ttl) })
	case llm.Opaque:
		list.Raw(p.Raw)
	default:
		b.appendMedia(list, p, ttl)
	}
}

func (b *builder) appendCall(dst []byte, c *llm.ToolCall, ttl string) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "tool_use")
	o.String("id", b.ids.call(c.ID))
	o.String("name", b.names.Upstream(c.Namespace, c.Name))
	o.Raw("input", callInput(c))
	writeMark(&o, ttl)
	return o.End()
}

func (b *builder) appendResult(dst []byte, r *llm.ToolResult, ttl string) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "tool_result")
	o.String("tool_use_id", b.ids.result(r.CallID))
	switch parts := resultParts(r.Blocks); {
	case len(parts) == 0:
		o.String("content", "(no output)")
	case len(parts) == 1 && parts[0].Kind == llm.Text:
		o.String("content", parts[0].Text)
	default:
		o.Value("content", func(dst []byte) []byte {
			list := protocol.BeginList(dst)
			for i := range parts {
				b.appendPart(&list, &parts[i])
			}
			return list.End()
		})
	}
	if r.IsError {
		o.Bool("is_error", true)
	}
	writeMark(&o, ttl)
	return o.End()
}

// resultParts is what of a result can stand in one. Sounds become a note: the
// tool has run, and the conversation must be able to go on.
func resultParts(blocks []llm.Block) []llm.Block {
	out := make([]llm.Block, 0, len(blocks))
	for _, p := range blocks {
		switch {
		case (p.Kind == llm.Text || p.Kind == llm.RefusalBlock) && strings.TrimSpace(p.Text) != "",
			(p.Kind == llm.Image || p.Kind == llm.File) && p.Media != nil, isOwnOpaque(&p):
			out = append(out, p)
		case p.Kind == llm.Audio:
			out = append(out, llm.Block{Kind: llm.Text, Text: "(The tool returned audio, which this model cannot hear.)"})
		}
	}
	return out
}

// callIDs gives the calls ids that Anthropic takes and that no two calls of the
// conversation share, and their results the same.
type callIDs struct {
	used map[string]bool
	now  map[string]string // of the latest call
}

func (c *callIDs) call(id string) string {
	if c.used == nil {
		c.used, c.now = map[string]bool{}, map[string]string{}
	}
	clean := protocol.CallID(id)
	out := clean
	for n := 2; c.used[out]; n++ {
		suffix := "_" + strconv.Itoa(n)
		out = clean[:min(len(clean), 64-len(suffix))] + suffix
	}
	c.used[out] = true
	c.now[id] = out
	return out
}

func (c *callIDs) result(id string) string {
	if out, ok := c.now[id]; ok {
		return out
	}
	return protocol.CallID(id)
}
