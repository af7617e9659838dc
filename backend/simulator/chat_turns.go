package simulator

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// checkChatTurns refuses messages in an order that the service does not take:
// after an assistant message with tool calls come exactly their results.
func checkChatTurns(_ *model, body gjson.Result) *refusal {
	var open []string // ids of calls without a result
	var answered map[string]bool
	for i, msg := range body.Get("messages").Array() {
		at := "messages.[" + strconv.Itoa(i) + "]"
		if msg.Get("role").Str == "tool" {
			id := msg.Get("tool_call_id").Str
			if answered == nil || !slices.Contains(open, id) && !answered[id] {
				return badRequest(at+".role", "", "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.")
			}
			open, answered[id] = without(open, id), true
			continue
		}
		if len(open) > 0 {
			return unanswered(at, open)
		}
		answered = nil
		if r := checkAssistant(msg, at); r != nil {
			return r
		}
		for _, call := range msg.Get("tool_calls").Array() {
			if answered == nil {
				answered = map[string]bool{}
			}
			open = append(open, call.Get("id").Str)
		}
	}
	if len(open) > 0 {
		return unanswered("messages.["+strconv.Itoa(len(body.Get("messages").Array()))+"]", open)
	}
	return nil
}

func unanswered(at string, ids []string) *refusal {
	return badRequest(at+".role", "", "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "+
		"The following tool_call_ids did not have response messages: %s", strings.Join(ids, ", "))
}

func checkAssistant(msg gjson.Result, at string) *refusal {
	if msg.Get("role").Str != "assistant" {
		return nil
	}
	for _, name := range []string{"content", "tool_calls", "function_call", "refusal", "audio"} {
		if v := msg.Get(name); v.Exists() && v.Type != gjson.Null {
			return nil
		}
	}
	return badRequest(at+".content", "", "Invalid value for 'content': expected a string, got null.")
}

func without(list []string, s string) []string {
	kept := list[:0]
	for _, one := range list {
		if one != s {
			kept = append(kept, one)
		}
	}
	return kept
}
