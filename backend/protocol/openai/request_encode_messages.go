package openai

import (
	"maps"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// system words the instructions. OpenAI takes several messages; other services
// often take one only, and only at the beginning.
func (b *builder) system() []byte {
	var out []byte
	role := b.systemRole(false)
	if protocol.SystemOnly(b.req) {
		role = "user" // a conversation of instructions alone asks for nothing
	}
	var texts []string
	flush := func() {
		if len(texts) > 0 {
			out = b.appendTexts(nextElement(out), role, texts)
		}
		texts = nil
	}
	for i := range b.req.System {
		block := &b.req.System[i]
		if block.Kind != llm.Text || block.Text == "" {
			continue
		}
		if r := b.systemRole(block.Developer); r != role && role != "user" {
			flush()
			role = r
		}
		texts = append(texts, block.Text)
	}
	flush()
	return out
}

// systemRole is the role of instructions. OpenAI's reasoning models know
// developers, other services do not.
func (b *builder) systemRole(developer bool) string {
	if !b.t.ThirdParty && (developer || b.can.Developer) {
		return "developer"
	}
	return "system"
}

// appendTexts appends a message of texts.
func (b *builder) appendTexts(dst []byte, role string, texts []string) []byte {
	o := protocol.BeginObject(dst)
	o.String("role", role)
	o.Value("content", func(dst []byte) []byte { return b.appendText(dst, texts) })
	return o.End()
}

// appendText appends texts as content: one as a string. Several stay apart for
// OpenAI and become one for services that may take strings only.
func (b *builder) appendText(dst []byte, texts []string) []byte {
	if len(texts) == 1 || b.t.ThirdParty {
		return protocol.AppendString(dst, strings.Join(texts, "\n\n"))
	}
	if len(texts) == 0 {
		return append(dst, `""`...)
	}
	l := protocol.BeginList(dst)
	for _, t := range texts {
		l.Value(func(dst []byte) []byte { return appendTextPart(dst, t) })
	}
	return l.End()
}

func appendTextPart(dst []byte, text string) []byte {
	dst = protocol.AppendString(append(dst, `{"type":"text","text":`...), text)
	return append(dst, '}')
}

// messages words the conversation behind the instructions, as elements of a
// list.
func (b *builder) messages(system []byte) ([]byte, *llm.Error) {
	out := slices.Clone(system)
	for _, t := range b.turns() {
		var e *llm.Error
		switch t.Role {
		case llm.System:
			out = b.systemTurn(out, &t)
		case llm.Assistant:
			out = b.assistantTurn(out, &t)
		default:
			out, e = b.userTurn(out, &t)
		}
		if e != nil {
			return nil, e
		}
	}
	if len(out) == 0 {
		return nil, unsupported("messages: nothing of them can be sent to this model")
	}
	return out, nil
}

// turns brings the conversation into an order that the format takes. Assistant
// turns that follow each other become one, so that all calls of a step stand
// together; for services that insist on alternating roles, so do those of the
// user.
func (b *builder) turns() []llm.Turn {
	req := *b.req
	req.Turns = joinTurns(req.Turns, llm.Assistant)
	place := protocol.SystemInPlace
	if b.t.ThirdParty {
		place = protocol.SystemAsUser
	}
	turns := protocol.Arrange(&req, protocol.Arrangement{System: place})
	if b.t.ThirdParty {
		turns = joinTurns(turns, llm.User)
	}
	return turns
}

// joinTurns joins the turns of a role that follow each other, except where
// different speakers are named. It does not change what it is given.
func joinTurns(turns []llm.Turn, role llm.Role) []llm.Turn {
	out := make([]llm.Turn, 0, len(turns))
	for _, t := range turns {
		n := len(out)
		if n == 0 || t.Role != role || out[n-1].Role != role || t.Name != out[n-1].Name {
			out = append(out, t)
			continue
		}
		last := &out[n-1]
		blocks := slices.Clone(last.Blocks)
		if role == llm.Assistant && endsInText(blocks) && beginsWithText(t.Blocks) {
			blocks = append(blocks, llm.Block{Kind: llm.Text, Text: "\n\n"})
		}
		last.Blocks = append(blocks, t.Blocks...)
	}
	return out
}

func endsInText(blocks []llm.Block) bool {
	return len(blocks) > 0 && blocks[len(blocks)-1].Kind == llm.Text
}

func beginsWithText(blocks []llm.Block) bool { return len(blocks) > 0 && blocks[0].Kind == llm.Text }

func (b *builder) systemTurn(dst []byte, t *llm.Turn) []byte {
	var texts []string
	role := b.systemRole(false)
	for i := range t.Blocks {
		if block := &t.Blocks[i]; block.Kind == llm.Text && block.Text != "" {
			texts = append(texts, block.Text)
			role = b.systemRole(block.Developer)
		}
	}
	if len(texts) == 0 {
		return dst
	}
	return b.appendTexts(nextElement(dst), role, texts)
}

// spoken is what an assistant turn consists of.
type spoken struct {
	text, reasoning, refusal strings.Builder
	calls                    []*llm.Block
}

func (b *builder) listen(t *llm.Turn) *spoken {
	s := &spoken{}
	for i := range t.Blocks {
		block := &t.Blocks[i]
		switch block.Kind {
		case llm.Text:
			s.text.WriteString(block.Text)
		case llm.Thinking:
			s.reasoning.WriteString(block.Text)
		case llm.RefusalBlock:
			s.refusal.WriteString(block.Text)
		case llm.ToolUse:
			s.calls = append(s.calls, block)
		case llm.Image: // nobody can send it back; that there was one matters
			s.text.WriteString("[image]")
		case llm.Opaque:
			b.dropBlock(block)
		}
	}
	if b.t.ThirdParty && s.refusal.Len() > 0 {
		s.text.WriteString(s.refusal.String())
		s.refusal.Reset()
	}
	return s
}

// dropBlock reports a block that only its own provider understands.
func (b *builder) dropBlock(block *llm.Block) { b.drop(kindOf(block.Raw)) }

// assistantTurn appends what the model said. A turn of which nothing can be
// told is left out: most services refuse an empty message.
func (b *builder) assistantTurn(dst []byte, t *llm.Turn) []byte {
	s := b.listen(t)
	if s.text.Len()+s.refusal.Len()+len(s.calls) == 0 {
		return dst
	}
	o := protocol.BeginObject(nextElement(dst))
	o.String("role", "assistant")
	if s.text.Len() == 0 && !b.t.ThirdParty {
		o.Null("content")
	} else {
		o.String("content", s.text.String())
	}
	o.StringIf("refusal", s.refusal.String())
	// Models that want their reasoning back refuse a call without it; where
	// another model made the call there is none.
	if b.t.ThirdParty && b.can.KeepReasoning && (s.reasoning.Len() > 0 || len(s.calls) > 0) {
		o.String("reasoning_content", s.reasoning.String())
	}
	if len(s.calls) > 0 {
		o.Value("tool_calls", func(dst []byte) []byte {
			l := protocol.BeginList(dst)
			for _, c := range s.calls {
				l.Value(func(dst []byte) []byte { return b.appendCall(dst, c) })
			}
			return l.End()
		})
	}
	o.StringIf("name", speaker(t.Name))
	b.addExtra(&o, t)
	return o.End()
}

// speaker is a name in the form that the service takes; most names already are.
func speaker(name string) string {
	if name == "" {
		return ""
	}
	return protocol.CallID(name)
}

// addExtra adds the client's own members of a message where it spoke this
// format.
func (b *builder) addExtra(o *protocol.Object, t *llm.Turn) {
	if b.req.Origin != llm.OpenAI {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(t.Extra)) {
		o.Raw(name, t.Extra[name])
	}
}

func (b *builder) appendCall(dst []byte, block *llm.Block) []byte {
	c := block.Call
	name := b.names.Upstream(c.Namespace, c.Name)
	o := protocol.BeginObject(dst)
	o.String("id", protocol.CallID(c.ID))
	switch {
	case b.custom[name]:
		o.String("type", "custom")
		o.Value("custom", func(dst []byte) []byte { return appendCustom(dst, name, c.Input) })
	default:
		args := c.Args
		if c.Custom {
			args = protocol.CustomArgs(c.Input)
		}
		o.String("type", "function")
		o.Value("function", func(dst []byte) []byte {
			return appendFunction(dst, name, string(protocol.RepairJSON(string(args))))
		})
	}
	if b.can.Google && protocol.UsableSignature(block.Signature, llm.Gemini, b.t) {
		appendSignature(&o, block.Signature.Value)
	}
	return o.End()
}
