package simulator

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// checkGenerate refuses what a shape cannot tell: rules between fields.
func (g *gemini) checkGenerate(x *exchange, m *model, body gjson.Result) error {
	if get(body, "cachedContent").Str != "" {
		return &refusal{status: http.StatusForbidden, message: "CachedContent not found (or permission denied)"}
	}
	for _, check := range []func(*model, gjson.Result) *refusal{checkGeminiConfig, checkThinkingConfig, checkDeclarations, checkCallingConfig, checkParts, checkFunctionTurns} {
		if r := check(m, body); r != nil {
			return r
		}
	}
	if r := checkThoughtSignatures(x, m, body); r != nil {
		return r
	}
	return nil
}

func checkGeminiConfig(m *model, body gjson.Result) *refusal {
	config := get(body, "generationConfig")
	if n := get(config, "maxOutputTokens").Int(); n > int64(m.output) {
		return gInvalid("Unable to submit request because it has a maxOutputTokens value of %d but the supported range is from 1 (inclusive) to %d (exclusive). Update the value and try again.", n, m.output+1)
	}
	schema := get(config, "responseSchema").Exists() || get(config, "responseJsonSchema").Exists()
	mime := get(config, "responseMimeType").Str
	switch {
	case schema && mime != "application/json" && mime != "text/x.enum":
		return gInvalid("* GenerateContentRequest.generation_config.response_schema: only allowed with response_mime_type: application/json.\n")
	case get(config, "responseSchema").Exists() && get(config, "responseJsonSchema").Exists():
		return gInvalid("* GenerateContentRequest.generation_config.response_json_schema: should not be set together with response_schema.\n")
	case get(config, "candidateCount").Int() > 1 && m.can.signed:
		return gInvalid("Multiple candidates is not enabled for models/%s", m.id)
	case get(config, "logprobs").Exists() && !get(config, "responseLogprobs").Bool():
		return gInvalid("* GenerateContentRequest.generation_config.logprobs: only allowed when response_logprobs is true.\n")
	}
	for _, mode := range get(config, "responseModalities").Array() {
		if !strings.EqualFold(mode.Str, "TEXT") {
			return gInvalid("This model only supports text output.")
		}
	}
	return checkOpenAPISchema(get(config, "responseSchema"), "generation_config.response_schema")
}

func checkThinkingConfig(m *model, body gjson.Result) *refusal {
	c := get(body, "generationConfig", "thinkingConfig")
	budget, level := get(c, "thinkingBudget"), strings.ToLower(get(c, "thinkingLevel").Str)
	if level == "thinking_level_unspecified" {
		level = ""
	}
	switch {
	case !c.Exists():
		return nil
	case !m.can.reasons:
		return gInvalid("Unable to submit request because Thinking is not supported by the model %s.", m.id)
	case budget.Exists() && level != "":
		return gInvalid("You can only set only one of thinking budget and thinking level.")
	case level != "" && m.can.levels == "":
		return gInvalid("Thinking level is not supported for this model.")
	case level != "" && !slices.Contains(strings.Fields(m.can.levels), level):
		return gInvalid("Thinking level %s is not supported for this model. Supported levels: %s.", strings.ToUpper(level), strings.ToUpper(strings.ReplaceAll(m.can.levels, " ", ", ")))
	case budget.Exists() && budget.Int() == 0 && (m.can.least > 0 || m.can.signed):
		return gInvalid("Budget 0 is invalid. This model only works in thinking mode.")
	case budget.Exists() && budget.Int() > 0 && budget.Int() < int64(m.can.least), budget.Int() > 32_768:
		return gInvalid("The thinking budget %d is invalid. Please choose a value between %d and 32768.", budget.Int(), m.can.least)
	}
	return nil
}

func checkDeclarations(_ *model, body gjson.Result) *refusal {
	names := map[string]bool{}
	for i, t := range body.Get("tools").Array() {
		for n, f := range get(t, "functionDeclarations").Array() {
			at := "tools[" + strconv.Itoa(i) + "].function_declarations[" + strconv.Itoa(n) + "]"
			name := f.Get("name").Str
			if names[name] {
				return gInvalid("Duplicate function declaration found: %s", name)
			}
			names[name] = true
			if f.Get("parameters").Exists() && get(f, "parametersJsonSchema").Exists() {
				return gInvalid("* GenerateContentRequest.%s.parameters_json_schema: should not be set if parameters is set.\n", at)
			}
			if r := checkOpenAPISchema(f.Get("parameters"), at+".parameters"); r != nil {
				return r
			}
		}
	}
	return nil
}

// checkOpenAPISchema refuses schemas that are not whole.
func checkOpenAPISchema(s gjson.Result, at string) (bad *refusal) {
	if !s.IsObject() {
		return nil
	}
	properties, items := s.Get("properties"), s.Get("items")
	switch kind := strings.ToUpper(s.Get("type").Str); {
	case kind == "ARRAY" && !items.Exists():
		return gInvalid("* GenerateContentRequest.%s.items: missing field.\n", at)
	case kind == "OBJECT" && len(properties.Map()) == 0:
		return gInvalid("* GenerateContentRequest.%s.properties: should be non-empty for OBJECT type\n", at)
	case kind != "STRING" && kind != "" && s.Get("enum").Exists():
		return gInvalid("* GenerateContentRequest.%s.enum: only allowed for STRING type\n", at)
	}
	for i, name := range s.Get("required").Array() {
		if !member(properties, name.Str).Exists() {
			return gInvalid("* GenerateContentRequest.%s.required[%d]: property is not defined\n", at, i)
		}
	}
	properties.ForEach(func(name, sub gjson.Result) bool {
		bad = checkOpenAPISchema(sub, at+".properties["+name.Str+"]")
		return bad == nil
	})
	if bad == nil {
		bad = checkOpenAPISchema(items, at+".items")
	}
	return bad
}

func checkCallingConfig(_ *model, body gjson.Result) *refusal {
	config := get(body, "toolConfig", "functionCallingConfig")
	allowed := get(config, "allowedFunctionNames").Array()
	mode := strings.ToUpper(config.Get("mode").Str)
	if len(allowed) > 0 && mode != "ANY" && mode != "VALIDATED" {
		return gInvalid("* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: should only be set when mode is ANY or VALIDATED.\n")
	}
	known := map[string]bool{}
	for _, t := range body.Get("tools").Array() {
		for _, f := range get(t, "functionDeclarations").Array() {
			known[f.Get("name").Str] = true
		}
	}
	if mode == "ANY" && len(known) == 0 {
		return gInvalid("Function calling config is set without function_declarations.")
	}
	for _, name := range allowed {
		if !known[name.Str] {
			return gInvalid("* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: function '%s' is not declared.\n", name.Str)
		}
	}
	return nil
}

// checkParts refuses contents without a speaker or parts without content.
func checkParts(_ *model, body gjson.Result) *refusal {
	for i, c := range body.Get("contents").Array() {
		at := "contents[" + strconv.Itoa(i) + "]"
		if role := c.Get("role").Str; role != "" && role != "user" && role != "model" && role != "function" {
			return gInvalid("Please use a valid role: user, model.")
		}
		parts := c.Get("parts").Array()
		if len(parts) == 0 {
			return gInvalid("* GenerateContentRequest.%s.parts: contents.parts must not be empty.\n", at)
		}
		for n, p := range parts {
			if r := checkPart(p, at+".parts["+strconv.Itoa(n)+"]"); r != nil {
				return r
			}
		}
	}
	return nil
}

func checkPart(p gjson.Result, at string) *refusal {
	signed := get(p, "thoughtSignature").Str != ""
	holds := p.Get("text").Str != "" || p.Get("text").Exists() && signed
	for _, name := range []string{"inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult", "toolCall", "toolResponse"} {
		holds = holds || get(p, name).Exists()
	}
	call, response, blob := get(p, "functionCall"), get(p, "functionResponse"), get(p, "inlineData")
	switch {
	case !holds:
		return gInvalid("* GenerateContentRequest.%s.data: required oneof field 'data' must have one initialized field\n", at)
	case call.Exists() && call.Get("name").Str == "":
		return gInvalid("* GenerateContentRequest.%s.function_call.name: Name cannot be empty.\n", at)
	case response.Exists() && response.Get("name").Str == "":
		return gInvalid("* GenerateContentRequest.%s.function_response.name: Name cannot be empty.\n", at)
	case response.Exists() && !response.Get("response").Exists():
		return gInvalid("* GenerateContentRequest.%s.function_response.response: Response cannot be empty.\n", at)
	case blob.Exists() && !isBase64(blob.Get("data").Str):
		return violating(at+".inline_data.data", "Invalid value at '"+at+".inline_data.data' (TYPE_BYTES), Base64 decoding failed for the value")
	}
	return nil
}

// isBase64 accepts both alphabets, with and without padding.
func isBase64(s string) bool {
	s = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	_, err := base64.RawStdEncoding.DecodeString(s)
	return err == nil
}
