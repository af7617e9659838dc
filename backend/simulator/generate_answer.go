package simulator

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

// geminiPiece is one part of an answer and what it costs.
type geminiPiece struct {
	part    obj
	tokens  int
	text    bool
	thought bool
}

// pieces are the parts of an answer, its texts cut after per tokens (0 =
// whole). Thinking models sign the first call of a step, Gemini 3 and later
// also the end of a text.
func (q *generateRequest) pieces(x *exchange, a *answer, nth, per int) []geminiPiece {
	var out []geminiPiece
	signed := false
	sign := func(p obj, what string) obj {
		signed = true
		return p.with("thoughtSignature", x.sim.mint.close(googleSeal("thought"), x.account.id, what))
	}
	for _, b := range a.blocks {
		switch b.kind {
		case thinkingBlock, textBlock:
			if !b.hidden {
				out = append(out, textPieces(&b, per)...)
			}
		case callBlock:
			if !gjson.Valid(b.text) {
				continue // cut by maxOutputTokens
			}
			p := obj{{"functionCall", q.functionCall(x, &b, nth)}}
			if !signed && a.reasoned > 0 {
				p = sign(p, b.name)
			}
			out = append(out, geminiPiece{part: p, tokens: b.tokens()})
		}
	}
	if n := len(out); n > 0 && out[n-1].text && q.model.can.signed && !signed && a.reasoned > 0 {
		if per == 0 {
			out[n-1].part = sign(out[n-1].part, "text")
		} else {
			out = append(out, geminiPiece{part: sign(obj{{"text", ""}}, "text")})
		}
	}
	return out
}

func textPieces(b *block, per int) []geminiPiece {
	texts := []string{b.text}
	if per > 0 {
		texts = splitTokens(b.text, per)
	}
	var out []geminiPiece
	for _, t := range texts {
		p := obj{{"text", t}}
		if b.kind == thinkingBlock {
			p = p.with("thought", true)
		}
		thought := b.kind == thinkingBlock
		out = append(out, geminiPiece{part: p, tokens: countTokens(t), text: !thought, thought: thought})
	}
	return out
}

func (q *generateRequest) functionCall(x *exchange, b *block, nth int) obj {
	call := obj{}
	if id := q.callID(x, b, nth); id != "" {
		call = call.with("id", id)
	}
	return call.with("name", b.name).with("args", raw(compact(b.text)))
}

// candidate is one candidate of a body or a chunk; finish is "" while it goes
// on.
func (q *generateRequest) candidate(i int, parts arr, finish string) obj {
	c := obj{}
	if len(parts) > 0 {
		c = c.with("content", obj{{"parts", parts}, {"role", "model"}})
	} else if finish != "SAFETY" {
		c = c.with("content", obj{{"parts", arr{obj{{"text", ""}}}}, {"role", "model"}})
	}
	if finish != "" {
		c = c.with("finishReason", finish)
	}
	c = c.with("index", i)
	if finish == "SAFETY" {
		c = c.with("safetyRatings", arr{obj{{"category", "HARM_CATEGORY_DANGEROUS_CONTENT"}, {"probability", "HIGH"}, {"blocked", true}}})
	}
	return c
}

func geminiFinish(a *answer) string {
	switch a.stop {
	case stopLimit:
		return "MAX_TOKENS"
	case stopRefusal:
		return "SAFETY"
	}
	return "STOP"
}

// envelope is a response around its candidates.
func (q *generateRequest) envelope(candidates arr, usage obj) obj {
	return obj{{"candidates", candidates}, {"usageMetadata", usage}, {"modelVersion", q.model.id}, {"createTime", q.created}, {"responseId", q.id}}
}

// blocked is the answer to a prompt that is not let through.
func (q *generateRequest) blocked(x *exchange) obj {
	return obj{
		{"promptFeedback", obj{{"blockReason", "PROHIBITED_CONTENT"}}},
		{"usageMetadata", geminiUsage(x.usage)},
		{"modelVersion", q.model.id},
		{"responseId", q.id},
	}
}

// geminiUsage is Google's arithmetic: the thoughts stand beside the
// candidates, and the total is the sum of all.
func geminiUsage(u llm.Usage) obj {
	o := obj{{"promptTokenCount", u.Input}}
	if n := u.Output - u.Reasoning; n > 0 {
		o = o.with("candidatesTokenCount", n)
	}
	o = o.with("totalTokenCount", u.Total())
	if u.CacheRead > 0 {
		o = o.with("cachedContentTokenCount", u.CacheRead)
	}
	o = o.with("promptTokensDetails", arr{obj{{"modality", "TEXT"}, {"tokenCount", u.Input}}})
	if u.Reasoning > 0 {
		o = o.with("thoughtsTokenCount", u.Reasoning)
	}
	return o
}

// geminiStream writes the chunks of one streamed answer, as events or as the
// items of a JSON list.
type geminiStream struct {
	*stream
	q      *generateRequest
	events bool
	opened bool // the list has begun
}

// streamContent sends the candidates as a stream.
func (g *gemini) streamContent(x *exchange, q *generateRequest) error {
	s := &geminiStream{q: q, events: strings.EqualFold(x.r.URL.Query().Get("alt"), "sse")}
	contentType := "application/json; charset=UTF-8"
	if s.events {
		contentType = "text/event-stream"
	}
	var err error
	if s.stream, err = x.stream(contentType); err == nil {
		err = s.all(x)
	}
	return s.fail(err, func(r *refusal) []byte {
		if s.chunks <= 0 {
			s.opened = false // the first chunk was packed and never sent
		}
		return append(s.pack(geminiError(r)), s.close()...)
	})
}

// pack frames one chunk.
func (s *geminiStream) pack(chunk obj) []byte {
	data := encode(chunk)
	if s.events {
		return sse("", data)
	}
	lead := ",\r\n"
	if !s.opened {
		s.opened, lead = true, "["
	}
	return append([]byte(lead), data...)
}

// close ends the list.
func (s *geminiStream) close() []byte {
	if s.events {
		return nil
	}
	return []byte("\n]")
}

func (s *geminiStream) all(x *exchange) error {
	const habit = 12 // tokens for each chunk
	if s.q.orders.block {
		if err := s.end(); err != nil {
			return err
		}
		return s.frame(append(s.pack(s.q.blocked(x)), s.close()...))
	}
	told := x.usage
	told.Output = told.Reasoning
	tail := make([]arr, len(s.q.answers))
	for i, a := range s.q.answers {
		pieces := s.q.pieces(x, a, i, orElse(a.pieces, habit))
		for n, p := range pieces {
			if n == len(pieces)-1 {
				tail[i] = arr{p.part} // it comes with the finish reason
				continue
			}
			if !p.thought {
				told.Output += int64(p.tokens)
			}
			if err := s.chunk(s.pack(s.q.envelope(arr{s.q.candidate(i, arr{p.part}, "")}, geminiUsage(told))), p.tokens); err != nil {
				return err
			}
		}
	}
	return s.finish(x, tail)
}

// finish writes the last chunk with the reasons and the whole usage.
func (s *geminiStream) finish(x *exchange, tail []arr) error {
	if err := s.end(); err != nil {
		return err
	}
	last := arr{}
	for i, a := range s.q.answers {
		last = append(last, s.q.candidate(i, tail[i], geminiFinish(a)))
	}
	return s.frame(append(s.pack(s.q.envelope(last, geminiUsage(x.usage))), s.close()...))
}
