package responses

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// inputList collects the items of the conversation. Reasoning waits until the
// item that it led to comes: without one the API refuses it.
type inputList struct {
	list  protocol.List
	waits [][]byte
}

// answer appends an item of the assistant, behind the reasoning that led to it.
func (l *inputList) answer(item []byte) {
	for _, w := range l.waits {
		l.list.Raw(w)
	}
	l.waits = l.waits[:0]
	l.list.Raw(item)
}

// other appends an item of anybody else.
func (l *inputList) other(item []byte) {
	l.waits = l.waits[:0]
	l.list.Raw(item)
}

// writeConversation writes the instructions and the items. Instructions at the
// front stay where they are: as `instructions` as far as they are the system's,
// as items from the first developer's on, so that their order is kept.
func (b *builder) writeConversation(o *protocol.Object) {
	system := ownBlocks(b.req.System)
	if protocol.SystemOnly(b.req) {
		if b.needsJSONWord() {
			system = append(system, llm.Block{Kind: llm.Text, Text: jsonWord})
		}
		o.Value("input", func(dst []byte) []byte {
			l := inputList{list: protocol.BeginList(dst)}
			l.other(b.message("user", system, nil))
			return l.list.End()
		})
		return
	}
	var instructions []string
	for len(system) > 0 && system[0].Kind == llm.Text && !system[0].Developer && !b.isMarked(&system[0]) {
		if text := system[0].Text; strings.TrimSpace(text) != "" {
			instructions = append(instructions, text)
		}
		system = system[1:]
	}
	if b.needsJSONWord() {
		instructions = append(instructions, jsonWord)
	}
	o.StringIf("instructions", strings.Join(instructions, "\n\n"))
	o.Value("input", func(dst []byte) []byte {
		l := &inputList{list: protocol.BeginList(dst)}
		for i := range system {
			if item := b.message(b.systemRole(&system[i]), system[i:i+1], nil); item != nil {
				l.other(item)
			}
		}
		for i := range b.turns {
			b.appendTurn(l, &b.turns[i])
		}
		return l.list.End()
	})
}

const jsonWord = "Answer with one JSON object."

// needsJSONWord reports whether the API would refuse json_object, because no
// message says "json". It looks at the beginning of the conversation only, so
// that the answer does not change as it goes on.
func (b *builder) needsJSONWord() bool {
	if b.req.Format.Kind != llm.FormatJSONObject {
		return false
	}
	blocks := append([]llm.Block(nil), b.req.System...)
	if len(b.turns) > 0 {
		blocks = append(blocks, b.turns[0].Blocks...)
	}
	for i := range blocks {
		if strings.Contains(strings.ToLower(blocks[i].Text), "json") {
			return false
		}
	}
	return true
}

// systemRole is the role of an instruction that is an item. OpenAI's name for it
// is developer; others may know system only.
func (b *builder) systemRole(block *llm.Block) string {
	if b.target.ThirdParty || b.req.Origin == llm.Responses && !block.Developer {
		return "system"
	}
	return "developer"
}

func (b *builder) appendTurn(l *inputList, t *llm.Turn) {
	switch t.Role {
	case llm.Assistant:
		b.appendAnswer(l, t)
	case llm.System:
		if len(t.Blocks) > 0 {
			if item := b.message(b.systemRole(&t.Blocks[0]), t.Blocks, nil); item != nil {
				l.other(item)
			}
		}
	default:
		b.appendUser(l, t)
	}
}

// appendUser writes the results of tools as items, and what stands between them
// as messages.
func (b *builder) appendUser(l *inputList, t *llm.Turn) {
	from := 0
	flush := func(to int) {
		if item := b.message("user", t.Blocks[from:to], nil); item != nil {
			l.other(item)
		}
		from = to + 1
	}
	for i := range t.Blocks {
		switch block := &t.Blocks[i]; {
		case block.Kind == llm.ToolOutput:
			flush(i)
			l.other(b.result(block.Result))
		case block.Kind == llm.Opaque && isItem(block):
			flush(i)
			l.other(protocol.Compact(block.Raw))
		}
	}
	flush(len(t.Blocks))
}

// appendAnswer writes what the assistant said, thought and called.
func (b *builder) appendAnswer(l *inputList, t *llm.Turn) {
	for i := 0; i < len(t.Blocks); i++ {
		block := &t.Blocks[i]
		switch block.Kind {
		case llm.Thinking, llm.Redacted:
			if protocol.UsableSignature(block.Signature, llm.Responses, b.target) {
				l.waits = append(l.waits, reasoningItem(block))
			}
		case llm.ToolUse:
			l.answer(b.call(block.Call))
		case llm.Text, llm.RefusalBlock:
			n := i + 1
			for n < len(t.Blocks) && isSpoken(&t.Blocks[n]) && t.Blocks[n].ItemID == block.ItemID {
				n++
			}
			if item := b.message("assistant", t.Blocks[i:n], t); item != nil {
				l.answer(item)
			}
			i = n - 1
		case llm.Opaque:
			if isItem(block) {
				l.answer(protocol.Compact(block.Raw))
			}
		default: // a picture that the model made: only a user can show one
			if item := b.message("user", t.Blocks[i:i+1], nil); item != nil {
				l.other(item)
			}
		}
	}
}

func isSpoken(b *llm.Block) bool { return b.Kind == llm.Text || b.Kind == llm.RefusalBlock }

// isItem reports whether an opaque block is an item of this format, and not a
// part of a message.
func isItem(b *llm.Block) bool {
	if b.Origin != llm.Responses {
		return false
	}
	kind := gjson.GetBytes(b.Raw, "type").Str
	return !strings.HasPrefix(kind, "input_") && !strings.HasPrefix(kind, "output_")
}

// ownBlocks leaves out what only another provider knows.
func ownBlocks(blocks []llm.Block) []llm.Block {
	out := make([]llm.Block, 0, len(blocks))
	for _, b := range blocks {
		if b.Kind != llm.Opaque || b.Origin == llm.Responses {
			out = append(out, b)
		}
	}
	return out
}

func reasoningItem(block *llm.Block) []byte {
	o := protocol.BeginObject(nil)
	o.String("type", "reasoning")
	if strings.HasPrefix(block.ItemID, "rs_") {
		o.String("id", block.ItemID)
	}
	o.Value("summary", func(dst []byte) []byte {
		list := protocol.BeginList(dst)
		if block.Kind == llm.Thinking && block.Text != "" {
			list.Value(func(dst []byte) []byte { return appendTyped(dst, "summary_text", "text", block.Text) })
		}
		return list.End()
	})
	o.String("encrypted_content", block.Signature.Value)
	return o.End()
}

// appendTyped appends {"type":kind,member:text}.
func appendTyped(dst []byte, kind, member, text string) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", kind)
	o.String(member, text)
	return o.End()
}

func (b *builder) call(c *llm.ToolCall) []byte {
	o := protocol.BeginObject(nil)
	name, custom := b.name(c.Namespace, c.Name), c.Custom && !b.target.ThirdParty
	if custom {
		o.String("type", "custom_tool_call")
	} else {
		o.String("type", "function_call")
	}
	o.String("call_id", b.ids.call(c.ID))
	o.String("name", name)
	if b.native {
		o.StringIf("namespace", c.Namespace)
	}
	switch {
	case custom:
		o.String("input", c.Input)
	case c.Custom:
		o.String("arguments", string(protocol.CustomArgs(c.Input)))
	case len(c.Args) == 0:
		o.String("arguments", "{}")
	default:
		o.String("arguments", string(c.Args))
	}
	return o.End()
}

// callIDs gives the calls ids that the API takes and that no two calls of the
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
