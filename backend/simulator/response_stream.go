package simulator

// responseStream writes the events of one streamed response.
type responseStream struct {
	*stream
	q        *responseRequest
	sequence int
}

// streamResponse sends the answer as a stream.
func (o *openAI) streamResponse(x *exchange, q *responseRequest) error {
	s, err := x.stream("text/event-stream; charset=utf-8")
	r := &responseStream{stream: s, q: q}
	if err == nil {
		err = r.all(x, o)
	}
	return s.fail(err, func(f *refusal) []byte { return r.broken(x, f) })
}

func (r *responseStream) all(x *exchange, o *openAI) error {
	for _, event := range []string{"response.created", "response.in_progress"} {
		if err := r.frame(r.event(event, obj{{"response", r.q.object(x, "in_progress", arr{})}})); err != nil {
			return err
		}
	}
	output := arr{}
	for i := range r.q.answer.blocks {
		if err := r.item(x, i); err != nil {
			return err
		}
		output = append(output, r.q.item(x, i, r.q.itemStatus(i)))
	}
	if err := r.end(); err != nil {
		return err
	}
	whole := r.q.object(x, r.q.status(), output)
	o.keep(x, r.q, whole, output)
	return r.frame(r.event("response."+r.q.status(), obj{{"response", whole}}))
}

// event is one event; each has the next sequence number.
func (r *responseStream) event(kind string, fields obj) []byte {
	body := append(obj{{"type", kind}, {"sequence_number", r.sequence}}, fields...)
	r.sequence++
	return sse(kind, encode(body))
}

// broken reports a failure in both forms that clients know.
func (r *responseStream) broken(x *exchange, f *refusal) []byte {
	e := openAIError(f)
	code := e[3].value
	if code == nil {
		code = e[1].value
	}
	first := r.event("error", obj{{"code", code}, {"message", f.message}, {"param", nil}, {"error", e}})
	whole := r.q.object(x, "failed", arr{})
	for i := range whole {
		if whole[i].key == "error" {
			whole[i].value = obj{{"code", code}, {"message", f.message}}
		}
	}
	return append(first, r.event("response.failed", obj{{"response", whole}})...)
}

// item writes the events of one output item.
func (r *responseStream) item(x *exchange, i int) error {
	b := &r.q.answer.blocks[i]
	if err := r.frame(r.event("response.output_item.added", obj{{"output_index", i}, {"item", r.q.item(x, i, "in_progress")}})); err != nil {
		return err
	}
	at := obj{{"item_id", r.q.itemID(x, i)}, {"output_index", i}}
	var err error
	switch b.kind {
	case thinkingBlock, redactedBlock:
		err = r.reasoning(b, at)
	case callBlock:
		err = r.call(b, at)
	default:
		err = r.message(b, at)
	}
	if err != nil {
		return err
	}
	return r.frame(r.event("response.output_item.done", obj{{"output_index", i}, {"item", r.q.item(x, i, r.q.itemStatus(i))}}))
}

func (r *responseStream) reasoning(b *block, at obj) error {
	if !r.q.summary || b.kind == redactedBlock {
		r.x.sent += b.tokens()
		return nil
	}
	at = at.with("summary_index", 0)
	part := func(text string) obj { return obj{{"type", "summary_text"}, {"text", text}} }
	return r.spell(spelling{
		open: r.event("response.reasoning_summary_part.added", at.with("part", part(""))),
		kind: "response.reasoning_summary_text", at: at, text: b.text, per: 2, whole: "text",
		close: func() []byte { return r.event("response.reasoning_summary_part.done", at.with("part", part(b.text))) },
	})
}

func (r *responseStream) message(b *block, at obj) error {
	at = at.with("content_index", 0)
	s := spelling{
		open: r.event("response.content_part.added", at.with("part", textPart(b, ""))),
		kind: "response.output_text", at: at, text: b.text, per: 1, whole: "text", extra: obj{{"logprobs", arr{}}},
		close: func() []byte { return r.event("response.content_part.done", at.with("part", textPart(b, b.text))) },
	}
	if b.kind == refusalBlock {
		s.kind, s.whole, s.extra = "response.refusal", "refusal", nil
	}
	return r.spell(s)
}

func (r *responseStream) call(b *block, at obj) error {
	r.x.sent += countTokens(b.name)
	s := spelling{kind: "response.function_call_arguments", at: at, text: b.text, per: 3, whole: "arguments"}
	if b.custom {
		s.kind, s.whole = "response.custom_tool_call_input", "input"
	}
	return r.spell(s)
}

// spelling is a text that is streamed between an opening and a closing event.
type spelling struct {
	open  []byte
	close func() []byte
	kind  string // of the events, without .delta and .done
	at    obj
	text  string
	per   int    // tokens for each event
	whole string // the key of the text in .done
	extra obj
}

func (r *responseStream) spell(s spelling) error {
	if err := r.frame(s.open); err != nil {
		return err
	}
	for _, piece := range splitTokens(s.text, s.per) {
		if err := r.chunk(r.event(s.kind+".delta", append(s.at.with("delta", piece), s.extra...)), countTokens(piece)); err != nil {
			return err
		}
	}
	tail := r.event(s.kind+".done", append(s.at.with(s.whole, s.text), s.extra...))
	if s.close != nil {
		tail = append(tail, s.close()...)
	}
	return r.frame(tail)
}
