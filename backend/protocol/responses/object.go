package responses

import (
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// The states of a response, and of its items.
const (
	statusProgress   = "in_progress"
	statusCompleted  = "completed"
	statusIncomplete = "incomplete"
	statusFailed     = "failed"
	statusCancelled  = "cancelled"
)

// answer is what a response object says beside the echo of the request.
type answer struct {
	id, model, tier string
	created         int64
	status          string
	reason          string     // of an incomplete one
	failure         *llm.Error // of a failed one
	output          []byte     // the items, separated by commas
	usage           *llm.Usage // nil = not known yet
}

// appendObject appends the response object. Clients with a schema demand every
// key, whatever its value.
func appendObject(dst []byte, a *answer, echo []byte) []byte {
	o := protocol.BeginObject(dst)
	o.String("id", a.id)
	o.String("object", "response")
	o.Int("created_at", a.created)
	if a.status == statusCompleted {
		o.Int("completed_at", a.created)
	} else {
		o.Null("completed_at")
	}
	o.String("status", a.status)
	o.Bool("background", false)
	if a.failure != nil {
		o.Value("error", func(dst []byte) []byte { return appendFailure(dst, a.failure) })
	} else {
		o.Null("error")
	}
	if a.reason != "" {
		o.Value("incomplete_details", func(dst []byte) []byte {
			d := protocol.BeginObject(dst)
			d.String("reason", a.reason)
			return d.End()
		})
	} else {
		o.Null("incomplete_details")
	}
	o.String("model", a.model)
	o.Value("output", func(dst []byte) []byte { return append(append(append(dst, '['), a.output...), ']') })
	if a.usage != nil {
		o.Value("usage", func(dst []byte) []byte { return appendUsage(dst, *a.usage) })
	} else {
		o.Null("usage")
	}
	if a.tier == "" {
		a.tier = "default"
	}
	o.String("service_tier", a.tier)
	dst = o.End()
	dst[len(dst)-1] = ',' // the object goes on with the echo
	return append(append(dst, echo...), '}')
}

// appendFailure appends the error of a failed response. Codex reads the time to
// wait out of the message.
func appendFailure(dst []byte, e *llm.Error) []byte {
	o := protocol.BeginObject(dst)
	o.String("code", failureCode(e))
	o.String("message", failureMessage(e))
	return o.End()
}

func failureCode(e *llm.Error) string {
	kind, code := protocol.OpenAICode(e)
	if code == "" {
		return kind
	}
	return code
}

func appendUsage(dst []byte, u llm.Usage) []byte {
	o := protocol.BeginObject(dst)
	o.Int("input_tokens", u.Input)
	o.Value("input_tokens_details", func(dst []byte) []byte {
		d := protocol.BeginObject(dst)
		d.Int("cached_tokens", u.CacheRead)
		d.Int("cache_write_tokens", u.CacheWrite)
		return d.End()
	})
	o.Int("output_tokens", u.Output)
	o.Value("output_tokens_details", func(dst []byte) []byte {
		d := protocol.BeginObject(dst)
		d.Int("reasoning_tokens", u.Reasoning)
		return d.End()
	})
	o.Int("total_tokens", u.Total())
	return o.End()
}

// settle turns the reason for which a model ended into the state of the
// response.
func (a *answer) settle(s llm.Stop) {
	a.status = statusCompleted
	switch s.Reason {
	case llm.StopMaxTokens, llm.StopContextExceeded:
		a.status, a.reason = statusIncomplete, "max_output_tokens"
	case llm.StopContentFilter:
		a.status, a.reason = statusIncomplete, "content_filter"
	case llm.StopMalformedCall:
		a.status = statusFailed
		a.failure = &llm.Error{Kind: llm.BadUpstream, Message: "the model wrote a tool call that cannot be read"}
	case llm.StopCancelled:
		a.status = statusCancelled
	}
}

// itemStatus is the state of the last item; the others are complete.
func (a *answer) itemStatus() string {
	if a.status == statusIncomplete {
		return statusIncomplete
	}
	return statusCompleted
}

// ids makes the ids of one response and its items. They are made of the
// response's own, so that none appears twice.
type ids struct {
	response string
	suffix   string
	used     map[string]bool
}

func newIDs(id string) ids {
	suffix := strings.TrimPrefix(id, "resp_")
	if suffix == "" {
		suffix = protocol.NewID("", 32)
	}
	suffix = protocol.CallID(suffix)
	return ids{response: "resp_" + suffix, suffix: suffix, used: map[string]bool{}}
}

// item returns the id of an item: its own where it has the form, else one made
// of the place in the output.
func (m *ids) item(prefix, own string, index int) string {
	if strings.HasPrefix(own, prefix) && len(own) <= 128 && !m.used[own] {
		m.used[own] = true
		return own
	}
	id := prefix + m.suffix + "_" + itoa(index)
	m.used[id] = true
	return id
}
