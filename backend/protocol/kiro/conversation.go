package kiro

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/protocol"
)

// conversation is a request on its way to the wire: turns as they were said, and
// what is to be told beside them. normalise brings it into the form that the
// service takes.
type conversation struct {
	model    string
	window   int64  // of the model, in tokens
	plain    bool   // the model's tools must do without the finer words of schemas
	system   string // goes before the first message
	note     string // goes behind the last one
	messages []message
	tools    []tool
}

// message is what one side said at once.
type message struct {
	assistant bool
	parts     []part
	results   []result // of a user
	uses      []use    // of an assistant
	thought   *thought // of an assistant

	// What normalise makes of the parts.
	text   string
	images []image
}

// part is a text, or an image where it stands between texts.
type part struct {
	text  string
	image *image
}

type image struct{ format, data string } // data is base64

// result is what a tool gave back.
type result struct {
	id     string
	failed bool
	parts  []part
	texts  []string // what normalise makes of the parts
}

// use is a call of a tool.
type use struct {
	id              string
	namespace, name string // the client's
	custom          bool
	input           json.RawMessage
	wire            string // the name on the wire, found by normalise
}

// thought is reasoning of the model itself, sealed by its signature.
type thought struct{ text, signature, redacted string }

// tool is something that the model may call.
type tool struct {
	namespace, name string // the client's
	custom          bool
	description     string
	schema          json.RawMessage
	wire            string // the name on the wire, found by normalise
}

// isEmpty reports whether there is nothing to say or show in parts.
func isEmpty(parts []part) bool {
	return !saysText(parts) && !slices.ContainsFunc(parts, func(p part) bool { return p.image != nil })
}

func saysText(parts []part) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.image == nil && strings.TrimSpace(p.text) != "" })
}

// says reports whether a message may stand in a conversation: reasoning alone is
// no message.
func (m *message) says() bool {
	if m.assistant {
		return saysText(m.parts) || len(m.uses) > 0
	}
	return !isEmpty(m.parts) || len(m.results) > 0
}

// join appends what the same side said next.
func (m *message) join(n *message) {
	m.parts = append(m.parts, n.parts...)
	m.results = append(m.results, n.results...)
	m.uses = append(m.uses, n.uses...)
	if n.thought != nil {
		m.thought = n.thought // there is one place for it
	}
}

// origin is how a client of the service names itself in every message.
const origin = "AI_EDITOR"

// append writes conversationState. Whatever stands in the history is written in
// the same way in every turn that follows, or the service's cache would miss it.
func (c *conversation) append(dst []byte, id string) []byte {
	last := len(c.messages) - 1
	o := protocol.BeginObject(dst)
	o.String("chatTriggerType", "MANUAL")
	o.String("conversationId", id)
	if last > 0 {
		o.Value("history", func(dst []byte) []byte {
			l := protocol.BeginList(dst)
			for i := range c.messages[:last] {
				l.Value(func(dst []byte) []byte { return c.appendMessage(dst, &c.messages[i], nil) })
			}
			return l.End()
		})
	}
	o.Value("currentMessage", func(dst []byte) []byte { return c.appendMessage(dst, &c.messages[last], c.tools) })
	return o.End()
}

func (c *conversation) appendMessage(dst []byte, m *message, tools []tool) []byte {
	if m.assistant {
		return append(appendAssistant(append(dst, `{"assistantResponseMessage":`...), m), '}')
	}
	o := protocol.BeginObject(append(dst, `{"userInputMessage":`...))
	o.String("content", m.text)
	o.String("modelId", c.model)
	o.String("origin", origin)
	if len(m.images) > 0 {
		o.Value("images", func(dst []byte) []byte { return appendImages(dst, m.images) })
	}
	if len(tools)+len(m.results) > 0 {
		o.Value("userInputMessageContext", func(dst []byte) []byte { return appendContext(dst, m.results, tools) })
	}
	return append(o.End(), '}')
}

func appendImages(dst []byte, images []image) []byte {
	l := protocol.BeginList(dst)
	for _, img := range images {
		l.Value(func(dst []byte) []byte {
			o := protocol.BeginObject(dst)
			o.String("format", img.format)
			o.Value("source", func(dst []byte) []byte {
				s := protocol.BeginObject(dst)
				s.String("bytes", img.data)
				return s.End()
			})
			return o.End()
		})
	}
	return l.End()
}

func appendContext(dst []byte, results []result, tools []tool) []byte {
	o := protocol.BeginObject(dst)
	if len(results) > 0 {
		o.Value("toolResults", func(dst []byte) []byte {
			l := protocol.BeginList(dst)
			for i := range results {
				l.Value(func(dst []byte) []byte { return appendResult(dst, &results[i]) })
			}
			return l.End()
		})
	}
	if len(tools) > 0 {
		o.Value("tools", func(dst []byte) []byte {
			l := protocol.BeginList(dst)
			for i := range tools {
				l.Value(func(dst []byte) []byte { return appendTool(dst, &tools[i]) })
			}
			return l.End()
		})
	}
	return o.End()
}

func appendResult(dst []byte, r *result) []byte {
	o := protocol.BeginObject(dst)
	o.String("toolUseId", r.id)
	o.Value("content", func(dst []byte) []byte {
		l := protocol.BeginList(dst)
		for _, text := range r.texts {
			l.Value(func(dst []byte) []byte { return append(protocol.AppendString(append(dst, `{"text":`...), text), '}') })
		}
		return l.End()
	})
	status := "success"
	if r.failed {
		status = "error"
	}
	o.String("status", status)
	return o.End()
}

func appendTool(dst []byte, t *tool) []byte {
	o := protocol.BeginObject(append(dst, `{"toolSpecification":`...))
	o.String("name", t.wire)
	o.String("description", t.description)
	o.Value("inputSchema", func(dst []byte) []byte {
		return append(append(append(dst, `{"json":`...), t.schema...), '}')
	})
	return append(o.End(), '}')
}

func appendAssistant(dst []byte, m *message) []byte {
	o := protocol.BeginObject(dst)
	o.String("content", m.text)
	if m.thought != nil {
		o.Value("reasoningContent", func(dst []byte) []byte { return appendThought(dst, m.thought) })
	}
	if len(m.uses) > 0 {
		o.Value("toolUses", func(dst []byte) []byte {
			l := protocol.BeginList(dst)
			for i := range m.uses {
				l.Value(func(dst []byte) []byte { return appendUse(dst, &m.uses[i]) })
			}
			return l.End()
		})
	}
	return o.End()
}

func appendThought(dst []byte, t *thought) []byte {
	o := protocol.BeginObject(dst)
	if t.redacted != "" {
		o.String("redactedContent", t.redacted)
		return o.End()
	}
	o.Value("reasoningText", func(dst []byte) []byte {
		r := protocol.BeginObject(dst)
		r.String("text", t.text)
		r.String("signature", t.signature)
		return r.End()
	})
	return o.End()
}

func appendUse(dst []byte, u *use) []byte {
	o := protocol.BeginObject(dst)
	o.String("toolUseId", u.id)
	o.String("name", u.wire)
	o.Raw("input", u.input)
	return o.End()
}
