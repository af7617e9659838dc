package simulator

import (
	"strconv"

	"github.com/aihub/aihub/backend/llm"
)

// fingerprint is the system_fingerprint of all answers.
const fingerprint = "fp_50cad350e4"

// wholeChat is the body of an answer that is not streamed.
func (o *openAI) wholeChat(x *exchange, q *chatRequest) obj {
	choices := arr{}
	for i, a := range q.answers {
		choices = append(choices, obj{
			{"index", i}, {"message", chatMessage(x, q, a, i)}, {"logprobs", q.logs(a.join(textBlock))}, {"finish_reason", chatFinish(q, a)},
		})
	}
	return obj{
		{"id", q.id},
		{"object", "chat.completion"},
		{"created", q.created},
		{"model", q.model.id},
		{"choices", choices},
		{"usage", chatUsage(x.usage)},
		{"service_tier", "default"},
		{"system_fingerprint", fingerprint},
	}
}

func chatMessage(x *exchange, q *chatRequest, a *answer, nth int) obj {
	msg := obj{{"role", "assistant"}}
	content := any(nil)
	if a.has(textBlock) || len(a.blocks) == 0 {
		content = a.join(textBlock)
	}
	msg = msg.with("content", content).with("refusal", orNull(a.join(refusalBlock)))
	if thoughts := a.join(thinkingBlock); thoughts != "" {
		msg = msg.with("reasoning_content", thoughts)
	}
	calls := arr{}
	for _, b := range a.blocks {
		if b.kind == callBlock {
			calls = append(calls, chatCall(x.callID(nth, b.n), &b))
		}
	}
	switch {
	case len(calls) == 0:
	case q.legacy:
		msg = msg.with("function_call", obj{{"name", a.blocks[len(a.blocks)-1].name}, {"arguments", a.blocks[len(a.blocks)-1].text}})
	default:
		msg = msg.with("tool_calls", calls)
	}
	return msg.with("annotations", arr{})
}

// callID is the id of a tool call in the dialects of OpenAI.
func (x *exchange) callID(nth, n int) string {
	return x.id("call_", 24, strconv.Itoa(nth), strconv.Itoa(n))
}

func chatCall(id string, b *block) obj {
	if b.custom {
		return obj{{"id", id}, {"type", "custom"}, {"custom", obj{{"name", b.name}, {"input", b.text}}}}
	}
	return obj{{"id", id}, {"type", "function"}, {"function", obj{{"name", b.name}, {"arguments", b.text}}}}
}

func chatFinish(q *chatRequest, a *answer) string {
	switch a.stop {
	case stopLimit:
		return "length"
	case stopTool:
		if q.legacy {
			return "function_call"
		}
		return "tool_calls"
	}
	return "stop"
}

// chatUsage is OpenAI's arithmetic: the cache is a part of the prompt, the
// reasoning a part of the completion.
func chatUsage(u llm.Usage) obj {
	return obj{
		{"prompt_tokens", u.Input},
		{"completion_tokens", u.Output},
		{"total_tokens", u.Total()},
		{"prompt_tokens_details", obj{{"cached_tokens", u.CacheRead}, {"cache_write_tokens", 0}, {"audio_tokens", 0}}},
		{"completion_tokens_details", obj{
			{"reasoning_tokens", u.Reasoning},
			{"audio_tokens", 0},
			{"accepted_prediction_tokens", 0},
			{"rejected_prediction_tokens", 0},
		}},
	}
}

// logs is the logprobs value of a text: null unless asked for.
func (q *chatRequest) logs(text string) any {
	if !q.logprobs {
		return nil
	}
	list := arr{}
	for _, token := range splitTokens(text, 1) {
		one := logprob(token, -0.01)
		top := arr{}
		for i := range q.top {
			other := token
			if i > 0 {
				other = token + strconv.Itoa(i)
			}
			top = append(top, logprob(other, -0.01-float64(i)))
		}
		list = append(list, one.with("top_logprobs", top))
	}
	return obj{{"content", list}, {"refusal", nil}}
}

func logprob(token string, p float64) obj {
	bytes := arr{}
	for i := range len(token) {
		bytes = append(bytes, int(token[i]))
	}
	return obj{{"token", token}, {"logprob", p}, {"bytes", bytes}}
}
