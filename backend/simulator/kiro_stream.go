package simulator

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// kiroStream writes the frames of one answer.
type kiroStream struct {
	*stream
	p *kiroPlane
	q *kiroRequest
}

// streamAnswer sends the answer: it is always a stream.
func (p *kiroPlane) streamAnswer(x *exchange, q *kiroRequest) error {
	x.w.Header().Set("X-Amzn-Kiro-Conversation-Id", q.conversation)
	s, err := x.stream(awsStream)
	k := &kiroStream{s, p, q}
	if err == nil {
		err = k.all()
	}
	return s.fail(err, func(r *refusal) []byte { return frameException(r.kind, p.serviceError(r)) })
}

func (k *kiroStream) all() error {
	if err := k.frame(frameEvent("initial-response", obj{{"conversationId", k.q.conversation}})); err != nil {
		return err
	}
	for _, b := range k.blocks() {
		if err := k.block(b); err != nil {
			return err
		}
	}
	if err := k.end(); err != nil {
		return err
	}
	k.p.dir.charge(k.q.who.ID, k.q.credits)
	return k.frame(k.tail())
}

// blocks are those of the answer, in the order of the model: what GPT models
// thought comes last.
func (k *kiroStream) blocks() []*block {
	var first, last []*block
	for i := range k.q.answer.blocks {
		b := &k.q.answer.blocks[i]
		if k.q.row.opaque && b.kind == thinkingBlock {
			last = append(last, b)
			continue
		}
		first = append(first, b)
	}
	return append(first, last...)
}

// tail is what stands behind the content of an answer that is whole.
func (k *kiroStream) tail() []byte {
	u := k.x.usage
	percent := float64(u.Input+u.Output) * 100 / float64(k.q.row.in)
	var out []byte
	if !k.p.dir.set().NoMetadata {
		out = frameEvent("metadataEvent", obj{{"stopReason", k.stopReason()}})
	}
	out = append(out, frameEvent("contextUsageEvent", obj{{"contextUsagePercentage", percent}})...)
	return append(out, frameEvent("meteringEvent", obj{{"unit", "credit"}, {"unitPlural", "credits"}, {"usage", k.q.credits}})...)
}

// stopReason tells why the answer ends. Of answers that call tools the service
// says END_TURN in a third of the cases.
func (k *kiroStream) stopReason() string {
	switch k.q.answer.stop {
	case stopLimit:
		return "MAX_TOKENS"
	case stopRefusal:
		return "CONTENT_FILTERED"
	case stopTool:
		if k.x.plan.leak == nil && k.x.sim.mint.random("kiro stop", k.x.number).IntN(3) > 0 {
			return "TOOL_USE"
		}
	}
	return "END_TURN"
}

func (k *kiroStream) block(b *block) error {
	switch b.kind {
	case callBlock:
		return k.call(b)
	case redactedBlock:
		return k.redacted(b)
	case thinkingBlock:
		return k.think(b)
	}
	return k.text(b.text)
}

// text writes words of the answer.
func (k *kiroStream) text(said string) error {
	return k.pieces(said, func(piece string) []byte { return k.said(piece) })
}

func (k *kiroStream) said(piece string) []byte {
	return frameEvent("assistantResponseEvent", obj{{"content", piece}, {"modelId", k.q.row.id}})
}

func (k *kiroStream) pieces(text string, event func(string) []byte) error {
	const habit = 4 // tokens for each event
	for _, piece := range splitTokens(text, orElse(k.q.answer.pieces, habit)) {
		if err := k.chunk(event(piece), countTokens(piece)); err != nil {
			return err
		}
	}
	return nil
}

func reasoningEvent(key, value string) []byte {
	return frameEvent("reasoningContentEvent", obj{{key, value}})
}

// think writes reasoning: as the model's own events with a signature in frames
// of its own or, for models that have none, in tags inside the text.
func (k *kiroStream) think(b *block) error {
	switch {
	case k.q.row.opaque:
		return k.redacted(b)
	case k.q.row.schema == "":
		return k.text("<thinking>" + b.text + "</thinking>\n\n")
	}
	signature := k.x.sim.mint.signature(k.q.signer(), b.text)
	if k.q.omit {
		k.x.sent += b.tokens()
		signature = k.x.sim.mint.close(claudeSeal("omitted"), k.q.signer(), b.text)
	} else if err := k.pieces(b.text, func(piece string) []byte { return reasoningEvent("text", piece) }); err != nil {
		return err
	}
	half := len(signature) / 2
	return k.frame(append(reasoningEvent("signature", signature[:half]), reasoningEvent("signature", signature[half:])...))
}

// signer is whose signatures an account gets: they hold for one model only.
func (q *kiroRequest) signer() string { return q.who.ID + "/" + q.row.id }

func (k *kiroStream) redacted(b *block) error {
	data := k.x.sim.mint.close(claudeSeal("redacted"), k.q.signer(), b.text)
	return k.chunk(reasoningEvent("redactedContent", data), b.tokens())
}

// call writes a tool call in fragments of three bytes. One that the limit cut
// has no last frame.
func (k *kiroStream) call(b *block) error {
	if leak := k.x.plan.leak; leak != nil {
		return k.text(leaked(b, leak.Reason))
	}
	id := k.x.id("tooluse_", 22, strconv.Itoa(b.n))
	event := func(more ...pair) []byte {
		return frameEvent("toolUseEvent", append(append(obj{{"name", b.name}}, more...), pair{"toolUseId", id}))
	}
	if err := k.chunk(event(), countTokens(b.name)); err != nil {
		return err
	}
	text := b.text
	if text == "{}" {
		text = "" // a call without arguments has no fragments
	}
	for len(text) > 0 {
		piece := fragment(text)
		text = text[len(piece):]
		if err := k.chunk(event(pair{"input", piece}), 0); err != nil {
			return err
		}
	}
	k.x.sent += countTokens(b.text)
	if last := len(k.q.answer.blocks) - 1; k.q.answer.stop == stopLimit && b.n == last {
		return nil
	}
	return k.chunk(event(pair{"stop", true}), 0)
}

// fragment is the next three bytes of s, and what belongs to the last rune.
func fragment(s string) string {
	const size = 3
	n := min(size, len(s))
	for n < len(s) && !utf8.RuneStart(s[n]) {
		n++
	}
	return s[:n]
}

// leaked is a tool call as it leaks into the text.
func leaked(b *block, form string) string {
	if form != "invoke" {
		return "[Called " + b.name + " with args: " + b.text + "]"
	}
	var out strings.Builder
	out.WriteString("<function_calls>\n<invoke name=\"" + b.name + "\">\n")
	gjson.Parse(b.text).ForEach(func(name, value gjson.Result) bool {
		out.WriteString("<parameter name=\"" + name.Str + "\">" + value.String() + "</parameter>\n")
		return true
	})
	return out.String() + "</invoke>\n</function_calls>"
}
