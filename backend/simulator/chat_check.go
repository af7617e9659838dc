package simulator

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// isImageURL accepts what the services accept where an image is given by URL.
func isImageURL(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") ||
		strings.HasPrefix(s, "data:image/") && strings.Contains(s, ";base64,")
}

// checkChat refuses what a shape cannot tell: rules between fields.
func (o *openAI) checkChat(m *model, body gjson.Result) error {
	for _, check := range []func(*model, gjson.Result) *refusal{
		checkChatOptions, checkSampling, checkChatReasoning, checkChatLimit, checkChatTools, checkChatFormat, checkChatTurns,
	} {
		if r := check(m, body); r != nil {
			return r
		}
	}
	return nil
}

func checkChatOptions(_ *model, body gjson.Result) *refusal {
	given := func(name string) bool { return body.Get(name).Exists() && body.Get(name).Type != gjson.Null }
	tools := given("tools")
	switch {
	case given("stream_options") && !body.Get("stream").Bool():
		return badRequest("stream_options", "", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	case given("tool_choice") && !tools:
		return badRequest("tool_choice", "", "'tool_choice' is only allowed when 'tools' are specified.")
	case given("parallel_tool_calls") && !tools:
		return badRequest("parallel_tool_calls", "", "'parallel_tool_calls' is only allowed when 'tools' are specified.")
	case given("function_call") && !given("functions"):
		return badRequest("function_call", "", "'function_call' is only allowed when 'functions' are specified.")
	case given("top_logprobs") && !body.Get("logprobs").Bool():
		return badRequest("top_logprobs", "", "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.")
	case given("max_tokens") && given("max_completion_tokens"):
		return badRequest("max_tokens", "invalid_parameter_combination", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
	case strings.Contains(body.Get("modalities").Raw, `"audio"`):
		return badRequest("modalities", "", "This model does not support the requested modalities.")
	case len(body.Get("metadata").Map()) > 16:
		return badRequest("metadata", "object_above_max_properties", "Invalid 'metadata': too many properties. Expected an object with at most 16 properties.")
	}
	return nil
}

// checkSampling refuses the parameters that reasoning models do not take.
func checkSampling(m *model, body gjson.Result) *refusal {
	if !m.can.reasons {
		return nil
	}
	for _, name := range []string{"temperature", "top_p"} {
		if v := body.Get(name); v.Type == gjson.Number && v.Num != 1 {
			return badRequest(name, "unsupported_value", "Unsupported value: '%s' does not support %s with this model. Only the default (1) value is supported.", name, v.Raw)
		}
	}
	for _, name := range []string{"presence_penalty", "frequency_penalty"} {
		if v := body.Get(name); v.Type == gjson.Number && v.Num != 0 {
			return badRequest(name, "unsupported_value", "Unsupported value: '%s' does not support %s with this model. Only the default (0) value is supported.", name, v.Raw)
		}
	}
	for _, name := range []string{"stop", "logprobs", "logit_bias"} {
		if v := body.Get(name); v.Exists() && v.Type != gjson.Null && v.Type != gjson.False {
			return badRequest(name, "unsupported_parameter", "Unsupported parameter: '%s' is not supported with this model.", name)
		}
	}
	return nil
}

func checkChatReasoning(m *model, body gjson.Result) *refusal {
	effort := body.Get("reasoning_effort").String()
	switch {
	case effort == "":
		return nil
	case !m.can.reasons:
		return badRequest("reasoning_effort", "unsupported_parameter", "Unsupported parameter: 'reasoning_effort' is not supported with this model.")
	case effort != "none" && !m.can.chatTools && body.Get("tools").Exists():
		return badRequest("reasoning_effort", "unsupported_parameter", "Function tools with reasoning_effort are not supported for %s in /v1/chat/completions. Please use /v1/responses instead.", m.id)
	}
	return nil
}

func checkChatLimit(m *model, body gjson.Result) *refusal {
	for _, name := range []string{"max_tokens", "max_completion_tokens"} {
		v := body.Get(name)
		if v.Type != gjson.Number {
			continue
		}
		if name == "max_tokens" && m.can.reasons {
			return badRequest(name, "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
		}
		if v.Int() > int64(m.output) {
			return badRequest(name, "invalid_value", "%s is too large: %d. This model supports at most %d completion tokens, whereas you provided %d.", name, v.Int(), m.output, v.Int())
		}
	}
	return nil
}

func checkChatTools(_ *model, body gjson.Result) *refusal {
	known := map[string]bool{}
	for i, t := range body.Get("tools").Array() {
		known[toolName(t)] = true
		at := "tools[" + strconv.Itoa(i) + "].function.parameters"
		if r := checkFunctionSchema(t.Get("function"), at); r != nil {
			return r
		}
	}
	return checkChosen(readOpenAIChoice(body.Get("tool_choice")), known)
}

// checkChosen refuses a choice of a tool that is not offered.
func checkChosen(c choice, known map[string]bool) *refusal {
	for _, name := range c.only {
		if !known[name] {
			return badRequest("tool_choice", "", "Tool choice '%s' not found in 'tools' parameter.", name)
		}
	}
	return nil
}

// checkFunctionSchema refuses parameters that OpenAI cannot work with.
func checkFunctionSchema(f gjson.Result, at string) *refusal {
	schema := f.Get("parameters")
	if !schema.IsObject() || schema.Raw == "{}" {
		return nil
	}
	what := "function '" + f.Get("name").Str + "'"
	if t := schema.Get("type").String(); t != "object" {
		return badRequest(at, "invalid_function_parameters", `Invalid schema for %s: schema must be a JSON Schema of 'type: "object"', got 'type: "%s"'.`, what, orWord(t, "None"))
	}
	if !schema.Get("properties").Exists() {
		return badRequest(at, "invalid_function_parameters", "Invalid schema for %s: In context=(), object schema missing properties.", what)
	}
	if f.Get("strict").Bool() {
		if problem := strictProblem(schema, "()"); problem != "" {
			return badRequest(at, "invalid_function_parameters", "Invalid schema for %s: %s", what, problem)
		}
	}
	return nil
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// strictProblem says what keeps a schema from strict mode: every object must
// be closed and require all its properties.
func strictProblem(s gjson.Result, context string) (problem string) {
	if s.Get("type").String() == "object" || s.Get("properties").Exists() {
		if s.Get("additionalProperties").Type != gjson.False {
			return "In context=" + context + ", 'additionalProperties' is required to be supplied and to be false."
		}
		required := map[string]bool{}
		for _, r := range s.Get("required").Array() {
			required[r.String()] = true
		}
		s.Get("properties").ForEach(func(name, sub gjson.Result) bool {
			if !required[name.Str] {
				problem = "In context=" + context + ", 'required' is required to be supplied and to be an array including every key in properties. Missing '" + name.Str + "'."
				return false
			}
			problem = strictProblem(sub, "('properties', '"+name.Str+"')")
			return problem == ""
		})
	}
	if items := s.Get("items"); problem == "" && items.IsObject() {
		problem = strictProblem(items, "('items',)")
	}
	return problem
}

func checkChatFormat(_ *model, body gjson.Result) *refusal {
	f := body.Get("response_format")
	switch f.Get("type").String() {
	case "json_object":
		if !strings.Contains(strings.ToLower(body.Get("messages").Raw), "json") {
			return badRequest("messages", "", "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.")
		}
	case "json_schema":
		return checkFormatSchema(f.Get("json_schema"), "response_format")
	}
	return nil
}

// checkFormatSchema refuses an output schema that breaks the rules of strict
// mode when that is asked for.
func checkFormatSchema(f gjson.Result, param string) *refusal {
	if !f.Get("strict").Bool() {
		return nil
	}
	problem := strictProblem(f.Get("schema"), "()")
	if f.Get("schema.type").String() != "object" {
		problem = `schema must be a JSON Schema of 'type: "object"', got 'type: "` + orWord(f.Get("schema.type").String(), "None") + `"'.`
	}
	if problem == "" {
		return nil
	}
	return badRequest(param, "", "Invalid schema for response_format '%s': %s", f.Get("name").Str, problem)
}
