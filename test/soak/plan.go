package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// plan is what one client does.
type plan struct {
	n      int
	user   int // by whose key
	path   string
	body   string
	end    string // stands in a stream that has come to its end
	leave  time.Duration
	leaves bool // before the head of the answer, or behind leaveAt bytes
	at     int
}

// tag names a request on its whole way: as its User-Agent it is in its row, in
// its text it reaches the simulator.
func tag(n int) string { return fmt.Sprintf("soak-%07d", n) }

// models are the names that one provider each serves.
func models() []string {
	return []string{"gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "claude-haiku-4-5", "gemini-2.5-flash", "gemini-2.5-pro", "glm-5", "qwen3-coder-next"}
}

// random is the sequence of one request: what is sent does not depend on who
// sends it when.
func random(seed uint64, n int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(n))) }

func newPlan(seed uint64, n int) plan {
	rng := random(seed, n)
	p := plan{n: n, user: rng.IntN(len(people()))}
	q := question{model: models()[rng.IntN(len(models()))], stream: rng.IntN(4) > 0}
	q.text = prompt(rng, n, q.stream)
	if rng.IntN(8) == 0 {
		q.system = strings.Repeat("The river runs down to the sea, and the sea is never full. ", 120)
	}
	p.word(rng.IntN(4), q)
	switch rng.IntN(20) {
	case 0, 1: // at a moment
		p.leaves, p.leave = true, time.Duration(rng.IntN(120))*time.Millisecond
	case 2, 3, 4: // behind some of the answer
		p.leaves, p.at = true, 1+rng.IntN(4000)
	}
	return p
}

// prompt asks for an answer of some length; some are slow, and a few last longer
// than the ledger waits before it stores what was seen of them.
func prompt(rng *rand.Rand, n int, stream bool) string {
	tokens, delay := 1+rng.IntN(60), 0
	if stream {
		switch rng.IntN(30) {
		case 0, 1, 2, 3, 4, 5:
			delay = 1 + rng.IntN(20)
		case 6:
			tokens, delay = 100, 45
		}
	}
	return fmt.Sprintf("%s: tell me about rivers [sim:tokens=%d][sim:delay=%d]", tag(n), tokens, delay)
}

// question is what is asked, in no protocol's words. system are instructions long
// enough for the providers' caches, or "".
type question struct {
	model, system, text string
	stream              bool
}

// word puts the request into the words of one of the protocols.
func (p *plan) word(protocol int, q question) {
	model, stream, text := q.model, q.stream, quote(q.text)
	extra := "" // members in front, with the instructions
	switch protocol {
	case 0:
		p.path, p.end = "/v1/chat/completions", `"finish_reason":"stop"`
		if q.system != "" {
			extra = fmt.Sprintf(`{"role":"system","content":%s},`, quote(q.system))
		}
		p.body = fmt.Sprintf(`{"model":%q,"stream":%t,"messages":[%s{"role":"user","content":%s}]}`, model, stream, extra, text)
	case 1:
		p.path, p.end = "/v1/responses", `"response.completed"`
		if q.system != "" {
			extra = fmt.Sprintf(`"instructions":%s,`, quote(q.system))
		}
		p.body = fmt.Sprintf(`{"model":%q,"stream":%t,%s"input":%s}`, model, stream, extra, text)
	case 2:
		p.path, p.end = "/v1/messages", `"message_stop"`
		if q.system != "" {
			extra = fmt.Sprintf(`"system":[{"type":"text","text":%s,"cache_control":{"type":"ephemeral"}}],`, quote(q.system))
		}
		p.body = fmt.Sprintf(`{"model":%q,"stream":%t,"max_tokens":1000,%s"messages":[{"role":"user","content":%s}]}`, model, stream, extra, text)
	default:
		p.path, p.end = "/v1beta/models/"+model+":generateContent", `"finishReason"`
		if stream {
			p.path = "/v1beta/models/" + model + ":streamGenerateContent?alt=sse"
		}
		if q.system != "" {
			extra = fmt.Sprintf(`"systemInstruction":{"parts":[{"text":%s}]},`, quote(q.system))
		}
		p.body = fmt.Sprintf(`{%s"contents":[{"role":"user","parts":[{"text":%s}]}]}`, extra, text)
	}
	if !stream {
		p.end = ""
	}
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string can always be worded
	}
	return string(quoted)
}

// killsOf returns the requests at whose begin the gateway is killed.
func killsOf(o options) map[int]bool {
	rng := random(o.seed, -1)
	kills := map[int]bool{}
	for n := 0; o.every > 0; {
		n += o.every/2 + rng.IntN(o.every) + 1
		if n >= o.requests {
			break
		}
		kills[n] = true
	}
	return kills
}
