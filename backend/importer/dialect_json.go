package importer

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// readJSON reads accounts in the shape of the HTTP contract: an object with a
// credential (inside "credential" or beside the name), a list of them, an
// object that holds such a list as "accounts" or "items", or several of these
// one after another (JSON lines). A text in a list is a bare secret.
func readJSON(text string, p core.Provider) ([]Entry, bool) {
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") {
		return nil, false
	}
	r := &jsonReader{text: text, provider: p, dec: json.NewDecoder(strings.NewReader(text)), line: 1}
	for len(r.entries) <= MaxRows {
		err := r.value()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			r.fail(err)
			break
		}
	}
	return r.entries, true
}

// jsonReader walks a text value by value, so that every entry has its line.
type jsonReader struct {
	text     string
	provider core.Provider
	dec      *json.Decoder
	entries  []Entry
	offset   int // up to which lines are counted
	line     int
}

// value reads one value at the top: a list is walked element by element.
func (r *jsonReader) value() error {
	if !strings.HasPrefix(r.rest(), "[") {
		return r.element()
	}
	if _, err := r.dec.Token(); err != nil {
		return err
	}
	for r.dec.More() && len(r.entries) <= MaxRows {
		if err := r.element(); err != nil {
			return err
		}
	}
	if len(r.entries) > MaxRows {
		return nil
	}
	_, err := r.dec.Token()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// rest is the text ahead, from the next character that means something.
func (r *jsonReader) rest() string {
	return strings.TrimLeft(r.text[r.dec.InputOffset():], " \t\r\n,")
}

func (r *jsonReader) element() error {
	line := r.lineAt(len(r.text) - len(r.rest()))
	var raw json.RawMessage
	if err := r.dec.Decode(&raw); err != nil {
		return err
	}
	r.add(line, raw, 0)
	return nil
}

// lineAt counts on from the last call, so that a long file is counted once.
func (r *jsonReader) lineAt(offset int) int {
	if offset > r.offset {
		r.line += strings.Count(r.text[r.offset:offset], "\n")
		r.offset = offset
	}
	return r.line
}

// jsonAccount is an account, or a list of them under a name.
type jsonAccount struct {
	core.Credential
	Name     string            `json:"name"`
	Inner    *core.Credential  `json:"credential"`
	Enabled  *bool             `json:"enabled"`
	Accounts []json.RawMessage `json:"accounts"`
	Items    []json.RawMessage `json:"items"`
}

// add adds what raw holds; depth is 1 inside a list that an object names.
func (r *jsonReader) add(line int, raw json.RawMessage, depth int) {
	if len(r.entries) > MaxRows {
		return
	}
	var bare string
	if json.Unmarshal(raw, &bare) == nil {
		r.entries = append(r.entries, Entry{Line: line, Credential: secret(strings.TrimSpace(bare), r.provider)})
		return
	}
	var a jsonAccount
	if err := json.Unmarshal(raw, &a); err != nil {
		r.entries = append(r.entries, Entry{Line: line, Problem: "this is not an account; write an object such as {\"name\": \"…\", \"api_key\": \"…\"}"})
		return
	}
	if nested := append(a.Accounts, a.Items...); len(nested) > 0 && depth == 0 {
		for _, n := range nested {
			r.add(line, n, depth+1)
		}
		return
	}
	e := Entry{Line: line, Name: strings.TrimSpace(a.Name), Credential: a.Credential, Enabled: a.Enabled}
	if a.Inner != nil {
		e.Credential = *a.Inner
	}
	r.entries = append(r.entries, e)
}

// fail ends the table with the place where the text stops being JSON.
func (r *jsonReader) fail(err error) {
	offset := int(r.dec.InputOffset())
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = min(int(syntax.Offset), len(r.text))
	} else {
		offset = max(offset, len(strings.TrimRight(r.text, " \t\r\n")))
	}
	r.entries = append(r.entries, Entry{
		Line:    r.lineAt(offset),
		Problem: "from here on this is not valid JSON; a comma, a quote or a bracket is missing or too many",
	})
}
