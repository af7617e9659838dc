package gemini

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// DecodeCount implements protocol.UpstreamCodec.
func (Format) DecodeCount(body []byte) (int64, bool) {
	n := gjson.GetBytes(body, "totalTokens")
	return n.Int(), n.Type == gjson.Number
}

// DecodeResponse implements protocol.UpstreamCodec. A whole answer is a stream
// of one chunk: reading both with the same eyes keeps them equal.
func (Format) DecodeResponse(body []byte, e *protocol.Encoded) (*llm.Response, *llm.Error) {
	if !gjson.ValidBytes(body) {
		return nil, &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer is not valid JSON"}
	}
	root := gjson.ParseBytes(body)
	if root.Get("error").IsObject() || root.Get("0.error").IsObject() {
		return nil, parseError(0, body)
	}
	d := &streamDecoder{e: e}
	doc := readDocument(root)
	events := d.chunk(nil, &doc)
	if !d.answered && d.blocked == "" {
		return nil, &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer holds no candidate"}
	}
	if d.finish == "" && d.blocked == "" {
		d.finish = "STOP" // a document is whole when its bytes are
	}
	return protocol.Gather(d.end(events)), nil
}

// stopOf is how an answer ended in canonical words. Google has no word of its
// own for calls: they are told by their parts.
func stopOf(word string, calls int) llm.StopReason {
	reason := llm.StopOther
	switch word {
	case "STOP":
		reason = llm.StopEndTurn
	case "MAX_TOKENS", "CONTINUATION":
		return llm.StopMaxTokens
	case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
		"IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
		return llm.StopContentFilter
	case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE":
		return llm.StopMalformedCall
	}
	if calls > 0 {
		return llm.StopToolUse
	}
	return reason
}

// newSources words the pages that a candidate rests on, as a list of {uri,
// title}; those that have been told before are left out.
func newSources(c *choice, told map[string]bool) json.RawMessage {
	l := protocol.BeginList(nil)
	add := func(v gjson.Result) {
		uri := clean(v.Get("uri").Str)
		if uri == "" || told[uri] {
			return
		}
		told[uri] = true
		l.Value(func(dst []byte) []byte {
			o := protocol.BeginObject(dst)
			o.String("uri", uri)
			o.String("title", clean(v.Get("title").Str))
			return o.End()
		})
	}
	c.grounding.Get("groundingChunks").ForEach(func(_, v gjson.Result) bool {
		add(v.Get("web"))
		return true
	})
	for _, name := range [...]string{"citations", "citationSources"} {
		c.citations.Get(name).ForEach(func(_, v gjson.Result) bool {
			add(v)
			return true
		})
	}
	if l.Empty() {
		return nil
	}
	return l.End()
}

// clean replaces what is not UTF-8; nothing else can be passed on.
func clean(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
