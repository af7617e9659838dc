package simulator

// messageStream writes the events of one streamed message.
type messageStream struct {
	*stream
	q *messageRequest
}

// streamMessage sends the answer as a stream.
func (a *anthropic) streamMessage(x *exchange, q *messageRequest) error {
	s, err := x.stream("text/event-stream; charset=utf-8")
	m := &messageStream{s, q}
	if err == nil {
		err = m.all(x)
	}
	return s.fail(err, func(r *refusal) []byte {
		return m.event("error", obj{{"error", anthropicError(r)}, {"request_id", x.id("req_", 24)}})
	})
}

func (m *messageStream) event(kind string, fields obj) []byte {
	return sse(kind, encode(append(obj{{"type", kind}}, fields...)))
}

func (m *messageStream) all(x *exchange) error {
	start := m.q.envelope(arr{}, nil, nil, nil, m.q.usage(x, min(x.usage.Output, 1)))
	if err := m.frame(m.event("message_start", obj{{"message", start}})); err != nil {
		return err
	}
	if err := m.frame(m.event("ping", nil)); err != nil {
		return err
	}
	index := 0
	for i := range m.q.answer.blocks {
		if b := &m.q.answer.blocks[i]; b.kind != refusalBlock {
			if err := m.block(x, b, index); err != nil {
				return err
			}
			index++
		}
	}
	if err := m.end(); err != nil {
		return err
	}
	reason, sequence, details := m.q.stopFields()
	delta := obj{{"stop_reason", reason}, {"stop_sequence", sequence}, {"stop_details", details}, {"container", nil}}
	last := m.event("message_delta", obj{{"delta", delta}, {"usage", m.q.usage(x, x.usage.Output)}})
	return m.frame(append(last, m.event("message_stop", nil)...))
}

// block writes one content block.
func (m *messageStream) block(x *exchange, b *block, index int) error {
	if err := m.frame(m.event("content_block_start", obj{{"index", index}, {"content_block", m.q.contentBlock(x, b, false)}})); err != nil {
		return err
	}
	if err := m.deltas(b, index); err != nil {
		return err
	}
	tail := []byte{}
	if sig := m.q.sign(x, b); sig != "" {
		tail = m.delta(index, obj{{"type", "signature_delta"}, {"signature", sig}})
	}
	return m.frame(append(tail, m.event("content_block_stop", obj{{"index", index}})...))
}

func (m *messageStream) delta(index int, d obj) []byte {
	return m.event("content_block_delta", obj{{"index", index}, {"delta", d}})
}

// deltas writes the text of a block piece by piece.
func (m *messageStream) deltas(b *block, index int) error {
	const habit = 4 // tokens for each event
	kind, key := "text_delta", "text"
	switch b.kind {
	case redactedBlock:
		m.x.sent += b.tokens()
		return nil
	case thinkingBlock:
		if m.q.omit {
			m.x.sent += b.tokens()
			return nil
		}
		kind, key = "thinking_delta", "thinking"
	case callBlock:
		kind, key = "input_json_delta", "partial_json"
		m.x.sent += countTokens(b.name)
		if err := m.frame(m.delta(index, obj{{"type", kind}, {key, ""}})); err != nil || b.text == "{}" {
			return err
		}
	}
	for _, piece := range splitTokens(b.text, orElse(m.q.answer.pieces, habit)) {
		if err := m.chunk(m.delta(index, obj{{"type", kind}, {key, piece}}), countTokens(piece)); err != nil {
			return err
		}
	}
	return nil
}
