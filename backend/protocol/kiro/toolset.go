package kiro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// What the service takes of tools. It has refused requests with 137 of them and
// descriptions beyond ten thousand bytes; nobody has published its own limits.
const (
	maxName        = 64
	maxTools       = 128
	maxDescription = 9216 // bytes
)

var emptySchema = json.RawMessage(`{"type":"object","properties":{}}`)

// stub stands for a tool that was called once and is gone.
var stub = tool{
	description: "A tool of earlier in this conversation; it is not available any more.",
	schema:      emptySchema,
}

// nameTools gives the tools names that the service takes, those of the list
// first, and declares what the history called and the list lacks. Of two tools
// of one name the last definition counts, in the place of the first.
func (c *conversation) nameTools(names *protocol.Names) {
	at := map[string]int{}
	out := make([]tool, 0, len(c.tools))
	add := func(t tool) {
		if i, twice := at[t.wire]; twice {
			out[i] = t
			return
		}
		at[t.wire] = len(out)
		out = append(out, t)
	}
	for _, t := range c.tools {
		t.wire = nameOf(names, t.namespace, t.name, t.custom)
		add(t)
	}
	for i := range c.messages {
		for j := range c.messages[i].uses {
			u := &c.messages[i].uses[j]
			u.wire = nameOf(names, u.namespace, u.name, u.custom)
			if _, known := at[u.wire]; !known {
				t := stub
				t.wire = u.wire
				add(t)
			}
		}
	}
	c.tools = out
}

func nameOf(names *protocol.Names, ns, name string, custom bool) string {
	wire := names.Upstream(ns, name)
	if custom {
		names.SetCustom(wire)
	}
	return wire
}

// settleTools gives every tool a description and a schema of an object, and
// every call an object of arguments. A description that is too long goes on in
// the instructions.
func (c *conversation) settleTools() *llm.Error {
	if n := len(c.tools); n > maxTools {
		return &llm.Error{
			Kind: llm.InvalidRequest, Param: "tools",
			Message: fmt.Sprintf("tools: the request has %d tools, more than Kiro takes (%d): switch some of them off", n, maxTools),
		}
	}
	size := 0
	for i := range c.tools {
		t := &c.tools[i]
		t.schema = mend(cleanSchema(t.schema, c.plain))
		switch {
		case strings.TrimSpace(t.description) == "":
			t.description = t.wire
		case len(t.description) > maxDescription:
			c.moveDescription(t)
		}
		size += len(t.description) + len(t.schema)
	}
	if size > maxToolBytes {
		return &llm.Error{
			Kind: llm.InvalidRequest, Param: "tools",
			Message: fmt.Sprintf("tools: their definitions have %d KB, more than Kiro takes (%d KB): switch some of them off", size>>10, maxToolBytes>>10),
		}
	}
	for i := range c.messages {
		for j := range c.messages[i].uses {
			u := &c.messages[i].uses[j]
			u.input = mend(protocol.RepairJSON(string(u.input)))
		}
	}
	return nil
}

func (c *conversation) moveDescription(t *tool) {
	title := "# The tool " + t.wire
	if c.system != "" {
		c.system += paragraph
	}
	c.system += title + paragraph + t.description
	more := "\n(Goes on in the instructions, under \"" + title + "\".)"
	t.description = strings.ToValidUTF8(t.description[:maxDescription-len(more)], "") + more
}

// mend replaces the halves of surrogate pairs that JSON can spell and UTF-8
// cannot. Only what clients and models wrote as JSON can hold them.
func mend(raw json.RawMessage) json.RawMessage {
	var out json.RawMessage
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		size, lone := surrogate(raw[i:])
		if lone {
			if out == nil {
				out = bytes.Clone(raw)
			}
			copy(out[i:], `\ufffd`)
		}
		i += size - 1
	}
	if out == nil {
		return raw
	}
	return out
}

// surrogate looks at an escape of JSON: how long it is, with its partner where
// it is the first half of a pair, and whether it is a half without one.
func surrogate(b []byte) (size int, lone bool) {
	switch half(b) {
	case 0:
		return 2, false
	case high:
		if half(b[6:]) == low {
			return 12, false
		}
	}
	return 6, true
}

const (
	high = 1 + iota
	low
)

// half says which half of a pair an escape spells, 0 if none.
func half(b []byte) int {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' || b[2]|0x20 != 'd' {
		return 0
	}
	switch b[3] | 0x20 {
	case '8', '9', 'a', 'b':
		return high
	case 'c', 'd', 'e', 'f':
		return low
	}
	return 0
}
