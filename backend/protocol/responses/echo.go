package responses

import (
	"encoding/json"
	"strconv"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

func itoa(n int) string { return strconv.Itoa(n) }

// echoOf is the members of the response object that repeat the request, without
// the brackets around them. What the client has not said has the API's default.
func echoOf(req *llm.Request) []byte {
	o := protocol.BeginObject(nil)
	writeInstructions(&o, req)
	o.Value("tools", func(dst []byte) []byte { return echoTools(dst, req.Tools) })
	o.Value("tool_choice", func(dst []byte) []byte { return echoChoice(dst, req) })
	o.Bool("parallel_tool_calls", req.ToolChoice.Parallel == nil || *req.ToolChoice.Parallel)
	o.Value("text", func(dst []byte) []byte { return echoText(dst, req) })
	o.Value("reasoning", func(dst []byte) []byte { return echoReasoning(dst, req.Reasoning) })
	o.Raw("truncation", orRaw(req.Extra["truncation"], `"disabled"`))
	o.Null("previous_response_id")
	o.Float("temperature", orFloat(req.Temperature, 1))
	o.Float("top_p", orFloat(req.TopP, 1))
	o.Float("presence_penalty", orFloat(req.Presence, 0))
	o.Float("frequency_penalty", orFloat(req.Frequency, 0))
	logprobs := int64(0)
	if req.Logprobs != nil {
		logprobs = *req.Logprobs
	}
	o.Int("top_logprobs", logprobs)
	if req.MaxTokens != nil {
		o.Int("max_output_tokens", *req.MaxTokens)
	} else {
		o.Null("max_output_tokens")
	}
	o.Raw("max_tool_calls", orRaw(req.Extra["max_tool_calls"], "null"))
	o.Bool("store", false) // nothing is kept, whatever was asked for
	o.Raw("metadata", orRaw(req.Metadata, "{}"))
	stringOrNull(&o, "safety_identifier", req.UserID)
	stringOrNull(&o, "prompt_cache_key", req.Cache.Key)
	out := o.End()
	return out[1 : len(out)-1]
}

func orFloat(v *float64, otherwise float64) float64 {
	if v == nil {
		return otherwise
	}
	return *v
}

func orRaw(v json.RawMessage, otherwise string) []byte {
	if len(v) == 0 {
		return []byte(otherwise)
	}
	return protocol.Compact(v)
}

func stringOrNull(o *protocol.Object, name, value string) {
	if value == "" {
		o.Null(name)
	} else {
		o.String(name, value)
	}
}

func writeInstructions(o *protocol.Object, req *llm.Request) {
	if len(req.System) > 0 && !req.System[0].Developer && req.System[0].Kind == llm.Text {
		o.String("instructions", req.System[0].Text)
		return
	}
	o.Null("instructions")
}

func echoText(dst []byte, req *llm.Request) []byte {
	o := protocol.BeginObject(dst)
	f := protocol.BeginObject(nil)
	switch req.Format.Kind {
	case llm.FormatJSONObject:
		f.String("type", "json_object")
	case llm.FormatJSONSchema:
		f.String("type", "json_schema")
		f.String("name", req.Format.Name)
		stringOrNull(&f, "description", req.Format.Description)
		f.Raw("schema", protocol.Compact(req.Format.Schema))
		f.Bool("strict", req.Format.Strict != nil && *req.Format.Strict)
	default:
		f.String("type", "text")
	}
	o.Raw("format", f.End())
	if req.Verbosity == "" {
		o.String("verbosity", "medium")
	} else {
		o.String("verbosity", req.Verbosity)
	}
	return o.End()
}

func echoReasoning(dst []byte, r llm.Reasoning) []byte {
	o := protocol.BeginObject(dst)
	stringOrNull(&o, "effort", r.Effort)
	summary := ""
	switch r.Show {
	case llm.ShowSummary:
		summary = "auto"
	case llm.ShowFull:
		summary = "detailed"
	}
	stringOrNull(&o, "summary", summary)
	return o.End()
}

func echoChoice(dst []byte, req *llm.Request) []byte {
	if own := req.Extra["tool_choice"]; own != nil {
		return append(dst, protocol.Compact(own)...)
	}
	c := req.ToolChoice
	mode := "auto"
	switch c.Mode {
	case llm.ChoiceNone:
		mode = "none"
	case llm.ChoiceAny:
		mode = "required"
	}
	switch {
	case len(c.Names) == 0:
		return protocol.AppendString(dst, mode)
	case len(c.Names) == 1 && c.Mode == llm.ChoiceAny:
		return echoRef(dst, c.Names[0])
	}
	o := protocol.BeginObject(dst)
	o.String("type", "allowed_tools")
	o.String("mode", mode)
	o.Value("tools", func(dst []byte) []byte {
		list := protocol.BeginList(dst)
		for _, ref := range c.Names {
			list.Value(func(dst []byte) []byte { return echoRef(dst, ref) })
		}
		return list.End()
	})
	return o.End()
}

func echoRef(dst []byte, ref llm.ToolRef) []byte {
	o := protocol.BeginObject(dst)
	if ref.Custom {
		o.String("type", "custom")
	} else {
		o.String("type", "function")
	}
	o.String("name", ref.Name)
	o.StringIf("namespace", ref.Namespace)
	return o.End()
}

// echoTools repeats the tools. Functions have all their keys, as the schema of
// the response demands.
func echoTools(dst []byte, tools []llm.Tool) []byte {
	tools = groupSpaces(tools)
	list := protocol.BeginList(dst)
	for i := 0; i < len(tools); i++ {
		ns := tools[i].Namespace
		if ns == "" {
			list.Value(func(dst []byte) []byte { return echoTool(dst, &tools[i]) })
			continue
		}
		n := i + 1
		for n < len(tools) && tools[n].Namespace == ns {
			n++
		}
		list.Value(func(dst []byte) []byte { return echoSpace(dst, tools[i:n]) })
		i = n - 1
	}
	return list.End()
}

func echoSpace(dst []byte, tools []llm.Tool) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "namespace")
	o.String("name", tools[0].Namespace)
	o.String("description", tools[0].NamespaceDescription)
	o.Value("tools", func(dst []byte) []byte {
		list := protocol.BeginList(dst)
		for i := range tools {
			list.Value(func(dst []byte) []byte { return echoTool(dst, &tools[i]) })
		}
		return list.End()
	})
	return o.End()
}

func echoTool(dst []byte, t *llm.Tool) []byte {
	if t.Raw != nil {
		return append(dst, protocol.Compact(t.Raw)...)
	}
	o := protocol.BeginObject(dst)
	if t.Custom {
		o.String("type", "custom")
		o.String("name", t.Name)
		stringOrNull(&o, "description", t.Description)
		o.Raw("format", orRaw(t.Grammar, `{"type":"text"}`))
		return o.End()
	}
	o.String("type", "function")
	o.String("name", t.Name)
	stringOrNull(&o, "description", t.Description)
	o.Raw("parameters", orRaw(t.Schema, "null"))
	if t.Strict == nil {
		o.Null("strict")
	} else {
		o.Bool("strict", *t.Strict)
	}
	return o.End()
}
