package openai

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// ForceUsage implements protocol.UsageForcer: stream_options.include_usage is
// set unless the client has set it.
func (Format) ForceUsage(op protocol.Operation, h protocol.Head, body []byte) ([]byte, bool) {
	if !h.Stream || op != protocol.Chat && op != protocol.Completions {
		return body, false
	}
	if !h.StreamOptionsAt.Found() {
		i := bytes.IndexByte(body, '{') + 1
		return protocol.Splice(body, protocol.Field{Start: i, End: i}, []byte(`"stream_options":{"include_usage":true},`)), true
	}
	options := h.StreamOptionsAt.Of(body)
	if options[0] != '{' {
		if string(options) != "null" {
			return body, false // the upstream words the error
		}
		return protocol.Splice(body, h.StreamOptionsAt, []byte(`{"include_usage":true}`)), true
	}
	return forceMember(h, body, options)
}

func forceMember(h protocol.Head, body, options []byte) ([]byte, bool) {
	at := [1]protocol.Field{}
	if protocol.Scan(options, []string{"include_usage"}, at[:]) != nil {
		return body, false
	}
	shift := h.StreamOptionsAt.Start
	if at[0].Found() {
		if string(at[0].Of(options)) == "true" {
			return body, false
		}
		return protocol.Splice(body, protocol.Field{Start: shift + at[0].Start, End: shift + at[0].End}, []byte("true")), true
	}
	member := []byte(`"include_usage":true,`)
	if len(gjson.ParseBytes(options).Map()) == 0 {
		member = member[:len(member)-1]
	}
	return protocol.Splice(body, protocol.Field{Start: shift + 1, End: shift + 1}, member), true
}

// UsageFilter implements protocol.UsageForcer.
func (Format) UsageFilter() protocol.Filter { return &usageFilter{} }

// usageFilter hides from a client what asking for usage adds to a stream: the
// chunk without choices, and "usage":null in all others. It works on whole
// lines and holds back a line that is not complete, up to a length that no chunk
// with usage has.
type usageFilter struct {
	rest []byte
	long bool // the line is longer: it passes as it is
	skip bool // the line before was dropped: drop the empty line that ends it
}

const maxHeldLine = 1 << 20

// Filter implements protocol.Filter.
func (f *usageFilter) Filter(dst, p []byte) []byte {
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			return f.hold(dst, p)
		}
		line := p[:i+1]
		if f.long {
			f.long = false
			dst = append(dst, line...)
			p = p[i+1:]
			continue
		}
		if len(f.rest) > 0 {
			f.rest = append(f.rest, line...)
			line = f.rest
		}
		dst = f.line(dst, line)
		f.rest = f.rest[:0]
		p = p[i+1:]
	}
}

// hold keeps the begin of a line until its end arrives.
func (f *usageFilter) hold(dst, p []byte) []byte {
	if !f.long && len(f.rest)+len(p) <= maxHeldLine {
		f.rest = append(f.rest, p...)
		return dst
	}
	dst = append(append(dst, f.rest...), p...)
	f.rest, f.long, f.skip = nil, true, false
	return dst
}

// Flush implements protocol.Filter.
func (f *usageFilter) Flush(dst []byte) []byte {
	dst = append(dst, f.rest...)
	f.rest = f.rest[:0]
	return dst
}

var (
	usageName = []byte(`"usage"`)
	// A quote inside a JSON string is always escaped, so these bytes cannot be
	// text of the model.
	usageNulls = [][]byte{[]byte(`,"usage":null`), []byte(`"usage":null,`), []byte(`, "usage": null`)}
)

func (f *usageFilter) line(dst, line []byte) []byte {
	if f.skip {
		f.skip = false
		if len(bytes.TrimSpace(line)) == 0 {
			return dst
		}
	}
	if !bytes.Contains(line, usageName) {
		return append(dst, line...)
	}
	for _, null := range usageNulls {
		if i := bytes.Index(line, null); i >= 0 {
			dst = append(dst, line[:i]...)
			return append(dst, line[i+len(null):]...)
		}
	}
	if isUsageChunk(line) {
		f.skip = true
		return dst
	}
	return append(dst, line...)
}

func isUsageChunk(line []byte) bool {
	data, ok := bytes.CutPrefix(line, []byte("data:"))
	if !ok {
		return false
	}
	v := gjson.ParseBytes(data)
	choices := v.Get("choices")
	return v.Get("usage").IsObject() && choices.IsArray() && choices.Get("#").Int() == 0
}
