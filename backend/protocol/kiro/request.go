package kiro

import (
	"encoding/json"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// state is what the decoder needs of the encoder besides Encoded itself.
type state struct {
	tags  bool                       // the model was asked to think in tags of its text
	tools map[string]json.RawMessage // the schemas of the tools, by their names on the wire
}

// builder words one request. Each step settles one part of it; later steps see
// what the earlier ones decided. The first error stays.
type builder struct {
	req     *llm.Request
	target  protocol.Target
	can     *traits
	names   *protocol.Names
	talk    conversation
	wire    map[string]json.RawMessage // see wireTools
	notes   []string                   // go behind the last message
	tags    string                     // go before everything
	fields  []byte                     // additionalModelRequestFields
	dropped []string
	err     *llm.Error
}

// EncodeRequest implements protocol.UpstreamCodec. Which profile the request is
// for, and what the host at hand wants besides, is added by the adapter that
// sends it.
func (Format) EncodeRequest(req *llm.Request, t protocol.Target) (*protocol.Encoded, *llm.Error) {
	b := newBuilder(req, t)
	b.refuse()
	b.pickTools()
	b.pickReasoning()
	b.pickFormat()
	b.converse()
	b.reportDropped()
	if b.err == nil {
		b.err = b.talk.normalise(b.names)
	}
	if b.err != nil {
		return nil, b.err
	}
	body := b.body()
	if err := b.talk.limitBody(len(body)); err != nil {
		return nil, err
	}
	return &protocol.Encoded{
		Path: Path, Body: body, Dropped: b.dropped, Names: b.names, Target: t, Request: req, State: b.state(),
	}, nil
}

func newBuilder(req *llm.Request, t protocol.Target) *builder {
	can := traitsOf(t.Model)
	return &builder{
		req: req, target: t, can: can, names: protocol.NewLetterNames(maxName),
		talk: conversation{model: t.Model, window: windowOf(t), plain: isPlain(t)},
	}
}

func (b *builder) body() []byte {
	o := protocol.BeginObject(make([]byte, 0, 4096))
	o.Value("conversationState", func(dst []byte) []byte { return b.talk.append(dst, b.conversationID()) })
	o.Raw("additionalModelRequestFields", b.fields)
	return o.End()
}

func (b *builder) state() *state {
	s := &state{tags: b.tags != "", tools: make(map[string]json.RawMessage, len(b.talk.tools))}
	for _, t := range b.talk.tools {
		s.tools[t.wire] = t.schema
	}
	return s
}

// fail keeps the first error. kind is NotSupported for what another provider can
// do, so that it is asked.
func (b *builder) fail(kind llm.ErrorKind, param, message string) {
	if b.err == nil {
		b.err = &llm.Error{Kind: kind, Param: param, Message: param + ": " + message, NoRetry: kind == llm.NotSupported}
	}
}

// refuse reports what must not be dropped silently: the client would get another
// thing than it asked for.
func (b *builder) refuse() {
	if b.req.N > 1 {
		b.fail(llm.InvalidRequest, b.param("n"), "this model answers with one candidate at a time; ask again for more")
	}
	for _, m := range b.req.Modalities {
		if !strings.EqualFold(m, "text") {
			b.fail(llm.NotSupported, b.param("modalities"), "Kiro's models answer in text: leave out "+m)
		}
	}
}

// converse puts the instructions and turns into the conversation. Instructions
// have no place of their own: a request of nothing else becomes a message.
func (b *builder) converse() {
	var system []string
	if b.tags != "" {
		system = append(system, b.tags)
	}
	if !protocol.SystemOnly(b.req) {
		for i := range b.req.System {
			if text := b.req.System[i].Text; strings.TrimSpace(text) != "" {
				system = append(system, text)
			}
		}
	}
	b.talk.system = strings.Join(system, paragraph)
	b.talk.note = strings.Join(b.notes, paragraph)
	turns := protocol.Arrange(b.req, protocol.Arrangement{
		MergeSameRole: true, FirstMustBeUser: true, DropEmpty: true, PrefixNames: true, System: protocol.SystemAsUser,
	})
	b.talk.messages = make([]message, 0, len(turns)+2)
	for i := range turns {
		b.talk.messages = append(b.talk.messages, b.message(&turns[i]))
	}
}

func (b *builder) message(t *llm.Turn) message {
	m := message{assistant: t.Role == llm.Assistant}
	for i := range t.Blocks {
		block := &t.Blocks[i]
		switch {
		case block.Kind == llm.ToolUse && block.Call != nil:
			m.uses = append(m.uses, useOf(block.Call))
		case block.Kind == llm.ToolOutput && block.Result != nil:
			m.results = append(m.results, b.result(block.Result))
		case block.Kind == llm.Thinking || block.Kind == llm.Redacted:
			if seen := b.thought(block); seen != nil {
				m.thought = seen
			}
		case block.Media != nil && m.assistant:
			m.parts = append(m.parts, part{text: "[image]"}) // only users can show one
		default:
			m.parts = append(m.parts, b.parts(block)...)
		}
	}
	if m.assistant && len(b.talk.tools) > 0 {
		b.withoutLeaks(&m)
	}
	return m
}

func useOf(c *llm.ToolCall) use {
	u := use{id: c.ID, namespace: c.Namespace, name: c.Name, custom: c.Custom, input: c.Args}
	if c.Custom {
		u.input = protocol.CustomArgs(c.Input)
	}
	return u
}

func (b *builder) result(r *llm.ToolResult) result {
	out := result{id: r.CallID, failed: r.IsError}
	for i := range r.Blocks {
		if r.Blocks[i].Kind == llm.Audio {
			// The tool has run, and the conversation must be able to go on.
			out.parts = append(out.parts, part{text: "(The tool returned audio, which this model cannot hear.)"})
			continue
		}
		out.parts = append(out.parts, b.parts(&r.Blocks[i])...)
	}
	return out
}

// parts is a text or a file as it can stand in a message.
func (b *builder) parts(block *llm.Block) []part {
	switch {
	case block.Kind == llm.Text || block.Kind == llm.RefusalBlock:
		return []part{{text: block.Text}}
	case block.Media != nil:
		return b.media(block)
	}
	return nil // of another protocol
}
