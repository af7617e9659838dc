package kiro

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// normalise brings the conversation into the form that the service takes. It
// runs last and relies on nothing that came before it, since the service answers
// every breach with the same "Improperly formed request.":
//
//   - users and assistants take turns, a user begins and a user ends;
//   - nothing is empty;
//   - each call of a tool has one result in the turn behind it, and each result
//     a call; ids are unique;
//   - each tool that was ever called is among the tools, under a name that the
//     service takes, with a description and the schema of an object;
//   - pictures stand in the message of a user, numbered where texts refer to
//     them.
//
// What the service would refuse for its size alone is an error.
func (c *conversation) normalise(names *protocol.Names) *llm.Error {
	c.alternate()
	c.pair()
	c.nameTools(names)
	if err := c.settleTools(); err != nil {
		return err
	}
	for i := range c.messages {
		c.messages[i].word()
	}
	c.place()
	return c.limit()
}

// alternate leaves out who says nothing and joins what one side said in a row.
func (c *conversation) alternate() {
	out := make([]message, 0, len(c.messages)+2)
	for i := range c.messages {
		m := &c.messages[i]
		switch n := len(out); {
		case !m.says():
		case n == 0 && m.assistant:
			out = append(out, message{}, *m) // its words are found by word
		case n > 0 && out[n-1].assistant == m.assistant:
			out[n-1].join(m)
		default:
			out = append(out, *m)
		}
	}
	if n := len(out); n == 0 || out[n-1].assistant {
		out = append(out, message{})
	}
	c.messages = out
}

// missing is what a call gets that nothing answers.
const missing = "no result: the call was cancelled"

// pair puts the results into the order of their calls, makes up what is missing
// and turns what nobody asked for into text. Ids may recur in a conversation;
// on the wire they do not.
func (c *conversation) pair() {
	used := map[string]bool{}
	for i := range c.messages {
		m := &c.messages[i]
		if m.assistant {
			m.results = nil
			continue
		}
		var calls []use
		if i > 0 {
			calls = c.messages[i-1].uses
		}
		m.uses, m.thought = nil, nil
		answers := m.answer(calls, used)
		m.lift()
		m.results = answers
	}
}

// lift turns the results that are left over into text and pictures of the user.
func (m *message) lift() {
	var parts []part
	for i := range m.results {
		r := &m.results[i]
		parts = append(parts, part{text: "Result of an earlier tool call (" + r.id + "):"})
		parts = append(parts, r.parts...)
	}
	if len(parts) > 0 {
		m.parts = append(parts, m.parts...)
	}
}

// answer returns one result for each call and gives both a new id.
func (m *message) answer(calls []use, used map[string]bool) []result {
	out := make([]result, 0, len(calls))
	for i := range calls {
		call := &calls[i]
		r := m.take(call.id)
		if r == nil {
			r = &result{failed: true, parts: []part{{text: missing}}}
		}
		call.id = uniqueID(call.id, used)
		r.id = call.id
		out = append(out, *r)
	}
	return out
}

// take finds the first result of a call and removes it.
func (m *message) take(id string) *result {
	for i := range m.results {
		if r := m.results[i]; r.id == id {
			m.results = append(m.results[:i:i], m.results[i+1:]...)
			return &r
		}
	}
	return nil
}

// uniqueID is the id of a call in a form that the service takes, and that no
// earlier call of the conversation has.
func uniqueID(id string, used map[string]bool) string {
	out := protocol.CallID(id)
	for n := 1; used[out]; n++ {
		sum := sha256.Sum256([]byte(id + "\x00" + strconv.Itoa(n)))
		head := protocol.CallID(id)
		out = head[:min(len(head), maxCallHead)] + "_" + hex.EncodeToString(sum[:4])
	}
	used[out] = true
	return out
}

const maxCallHead = 55 // of 64 characters, with "_" and eight digits of a hash
