package responses

import (
	"encoding/json"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// What the API calls the encrypted reasoning and the log probabilities in
// include.
const (
	includeReasoning = "reasoning.encrypted_content"
	includeLogprobs  = "message.output_text.logprobs"
)

// requestDecoder reads one request. What depends on several members waits in it
// until all have been read, since their order is the client's.
type requestDecoder struct {
	req          *llm.Request
	instructions string
	hasInput     bool
	user, safety string
	logprobs     *int64 // top_logprobs

	last   lastItem
	spoken bool           // the assistant turn at the end has a message
	next   *llm.Signature // of the block that comes next (see carrier)
}

// lastItem says what the item before was, as neighbours share a turn.
type lastItem int

const (
	itemOther lastItem = iota
	itemAssistant
	itemResult
)

// DecodeRequest implements protocol.ClientCodec. What names a state that only
// the provider has (previous_response_id, conversation, item_reference, stored
// prompts, background) is refused: the gateway keeps no answers.
func (Format) DecodeRequest(body []byte, in protocol.Head) (*llm.Request, *llm.Error) {
	root := gjson.ParseBytes(body)
	if !gjson.ValidBytes(body) || !root.IsObject() {
		if e := protocol.CheckJSON(body); e != nil {
			return nil, e
		}
		return nil, &llm.Error{Kind: llm.InvalidRequest, Message: "could not read the request body: it is not valid JSON"}
	}
	d := &requestDecoder{req: &llm.Request{Origin: llm.Responses, Model: in.Model, Stream: in.Stream}}
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

func (d *requestDecoder) member(key string, v gjson.Result) *llm.Error {
	switch key {
	case "model":
		return protocol.ReadString(v, key, &d.req.Model)
	case "input":
		d.hasInput = protocol.IsSet(v)
		return protocol.Under(d.input(v), key)
	case "instructions":
		return protocol.ReadString(v, key, &d.instructions)
	case "tools":
		return protocol.Under(d.tools(v, toolSpace{}), key)
	case "tool_choice":
		return protocol.Under(d.toolChoice(v), key)
	case "text":
		return protocol.Under(d.text(v), key)
	case "reasoning":
		return protocol.Under(d.reasoning(v), key)
	case "include":
		return protocol.ReadStrings(v, key, &d.req.Include, protocol.UnderElement)
	case "metadata":
		if protocol.IsSet(v) && !v.IsObject() {
			return protocol.Fault(key, "must be an object")
		} else if protocol.IsSet(v) {
			d.req.Metadata = json.RawMessage(v.Raw)
		}
		return nil
	}
	return d.number(key, v)
}

func (d *requestDecoder) number(key string, v gjson.Result) *llm.Error {
	r := d.req
	switch key {
	case "max_output_tokens":
		e := protocol.ReadInt(v, key, &r.MaxTokens)
		if e == nil && r.MaxTokens != nil && *r.MaxTokens < 1 {
			e = protocol.Fault(key, "must be at least 1")
		}
		return e
	case "temperature":
		return protocol.ReadFloat(v, key, &r.Temperature)
	case "top_p":
		return protocol.ReadFloat(v, key, &r.TopP)
	case "top_logprobs":
		return protocol.ReadInt(v, key, &d.logprobs)
	case "parallel_tool_calls":
		return protocol.ReadBool(v, key, &r.ToolChoice.Parallel)
	case "store":
		return protocol.ReadBool(v, key, &r.Store)
	case "stream":
		var on *bool
		e := protocol.ReadBool(v, key, &on)
		r.Stream = on != nil && *on
		return e
	case "user":
		return protocol.ReadString(v, key, &d.user)
	case "safety_identifier":
		return protocol.ReadString(v, key, &d.safety)
	case "service_tier":
		return protocol.ReadString(v, key, &r.Tier)
	case "prompt_cache_key":
		return protocol.ReadString(v, key, &r.Cache.Key)
	}
	return d.rest(key, v)
}

// stateful lists the members that only the service which keeps the state can
// honour, and what to do instead.
var stateful = map[string]string{
	"previous_response_id": "is not supported here: the gateway keeps no responses. Send the whole conversation in `input` (store: false)",
	"conversation":         "is not supported here: the gateway keeps no conversations. Send the whole conversation in `input`",
	"background":           "background mode is not supported here: leave it out, or set it to false",
	"prompt":               "stored prompts are not supported here: send their text in `instructions` and `input`",
}

// rest refuses what needs a state, drops what says nothing to anybody else, and
// keeps what is unknown.
func (d *requestDecoder) rest(key string, v gjson.Result) *llm.Error {
	if !protocol.IsSet(v) || v.Type == gjson.False || v.Type == gjson.String && v.Str == "" {
		return nil
	}
	if why, ok := stateful[key]; ok {
		return &llm.Error{Kind: llm.InvalidRequest, Code: "unsupported_parameter", Param: key, Message: key + ": " + why}
	}
	switch key {
	case "client_metadata", "stream_options": // Codex's own notes; paddings of the stream
		return nil
	case "truncation":
		if v.Str == "disabled" { // the default
			return nil
		}
	}
	d.keep(key, v.Raw)
	return nil
}

func (d *requestDecoder) keep(key, raw string) {
	if d.req.Extra == nil {
		d.req.Extra = map[string]json.RawMessage{}
	}
	d.req.Extra[key] = json.RawMessage(raw)
}

func (d *requestDecoder) text(v gjson.Result) *llm.Error {
	if !protocol.IsSet(v) {
		return nil
	}
	if !v.IsObject() {
		return protocol.NotAnObject()
	}
	if e := protocol.ReadString(v.Get("verbosity"), "verbosity", &d.req.Verbosity); e != nil {
		return e
	}
	return protocol.Under(d.format(v.Get("format")), "format")
}

func (d *requestDecoder) format(v gjson.Result) *llm.Error {
	if !protocol.IsSet(v) {
		return nil
	}
	f := &d.req.Format
	switch kind := v.Get("type").Str; kind {
	case "text":
	case "json_object":
		f.Kind = llm.FormatJSONObject
	case "json_schema":
		if !v.Get("schema").IsObject() {
			return protocol.Fault("schema", "must be a JSON schema")
		}
		f.Kind, f.Schema = llm.FormatJSONSchema, json.RawMessage(v.Get("schema").Raw)
		f.Name, f.Description = v.Get("name").String(), v.Get("description").String()
		return protocol.ReadBool(v.Get("strict"), "strict", &f.Strict)
	default:
		return protocol.Fault("type", "must be text, json_object or json_schema")
	}
	return nil
}

// reasoning reads how much to think. Without a summary no text of the model's
// thinking is shown, as the API has it. context is for the provider's own
// models only and is dropped.
func (d *requestDecoder) reasoning(v gjson.Result) *llm.Error {
	if !protocol.IsSet(v) {
		return nil
	}
	if !v.IsObject() {
		return protocol.NotAnObject()
	}
	r := &d.req.Reasoning
	if e := protocol.ReadString(v.Get("effort"), "effort", &r.Effort); e != nil {
		return e
	}
	summary := v.Get("summary")
	if !protocol.IsSet(summary) {
		summary = v.Get("generate_summary")
	}
	switch {
	case summary.Str == "detailed":
		r.Show = llm.ShowFull
	case protocol.IsSet(summary) && summary.Str != "none":
		r.Show = llm.ShowSummary
	default:
		r.Show = llm.ShowNone
	}
	if mode := v.Get("mode"); protocol.IsSet(mode) && mode.Str != "standard" {
		d.keep("reasoning.mode", mode.Raw)
	}
	return nil
}

// finish settles what needed the whole request, and checks what is required.
func (d *requestDecoder) finish() *llm.Error {
	r := d.req
	switch {
	case r.Model == "":
		return protocol.Fault("model", "is required: name the model to use")
	case !d.hasInput:
		return protocol.Fault("input", "is required: send a text or a list of items")
	case len(r.Turns) == 0 && len(r.System) == 0 && d.instructions == "":
		return protocol.Fault("input", "must hold at least one item")
	}
	if d.instructions != "" {
		r.System = slices.Insert(r.System, 0, llm.Block{Kind: llm.Text, Text: d.instructions})
	}
	if r.UserID = d.safety; r.UserID == "" {
		r.UserID = d.user
	}
	if slices.Contains(r.Include, includeLogprobs) || d.logprobs != nil && *d.logprobs > 0 {
		if r.Logprobs = d.logprobs; r.Logprobs == nil {
			r.Logprobs = new(int64)
		}
	}
	d.qualify()
	return nil
}
