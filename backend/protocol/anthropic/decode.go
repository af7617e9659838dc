package anthropic

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

var _ protocol.Codec = Format{}

// decoder reads one request. What depends on several members waits in it until
// all have been read, since their order is the client's.
type decoder struct {
	req      *llm.Request
	thinking gjson.Result
	effort   string
	loaded   map[string]bool // deferred tools that a tool_reference has loaded
}

// DecodeRequest implements protocol.ClientCodec. It serves count_tokens too, so
// max_tokens may be absent.
func (Format) DecodeRequest(body []byte, in protocol.Head) (*llm.Request, *llm.Error) {
	if !gjson.ValidBytes(body) {
		if e := protocol.CheckJSON(body); e != nil {
			return nil, e
		}
		return nil, &llm.Error{Kind: llm.InvalidRequest, Message: "the request body is not valid JSON"}
	}
	root := gjson.ParseBytes(body)
	if !root.IsObject() {
		return nil, protocol.CheckJSON(body)
	}
	d := &decoder{req: &llm.Request{Origin: llm.Anthropic, Model: in.Model, Stream: in.Stream}}
	var failed *llm.Error
	root.ForEach(func(key, v gjson.Result) bool {
		failed = d.member(key.Str, v)
		return failed == nil
	})
	if failed == nil {
		failed = d.finish()
	}
	if failed != nil {
		return nil, failed
	}
	return d.req, nil
}

func (d *decoder) member(key string, v gjson.Result) *llm.Error {
	r := d.req
	switch key {
	case "model":
		return protocol.ReadString(v, key, &r.Model)
	case "messages":
		return d.messages(v)
	case "system":
		return d.system(v)
	case "tools":
		return d.tools(v)
	case "tool_choice":
		return d.toolChoice(v)
	case "thinking":
		d.thinking = v
	case "output_config":
		return d.outputConfig(v)
	case "output_format":
		return protocol.Under(d.format(v), key)
	case "metadata":
		return protocol.Under(protocol.ReadString(v.Get("user_id"), "user_id", &r.UserID), key)
	case "stop_sequences":
		return protocol.ReadStrings(v, key, &r.Stop, protocol.UnderIndex)
	case "stream":
		return d.stream(v)
	case "service_tier":
		return d.tier(v)
	case "cache_control":
		return cacheMark(v, &r.Cache.Auto)
	default:
		return d.number(key, v)
	}
	return nil
}

// number reads the numeric members, and keeps what is unknown.
func (d *decoder) number(key string, v gjson.Result) *llm.Error {
	r := d.req
	switch key {
	case "max_tokens":
		if e := protocol.ReadInt(v, key, &r.MaxTokens); e != nil {
			return e
		}
		if r.MaxTokens != nil && *r.MaxTokens < 0 {
			return protocol.Fault(key, "must not be negative")
		}
		return nil
	case "temperature":
		return protocol.ReadFloat(v, key, &r.Temperature)
	case "top_p":
		return protocol.ReadFloat(v, key, &r.TopP)
	case "top_k":
		return protocol.ReadInt(v, key, &r.TopK)
	}
	if r.Extra == nil {
		r.Extra = map[string]json.RawMessage{}
	}
	r.Extra[key] = json.RawMessage(v.Raw)
	return nil
}

func (d *decoder) stream(v gjson.Result) *llm.Error {
	var on *bool
	e := protocol.ReadBool(v, "stream", &on)
	d.req.Stream = on != nil && *on
	return e
}

// tier keeps Anthropic's two words in those of OpenAI.
func (d *decoder) tier(v gjson.Result) *llm.Error {
	var tier string
	if e := protocol.ReadString(v, "service_tier", &tier); e != nil {
		return e
	}
	if tier == "standard_only" {
		tier = "default"
	}
	d.req.Tier = tier
	return nil
}

func (d *decoder) outputConfig(v gjson.Result) *llm.Error {
	if !protocol.IsSet(v) {
		return nil
	}
	if !v.IsObject() {
		return protocol.Fault("output_config", "must be an object")
	}
	if e := protocol.ReadString(v.Get("effort"), "effort", &d.effort); e != nil {
		return protocol.Under(e, "output_config")
	}
	return protocol.Under(protocol.Under(d.format(v.Get("format")), "format"), "output_config")
}

func (d *decoder) format(v gjson.Result) *llm.Error {
	switch {
	case !protocol.IsSet(v):
		return nil
	case v.Get("type").Str != "json_schema":
		return protocol.Fault("type", "must be json_schema")
	case !v.Get("schema").IsObject():
		return protocol.Fault("schema", "must be a JSON schema")
	}
	d.req.Format = llm.OutputFormat{
		Kind: llm.FormatJSONSchema, Name: v.Get("name").Str, Schema: json.RawMessage(v.Get("schema").Raw),
	}
	return nil
}

// finish settles what needed the whole request, and checks what is required.
func (d *decoder) finish() *llm.Error {
	r := d.req
	switch {
	case r.Model == "":
		return protocol.Fault("model", "is required: name the model to use")
	case r.Turns == nil && len(r.System) == 0:
		return protocol.Fault("messages", "is required: send at least one message")
	}
	// A system turn may change the effort from its place on; the last one holds
	// for the answer that is asked for.
	for _, t := range r.Turns {
		if t.Effort != "" {
			d.effort = t.Effort
		}
	}
	d.loadTools()
	return d.reasoning()
}

func (d *decoder) reasoning() *llm.Error {
	r, v := &d.req.Reasoning, d.thinking
	r.Effort = d.effort
	if !protocol.IsSet(v) {
		return nil
	}
	r.Show = llm.ShowSummary
	if v.Get("display").Str == "omitted" {
		r.Show = llm.ShowNone
	}
	switch v.Get("type").Str {
	case "adaptive":
		r.Auto = true
	case "enabled":
		return d.budget(v.Get("budget_tokens"))
	case "disabled", "between_tools":
		// No thought before the answer: the nearest that others know is none.
		*r = llm.Reasoning{Effort: "none", Show: llm.ShowNone}
	default:
		return protocol.Fault("thinking.type", "must be enabled, adaptive, disabled or between_tools")
	}
	return nil
}

// budget reads budget_tokens. -1 is what opencode sends for "as much as needed".
func (d *decoder) budget(v gjson.Result) *llm.Error {
	const field = "thinking.budget_tokens"
	r := &d.req.Reasoning
	if e := protocol.ReadInt(v, field, &r.Budget); e != nil {
		return e
	}
	switch {
	case r.Budget == nil || *r.Budget == -1:
		r.Budget, r.Auto = nil, true
	case *r.Budget < 1:
		return protocol.Fault(field, "must be at least 1024")
	}
	return nil
}

// cacheMark reads a cache_control member.
func cacheMark(v gjson.Result, out **llm.CacheMark) *llm.Error {
	switch {
	case !protocol.IsSet(v):
		return nil
	case v.Get("type").Str != "ephemeral":
		return protocol.Fault("cache_control.type", "must be ephemeral")
	}
	m := &llm.CacheMark{}
	if e := protocol.ReadString(v.Get("ttl"), "cache_control.ttl", &m.TTL); e != nil {
		return e
	}
	*out = m
	return nil
}

// billingHeader begins the system block in which Claude Code tells Anthropic's
// billing what it is. It changes from build to build, would spoil the caches of
// other providers, and means nothing to them.
const billingHeader = "x-anthropic-billing-header:"

// system reads the instructions: a string or text blocks.
func (d *decoder) system(v gjson.Result) *llm.Error {
	switch {
	case !protocol.IsSet(v):
		return nil
	case v.Type == gjson.String:
		d.appendSystem(llm.Block{Kind: llm.Text, Text: v.Str}, v.Raw)
		return nil
	case !v.IsArray():
		return protocol.Fault("system", "must be a string or a list of text blocks")
	}
	for i, item := range v.Array() {
		if item.Get("type").Str != "text" {
			return protocol.UnderIndex(protocol.Fault("type", "must be text: instructions take nothing else"), "system", i)
		}
		blocks, e := d.block(nil, item)
		if e != nil {
			return protocol.UnderIndex(e, "system", i)
		}
		d.appendSystem(blocks[0], item.Raw)
	}
	return nil
}

func (d *decoder) appendSystem(b llm.Block, raw string) {
	if strings.HasPrefix(b.Text, billingHeader) {
		b = llm.Block{Kind: llm.Opaque, Raw: systemBlock(raw), Origin: llm.Anthropic}
	}
	d.req.System = append(d.req.System, b)
}

// systemBlock makes a block of a string.
func systemBlock(raw string) json.RawMessage {
	if strings.HasPrefix(raw, "{") {
		return json.RawMessage(raw)
	}
	return json.RawMessage(`{"type":"text","text":` + raw + `}`)
}
