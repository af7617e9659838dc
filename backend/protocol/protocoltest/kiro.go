package protocoltest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// Kiro adds to the codec of AWS Kiro, which only upstreams speak, what the
// service does at the other end: it reads requests and words answers. With it
// the suite serves for Kiro too.
func Kiro(codec KiroCodec) protocol.Codec { return kiroService{codec} }

// KiroCodec is what the codec of Kiro implements.
type KiroCodec interface {
	protocol.Upstream
	protocol.Framer
}

type kiroService struct{ KiroCodec }

// EncodeCount implements protocol.ClientCodec; the service does not count.
func (kiroService) EncodeCount(int64) []byte { return nil }

// Meter implements protocol.Format; nothing passes through untouched.
func (kiroService) Meter(protocol.Operation, protocol.Framing) protocol.Meter {
	return protocol.NoMeter()
}

// DecodeRequest implements protocol.ClientCodec.
func (s kiroService) DecodeRequest(body []byte, in protocol.Head) (*llm.Request, *llm.Error) {
	state := gjson.GetBytes(body, "conversationState")
	current := state.Get("currentMessage.userInputMessage")
	if !gjson.ValidBytes(body) || !current.IsObject() {
		return nil, &llm.Error{Kind: llm.InvalidRequest, Message: "Improperly formed request."}
	}
	req := &llm.Request{Origin: llm.Kiro, Model: current.Get("modelId").Str, Stream: in.Stream}
	for _, m := range append(state.Get("history").Array(), state.Get("currentMessage")) {
		if said := m.Get("assistantResponseMessage"); said.Exists() {
			req.Turns = append(req.Turns, kiroAnswer(said))
		} else {
			req.Turns = append(req.Turns, kiroQuestion(m.Get("userInputMessage")))
		}
	}
	for _, t := range current.Get("userInputMessageContext.tools.#.toolSpecification").Array() {
		tool := llm.Tool{Name: t.Get("name").Str, Description: t.Get("description").Str, Schema: json.RawMessage(t.Get("inputSchema.json").Raw)}
		if tool.Description == tool.Name {
			tool.Description = "" // an empty one is refused
		}
		req.Tools = append(req.Tools, tool)
	}
	kiroNotes(req)
	kiroTags(req)
	return req, nil
}

func kiroAnswer(v gjson.Result) llm.Turn {
	t := llm.Turn{Role: llm.Assistant}
	if r := v.Get("reasoningContent.reasoningText"); r.Exists() {
		sign := &llm.Signature{Origin: llm.Kiro, Value: r.Get("signature").Str}
		t.Blocks = append(t.Blocks, llm.Block{Kind: llm.Thinking, Text: r.Get("text").Str, Signature: sign})
	}
	if data := v.Get("reasoningContent.redactedContent").Str; data != "" {
		t.Blocks = append(t.Blocks, llm.Block{Kind: llm.Redacted, Text: data, Signature: &llm.Signature{Origin: llm.Kiro, Value: data}})
	}
	if s := v.Get("content").Str; s != "" {
		t.Blocks = append(t.Blocks, text(s))
	}
	for _, u := range v.Get("toolUses").Array() {
		t.Blocks = append(t.Blocks, call(u.Get("toolUseId").Str, u.Get("name").Str, u.Get("input").Raw))
	}
	return t
}

// imageMark stands in a text for an image of the message.
var imageMark = regexp.MustCompile(`^\[image (\d+)\]$`)

func kiroQuestion(v gjson.Result) llm.Turn {
	t := llm.Turn{Role: llm.User}
	pictures := v.Get("images").Array()
	shown := make([]bool, len(pictures))
	show := func(s string) (llm.Block, bool) {
		m := imageMark.FindStringSubmatch(s)
		if m == nil {
			return text(s), s != "Tool results provided." && s != "Continue"
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || n < 1 || n > len(pictures) {
			return text(s), true
		}
		shown[n-1] = true
		return kiroImage(pictures[n-1]), true
	}
	for _, r := range v.Get("userInputMessageContext.toolResults").Array() {
		b := result(r.Get("toolUseId").Str)
		for _, c := range r.Get("content.#.text").Array() {
			part, _ := show(c.Str)
			b.Result.Blocks = append(b.Result.Blocks, part)
		}
		b.Result.IsError = r.Get("status").Str == "error"
		t.Blocks = append(t.Blocks, b)
	}
	t.Blocks = append(t.Blocks, kiroParts(v.Get("content").Str, show)...)
	for i, done := range shown {
		if !done {
			t.Blocks = append(t.Blocks, kiroImage(pictures[i]))
		}
	}
	return t
}

// kiroParts cuts a text where it shows images.
func kiroParts(content string, show func(string) (llm.Block, bool)) []llm.Block {
	var out []llm.Block
	var held []string
	flush := func() {
		if b, ok := show(strings.Join(held, "\n\n")); ok && len(held) > 0 {
			out = append(out, b)
		}
		held = nil
	}
	for part := range strings.SplitSeq(content, "\n\n") {
		if !imageMark.MatchString(part) {
			held = append(held, part)
			continue
		}
		flush()
		held = []string{part}
		flush()
	}
	flush()
	return out
}

func kiroImage(v gjson.Result) llm.Block {
	return media(llm.Image, llm.Media{MIME: "image/" + v.Get("format").Str, Data: v.Get("source.bytes").Str})
}

// The words by which the model is told what there is no parameter for.
var (
	oneCall    = regexp.MustCompile(`^Answer with a call of the tool ([\w-]+)\.$`)
	jsonSchema = "Answer with JSON that follows this schema, and nothing else: no words around it, no code fence.\n"
)

// kiroNotes reads them at the end of the last message.
func kiroNotes(req *llm.Request) {
	last := &req.Turns[len(req.Turns)-1]
	i := len(last.Blocks) - 1
	for i >= 0 && last.Blocks[i].Kind != llm.Text {
		i--
	}
	if i < 0 {
		return
	}
	parts := strings.Split(last.Blocks[i].Text, "\n\n")
	for len(parts) > 0 && kiroNote(req, parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	rest := strings.Join(parts, "\n\n")
	if rest == "" || rest == "Tool results provided." || rest == "Continue" {
		last.Blocks = slices.Delete(last.Blocks, i, i+1)
		return
	}
	last.Blocks[i].Text = rest
}

func kiroNote(req *llm.Request, s string) bool {
	one := oneCall.FindStringSubmatch(s)
	schema, bySchema := strings.CutPrefix(s, jsonSchema)
	switch {
	case s == "Answer with a tool call.":
		req.ToolChoice.Mode = llm.ChoiceAny
	case one != nil:
		req.ToolChoice.Mode, req.ToolChoice.Names = llm.ChoiceAny, []llm.ToolRef{{Name: one[1]}}
	case s == "Call at most one tool in this answer.":
		req.ToolChoice.Parallel = ptr(false)
	case s == "Answer with a single JSON object and nothing else: no words around it, no code fence.":
		req.Format.Kind = llm.FormatJSONObject
	case bySchema:
		req.Format = llm.OutputFormat{Kind: llm.FormatJSONSchema, Schema: json.RawMessage(schema)}
	default:
		return false
	}
	return true
}

// thinkingTags stand in front of everything where a model takes no parameter.
var thinkingTags = regexp.MustCompile(`^<thinking_mode>\w+</thinking_mode>(?:<thinking_effort>(\w+)</thinking_effort>|<max_thinking_length>(\d+)</max_thinking_length>)\n\n`)

func kiroTags(req *llm.Request) {
	for i := range req.Turns[0].Blocks {
		b := &req.Turns[0].Blocks[i]
		m := thinkingTags.FindStringSubmatch(b.Text)
		if b.Kind != llm.Text || m == nil {
			continue
		}
		b.Text = b.Text[len(m[0]):]
		req.Reasoning.Effort = m[1]
		if n, err := strconv.ParseInt(m[2], 10, 64); err == nil && n != 20000 {
			req.Reasoning.Budget = &n
		} else if err == nil {
			req.Reasoning.Auto = true
		}
		return
	}
}
