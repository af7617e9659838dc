package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// Field is where the value of a top-level member of a JSON object lies:
// body[Start:End]. A zero Field stands for a member that is absent.
type Field struct{ Start, End int }

// Found reports whether the member is there.
func (f Field) Found() bool { return f.End > 0 }

// Of returns the raw value.
func (f Field) Of(body []byte) []byte { return body[f.Start:f.End] }

// Errors of Scan, worded for the sender of the body.
var (
	errNotObject = errors.New("the body must be a JSON object")
	errTruncated = errors.New("the JSON ends too early")
	errTrailing  = errors.New("there is something behind the end of the JSON object")
	errSyntax    = errors.New("the body is not valid JSON")
	errTooDeep   = errors.New("the JSON is nested too deeply")
	errDuplicate = errors.New("a member of the JSON object appears twice")
)

const maxDepth = 512

// Scan finds top-level members of a JSON object without decoding it, at the
// speed at which memory can be searched for quotes. out[i] receives the place
// of names[i]. It refuses what is not a single object with balanced brackets
// and closed strings; finer faults inside values are left to the upstream,
// which words them in the client's own format. A wanted member that appears
// twice, the second time perhaps in another case, is refused: upstreams differ
// in which one they take, and some fold case.
func Scan(body []byte, names []string, out []Field) error {
	s := scanner{b: body}
	s.space()
	if !s.take('{') {
		return errNotObject
	}
	s.space()
	if s.take('}') {
		return s.end()
	}
	for {
		if err := s.member(names, out); err != nil {
			return err
		}
		if s.take(',') {
			s.space()
			continue
		}
		if s.take('}') {
			return s.end()
		}
		return s.fault()
	}
}

type scanner struct {
	b []byte
	i int
	// folded has a bit for each wanted member that is there in another case.
	folded uint64
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

func (s *scanner) take(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *scanner) fault() error {
	if s.i >= len(s.b) {
		return errTruncated
	}
	return errSyntax
}

func (s *scanner) end() error {
	s.space()
	if s.i < len(s.b) {
		return errTrailing
	}
	return nil
}

func (s *scanner) member(names []string, out []Field) error {
	start := s.i
	if !s.take('"') {
		return s.fault()
	}
	if err := s.str(); err != nil {
		return err
	}
	key := s.b[start+1 : s.i-1]
	s.space()
	if !s.take(':') {
		return s.fault()
	}
	s.space()
	from := s.i
	if err := s.value(); err != nil {
		return err
	}
	to := s.i
	s.space()
	return s.keep(key, Field{from, to}, names, out)
}

func (s *scanner) keep(key []byte, f Field, names []string, out []Field) error {
	if bytes.IndexByte(key, '\\') >= 0 {
		var plain string
		if json.Unmarshal(append(append([]byte{'"'}, key...), '"'), &plain) == nil {
			key = []byte(plain)
		}
	}
	for i, name := range names {
		bit := uint64(1) << i
		switch {
		case string(key) == name:
			if out[i].Found() || s.folded&bit != 0 {
				return errDuplicate
			}
			out[i] = f
		case foldsTo(key, name):
			if out[i].Found() {
				return errDuplicate
			}
			s.folded |= bit
		}
	}
	return nil
}

// foldsTo compares as encoding/json does. Few keys are of a length that makes
// it look closer: a letter folds to one of three bytes at most.
func foldsTo(key []byte, name string) bool {
	return len(key) >= len(name) && len(key) <= 3*len(name) && strings.EqualFold(string(key), name)
}

// str passes the rest of a string whose opening quote has been taken.
func (s *scanner) str() error {
	for {
		j := bytes.IndexByte(s.b[s.i:], '"')
		if j < 0 {
			s.i = len(s.b)
			return errTruncated
		}
		end := s.i + j
		k := end
		for k > s.i && s.b[k-1] == '\\' {
			k--
		}
		s.i = end + 1
		if (end-k)%2 == 0 {
			return nil
		}
	}
}

// value passes one value of any kind.
func (s *scanner) value() error {
	if s.i >= len(s.b) {
		return errTruncated
	}
	switch s.b[s.i] {
	case '"':
		s.i++
		return s.str()
	case '{', '[':
		return s.nested()
	default:
		return s.literal()
	}
}

func (s *scanner) literal() error {
	from := s.i
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ',', '}', ']', ' ', '\t', '\n', '\r':
			if !validLiteral(s.b[from:s.i]) {
				return errSyntax
			}
			return nil
		}
		s.i++
	}
	return errTruncated
}

func validLiteral(b []byte) bool {
	switch string(b) {
	case "true", "false", "null":
		return true
	}
	return len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9') && json.Valid(b)
}

// nested passes an object or array by counting brackets outside strings.
func (s *scanner) nested() error {
	var open [maxDepth]byte
	depth := 0
	for s.i < len(s.b) {
		c := s.b[s.i]
		s.i++
		switch c {
		case '"':
			if err := s.str(); err != nil {
				return err
			}
		case '{', '[':
			if depth == maxDepth {
				return errTooDeep
			}
			open[depth] = c + 2 // '{'+2 == '}', '['+2 == ']'
			depth++
		case '}', ']':
			depth--
			if open[depth] != c {
				return errSyntax
			}
			if depth == 0 {
				return nil
			}
		}
	}
	return errTruncated
}

// Splice returns body with the bytes of f replaced, in a new slice.
func Splice(body []byte, f Field, with []byte) []byte {
	out := make([]byte, 0, len(body)-(f.End-f.Start)+len(with))
	out = append(out, body[:f.Start]...)
	out = append(out, with...)
	return append(out, body[f.End:]...)
}

// Quote returns s as a JSON string, without the HTML escapes of encoding/json.
func Quote(s string) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	// Encoding a string cannot fail.
	_ = enc.Encode(s)
	return bytes.TrimRight(buf.Bytes(), "\n")
}
