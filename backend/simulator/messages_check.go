package simulator

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// checkMessages refuses what a shape cannot tell: what the model is not able
// to do, and the rules between blocks.
func (a *anthropic) checkMessages(x *exchange, q *messageRequest, body gjson.Result) error {
	for _, check := range []func(*model, gjson.Result) *refusal{
		checkClaudeLimit, checkClaudeSampling, checkThinking, checkEffort, checkClaudeTools, checkClaudeChoice, checkCacheMarks, checkClaudeFormat,
	} {
		if r := check(q.model, body); r != nil {
			return r
		}
	}
	if r := checkTurns(q, body); r != nil {
		return r
	}
	if r := checkToolTurns(q.turns); r != nil {
		return r
	}
	if r := checkSignatures(x, body); r != nil {
		return r
	}
	return nil
}

func checkClaudeLimit(m *model, body gjson.Result) *refusal {
	if n := body.Get("max_tokens").Int(); n > int64(m.output) {
		return invalid("max_tokens: %d > %d, which is the maximum allowed number of output tokens for %s", n, m.output, m.id)
	}
	return nil
}

func checkClaudeSampling(m *model, body gjson.Result) *refusal {
	temperature, topP, topK := body.Get("temperature"), body.Get("top_p"), body.Get("top_k")
	has := func(v gjson.Result) bool { return v.Type == gjson.Number }
	switch {
	case !m.can.sampling && has(temperature) && temperature.Num != 1:
		return invalid("temperature: `temperature` is not supported by %s", m.id)
	case !m.can.sampling && has(topP) && topP.Num < 0.99:
		return invalid("top_p: `top_p` is not supported by %s", m.id)
	case !m.can.sampling && has(topK):
		return invalid("top_k: `top_k` is not supported by %s", m.id)
	case m.can.reasons && has(temperature) && has(topP):
		return invalid("`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
	}
	if kind := body.Get("thinking.type").Str; kind == "enabled" || kind == "adaptive" {
		if has(temperature) && temperature.Num != 1 {
			return invalid("`temperature` may only be set to 1 when thinking is enabled. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking")
		}
		if has(topK) {
			return invalid("`top_k` must be unset when thinking is enabled.")
		}
	}
	return nil
}

func checkThinking(m *model, body gjson.Result) *refusal {
	kind := body.Get("thinking.type").Str
	allowed := map[string]bool{"": true, "enabled": m.can.budget, "adaptive": m.can.adaptive, "disabled": m.can.disable || !m.can.reasons, "between_tools": m.can.between}
	if !allowed[kind] {
		return invalid(`thinking.type: "%s" is not supported for this model`, kind)
	}
	budget, limit := body.Get("thinking.budget_tokens").Int(), body.Get("max_tokens")
	if kind == "enabled" && limit.Exists() && limit.Int() <= budget {
		return invalid("`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size")
	}
	return nil
}

func checkEffort(m *model, body gjson.Result) *refusal {
	efforts := []string{body.Get("output_config.effort").Str}
	for _, msg := range body.Get("messages").Array() {
		efforts = append(efforts, msg.Get("output_config.effort").Str)
	}
	for _, e := range efforts {
		switch {
		case e == "":
		case !m.can.effort:
			return invalid("This model does not support the effort parameter.")
		case e == "xhigh" && !m.can.xhigh:
			return invalid("output_config.effort: 'xhigh' is not supported by %s", m.id)
		}
	}
	return nil
}

func checkClaudeTools(_ *model, body gjson.Result) *refusal {
	names := map[string]bool{}
	for i, t := range body.Get("tools").Array() {
		name := t.Get("name").Str
		if name != "" && names[name] {
			return invalid("tools: Tool names must be unique.")
		}
		names[name] = true
		at := "tools." + strconv.Itoa(i) + ".custom.input_schema"
		if kind := t.Get("type").Str; kind != "" && kind != "custom" {
			continue
		}
		for _, key := range []string{"oneOf", "allOf", "anyOf"} {
			if t.Get("input_schema." + key).Exists() {
				return invalid("%s: input_schema does not support oneOf, allOf, or anyOf at the top level", at)
			}
		}
	}
	return nil
}

func checkClaudeChoice(m *model, body gjson.Result) *refusal {
	pick := body.Get("tool_choice")
	kind := pick.Get("type").Str
	if kind == "" {
		return nil
	}
	if len(body.Get("tools").Array()) == 0 && kind != "none" {
		return invalid("tool_choice: may only be specified while providing tools")
	}
	if kind == "any" || kind == "tool" {
		if !m.can.force {
			return invalid("tool_choice: type '%s' is not supported by %s", kind, m.id)
		}
		if thinks := body.Get("thinking.type").Str; thinks == "enabled" {
			return invalid("Thinking may not be enabled when tool_choice forces tool use.")
		}
	}
	if kind != "tool" {
		return nil
	}
	for _, t := range body.Get("tools").Array() {
		if t.Get("name").Str == pick.Get("name").Str {
			return nil
		}
	}
	return invalid("Tool '%s' not found in provided tools", pick.Get("name").Str)
}

// checkCacheMarks allows four breakpoints, long lives before short ones.
func checkCacheMarks(_ *model, body gjson.Result) *refusal {
	marks, short := 0, false
	var bad *refusal
	eachBlock(body, func(b gjson.Result) {
		mark := b.Get("cache_control")
		if !mark.IsObject() || bad != nil {
			return
		}
		marks++
		long := mark.Get("ttl").Str == "1h"
		if long && short {
			bad = invalid("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.")
		}
		short = short || !long
		if b.Get("type").Str == "text" && b.Get("text").Str == "" {
			bad = invalid("cache_control cannot be set for empty text blocks")
		}
	})
	if bad == nil && marks > 4 {
		bad = invalid("A maximum of 4 blocks with cache_control may be provided. Found %d.", marks)
	}
	return bad
}

// eachBlock visits everything that may carry a cache breakpoint, in the order
// in which the prompt is made.
func eachBlock(body gjson.Result, do func(gjson.Result)) {
	for _, t := range body.Get("tools").Array() {
		do(t)
	}
	if s := body.Get("system"); s.IsArray() {
		for _, b := range s.Array() {
			do(b)
		}
	}
	for _, msg := range body.Get("messages").Array() {
		if c := msg.Get("content"); c.IsArray() {
			for _, b := range c.Array() {
				do(b)
			}
		}
	}
}

func checkClaudeFormat(_ *model, body gjson.Result) *refusal {
	if f := body.Get("output_config.format.schema"); f.Exists() {
		if problem := claudeSchemaProblem(f); problem != "" {
			return invalid("output_config.format.schema: %s", problem)
		}
	}
	return nil
}

// claudeSchemaProblem says what structured outputs do not take.
func claudeSchemaProblem(s gjson.Result) (problem string) {
	if s.Get("type").String() == "object" && s.Get("additionalProperties").Type != gjson.False {
		return "For 'object' type, 'additionalProperties' must be explicitly set to false"
	}
	for _, key := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"} {
		if s.Get(key).Exists() {
			return "For '" + s.Get("type").String() + "' type, property '" + key + "' is not supported"
		}
	}
	s.Get("properties").ForEach(func(_, sub gjson.Result) bool {
		problem = claudeSchemaProblem(sub)
		return problem == ""
	})
	if items := s.Get("items"); problem == "" && items.IsObject() {
		problem = claudeSchemaProblem(items)
	}
	return problem
}

// checkTurns refuses messages that are empty or in a wrong order.
func checkTurns(q *messageRequest, body gjson.Result) *refusal {
	messages := body.Get("messages").Array()
	if messages[0].Get("role").Str != "user" {
		return invalid(`messages: first message must use the "user" role`)
	}
	for i, msg := range messages {
		last := i == len(messages)-1
		if r := checkContent(msg, i, last); r != nil {
			return r
		}
		if msg.Get("role").Str == "system" && (messages[i-1].Get("role").Str == "assistant" || !last && messages[i+1].Get("role").Str == "user") {
			return invalid("messages.%d: a `system` message must directly follow a `user` message, and come before an `assistant` message or at the end", i)
		}
	}
	return checkPrefill(q, messages[len(messages)-1])
}

func checkContent(msg gjson.Result, i int, last bool) *refusal {
	role, content := msg.Get("role").Str, msg.Get("content")
	if content.String() == "" || content.Raw == "[]" {
		if last && role == "assistant" {
			return nil
		}
		if role == "user" {
			return invalid("messages.%d: user messages must have non-empty content", i)
		}
		return invalid("messages.%d: all messages must have non-empty content except for the optional final assistant message", i)
	}
	if content.Type == gjson.String && !isNotBlank(content.Str) {
		return invalid("messages: text content blocks must contain non-whitespace text")
	}
	if content.Type == gjson.String {
		return nil
	}
	for _, b := range content.Array() {
		switch {
		case b.Get("type").Str != "text":
		case b.Get("text").Str == "":
			return invalid("messages: text content blocks must be non-empty")
		case !isNotBlank(b.Get("text").Str):
			return invalid("messages: text content blocks must contain non-whitespace text")
		}
	}
	return nil
}

// checkPrefill judges a last message by the assistant.
func checkPrefill(q *messageRequest, last gjson.Result) *refusal {
	if last.Get("role").Str != "assistant" {
		return nil
	}
	if !q.model.can.prefill {
		return invalid("This model does not support assistant message prefill. The conversation must end with a user message.")
	}
	content := last.Get("content")
	end := content.String()
	if content.IsArray() {
		end = ""
		if blocks := content.Array(); len(blocks) > 0 {
			end = blocks[len(blocks)-1].Get("text").Str
		}
	}
	if end != strings.TrimRight(end, " \t\n") {
		return invalid("messages: final assistant content cannot end with trailing whitespace")
	}
	return nil
}
