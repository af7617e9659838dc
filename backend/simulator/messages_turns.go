package simulator

import (
	"strings"

	"github.com/tidwall/gjson"
)

// checkToolTurns enforces Anthropic's rules of tools: ids are unique; the
// results of a turn's calls, one for each, stand at the start of the very next
// turn; and results stand nowhere else.
func checkToolTurns(turns []turn) *refusal {
	used := map[string]bool{}
	for i := range turns {
		t := &turns[i]
		open := map[string]bool{}
		if i > 0 && turns[i-1].role == "assistant" {
			for _, id := range callsOf(&turns[i-1]) {
				open[id] = true
			}
		}
		if r := checkResults(t, open); r != nil {
			return r
		}
		for n, b := range t.blocks {
			if b.Get("type").Str != "tool_use" {
				continue
			}
			id := b.Get("id").Str
			if used[id] {
				return invalid("messages.%d.content.%d: `tool_use` ids must be unique", t.at, n)
			}
			used[id] = true
		}
	}
	return checkLastCalls(turns)
}

// checkLastCalls refuses calls that nothing follows.
func checkLastCalls(turns []turn) *refusal {
	last := &turns[len(turns)-1]
	if ids := callsOf(last); last.role == "assistant" && len(ids) > 0 {
		return missingResults(last.at, ids)
	}
	return nil
}

func callsOf(t *turn) []string {
	var ids []string
	for _, b := range t.blocks {
		if b.Get("type").Str == "tool_use" {
			ids = append(ids, b.Get("id").Str)
		}
	}
	return ids
}

func missingResults(at int, ids []string) *refusal {
	return invalid("messages.%d: `tool_use` ids were found without `tool_result` blocks immediately after: %s. "+
		"Each `tool_use` block must have a corresponding `tool_result` block in the next message.", at, strings.Join(ids, ", "))
}

// checkResults compares the results of a turn with the calls that it must
// answer.
func checkResults(t *turn, open map[string]bool) *refusal {
	answered := map[string]bool{}
	leading := true
	for n, b := range t.blocks {
		if b.Get("type").Str != "tool_result" {
			leading = false
			continue
		}
		id := b.Get("tool_use_id").Str
		switch {
		case !open[id]:
			return invalid("messages.%d.content.%d: unexpected `tool_use_id` found in `tool_result` blocks: %s. "+
				"Each `tool_result` block must have a corresponding `tool_use` block in the previous message.", t.at, n, id)
		case answered[id]:
			return invalid("messages.%d.content.%d: each tool_use must have a single result. Found multiple `tool_result` blocks with id: %s", t.at, n, id)
		case !leading:
			return missingResults(t.at-1, []string{id})
		}
		answered[id] = true
	}
	for id := range open {
		if !answered[id] {
			return missingResults(t.at-1, []string{id})
		}
	}
	return nil
}

// checkSignatures refuses thinking that this account did not get in this form,
// and turns that lack the thinking they must begin with.
func checkSignatures(x *exchange, body gjson.Result) *refusal {
	messages := body.Get("messages").Array()
	for i, msg := range messages {
		if !msg.Get("content").IsArray() {
			continue
		}
		for n, b := range msg.Get("content").Array() {
			switch b.Get("type").Str {
			case "thinking":
				if !x.sim.mint.signed(x.account.id, b.Get("thinking").Str, b.Get("signature").Str) {
					return invalid("messages.%d.content.%d: Invalid `signature` in `thinking` block", i, n)
				}
			case "redacted_thinking":
				if !x.sim.mint.sealed(claudeSeal("redacted"), x.account.id, b.Get("data").Str) {
					return invalid("messages.%d.content.%d: Invalid `data` in `redacted_thinking` block", i, n)
				}
			}
		}
	}
	if body.Get("thinking.type").Str == "enabled" {
		return checkThinkingFirst(messages)
	}
	return nil
}

// checkThinkingFirst holds for thinking by budget: the turn whose calls are
// being answered begins with its thinking.
func checkThinkingFirst(messages []gjson.Result) *refusal {
	for i := len(messages) - 1; i >= 0; i-- {
		msg := messages[i]
		if msg.Get("role").Str != "assistant" {
			continue
		}
		first := msg.Get("content.0.type").Str
		if strings.Contains(msg.Get("content.#.type").Raw, `"tool_use"`) && first != "thinking" && first != "redacted_thinking" {
			return invalid("messages.%d.content.0.type: Expected `thinking` or `redacted_thinking`, but found `%s`. When `thinking` is enabled, a final `assistant` message "+
				"must start with a thinking block (preceding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. "+
				"To avoid this requirement, disable `thinking`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking", i, first)
		}
		return nil
	}
	return nil
}
