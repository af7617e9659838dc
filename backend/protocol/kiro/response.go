package kiro

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// DecodeResponse implements protocol.UpstreamCodec. The service always streams,
// so a whole answer is a stream that has come to its end.
func (f Format) DecodeResponse(body []byte, e *protocol.Encoded) (*llm.Response, *llm.Error) {
	d := f.decoder(e)
	var events []llm.Event
	frames := &frameReader{}
	read := func(frame sse.Event) {
		if d.ended { // at a stop sequence: what it has cost stands behind
			d.credits += meteredIn(frame)
		}
		events = d.Next(events, frame)
	}
	if !frames.Feed(body, read) {
		return nil, notFrames(body)
	}
	if frames.Pending() {
		d.openEnd = false // the last frame is not whole, so the answer was cut
	}
	events = d.Close(events)
	if last := events[len(events)-1]; last.Kind == llm.EventFailed {
		return nil, last.Err
	}
	resp := protocol.Gather(events)
	resp.Usage.Credits = d.credits
	return resp, nil
}

func meteredIn(frame sse.Event) float64 {
	if string(frame.Name) != "meteringEvent" {
		return 0
	}
	return max(0, gjson.GetBytes(frame.Data, "usage").Num)
}

// notFrames is the error of a body that is no stream: mostly one of the service's
// errors, else what something between here and there has sent.
func notFrames(body []byte) *llm.Error {
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '{' && gjson.GetBytes(trimmed, "message").Exists() {
		return fault{}.read(trimmed)
	}
	return &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer is no stream of events"}
}
