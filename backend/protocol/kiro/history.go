package kiro

import (
	"encoding/json"
	"strings"
)

// withoutLeaks takes calls that leaked into the text of an earlier answer out of
// it: the model would imitate them in every later one.
func (b *builder) withoutLeaks(m *message) {
	for i := range m.parts {
		p := &m.parts[i]
		if !strings.ContainsAny(p.text, "[<") {
			continue
		}
		var kept strings.Builder
		say := func(s string) { kept.WriteString(s) }
		leaked := false
		f := leakFilter{tools: b.wireTools()}
		f.feed(p.text, say, func(leak) { leaked = true })
		f.close(say)
		if leaked {
			p.text = kept.String()
		}
	}
}

// wireTools are the tools by their names on the wire, which normalise gives them
// in the same order.
func (b *builder) wireTools() map[string]json.RawMessage {
	if b.wire == nil {
		b.wire = make(map[string]json.RawMessage, len(b.talk.tools))
		for _, t := range b.talk.tools {
			b.wire[nameOf(b.names, t.namespace, t.name, t.custom)] = emptySchema
		}
	}
	return b.wire
}
