package gemini

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// decoder reads one request. What depends on several members waits in it until
// all have been read, since their order is the client's.
type decoder struct {
	req   *llm.Request
	calls openCalls
	mime  string
	// What Google keeps beside what the canonical form has a place for.
	schema   json.RawMessage
	logprobs bool
}

// DecodeRequest implements protocol.ClientCodec. It serves countTokens too,
// whose body may wrap the request that is to be counted.
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
	d := &decoder{req: &llm.Request{Origin: llm.Gemini, Model: in.Model, Stream: in.Stream}}
	failed := members(root, d.member)
	if failed == nil {
		failed = d.finish()
	}
	if failed != nil {
		return nil, failed
	}
	return d.req, nil
}

func (d *decoder) member(name, written string, v gjson.Result) *llm.Error {
	r := d.req
	switch name {
	case "contents":
		return each(v, name, d.content)
	case "systemInstruction":
		return protocol.Under(d.system(v), name)
	case "tools":
		return each(v, name, d.tool)
	case "toolConfig":
		return protocol.Under(members(v, d.toolConfig), name)
	case "generationConfig":
		return protocol.Under(members(v, d.config), name)
	case "generateContentRequest":
		return protocol.Under(members(v, d.member), name)
	case "model":
		return d.model(v)
	case "labels":
		r.Metadata = json.RawMessage(v.Raw)
	case "serviceTier":
		return d.tier(v)
	case "store":
		var store bool
		e := readBool(v, name, &store)
		r.Store = &store
		return e
	default:
		d.keep(written, v)
	}
	return nil
}

// model reads the name that only a wrapped request holds; the path comes first.
func (d *decoder) model(v gjson.Result) *llm.Error {
	var model string
	e := readString(v, "model", &model)
	if d.req.Model == "" {
		d.req.Model = strings.TrimPrefix(model, "models/")
	}
	return e
}

// tier keeps Google's words in those of OpenAI.
func (d *decoder) tier(v gjson.Result) *llm.Error {
	e := readWord(v, "serviceTier", &d.req.Tier)
	d.req.Tier = strings.TrimPrefix(d.req.Tier, "service_tier_")
	if d.req.Tier == "standard" {
		d.req.Tier = "default"
	}
	return e
}

// keep keeps what the canonical form has no place for, under the way to it.
func (d *decoder) keep(way string, v gjson.Result) {
	if d.req.Extra == nil {
		d.req.Extra = map[string]json.RawMessage{}
	}
	d.req.Extra[way] = json.RawMessage(v.Raw)
}

// finish settles what needed the whole request, and checks what is required.
func (d *decoder) finish() *llm.Error {
	switch {
	case d.req.Model == "":
		return protocol.Fault("model", "is required: name the model to use")
	case d.req.Turns == nil && len(d.req.System) == 0:
		return protocol.Fault("contents", "is required: send at least one content")
	}
	d.format()
	if !d.logprobs {
		d.req.Logprobs = nil
	} else if d.req.Logprobs == nil {
		d.req.Logprobs = new(int64)
	}
	return nil
}

// system reads the instructions: a content, or a mere string.
func (d *decoder) system(v gjson.Result) *llm.Error {
	if v.Type == gjson.String {
		d.instruct(v.Str)
		return nil
	}
	return members(v, func(name, _ string, v gjson.Result) *llm.Error {
		if name != "parts" {
			return nil
		}
		if v.IsObject() { // as some clients write a single part
			v = gjson.Parse("[" + v.Raw + "]")
		}
		return each(v, name, func(_ int, part gjson.Result) *llm.Error {
			return members(part, func(name, _ string, v gjson.Result) *llm.Error {
				switch name {
				case "text":
					var text string
					e := readString(v, name, &text)
					d.instruct(text)
					return e
				case "inlineData", "fileData", "functionCall", "functionResponse":
					return protocol.Fault(name, "instructions take nothing but text")
				}
				return nil
			})
		})
	})
}

func (d *decoder) instruct(text string) {
	if text != "" {
		d.req.System = append(d.req.System, llm.Block{Kind: llm.Text, Text: text})
	}
}
