package openai

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// wish gathers what a client says of reasoning: OpenAI, OpenRouter, Anthropic
// and Qwen each have their own fields, and clients send several at once.
type wish struct {
	effort string // reasoning_effort
	nested string // reasoning.effort
	budget *int64
	on     *bool
	hide   bool
}

// member reads a field if it is one of reasoning.
func (w *wish) member(key string, v gjson.Result) (known bool, e *llm.Error) {
	switch key {
	case "reasoning_effort":
		return true, readEffort(v, key, &w.effort)
	case "reasoning":
		return true, w.openRouter(v)
	case "thinking":
		return true, w.thinking(v)
	case "enable_thinking":
		return true, protocol.ReadBool(v, key, &w.on)
	case "thinking_budget":
		return true, protocol.ReadInt(v, key, &w.budget)
	}
	return false, nil
}

// readEffort reads a level; auto and default leave it to the model.
func readEffort(v gjson.Result, field string, out *string) *llm.Error {
	if e := protocol.ReadString(v, field, out); e != nil {
		return e
	}
	*out = strings.ToLower(*out)
	switch *out {
	case "", "none", "minimal", "low", "medium", "high", "xhigh", "max":
		return nil
	case "auto", "default":
		*out = "auto"
		return nil
	}
	return protocol.Fault(field, "must be none, minimal, low, medium, high, xhigh or max")
}

// openRouter reads {effort, max_tokens, enabled, exclude}, with which the
// Responses shape {effort, summary} agrees as far as it goes.
func (w *wish) openRouter(v gjson.Result) *llm.Error {
	switch {
	case !protocol.IsSet(v):
		return nil
	case !v.IsObject():
		return protocol.Fault("reasoning", "must be an object")
	}
	e := readEffort(v.Get("effort"), "effort", &w.nested)
	if e == nil {
		e = protocol.ReadInt(v.Get("max_tokens"), "max_tokens", &w.budget)
	}
	if e == nil {
		e = protocol.ReadBool(v.Get("enabled"), "enabled", &w.on)
	}
	w.hide = w.hide || v.Get("exclude").Bool()
	return protocol.Under(e, "reasoning")
}

// thinking reads Anthropic's {type, budget_tokens}, which DeepSeek, GLM and
// others have taken over.
func (w *wish) thinking(v gjson.Result) *llm.Error {
	switch {
	case !protocol.IsSet(v):
		return nil
	case !v.IsObject():
		return protocol.Fault("thinking", "must be an object")
	}
	on := true
	switch v.Get("type").Str {
	case "enabled", "adaptive", "auto":
		w.on = &on
	case "disabled":
		on = false
		w.on = &on
	default:
		return protocol.Fault("thinking.type", "must be enabled, adaptive or disabled")
	}
	return protocol.Under(protocol.ReadInt(v.Get("budget_tokens"), "budget_tokens", &w.budget), "thinking")
}

// settle decides: a level before a number, a number before a switch.
func (w *wish) settle() llm.Reasoning {
	r := llm.Reasoning{Effort: w.effort}
	if r.Effort == "" {
		r.Effort = w.nested
	}
	if r.Effort == "auto" {
		r.Effort, r.Auto = "", true
	}
	switch {
	case r.Effort != "" || r.Auto:
	case w.budget != nil && *w.budget == 0, w.on != nil && !*w.on:
		r.Effort = "none"
	case w.budget != nil && *w.budget > 0:
		r.Budget = w.budget
	case w.budget != nil || w.on != nil:
		r.Auto = true
	}
	if w.hide || r.Effort == "none" {
		r.Show = llm.ShowNone
	}
	return r
}
