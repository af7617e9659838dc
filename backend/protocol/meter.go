package protocol

import (
	"bytes"
	"errors"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/sse"
)

// Reading is what a meter has learned of an answer. The formats' own code
// writes it, event by event.
type Reading struct {
	Tokens  llm.Usage
	Metered bool // the upstream has reported usage
	Done    bool // the last element of the answer has come
	Closing bool // nothing but usage and the last element can follow
	Begun   bool // something of the answer itself has come
	Failure *llm.Error
	Deltas  int64 // pieces of the answer so far
	Text    int64 // bytes of text in them
}

// Delta counts a piece of the answer: what it says stands in the string behind the
// first of the marks (such as `"text":"`) that is there and is not empty. The bytes
// are counted as they are written, with their escapes.
func (r *Reading) Delta(data []byte, marks ...string) {
	for _, mark := range marks {
		if n := textBehind(data, mark); n > 0 {
			r.Deltas++
			r.Text += n
			return
		}
	}
}

// textBehind is the length of the string that begins behind the mark.
func textBehind(data []byte, mark string) int64 {
	from := bytes.Index(data, []byte(mark))
	if from < 0 {
		return 0
	}
	s := scanner{b: data, i: from + len(mark)}
	from = s.i
	if s.str() != nil {
		return 0
	}
	return int64(s.i - 1 - from)
}

// Report keeps u as the usage so far: reports are cumulative, the last one
// wins.
func (r *Reading) Report(u llm.Usage) {
	u.Source = llm.Reported
	r.Tokens, r.Metered = u, true
}

// Usage implements Meter.
func (r *Reading) Usage() (llm.Usage, bool) { return r.Tokens, r.Metered }

// Ended implements Meter.
func (r *Reading) Ended() bool { return r.Done }

// Whole implements Meter.
func (r *Reading) Whole() bool { return r.Done || r.Closing }

// Content implements Meter.
func (r *Reading) Content() bool { return r.Begun || r.Whole() }

// Output implements Meter.
func (r *Reading) Output() int64 { return max(r.Deltas, (r.Text+3)/4) }

// Err implements Meter.
func (r *Reading) Err() *llm.Error { return r.Failure }

// eventMeter reads a stream of server-sent events.
type eventMeter struct {
	Reading
	events sse.Reader
	emit   func(sse.Event)
}

// NewEventMeter returns a meter that calls read for every event of the stream.
func NewEventMeter(read func(*Reading, sse.Event)) Meter {
	m := &eventMeter{}
	m.emit = func(e sse.Event) { read(&m.Reading, e) }
	return m
}

func (m *eventMeter) Feed(p []byte) { m.events.Feed(p, m.emit) }

// How much of an answer that is one JSON document a meter keeps. Up to
// wholeLimit it is read with its structure; of a larger one (images, audio)
// only the tail is searched, where every provider puts its usage.
const (
	wholeLimit = 8 << 20
	tailLimit  = 64 << 10
)

// bodyMeter reads an answer that is one JSON document.
type bodyMeter struct {
	buf  []byte
	cut  bool
	read func(*Reading, []byte)
	last *Reading // of buf as it is; nil = it was not read yet
}

// NewBodyMeter returns a meter for an answer that is one JSON document; read
// is called with the document, or with the tail of one that is too large.
func NewBodyMeter(read func(r *Reading, body []byte)) Meter { return &bodyMeter{read: read} }

func (m *bodyMeter) Feed(p []byte) {
	m.buf, m.last = append(m.buf, p...), nil
	if !m.cut && len(m.buf) <= wholeLimit {
		return
	}
	m.cut = true
	if len(m.buf) > 2*tailLimit {
		m.buf = append(m.buf[:0], m.buf[len(m.buf)-tailLimit:]...)
	}
}

// reading reads the document once, however often it is asked about.
func (m *bodyMeter) reading() *Reading {
	if m.last == nil {
		m.last = &Reading{}
		m.read(m.last, m.buf)
	}
	return m.last
}

func (m *bodyMeter) Usage() (llm.Usage, bool) { r := m.reading(); return r.Tokens, r.Metered }
func (m *bodyMeter) Err() *llm.Error          { return m.reading().Failure }

// Ended: a document is complete when its bytes are, which the connection tells.
func (m *bodyMeter) Ended() bool { return false }

// Whole: the connection does not tell when somebody on the way has cut the
// document and ended the message properly. An object must come to its end; what is
// no object (a transcript, sound) has no end that could be known.
func (m *bodyMeter) Whole() bool {
	s := scanner{b: m.buf}
	s.space()
	return m.cut || s.i == len(s.b) || s.b[s.i] != '{' || !errors.Is(s.value(), errTruncated)
}

func (m *bodyMeter) Content() bool { return len(m.buf) > 0 }
func (m *bodyMeter) Output() int64 { return 0 }

// arrayMeter reads an answer that is a JSON array which grows element by
// element.
type arrayMeter struct {
	bodyMeter
	elements int64
	seam     []byte // the end of what was fed, in which a mark may have begun
}

// NewArrayMeter is NewBodyMeter for an array: it is whole when it is closed.
func NewArrayMeter(read func(r *Reading, body []byte)) Meter {
	return &arrayMeter{bodyMeter: bodyMeter{read: read}}
}

// elementMark stands once in every element that holds something of an answer.
const elementMark = `"candidates"`

func (m *arrayMeter) Feed(p []byte) {
	m.bodyMeter.Feed(p)
	const most = len(elementMark) - 1
	m.seam = append(m.seam, p[:min(len(p), most)]...)
	m.elements += int64(bytes.Count(m.seam, []byte(elementMark)) + bytes.Count(p, []byte(elementMark)))
	if len(p) > most {
		m.seam = append(m.seam[:0], p[len(p)-most:]...)
	}
	m.seam = append(m.seam[:0], m.seam[max(0, len(m.seam)-most):]...)
}

func (m *arrayMeter) Whole() bool {
	return bytes.HasSuffix(bytes.TrimRight(m.buf, " \r\n\t"), []byte("]"))
}

// Content reports whether a whole element with parts of an answer has come.
func (m *arrayMeter) Content() bool {
	parts := []byte(`"parts"`)
	s := scanner{b: m.buf}
	for s.space(); s.take('[') || s.take(','); {
		s.space()
		from := s.i
		if from >= len(s.b) || s.b[from] != '{' || s.nested() != nil {
			return false
		}
		if bytes.Contains(s.b[from:s.i], parts) {
			return true
		}
		s.space()
	}
	return false
}

func (m *arrayMeter) Output() int64 { return m.elements }

// LastObject returns the JSON object behind the last occurrence of the member
// name (given with quotes) in b, or nil. It serves where the beginning of a
// document is no longer at hand.
func LastObject(b []byte, name string) []byte {
	i := lastIndex(b, []byte(name))
	if i < 0 {
		return nil
	}
	s := scanner{b: b, i: i + len(name)}
	s.space()
	if !s.take(':') {
		return nil
	}
	s.space()
	from := s.i
	if from >= len(b) || b[from] != '{' || s.nested() != nil {
		return nil
	}
	return b[from:s.i]
}

// lastIndex is bytes.LastIndex for a name that mostly stands once or not at all:
// searching forward runs at the speed of memory, searching backward does not.
func lastIndex(b, name []byte) int {
	last := -1
	for at := 0; ; {
		i := bytes.Index(b[at:], name)
		if i < 0 {
			return last
		}
		last = at + i
		at = last + len(name)
	}
}

// NoMeter is for answers that carry no usage.
func NoMeter() Meter { return &silentMeter{} }

type silentMeter struct{ Reading }

func (*silentMeter) Feed([]byte) {}
func (*silentMeter) Whole() bool { return true }
