// Package sse reads and writes server-sent events over plain bytes, without
// goroutines and without I/O of its own.
//
// On the way of a request it is the layer right above the network: the meters
// and decoders of the wire formats are fed by its Reader, whatever chunk
// borders the network made.
package sse

import "bytes"

// MaxEvent bounds the bytes that a Reader holds back for one event. The
// largest real events are the final ones of OpenAI Responses, which repeat the
// whole answer.
const MaxEvent = 64 << 20

// Event is one server-sent event. Its slices are valid only until the callback
// that received it returns.
type Event struct {
	Name []byte // the "event:" field; empty when there was none
	Data []byte // the "data:" lines, joined by LF
}

// Reader cuts a byte stream into events. The zero value is ready to use.
//
// It follows the WHATWG rules: lines end in LF, CRLF or CR; comment lines are
// skipped; a byte order mark at the start is dropped; an event without data is
// not dispatched; an unfinished event at the end of the stream is discarded.
type Reader struct {
	rest    []byte // an unfinished line
	name    []byte
	data    []byte
	hasData bool
	started bool
	afterCR bool // the last line ended in CR: an LF that follows belongs to it
	dead    bool // an event was larger than MaxEvent
}

// Feed takes the next bytes of the stream and calls emit for every event that
// they complete. It returns false when an event exceeded MaxEvent; the reader
// then ignores the rest of the stream.
func (r *Reader) Feed(p []byte, emit func(Event)) bool {
	for len(p) > 0 && !r.dead {
		if r.afterCR {
			r.afterCR = false
			if p[0] == '\n' {
				p = p[1:]
				continue
			}
		}
		i := lineEnd(p)
		if i < 0 {
			r.hold(p)
			break
		}
		r.afterCR = p[i] == '\r'
		r.endLine(p[:i], emit)
		p = p[i+1:]
	}
	return !r.dead
}

// Pending reports whether an event has begun and not ended: the stream was cut
// if no more bytes come.
func (r *Reader) Pending() bool { return len(r.rest) > 0 || r.hasData }

func lineEnd(p []byte) int {
	i := bytes.IndexByte(p, '\n')
	line := p
	if i >= 0 {
		line = p[:i]
	}
	if j := bytes.IndexByte(line, '\r'); j >= 0 {
		return j
	}
	return i
}

func (r *Reader) hold(p []byte) {
	if len(r.rest)+len(r.data)+len(p) > MaxEvent {
		r.dead, r.rest, r.data = true, nil, nil
		return
	}
	r.rest = append(r.rest, p...)
}

// endLine takes the end of a line; what came before it may be in rest. The
// common case, a line whole in p, is not copied until it is known to be data of
// an event that continues.
func (r *Reader) endLine(p []byte, emit func(Event)) {
	line := p
	if len(r.rest) > 0 {
		r.hold(p)
		line = r.rest
	}
	if !r.started {
		r.started = true
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	r.line(line, emit)
	r.rest = r.rest[:0]
}

func (r *Reader) line(line []byte, emit func(Event)) {
	if len(line) == 0 {
		r.dispatch(emit)
		return
	}
	field, value, _ := bytes.Cut(line, []byte{':'})
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	switch string(field) {
	case "data":
		if r.hasData {
			r.data = append(r.data, '\n')
		}
		r.hasData = true
		r.data = append(r.data, value...)
		if len(r.data) > MaxEvent {
			r.dead = true
		}
	case "event":
		r.name = append(r.name[:0], value...)
	}
}

func (r *Reader) dispatch(emit func(Event)) {
	if r.hasData {
		emit(Event{Name: r.name, Data: r.data})
	}
	r.name, r.data, r.hasData = r.name[:0], r.data[:0], false
}
