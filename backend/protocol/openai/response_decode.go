package openai

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// DecodeResponse implements protocol.UpstreamCodec.
func (Format) DecodeResponse(body []byte, e *protocol.Encoded) (*llm.Response, *llm.Error) {
	if !gjson.ValidBytes(body) {
		return nil, &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer is not valid JSON"}
	}
	v := gjson.ParseBytes(body)
	if failure := failureIn(v); failure != nil {
		return nil, failure
	}
	choice := v.Get("choices.0")
	if failure := failureIn(choice); failure != nil {
		return nil, failure
	}
	if !choice.IsObject() {
		return nil, &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer holds no choices"}
	}
	finish := choice.Get("finish_reason").Str
	if failure := failedFinish(finish); failure != nil {
		return nil, failure
	}
	d := answerDecoder{e: e, ids: map[string]bool{}}
	d.message(choice.Get("message"))
	resp := &llm.Response{
		ID: v.Get("id").String(), Model: v.Get("model").Str, Created: v.Get("created").Int(),
		Blocks: d.blocks, Tier: v.Get("service_tier").Str,
	}
	resp.Stop.Reason = settleStop(stopReason(finish), d.called, d.refusal != "")
	if resp.Stop.Reason == llm.StopRefusal {
		resp.Stop.Detail = d.refusal
	}
	if u := v.Get("usage"); u.IsObject() {
		resp.Usage, resp.Metered = ParseUsage([]byte(u.Raw)), true
		resp.Usage.Source = llm.Reported
	}
	return resp, nil
}

// answerDecoder gathers the blocks of an answer.
type answerDecoder struct {
	e       *protocol.Encoded
	blocks  []llm.Block
	ids     map[string]bool
	think   thinkSplitter
	refusal string
	called  bool
}

func (d *answerDecoder) message(v gjson.Result) {
	var m deltaMembers
	m.read(v)
	if text := m.thought(); text != "" {
		d.blocks = append(d.blocks, llm.Block{Kind: llm.Thinking, Text: text})
		d.think.skip()
	}
	if !d.e.Target.ThirdParty {
		d.think.skip()
	}
	contentPieces(m.content, d.piece)
	d.think.Close(d.text)
	if m.annotations.IsArray() && m.annotations.Raw != "[]" {
		d.cite(m.annotations)
	}
	imagesIn(m.images, func(media *llm.Media) {
		d.blocks = append(d.blocks, llm.Block{Kind: llm.Image, Media: media})
	})
	if d.refusal = m.refusal; d.refusal != "" {
		d.blocks = append(d.blocks, llm.Block{Kind: llm.RefusalBlock, Text: d.refusal})
	}
	for _, c := range m.calls.Array() {
		d.call(c)
	}
	if m.legacy.IsObject() && !d.called {
		d.call(gjson.Parse(`{"function":` + m.legacy.Raw + `}`))
	}
}

// contentPieces calls emit for the pieces of a content: a string, or a list of
// parts as Mistral's reasoning models send it.
func contentPieces(v gjson.Result, emit func(llm.BlockKind, string)) {
	if v.Type == gjson.String {
		if v.Str != "" {
			emit(llm.Text, v.Str)
		}
		return
	}
	v.ForEach(func(_, item gjson.Result) bool {
		kind, text := llm.Text, item.Get("text").Str
		switch {
		case item.Type == gjson.String:
			text = item.Str
		case item.Get("type").Str == "thinking" || item.Get("type").Str == "reasoning":
			kind, text = llm.Thinking, plainText(item)
		}
		if text != "" {
			emit(kind, text)
		}
		return v.IsArray()
	})
}

// imagesIn calls emit for the pictures of a message or a delta.
func imagesIn(list gjson.Result, emit func(*llm.Media)) {
	list.ForEach(func(_, item gjson.Result) bool {
		m := &llm.Media{URL: item.Get("image_url.url").Str}
		if m.URL != "" && inline(m, "") == nil {
			emit(m)
		}
		return true
	})
}

func (d *answerDecoder) piece(kind llm.BlockKind, text string) {
	if kind == llm.Text {
		d.think.Feed(text, d.text)
		return
	}
	d.text(kind, text)
}

// text adds text, to the last block if that is of the same kind.
func (d *answerDecoder) text(kind llm.BlockKind, text string) {
	if n := len(d.blocks); n > 0 && d.blocks[n-1].Kind == kind {
		d.blocks[n-1].Text += text
		return
	}
	d.blocks = append(d.blocks, llm.Block{Kind: kind, Text: text})
}

func (d *answerDecoder) cite(annotations gjson.Result) {
	for i := len(d.blocks) - 1; i >= 0; i-- {
		if d.blocks[i].Kind == llm.Text {
			d.blocks[i].Citations, d.blocks[i].Origin = json.RawMessage(annotations.Raw), llm.OpenAI
			return
		}
	}
}

func (d *answerDecoder) call(v gjson.Result) {
	kind, input := "function", "arguments"
	if v.Get("custom").IsObject() {
		kind, input = "custom", "input"
	}
	name := v.Get(kind + ".name").Str
	if name == "" {
		return
	}
	d.called = true
	text := v.Get(kind + "." + input)
	given := text.Str
	if text.IsObject() {
		given = text.Raw
	}
	c := newCall(d.e.Names, name, kind == "custom")
	c.ID = d.unique(v.Get("id").String())
	fill(c, given, kind == "custom")
	b := llm.Block{Kind: llm.ToolUse, Call: c}
	if sig := v.Get(signaturePath).Str; sig != "" {
		b.Signature = thoughtSignature(sig, d.e)
	}
	d.blocks = append(d.blocks, b)
}

// newCall starts a call of the tool that the upstream's name stands for. native
// says that it came as a custom call.
func newCall(names *protocol.Names, name string, native bool) *llm.ToolCall {
	c := &llm.ToolCall{Custom: native || names.Custom(name)}
	c.Namespace, c.Name = names.Client(name)
	return c
}

// fill sets what a call carries. Arguments that are not JSON stay as they are:
// the client, or the codec of another format, can do more with them than
// nobody.
func fill(c *llm.ToolCall, given string, native bool) {
	switch {
	case native:
		c.Input = given
	case c.Custom:
		c.Input = protocol.CustomInput(given)
	case strings.TrimSpace(given) == "" || given == "null":
		c.Args = json.RawMessage("{}")
	default:
		c.Args = json.RawMessage(given)
	}
}

// unique is the id itself, or a new one where there is none or it is taken.
func (d *answerDecoder) unique(id string) string {
	if id == "" || d.ids[id] {
		id = newCallID()
	}
	d.ids[id] = true
	return id
}

func newCallID() string { return protocol.NewID("call_", 24) }

// thoughtSignature is Google's proof behind a tool call, valid for the account
// that answered.
func thoughtSignature(value string, e *protocol.Encoded) *llm.Signature {
	return &llm.Signature{Origin: llm.Gemini, Account: e.Target.AccountID, Value: value}
}

// EncodeCountRequest implements protocol.UpstreamCodec: the format has none.
func (Format) EncodeCountRequest(*llm.Request, protocol.Target) (*protocol.Encoded, bool) {
	return nil, false
}

// DecodeCount implements protocol.UpstreamCodec: the format has none.
func (Format) DecodeCount([]byte) (int64, bool) { return 0, false }
