package simulator

import (
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

// status is the status of the whole answer.
func (q *responseRequest) status() string {
	if q.answer.stop == stopLimit {
		return "incomplete"
	}
	return "completed"
}

// itemStatus is the status of the item of a block: only the last one can be
// incomplete.
func (q *responseRequest) itemStatus(i int) string {
	if i == len(q.answer.blocks)-1 {
		return q.status()
	}
	return "completed"
}

// object is the response object: all keys, as clients with a schema demand.
func (q *responseRequest) object(x *exchange, status string, output arr) obj {
	b := q.body
	done, usage := any(nil), any(nil)
	if status == "completed" || status == "incomplete" {
		done, usage = x.now().Unix(), responseUsage(x.usage)
	}
	details := any(nil)
	if status == "incomplete" {
		details = obj{{"reason", "max_output_tokens"}}
	}
	return obj{
		{"id", q.id},
		{"object", "response"},
		{"created_at", q.created},
		{"completed_at", done},
		{"status", status},
		{"background", false},
		{"error", nil},
		{"incomplete_details", details},
		{"instructions", echo(b, "instructions", "null")},
		{"max_output_tokens", echo(b, "max_output_tokens", "null")},
		{"max_tool_calls", echo(b, "max_tool_calls", "null")},
		{"model", q.model.id},
		{"output", output},
		{"parallel_tool_calls", echo(b, "parallel_tool_calls", "true")},
		{"presence_penalty", 0},
		{"frequency_penalty", 0},
		{"previous_response_id", echo(b, "previous_response_id", "null")},
		{"prompt_cache_key", echo(b, "prompt_cache_key", "null")},
		{"reasoning", obj{{"effort", q.effort()}, {"summary", echo(b, "reasoning.summary", "null")}}},
		{"safety_identifier", echo(b, "safety_identifier", "null")},
		{"service_tier", "default"},
		{"store", q.store},
		{"temperature", echo(b, "temperature", "1")},
		{"text", obj{{"format", echo(b, "text.format", `{"type":"text"}`)}, {"verbosity", echo(b, "text.verbosity", `"medium"`)}}},
		{"tool_choice", echo(b, "tool_choice", `"auto"`)},
		{"tools", echoTools(b.Get("tools"))},
		{"top_logprobs", echo(b, "top_logprobs", "0")},
		{"top_p", echo(b, "top_p", "1")},
		{"truncation", echo(b, "truncation", `"disabled"`)},
		{"usage", usage},
		{"user", echo(b, "user", "null")},
		{"metadata", echo(b, "metadata", "{}")},
	}
}

// effort is the effort in force.
func (q *responseRequest) effort() any {
	switch e := q.body.Get("reasoning.effort").Str; {
	case e != "":
		return e
	case q.model.can.byDefault:
		return "medium"
	case q.model.can.reasons:
		return "none"
	}
	return nil
}

// echo gives a field of the request back, or what it stands for when absent.
func echo(body gjson.Result, path, otherwise string) raw {
	if v := body.Get(path); v.Exists() && v.Type != gjson.Null {
		return raw(compact(v.Raw))
	}
	return raw(otherwise)
}

// echoTools gives the tools back; functions with all their keys.
func echoTools(tools gjson.Result) arr {
	out := arr{}
	for _, t := range tools.Array() {
		if t.Get("type").Str != "function" {
			out = append(out, raw(compact(t.Raw)))
			continue
		}
		strict := raw("true")
		if s := t.Get("strict"); s.IsBool() {
			strict = raw(s.Raw)
		}
		out = append(out, obj{
			{"type", "function"},
			{"description", echo(t, "description", "null")},
			{"name", t.Get("name").Str},
			{"parameters", echo(t, "parameters", "null")},
			{"strict", strict},
		})
	}
	return out
}

func responseUsage(u llm.Usage) obj {
	return obj{
		{"input_tokens", u.Input},
		{"input_tokens_details", obj{{"cached_tokens", u.CacheRead}, {"cache_write_tokens", 0}}},
		{"output_tokens", u.Output},
		{"output_tokens_details", obj{{"reasoning_tokens", u.Reasoning}}},
		{"total_tokens", u.Total()},
	}
}

// itemID is the id of the item of block i.
func (q *responseRequest) itemID(x *exchange, i int) string {
	prefix := map[blockKind]string{thinkingBlock: "rs_", redactedBlock: "rs_", callBlock: "fc_"}[q.answer.blocks[i].kind]
	switch {
	case q.answer.blocks[i].custom:
		prefix = "ctc_"
	case prefix == "":
		prefix = "msg_"
	}
	return x.hexID(prefix, strconv.Itoa(i))
}

// item is the output item of block i: whole, or as it begins.
func (q *responseRequest) item(x *exchange, i int, status string) obj {
	b, id, begins := &q.answer.blocks[i], q.itemID(x, i), status == "in_progress"
	switch b.kind {
	case thinkingBlock, redactedBlock:
		return q.reasoningItem(x, b, id, begins)
	case callBlock:
		return callItem(x, b, id, status)
	}
	content := arr{}
	if !begins {
		content = arr{textPart(b, b.text)}
	}
	item := obj{{"id", id}, {"type", "message"}, {"status", status}, {"role", "assistant"}}
	if q.phased {
		item = item.with("phase", "final_answer")
	}
	return item.with("content", content)
}

func (q *responseRequest) reasoningItem(x *exchange, b *block, id string, begins bool) obj {
	summary := arr{}
	if q.summary && b.kind == thinkingBlock && !begins {
		summary = arr{obj{{"type", "summary_text"}, {"text", b.text}}}
	}
	item := obj{{"id", id}, {"type", "reasoning"}, {"summary", summary}}
	if q.sealed {
		item = item.with("encrypted_content", x.sim.mint.close(sealKind(q.model), x.account.id, b.text))
	}
	return item
}

func callItem(x *exchange, b *block, id, status string) obj {
	kind, input, value := "function_call", "arguments", b.text
	if b.custom {
		kind, input = "custom_tool_call", "input"
	}
	if status == "in_progress" {
		value = ""
	}
	item := obj{{"id", id}, {"type", kind}, {"status", status}, {input, value}, {"call_id", x.callID(0, b.n)}, {"name", b.name}}
	if b.namespace != "" {
		item = item.with("namespace", b.namespace)
	}
	return item
}

// textPart is a content part of a message: text or refusal.
func textPart(b *block, text string) obj {
	if b.kind == refusalBlock {
		return obj{{"type", "refusal"}, {"refusal", text}}
	}
	return obj{{"type", "output_text"}, {"text", text}, {"annotations", arr{}}, {"logprobs", arr{}}}
}
