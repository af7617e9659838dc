package openai

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

var _ protocol.Codec = Format{}

// decoder reads one request. What depends on several members waits in it until
// all have been read, since their order is the client's.
type decoder struct {
	req *llm.Request

	messages, input, instructions gjson.Result
	functions, functionCall       gjson.Result

	maxTokens, maxCompletion, maxOutput *int64

	logprobs *bool
	top      *int64
	user     string

	wish wish

	// results says that the last turn holds nothing but results of tools.
	results bool
	// legacy counts the calls of the days before tool_calls, which had no ids.
	legacy int
}

// DecodeRequest implements protocol.ClientCodec. Besides the official fields it
// reads what compatible services have added and clients send: reasoning in the
// words of OpenRouter, Anthropic and Qwen, top_k, cache_control, and Google's
// thought signatures.
func (Format) DecodeRequest(body []byte, in protocol.Head) (*llm.Request, *llm.Error) {
	if e := protocol.CheckJSON(body); e != nil {
		return nil, e
	}
	if !gjson.ValidBytes(body) {
		return nil, &llm.Error{Kind: llm.InvalidRequest, Message: "could not read the request body: it is not valid JSON"}
	}
	d := &decoder{req: &llm.Request{Origin: llm.OpenAI, Model: in.Model, Stream: in.Stream}}
	var failed *llm.Error
	gjson.ParseBytes(body).ForEach(func(key, v gjson.Result) bool {
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

// member reads the members that shape the conversation.
func (d *decoder) member(key string, v gjson.Result) *llm.Error {
	r := d.req
	switch key {
	case "model":
		return protocol.ReadString(v, key, &r.Model)
	case "messages":
		d.messages = v
	case "input":
		d.input = v
	case "instructions":
		d.instructions = v
	case "tools":
		return d.tools(v)
	case "functions":
		d.functions = v
	case "tool_choice":
		return d.toolChoice(v)
	case "function_call":
		d.functionCall = v
	case "response_format":
		return d.format(v)
	case "stop":
		return d.stop(v)
	case "modalities":
		return protocol.ReadStrings(v, key, &r.Modalities, protocol.UnderIndex)
	case "stream":
		return d.stream(v)
	case "stream_options":
		return d.streamOptions(v)
	case "parallel_tool_calls":
		return protocol.ReadBool(v, key, &r.ToolChoice.Parallel)
	default:
		return d.number(key, v)
	}
	return nil
}

func (d *decoder) number(key string, v gjson.Result) *llm.Error {
	r := d.req
	switch key {
	case "max_completion_tokens":
		return protocol.ReadInt(v, key, &d.maxCompletion)
	case "max_tokens":
		return protocol.ReadInt(v, key, &d.maxTokens)
	case "max_output_tokens":
		return protocol.ReadInt(v, key, &d.maxOutput)
	case "temperature":
		return protocol.ReadFloat(v, key, &r.Temperature)
	case "top_p":
		return protocol.ReadFloat(v, key, &r.TopP)
	case "top_k":
		return protocol.ReadInt(v, key, &r.TopK)
	case "frequency_penalty":
		return protocol.ReadFloat(v, key, &r.Frequency)
	case "presence_penalty":
		return protocol.ReadFloat(v, key, &r.Presence)
	case "seed":
		return protocol.ReadInt(v, key, &r.Seed)
	case "top_logprobs":
		return protocol.ReadInt(v, key, &d.top)
	case "n":
		return d.candidates(v)
	}
	return d.setting(key, v)
}

// setting reads the rest, and keeps what is unknown.
func (d *decoder) setting(key string, v gjson.Result) *llm.Error {
	r := d.req
	switch key {
	case "logprobs":
		return protocol.ReadBool(v, key, &d.logprobs)
	case "logit_bias":
		return protocol.ReadObject(v, key, &r.LogitBias)
	case "metadata":
		return protocol.ReadObject(v, key, &r.Metadata)
	case "verbosity":
		return protocol.ReadString(v, key, &r.Verbosity)
	case "service_tier":
		return protocol.ReadString(v, key, &r.Tier)
	case "store":
		return protocol.ReadBool(v, key, &r.Store)
	case "prompt_cache_key":
		return protocol.ReadString(v, key, &r.Cache.Key)
	case "safety_identifier":
		return protocol.ReadString(v, key, &r.UserID)
	case "user":
		return protocol.ReadString(v, key, &d.user)
	}
	if known, e := d.wish.member(key, v); known {
		return e
	}
	if protocol.IsSet(v) {
		r.Extra = protocol.Keep(r.Extra, key, v)
	}
	return nil
}

func (d *decoder) candidates(v gjson.Result) *llm.Error {
	var n *int64
	if e := protocol.ReadInt(v, "n", &n); e != nil || n == nil {
		return e
	}
	if *n < 1 {
		return protocol.Fault("n", "must be at least 1")
	}
	d.req.N = *n
	return nil
}

func (d *decoder) stop(v gjson.Result) *llm.Error {
	if v.Type != gjson.String {
		return protocol.ReadStrings(v, "stop", &d.req.Stop, protocol.UnderIndex)
	}
	d.req.Stop = []string{v.Str}
	return nil
}

func (d *decoder) stream(v gjson.Result) *llm.Error {
	var on *bool
	e := protocol.ReadBool(v, "stream", &on)
	d.req.Stream = on != nil && *on
	return e
}

func (d *decoder) streamOptions(v gjson.Result) *llm.Error {
	const field = "stream_options"
	switch {
	case !protocol.IsSet(v):
		return nil
	case !v.IsObject():
		return protocol.Fault(field, "must be an object")
	}
	var on *bool
	e := protocol.ReadBool(v.Get("include_usage"), "include_usage", &on)
	d.req.IncludeUsage = on != nil && *on
	return protocol.Under(e, field)
}

func (d *decoder) format(v gjson.Result) *llm.Error {
	const field = "response_format"
	if !protocol.IsSet(v) {
		return nil
	}
	f := &d.req.Format
	switch kind := v.Get("type").Str; kind {
	case "text":
		return nil
	case "json_object":
		f.Kind = llm.FormatJSONObject
		return nil
	case "json_schema":
		return protocol.Under(protocol.Under(readSchema(v.Get("json_schema"), f), "json_schema"), field)
	}
	return protocol.Fault(field+".type", "must be text, json_object or json_schema")
}

func readSchema(v gjson.Result, f *llm.OutputFormat) *llm.Error {
	if !v.IsObject() {
		return protocol.NotAnObject()
	}
	f.Kind = llm.FormatJSONSchema
	if e := protocol.ReadString(v.Get("name"), "name", &f.Name); e != nil {
		return e
	}
	if e := protocol.ReadString(v.Get("description"), "description", &f.Description); e != nil {
		return e
	}
	if e := protocol.ReadBool(v.Get("strict"), "strict", &f.Strict); e != nil {
		return e
	}
	f.Schema = json.RawMessage("{}")
	return protocol.ReadObject(v.Get("schema"), "schema", &f.Schema)
}

// finish settles what needed the whole request, and checks what is required.
func (d *decoder) finish() *llm.Error {
	r := d.req
	if r.Model == "" {
		return protocol.Fault("model", "is required: name the model to use")
	}
	if e := d.conversation(); e != nil {
		return e
	}
	if e := d.legacyTools(); e != nil {
		return e
	}
	for _, limit := range []*int64{d.maxCompletion, d.maxTokens, d.maxOutput} {
		if r.MaxTokens == nil {
			r.MaxTokens = limit
		}
	}
	if d.logprobs != nil && *d.logprobs {
		r.Logprobs = new(int64)
		if d.top != nil {
			r.Logprobs = d.top
		}
	}
	if r.UserID == "" {
		r.UserID = d.user
	}
	r.Reasoning = d.wish.settle()
	return nil
}

func (d *decoder) conversation() *llm.Error {
	if protocol.IsSet(d.messages) {
		if protocol.IsSet(d.input) {
			d.req.Extra = protocol.Keep(d.req.Extra, "input", d.input)
		}
		return d.readMessages()
	}
	if protocol.IsSet(d.input) {
		return d.readInput()
	}
	return protocol.Fault("messages", "is required: send at least one message")
}
