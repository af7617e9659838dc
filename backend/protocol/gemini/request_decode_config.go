package gemini

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const jsonMIME = "application/json"

// config reads a member of generationConfig.
func (d *decoder) config(name, written string, v gjson.Result) *llm.Error {
	r := d.req
	switch name {
	case "temperature":
		return readFloat(v, name, &r.Temperature)
	case "topP":
		return readFloat(v, name, &r.TopP)
	case "topK":
		return readInt(v, name, &r.TopK)
	case "presencePenalty":
		return readFloat(v, name, &r.Presence)
	case "frequencyPenalty":
		return readFloat(v, name, &r.Frequency)
	case "seed":
		return readInt(v, name, &r.Seed)
	case "maxOutputTokens":
		if e := readInt(v, name, &r.MaxTokens); e != nil || *r.MaxTokens < 1 {
			return protocol.Fault(name, "must be a whole number of at least 1")
		}
	case "candidateCount":
		var n *int64
		if e := readInt(v, name, &n); e != nil || *n < 1 {
			return protocol.Fault(name, "must be a whole number of at least 1")
		}
		r.N = *n
	case "stopSequences":
		return readStrings(v, name, &r.Stop)
	case "thinkingConfig":
		return protocol.Under(d.thinking(v), name)
	default:
		return d.output(name, written, v)
	}
	return nil
}

// output reads what generationConfig says of the answer's form.
func (d *decoder) output(name, written string, v gjson.Result) *llm.Error {
	switch name {
	case "responseMimeType":
		return readString(v, name, &d.mime)
	case "responseSchema", "responseJsonSchema":
		if !v.IsObject() {
			return protocol.Fault(name, "must be a schema")
		}
		d.schema = json.RawMessage(v.Raw)
	case "responseLogprobs":
		return readBool(v, name, &d.logprobs)
	case "logprobs":
		return readInt(v, name, &d.req.Logprobs)
	case "responseModalities":
		return each(v, name, func(_ int, item gjson.Result) *llm.Error {
			var word string
			e := readWord(item, "modality", &word)
			if word != "" {
				d.req.Modalities = append(d.req.Modalities, word)
			}
			return e
		})
	default:
		d.keep("generationConfig."+written, v)
	}
	return nil
}

// format settles the answer's form. A schema stands for JSON even where the
// type is not said; the types that only Google knows stay as they are.
func (d *decoder) format() {
	switch {
	case d.mime != "" && d.mime != jsonMIME && d.mime != "text/plain":
		d.keep("generationConfig.responseMimeType", gjson.Result{Raw: string(quoted(d.mime))})
		if len(d.schema) > 0 {
			d.keep("generationConfig.responseJsonSchema", gjson.Result{Raw: string(plainSchema(d.schema))})
		}
	case len(d.schema) > 0:
		d.req.Format = llm.OutputFormat{Kind: llm.FormatJSONSchema, Schema: plainSchema(d.schema)}
	case d.mime == jsonMIME:
		d.req.Format = llm.OutputFormat{Kind: llm.FormatJSONObject}
	}
}

// thinking reads thinkingConfig. A budget of 0 switches reasoning off and -1
// leaves it to the model.
func (d *decoder) thinking(v gjson.Result) *llm.Error {
	r := &d.req.Reasoning
	var show bool
	failed := members(v, func(name, _ string, v gjson.Result) *llm.Error {
		switch name {
		case "includeThoughts":
			return readBool(v, name, &show)
		case "thinkingLevel":
			return readWord(v, name, &r.Effort)
		case "thinkingBudget":
			return readInt(v, name, &r.Budget)
		}
		return nil
	})
	if failed != nil {
		return failed
	}
	switch r.Effort {
	case "", "minimal", "low", "medium", "high":
	default:
		return protocol.Fault("thinkingLevel", "must be MINIMAL, LOW, MEDIUM or HIGH")
	}
	r.Show = llm.ShowNone
	if show {
		r.Show = llm.ShowSummary
	}
	switch {
	case r.Budget == nil:
	case *r.Budget < -1:
		return protocol.Fault("thinkingBudget", "must be -1, 0 or a number of tokens")
	case *r.Budget == -1:
		r.Budget, r.Auto = nil, true
	case *r.Budget == 0 && r.Effort == "":
		r.Effort = "none"
	}
	return nil
}
