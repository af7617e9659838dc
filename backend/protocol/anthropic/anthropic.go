// Package anthropic is the wire format of Anthropic Messages.
//
// On the way of a request it stands at either end. For a Messages client (Claude
// Code among them) it reads the request and words the answer, the stream and the
// errors; toward Anthropic it words the request as the model at hand takes it
// (models.json) and reads what comes back. Between equal formats it only reads
// usage out of answers as they pass by. Source of the wire facts: the official
// SDKs' types and catalogues, the vendor's documentation, recorded traffic.
package anthropic

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// Format implements protocol.Codec.
type Format struct{}

// ID implements protocol.Format.
func (Format) ID() llm.Protocol { return llm.Anthropic }

// Meter implements protocol.Format.
func (Format) Meter(op protocol.Operation, f protocol.Framing) protocol.Meter {
	switch {
	case op == protocol.CountTokens:
		return protocol.NoMeter()
	case f == protocol.Events:
		m := &streamUsage{}
		return protocol.NewEventMeter(m.read)
	default:
		return protocol.NewBodyMeter(readBody)
	}
}

// streamUsage adds up what message_start and the message_deltas report. Both
// are cumulative, and a delta may leave out what has not changed.
type streamUsage struct{ wire wireUsage }

func (s *streamUsage) read(r *protocol.Reading, e sse.Event) {
	switch string(e.Name) {
	case "message_start":
		s.report(r, gjson.GetBytes(e.Data, "message.usage"))
	case "message_delta":
		s.report(r, gjson.GetBytes(e.Data, "usage"))
	case "content_block_delta":
		r.Begun = true
		r.Delta(e.Data, `"text":"`, `"partial_json":"`, `"thinking":"`)
	case "message_stop":
		r.Done = true
	case "error":
		r.Failure = parseError(0, e.Data)
	}
}

func (s *streamUsage) report(r *protocol.Reading, v gjson.Result) {
	if !v.IsObject() {
		return
	}
	// Decoding into the same value overwrites only the members that are there.
	_ = json.Unmarshal([]byte(v.Raw), &s.wire)
	r.Report(s.wire.usage())
}

func readBody(r *protocol.Reading, body []byte) {
	if u := gjson.GetBytes(body, "usage"); u.IsObject() {
		r.Report(ParseUsage([]byte(u.Raw)))
	}
}

// wireUsage is Anthropic's own arithmetic: input_tokens leaves out what was
// read from or written to the cache.
type wireUsage struct {
	Input      int64 `json:"input_tokens"`
	CacheRead  int64 `json:"cache_read_input_tokens"`
	CacheWrite int64 `json:"cache_creation_input_tokens"`
	WriteD     struct {
		Hour int64 `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
	Output  int64 `json:"output_tokens"`
	OutputD struct {
		Thinking int64 `json:"thinking_tokens"`
	} `json:"output_tokens_details"`
}

func (w wireUsage) usage() llm.Usage {
	return llm.Usage{
		Input: w.Input + w.CacheRead + w.CacheWrite, CacheRead: w.CacheRead,
		CacheWrite: w.CacheWrite, CacheWrite1h: min(w.WriteD.Hour, w.CacheWrite),
		Output: w.Output, Reasoning: w.OutputD.Thinking,
	}
}

// ParseUsage reads the usage object of a message.
func ParseUsage(raw []byte) llm.Usage {
	var w wireUsage
	// A malformed usage object counts as far as it could be read.
	_ = json.Unmarshal(raw, &w)
	return w.usage()
}
