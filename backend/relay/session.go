package relay

import (
	"hash/maphash"
	"strconv"

	"github.com/aihub/aihub/backend/protocol"
)

// sessionHeaders are what tools name a conversation in, the narrowest first, in
// canonical form: Claude Code, Codex of today and of before, opencode and others.
var sessionHeaders = []string{
	"X-Claude-Code-Session-Id", "Thread-Id", "Session-Id", "Session_id", "Conversation_id", "Conversation-Id",
	"X-Session-Affinity", "X-Session-Id",
}

// agentHeader tells apart the agents that work for one session of Claude Code:
// each has a prompt of its own.
const agentHeader = "X-Claude-Code-Agent-Id"

// worthSticking is the size of a body, in bytes, below which no provider caches
// its prompt (1024 tokens). Smaller requests without the name of a conversation
// are spread: they may all be the same prompt of one script.
const worthSticking = 4096

// session names the conversation of the call, for the balancer; "" when there is
// none. Models have caches of their own, and users no conversation in common.
func (x *exchange) session() string {
	c := x.call
	if c.Op != protocol.Chat && c.Op != protocol.Completions {
		return ""
	}
	var h maphash.Hash
	h.SetSeed(x.seed)
	for _, part := range []string{c.User.ID, c.Head.Model} {
		hashText(&h, part)
	}
	body := c.Body.Bytes()
	if id := x.namedSession(body); id != "" {
		hashText(&h, id)
		hashText(&h, c.Header.Get(agentHeader))
	} else if len(body) < worthSticking || !c.Head.Parts.Opening(&h, body) {
		return ""
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// namedSession is what the client calls the conversation.
func (x *exchange) namedSession(body []byte) string {
	for _, name := range sessionHeaders {
		if v := x.call.Header[name]; len(v) > 0 && v[0] != "" {
			return v[0]
		}
	}
	return x.call.Head.Parts.SessionID(body)
}

// hashText adds a text that ends where it ends.
func hashText(h *maphash.Hash, s string) {
	_, _ = h.WriteString(s)
	_ = h.WriteByte(0)
}
