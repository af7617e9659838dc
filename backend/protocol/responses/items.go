package responses

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// The items of an answer as clients see them. Each function appends one item.

// appendMessageItem appends a message; content is its one part, or nil while it
// has none.
func appendMessageItem(dst []byte, id, status string, content []byte) []byte {
	o := protocol.BeginObject(dst)
	o.String("id", id)
	o.String("type", "message")
	o.String("status", status)
	o.String("role", "assistant")
	o.Value("content", func(dst []byte) []byte { return append(append(append(dst, '['), content...), ']') })
	return o.End()
}

// appendTextPart appends the part of a message: text or refusal.
func appendTextPart(dst []byte, kind llm.BlockKind, text, annotations []byte) []byte {
	if kind == llm.RefusalBlock {
		return appendTyped(dst, "refusal", "refusal", string(text))
	}
	o := protocol.BeginObject(dst)
	o.String("type", "output_text")
	o.String("text", string(text))
	o.Value("annotations", func(dst []byte) []byte { return append(append(append(dst, '['), annotations...), ']') })
	o.Raw("logprobs", []byte("[]"))
	return o.End()
}

// thought is a reasoning item. Text is the model's summary of its thinking, or
// with raw set the thinking itself.
type thought struct {
	id, secret string
	text       []byte
	raw        bool
}

func appendReasoningItem(dst []byte, t thought) []byte {
	o := protocol.BeginObject(dst)
	o.String("id", t.id)
	o.String("type", "reasoning")
	part := func(kind string) func([]byte) []byte {
		return func(dst []byte) []byte {
			return append(appendTyped(append(dst, '['), kind, "text", string(t.text)), ']')
		}
	}
	switch {
	case len(t.text) == 0:
		o.Raw("summary", []byte("[]"))
	case t.raw:
		o.Raw("summary", []byte("[]"))
		o.Value("content", part("reasoning_text"))
	default:
		o.Value("summary", part("summary_text"))
	}
	o.StringIf("encrypted_content", t.secret)
	return o.End()
}

// appendCallItem appends a call with its arguments or input so far.
func appendCallItem(dst []byte, id, status string, c *llm.ToolCall, value string) []byte {
	o := protocol.BeginObject(dst)
	o.String("id", id)
	if c.Custom {
		o.String("type", "custom_tool_call")
		o.String("status", status)
		o.String("input", value)
	} else {
		o.String("type", "function_call")
		o.String("status", status)
		o.String("arguments", value)
	}
	o.String("call_id", c.ID)
	o.String("name", c.Name)
	o.StringIf("namespace", c.Namespace)
	return o.End()
}

// appendImageItem appends a picture that the model made, as the item that the
// API's own image tool gives.
func appendImageItem(dst []byte, id, data string) []byte {
	o := protocol.BeginObject(dst)
	o.String("id", id)
	o.String("type", "image_generation_call")
	o.String("status", statusCompleted)
	o.String("result", data)
	return o.End()
}

// callPrefix is how the id of a call's item begins.
func callPrefix(c *llm.ToolCall) string {
	if c.Custom {
		return "ctc_"
	}
	return "fc_"
}

// callOf completes what a model may leave out of a call: the namespace, where
// only one tool can be meant. Codex runs no tool without it.
func callOf(c *llm.ToolCall, req *llm.Request) *llm.ToolCall {
	out := *c
	out.Namespace = namespaceOf(req.Tools, c.Namespace, c.Name)
	return &out
}

// annotationsOf is a block's annotations without the brackets; others' have
// another shape and another way to count.
func annotationsOf(raw []byte, origin llm.Protocol) []byte {
	if origin != llm.Responses || len(raw) == 0 {
		return nil
	}
	out := protocol.Compact(raw)
	if v := gjson.ParseBytes(out); v.IsArray() {
		return []byte(strings.TrimSuffix(strings.TrimPrefix(string(out), "["), "]"))
	}
	return out
}

// showsRaw reports whether a block of thinking is shown as the thinking itself:
// it is no summary, and the client has not asked for one.
func showsRaw(b *llm.Block, req *llm.Request) bool {
	asked := req.Reasoning.Show == llm.ShowSummary || req.Reasoning.Show == llm.ShowFull
	return !b.Summary && !asked
}

// failureMessage is the message of a failure with the time to wait in it, in the
// words that Codex looks for.
func failureMessage(e *llm.Error) string {
	if e.Kind != llm.RateLimited || e.RetryAfter <= 0 || strings.Contains(e.Message, "try again in") {
		return e.Message
	}
	return strings.TrimRight(e.Message, ". ") + ". Please try again in " + strconv.Itoa(e.RetryAfter) + "s."
}

// refusalText is what stands for a refusal without words.
func refusalText(s llm.Stop) string {
	if s.Detail != "" {
		return s.Detail
	}
	return "The model refused to answer."
}
