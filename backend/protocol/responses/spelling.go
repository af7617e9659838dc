package responses

import (
	"strconv"

	"github.com/aihub/aihub/backend/llm"
)

// spelling is how the pieces of a kind of item are told.
type spelling struct {
	open, delta, done, close string // names of events; open and close frame a part
	index                    string // further members of where
	member                   string // of the whole in done
	extra                    string // further members of delta and done
	raw                      bool   // of thinking: not a summary
	id                       string // prefix of the item's id; "" for calls
	part                     func(dst, text, annotations []byte) []byte
}

func (w *spelling) prefix(c *llm.ToolCall) string {
	if c != nil {
		return callPrefix(c)
	}
	return w.id
}

// spellingOf returns nil for blocks without pieces.
func spellingOf(b *llm.Block, req *llm.Request) *spelling {
	switch b.Kind {
	case llm.Text:
		return textSpelling()
	case llm.RefusalBlock:
		return refusalSpelling()
	case llm.ToolUse:
		return callSpelling(b.Call.Custom)
	case llm.Thinking:
		return thoughtSpelling(showsRaw(b, req))
	}
	return nil
}

func textSpelling() *spelling {
	return &spelling{
		open: "response.content_part.added", delta: "response.output_text.delta", done: "response.output_text.done",
		close: "response.content_part.done", index: `,"content_index":0`, member: "text", extra: `,"logprobs":[]`, id: "msg_",
		part: func(dst, text, annotations []byte) []byte { return appendTextPart(dst, llm.Text, text, annotations) },
	}
}

func refusalSpelling() *spelling {
	return &spelling{
		open: "response.content_part.added", delta: "response.refusal.delta", done: "response.refusal.done",
		close: "response.content_part.done", index: `,"content_index":0`, member: "refusal", id: "msg_",
		part: func(dst, text, _ []byte) []byte { return appendTextPart(dst, llm.RefusalBlock, text, nil) },
	}
}

func callSpelling(custom bool) *spelling {
	if custom {
		return &spelling{delta: "response.custom_tool_call_input.delta", done: "response.custom_tool_call_input.done", member: "input"}
	}
	return &spelling{delta: "response.function_call_arguments.delta", done: "response.function_call_arguments.done", member: "arguments"}
}

func thoughtSpelling(raw bool) *spelling {
	kind, index := "summary_text", `,"summary_index":`
	w := &spelling{
		open: "response.reasoning_summary_part.added", delta: "response.reasoning_summary_text.delta",
		done: "response.reasoning_summary_text.done", close: "response.reasoning_summary_part.done", member: "text", id: "rs_", raw: raw,
	}
	if raw {
		kind, index = "reasoning_text", `,"content_index":`
		w.open, w.delta = "response.content_part.added", "response.reasoning_text.delta"
		w.done, w.close = "response.reasoning_text.done", "response.content_part.done"
	}
	w.index = index + strconv.Itoa(0)
	w.part = func(dst, text, _ []byte) []byte { return appendTyped(dst, kind, "text", string(text)) }
	return w
}
