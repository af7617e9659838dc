package gemini

import (
	"bytes"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// StreamDecoder implements protocol.UpstreamCodec.
func (Format) StreamDecoder(e *protocol.Encoded) protocol.StreamDecoder {
	return &streamDecoder{e: e}
}

// streamDecoder reads a stream. Every chunk holds only new parts; which of them
// make one block is told by their kinds alone.
type streamDecoder struct {
	e              *protocol.Encoded
	started, ended bool
	answered       bool // a candidate has come
	next           int  // index of the next block
	open           *opened
	calls          int
	sources        map[string]bool
	finish         string // finishReason
	detail         string
	blocked        string // promptFeedback.blockReason
	usage          llm.Usage
}

// Next implements protocol.StreamDecoder.
func (d *streamDecoder) Next(dst []llm.Event, e sse.Event) []llm.Event {
	data := bytes.TrimSpace(e.Data)
	switch {
	case d.ended || len(data) == 0 || data[0] != '{' && gjson.ValidBytes(data) || string(data) == "[DONE]":
		return dst
	case !gjson.ValidBytes(data):
		return d.fail(dst, &llm.Error{Kind: llm.BadUpstream, Message: "the provider sent a chunk that is not valid JSON"})
	}
	doc := readDocument(gjson.ParseBytes(data))
	if doc.failure.IsObject() {
		return d.fail(dst, parseError(0, data))
	}
	return d.chunk(dst, &doc)
}

// document is the members of an answer or a chunk of it, found in one pass.
type document struct {
	candidates, feedback, usage, failure, id, model, created gjson.Result
}

func readDocument(v gjson.Result) document {
	var doc document
	v.ForEach(func(key, m gjson.Result) bool {
		switch key.Str {
		case "candidates":
			doc.candidates = m
		case "promptFeedback":
			doc.feedback = m
		case "usageMetadata":
			doc.usage = m
		case "error":
			doc.failure = m
		case "responseId":
			doc.id = m
		case "modelVersion":
			doc.model = m
		case "createTime":
			doc.created = m
		}
		return true
	})
	return doc
}

// Close implements protocol.StreamDecoder. Only the end of the stream is its
// end: usage, and even parts, have been seen behind the finish reason.
func (d *streamDecoder) Close(dst []llm.Event) []llm.Event {
	switch {
	case d.ended:
		return dst
	case d.finish == "" && d.blocked == "":
		return d.fail(dst, &llm.Error{Kind: llm.BadUpstream, Message: "the provider ended the stream before the answer was complete"})
	}
	return d.end(dst)
}

func (d *streamDecoder) fail(dst []llm.Event, e *llm.Error) []llm.Event {
	d.ended = true
	return append(dst, llm.Event{Kind: llm.EventFailed, Err: e})
}

func (d *streamDecoder) end(dst []llm.Event) []llm.Event {
	dst = d.close(d.start(dst, &document{}))
	d.ended = true
	stop := llm.Stop{Reason: stopOf(d.finish, d.calls), Detail: d.detail}
	if d.finish == "" {
		stop.Reason = llm.StopContentFilter
	}
	return append(dst, llm.Event{Kind: llm.EventStop, Stop: stop})
}

// chunk reads one document of the answer.
func (d *streamDecoder) chunk(dst []llm.Event, doc *document) []llm.Event {
	if !doc.candidates.IsArray() && !doc.feedback.IsObject() && !doc.usage.IsObject() {
		return dst
	}
	dst = d.start(dst, doc)
	doc.candidates.ForEach(func(_, v gjson.Result) bool {
		if c := readCandidate(v); v.IsObject() && c.index.Int() == 0 {
			dst = d.candidate(dst, &c)
			return false
		}
		return true
	})
	if word := doc.feedback.Get("blockReason").Str; word != "" && word != "BLOCK_REASON_UNSPECIFIED" {
		d.blocked = clean(word)
		if text := doc.feedback.Get("blockReasonMessage").Str; text != "" {
			d.detail = clean(text)
		}
	}
	return d.report(dst, doc.usage)
}

func (d *streamDecoder) start(dst []llm.Event, doc *document) []llm.Event {
	if d.started {
		return dst
	}
	d.started = true
	e := llm.Event{Kind: llm.EventStart, ID: clean(doc.id.Str), Model: clean(doc.model.Str)}
	if at, err := time.Parse(time.RFC3339, doc.created.Str); err == nil {
		e.Created = max(0, at.Unix())
	}
	return append(dst, e)
}

// report passes the usage on when it has changed; the last one counts.
func (d *streamDecoder) report(dst []llm.Event, v gjson.Result) []llm.Event {
	if !v.IsObject() {
		return dst
	}
	u := ParseUsage([]byte(v.Raw))
	if u.Source = llm.Reported; u == d.usage {
		return dst
	}
	d.usage = u
	return append(dst, llm.Event{Kind: llm.EventUsage, Usage: u})
}

// choice is the members of a candidate.
type choice struct {
	index, content, finish, message, grounding, citations gjson.Result
}

func readCandidate(v gjson.Result) choice {
	var c choice
	v.ForEach(func(key, m gjson.Result) bool {
		switch key.Str {
		case "index":
			c.index = m
		case "content":
			c.content = m
		case "finishReason":
			c.finish = m
		case "finishMessage":
			c.message = m
		case "groundingMetadata":
			c.grounding = m
		case "citationMetadata":
			c.citations = m
		}
		return true
	})
	return c
}

func (d *streamDecoder) candidate(dst []llm.Event, c *choice) []llm.Event {
	d.answered = true
	c.content.Get("parts").ForEach(func(_, p gjson.Result) bool {
		if p.IsObject() {
			dst = d.part(dst, p)
		}
		return true
	})
	dst = d.cite(dst, c)
	// A word that says more than STOP stays, whatever follows it.
	if word := c.finish.Str; word != "" && (d.finish == "" || d.finish == "STOP") {
		d.finish = clean(word)
	}
	if c.message.Str != "" {
		d.detail = clean(c.message.Str)
	}
	return dst
}

// cite passes sources on as a delta of the text that is open.
func (d *streamDecoder) cite(dst []llm.Event, c *choice) []llm.Event {
	if d.open == nil || d.open.kind != llm.Text || !c.grounding.Exists() && !c.citations.Exists() {
		return dst
	}
	if d.sources == nil {
		d.sources = map[string]bool{}
	}
	if list := newSources(c, d.sources); list != nil {
		dst = append(dst, llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Citations: list, Origin: llm.Gemini})
	}
	return dst
}
