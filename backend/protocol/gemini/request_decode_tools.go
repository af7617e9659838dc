package gemini

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// tool reads one element of tools: declarations of functions, and tools that
// Google runs itself, of which each becomes one of its own.
func (d *decoder) tool(_ int, v gjson.Result) *llm.Error {
	return members(v, func(name, written string, v gjson.Result) *llm.Error {
		if name == "functionDeclarations" {
			return each(v, name, d.declaration)
		}
		o := protocol.BeginObject(nil)
		o.Raw(written, []byte(v.Raw))
		d.req.Tools = append(d.req.Tools, llm.Tool{Raw: o.End(), Origin: llm.Gemini})
		return nil
	})
}

func (d *decoder) declaration(_ int, v gjson.Result) *llm.Error {
	var t llm.Tool
	failed := members(v, func(name, written string, v gjson.Result) *llm.Error {
		switch name {
		case "name":
			return readString(v, name, &t.Name)
		case "description":
			return readString(v, name, &t.Description)
		case "parameters", "parametersJsonSchema":
			if !v.IsObject() {
				return protocol.Fault(name, "must be a schema")
			}
			t.Schema = plainSchema([]byte(v.Raw))
		default:
			if t.Extra == nil {
				t.Extra = map[string]json.RawMessage{}
			}
			t.Extra[written] = json.RawMessage(v.Raw)
		}
		return nil
	})
	if failed == nil && t.Name == "" {
		failed = protocol.Fault("name", "is required")
	}
	d.req.Tools = append(d.req.Tools, t)
	return failed
}

// toolConfig reads a member of toolConfig.
func (d *decoder) toolConfig(name, written string, v gjson.Result) *llm.Error {
	if name != "functionCallingConfig" {
		d.keep("toolConfig."+written, v)
		return nil
	}
	return protocol.Under(members(v, d.callingConfig), name)
}

func (d *decoder) callingConfig(name, written string, v gjson.Result) *llm.Error {
	c := &d.req.ToolChoice
	switch name {
	case "mode":
		var word string
		if e := readWord(v, name, &word); e != nil {
			return e
		}
		switch word {
		case "auto", "validated": // VALIDATED is AUTO with a promise about the arguments
			c.Mode = llm.ChoiceAuto
		case "any":
			c.Mode = llm.ChoiceAny
		case "none":
			c.Mode = llm.ChoiceNone
		case "":
		default:
			return protocol.Fault(name, "must be AUTO, ANY, NONE or VALIDATED")
		}
	case "allowedFunctionNames":
		var names []string
		e := readStrings(v, name, &names)
		for _, n := range names {
			c.Names = append(c.Names, llm.ToolRef{Name: n})
		}
		return e
	default:
		d.keep("toolConfig.functionCallingConfig."+written, v)
	}
	return nil
}
