package simulator

// chatStream writes the chunks of one streamed answer.
type chatStream struct {
	*stream
	q *chatRequest
}

// streamChat sends the alternatives as a stream, their chunks in turns.
func (o *openAI) streamChat(x *exchange, q *chatRequest) error {
	s, err := x.stream("text/event-stream; charset=utf-8")
	c := &chatStream{s, q}
	if err == nil {
		err = c.all(x)
	}
	return s.fail(err, func(r *refusal) []byte {
		return append(sse("", encode(obj{{"error", openAIError(r)}})), sse("", []byte("[DONE]"))...)
	})
}

// all writes the whole stream, [DONE] included.
func (c *chatStream) all(x *exchange) error {
	pieces := make([][]chatPiece, len(c.q.answers))
	longest := 0
	for i, a := range c.q.answers {
		pieces[i] = c.pieces(x, a, i)
		longest = max(longest, len(pieces[i]))
		first := obj{{"role", "assistant"}, {"content", ""}, {"refusal", nil}}
		if err := c.frame(c.event(i, first, nil, nil)); err != nil {
			return err
		}
	}
	for at := range longest {
		for i := range pieces {
			if at >= len(pieces[i]) {
				continue
			}
			p := &pieces[i][at]
			if err := c.chunk(c.event(i, p.delta, p.logs, nil), p.tokens); err != nil {
				return err
			}
		}
	}
	if err := c.end(); err != nil {
		return err
	}
	return c.last(x)
}

// last writes what ends a stream, in one piece: who has the usage may leave.
func (c *chatStream) last(x *exchange) error {
	var end []byte
	for i, a := range c.q.answers {
		end = append(end, c.event(i, obj{}, nil, chatFinish(c.q, a))...)
	}
	if c.q.usage {
		end = append(end, sse("", encode(c.shell(arr{}).with("usage", chatUsage(x.usage))))...)
	}
	return c.frame(append(end, sse("", []byte("[DONE]"))...))
}

// shell is what all chunks have in common.
func (c *chatStream) shell(choices arr) obj {
	return obj{
		{"id", c.q.id},
		{"object", "chat.completion.chunk"},
		{"created", c.q.created},
		{"model", c.q.model.id},
		{"service_tier", "default"},
		{"system_fingerprint", fingerprint},
		{"choices", choices},
	}
}

// event is one chunk of one alternative. Where the usage comes at the end, all
// other chunks say that it is not there yet.
func (c *chatStream) event(index int, delta obj, logs, finish any) []byte {
	chunk := c.shell(arr{obj{{"index", index}, {"delta", delta}, {"logprobs", logs}, {"finish_reason", finish}}})
	if c.q.usage {
		chunk = chunk.with("usage", nil)
	}
	return sse("", encode(chunk))
}

// chatPiece is one chunk of content.
type chatPiece struct {
	delta  obj
	logs   any
	tokens int
}

func (c *chatStream) pieces(x *exchange, a *answer, nth int) []chatPiece {
	var out []chatPiece
	calls := 0
	for _, b := range a.blocks {
		if b.hidden || b.kind == redactedBlock {
			continue
		}
		if b.kind == callBlock {
			out = append(out, c.callPieces(x, &b, nth, calls)...)
			calls++
			continue
		}
		for _, piece := range splitTokens(b.text, 1) {
			p := chatPiece{delta: obj{{chatDelta(b.kind), piece}}, tokens: 1}
			if b.kind == textBlock {
				p.logs = c.q.logs(piece)
			}
			out = append(out, p)
		}
	}
	return out
}

func chatDelta(k blockKind) string {
	switch k {
	case thinkingBlock:
		return "reasoning_content"
	case refusalBlock:
		return "refusal"
	}
	return "content"
}

// callPieces announces a call and then streams its arguments.
func (c *chatStream) callPieces(x *exchange, b *block, nth, index int) []chatPiece {
	const perChunk = 3
	whole, input := *b, "arguments"
	whole.text = ""
	if b.custom {
		input = "input"
	}
	wrap := func(call obj) obj { return obj{{"tool_calls", arr{append(obj{{"index", index}}, call...)}}} }
	if c.q.legacy {
		wrap = func(call obj) obj { return obj{{"function_call", call[len(call)-1].value}} }
	}
	out := []chatPiece{{delta: wrap(chatCall(x.callID(nth, b.n), &whole)), tokens: countTokens(b.name)}}
	for _, piece := range splitTokens(b.text, perChunk) {
		kind := "function"
		if b.custom {
			kind = "custom"
		}
		out = append(out, chatPiece{delta: wrap(obj{{kind, obj{{input, piece}}}}), tokens: countTokens(piece)})
	}
	return out
}
