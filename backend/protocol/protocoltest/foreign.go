package protocoltest

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/aihub/aihub/backend/llm"
)

// marker stands in everything that must not leave its own protocol.
const marker = "stays-at-home"

func marked(member string) map[string]json.RawMessage {
	return map[string]json.RawMessage{member: json.RawMessage(`{"v":"` + marker + `"}`)}
}

type foreignCase struct {
	name string
	req  func(origin llm.Protocol) *llm.Request
	kept bool // by the protocol that it came from
}

func foreignCases() []foreignCase {
	return []foreignCase{
		{"members of the request", func(llm.Protocol) *llm.Request {
			return &llm.Request{Turns: hi(), Extra: marked("future_member")}
		}, true},
		{"members of a turn", func(llm.Protocol) *llm.Request {
			turn := user(text("Hi"))
			turn.Extra = marked("future_member")
			return &llm.Request{Turns: []llm.Turn{turn}}
		}, false},
		{"members of a tool", func(llm.Protocol) *llm.Request {
			tool := clock()
			tool.Extra = marked("future_member")
			return &llm.Request{Turns: hi(), Tools: []llm.Tool{tool}}
		}, false},
		{"a server's tool", func(origin llm.Protocol) *llm.Request {
			tool := llm.Tool{Raw: json.RawMessage(`{"type":"future_tool_20270101","name":"future_tool","x":"` + marker + `"}`), Origin: origin}
			return &llm.Request{Turns: hi(), Tools: []llm.Tool{clock(), tool}}
		}, false},
		{"a block", func(origin llm.Protocol) *llm.Request {
			block := llm.Block{Kind: llm.Opaque, Origin: origin, Raw: json.RawMessage(`{"type":"server_tool_use","x":"` + marker + `"}`)}
			return &llm.Request{Turns: []llm.Turn{user(text("Hi")), assistant(block, text("found")), user(text("more"))}}
		}, false},
		{"a redacted thought", func(origin llm.Protocol) *llm.Request {
			block := llm.Block{Kind: llm.Redacted, Text: marker, Signature: &llm.Signature{Origin: origin, Value: marker}}
			return &llm.Request{Turns: []llm.Turn{user(text("Hi")), assistant(block, text("found")), user(text("more"))}}
		}, false},
	}
}

// foreign checks that what only one protocol understands goes to that protocol
// and to no other: a client's local paths and rules would leak, and upstreams
// refuse members that they do not know.
func (s *suite) foreign(t *testing.T) {
	for _, tt := range foreignCases() {
		s.run(t, "foreign", tt.name, func(t *testing.T) {
			req := tt.req(s.profile.other)
			req.Origin, req.Model = s.profile.other, "client-model"
			x := mustSend(t, s.codec, req, s.profile.reasoner)
			if bytes.Contains(x.enc.Body, []byte(marker)) {
				t.Errorf("it reaches another protocol: %s", x.enc.Body)
			}
			if len(req.Tools) == 2 && len(x.enc.Dropped) == 0 {
				t.Error("the tool is lost, and dropped names nothing")
			}
			req = tt.req(s.codec.ID())
			req.Origin, req.Model = s.codec.ID(), "client-model"
			x = mustSend(t, s.codec, req, s.profile.reasoner)
			if tt.kept && !isBinary(s.codec) && !bytes.Contains(x.enc.Body, []byte(marker)) {
				t.Errorf("it is lost on the way to its own protocol: %s", x.enc.Body)
			}
		})
	}
}
