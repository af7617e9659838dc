package gemini

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	noOutput      = "(no output)"
	attachedBelow = "[image attached below]"
)

func (b *builder) writeContents(o *protocol.Object) {
	b.writeSystem(o)
	o.Value("contents", func(dst []byte) []byte {
		l := protocol.BeginList(dst)
		for i := range b.turns {
			l.Value(func(dst []byte) []byte { return b.appendContent(dst, &b.turns[i]) })
		}
		return l.End()
	})
}

func (b *builder) writeSystem(o *protocol.Object) {
	var texts []string
	if !protocol.SystemOnly(b.req) {
		for i := range b.req.System {
			texts = append(texts, b.req.System[i].Text)
		}
	}
	if b.instruction != "" {
		texts = append(texts, b.instruction)
	}
	if len(texts) == 0 {
		return
	}
	o.Value("systemInstruction", func(dst []byte) []byte {
		l := protocol.BeginList(append(dst, `{"parts":`...))
		for _, text := range texts {
			l.Value(func(dst []byte) []byte { return appendText(dst, text, false, "") })
		}
		return append(l.End(), '}')
	})
}

func (b *builder) appendContent(dst []byte, t *llm.Turn) []byte {
	role := "user"
	if t.Role == llm.Assistant {
		role = "model"
	}
	c := content{builder: b, parts: protocol.BeginList(append(append(append(dst, `{"role":"`...), role...), `","parts":`...))}
	for i := range t.Blocks {
		c.add(&t.Blocks[i])
	}
	c.flush()
	return append(c.parts.End(), '}')
}

// content is one turn on its way. Pictures that tools gave back stand behind all
// of the turn's results where a result itself cannot hold them.
type content struct {
	*builder
	parts   protocol.List
	signed  bool // the first call of the step has been written
	waiting []*llm.Block
}

func (c *content) add(block *llm.Block) {
	if block.Kind != llm.ToolOutput {
		c.flush()
	}
	sign := ""
	if block.Signature != nil {
		sign = block.Signature.Value
	}
	switch block.Kind {
	case llm.Text, llm.RefusalBlock, llm.Thinking:
		c.parts.Value(func(dst []byte) []byte { return appendText(dst, block.Text, block.Kind == llm.Thinking, sign) })
	case llm.ToolUse:
		c.call(block.Call, sign)
	case llm.ToolOutput:
		c.result(block.Result)
	case llm.Opaque:
		c.parts.Raw(protocol.Compact(block.Raw))
	case llm.Image, llm.File, llm.Audio:
		c.parts.Value(func(dst []byte) []byte { return c.appendMedia(dst, block) })
	}
}

func (c *content) flush() {
	for _, block := range c.waiting {
		c.parts.Value(func(dst []byte) []byte { return c.appendMedia(dst, block) })
	}
	c.waiting = nil
}

// call writes a call. The first one of each step must be signed, in the whole
// history, so that it stays the same in every request of the conversation.
func (c *content) call(call *llm.ToolCall, sign string) {
	if !c.signed && sign == "" && c.can.Signed {
		sign = bypass
	}
	c.signed = true
	named := *call
	named.Namespace, named.Name = "", c.names.Upstream(call.Namespace, call.Name)
	if call.Custom {
		c.names.SetCustom(named.Name)
	}
	c.parts.Value(func(dst []byte) []byte { return appendCall(dst, &named, callArgs(call), sign) })
}

func (c *content) result(r *llm.ToolResult) {
	var texts []string
	var inside []*llm.Block
	for i := range r.Blocks {
		p := &r.Blocks[i]
		switch {
		case p.Kind == llm.Text || p.Kind == llm.RefusalBlock:
			texts = append(texts, p.Text)
		case p.Media == nil:
		case c.can.MediaResults && p.Media.Data != "" && p.Kind == llm.Image:
			inside = append(inside, p)
		default:
			c.waiting = append(c.waiting, p)
		}
	}
	text := strings.Join(texts, "\n")
	if text == "" && len(inside)+len(c.waiting) > 0 {
		text = attachedBelow
	}
	c.parts.Value(func(dst []byte) []byte {
		o := protocol.BeginObject(append(dst, `{"functionResponse":`...))
		o.StringIf("id", r.CallID)
		o.String("name", c.names.Upstream(r.Namespace, r.Name))
		o.Value("response", func(dst []byte) []byte { return appendOutput(dst, text, r.IsError) })
		c.writeInside(&o, inside)
		return append(o.End(), '}')
	})
}

func (c *content) writeInside(o *protocol.Object, blocks []*llm.Block) {
	if len(blocks) == 0 {
		return
	}
	o.Value("parts", func(dst []byte) []byte {
		l := protocol.BeginList(dst)
		for _, block := range blocks {
			l.Value(func(dst []byte) []byte { return c.appendMedia(dst, block) })
		}
		return l.End()
	})
}

// appendOutput words a result as the object that the service wants. Text that is
// JSON with a structure stays that.
func appendOutput(dst []byte, text string, isError bool) []byte {
	o := protocol.BeginObject(dst)
	name := "output"
	if isError {
		name = "error"
	}
	if text == "" {
		text = noOutput
	}
	trimmed := strings.TrimSpace(text)
	if isStructure(trimmed) {
		o.Raw(name, []byte(trimmed))
	} else {
		o.String(name, text)
	}
	return o.End()
}

func isStructure(s string) bool {
	return len(s) > 1 && (s[0] == '{' || s[0] == '[') && gjson.Valid(s)
}
