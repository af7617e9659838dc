package protocol

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

// Parts are the members of a request body by which its conversation can be
// recognised.
type Parts struct {
	CacheKey Field // prompt_cache_key
	Metadata Field // metadata
	System   Field // instructions in front of the turns, where they stand apart
	Turns    Field // messages, input or contents
}

// partNames are the members' names in all formats; no format has two of those
// that mean the same.
var partNames = []string{"prompt_cache_key", "metadata", "system", "instructions", "systemInstruction", "system_instruction", "messages", "input", "contents"}

// partsOf reads what Scan has found for partNames.
func partsOf(at []Field) Parts {
	p := Parts{CacheKey: at[0], Metadata: at[1]}
	for _, f := range at[2:6] {
		if f.Found() {
			p.System = f
		}
	}
	for _, f := range at[6:9] {
		if f.Found() {
			p.Turns = f
		}
	}
	return p
}

// InspectParts checks that a body is one JSON object and finds its parts, for
// requests that carry their model in the path.
func InspectParts(body []byte) (Parts, *llm.Error) {
	var at [9]Field
	if err := Scan(body, partNames, at[:]); err != nil {
		return Parts{}, badJSON(err)
	}
	return partsOf(at[:]), nil
}

// SessionID returns the conversation that the client has named in the body: by
// prompt_cache_key, or in metadata.user_id, into which Claude Code puts its
// session. It returns "" when it has named none; a user_id without a session is
// a person, who may have many conversations.
func (p Parts) SessionID(body []byte) string {
	var key string
	if p.CacheKey.Found() && json.Unmarshal(p.CacheKey.Of(body), &key) == nil && key != "" {
		return key
	}
	if !p.Metadata.Found() {
		return ""
	}
	var at [1]Field
	meta := p.Metadata.Of(body)
	if Scan(meta, []string{"user_id"}, at[:]) != nil || !at[0].Found() {
		return ""
	}
	var id string
	if json.Unmarshal(at[0].Of(meta), &id) != nil || !strings.Contains(id, "session") {
		return ""
	}
	return id
}

// openingPart bounds how much of one part is looked at: conversations differ
// early, and long instructions are the same in many.
const openingPart = 16 << 10

// Opening hashes how the conversation begins: the instructions and the turns up
// to the first of the user. That is the same for every later request of the
// conversation. It returns false when the body has no turns.
func (p Parts) Opening(h *maphash.Hash, body []byte) bool {
	if !p.Turns.Found() {
		return false
	}
	hashPart(h, p.System.Of(body))
	for _, turn := range firstTurns(p.Turns.Of(body)) {
		hashPart(h, turn)
	}
	return true
}

var cacheMark = []byte(`"cache_control"`)

// hashPart leaves out the marks of the cache: clients move them from turn to turn
// as the conversation goes on.
func hashPart(h *maphash.Hash, part []byte) {
	part = part[:min(len(part), openingPart)]
	for {
		i := bytes.Index(part, cacheMark)
		if i < 0 {
			break
		}
		before := bytes.TrimRight(part[:i], ", \t\r\n")
		_, _ = h.Write(before)
		end := bytes.IndexByte(part[i:], '}')
		if end < 0 {
			part = nil
			break
		}
		if part = part[i+end+1:]; bytes.HasSuffix(before, []byte{'{'}) {
			part = bytes.TrimLeft(part, ", \t\r\n")
		}
	}
	_, _ = h.Write(part)
	_ = h.WriteByte(0)
}

// maxOpening bounds the turns that are looked at for the first one of the user.
const maxOpening = 8

// firstTurns returns the turns up to the first one of the user. What is no list
// is a turn itself.
func firstTurns(turns []byte) [][]byte {
	s := scanner{b: turns}
	if !s.take('[') {
		return [][]byte{turns}
	}
	var found [][]byte
	for len(found) < maxOpening {
		s.space()
		start := s.i
		if s.value() != nil {
			break
		}
		turn := turns[start:s.i]
		found = append(found, turn)
		s.space()
		if isUsers(turn) || !s.take(',') {
			break
		}
	}
	return found
}

// isUsers reports whether a turn is the user's; Gemini lets the role out.
func isUsers(turn []byte) bool {
	var at [1]Field
	if Scan(turn, []string{"role"}, at[:]) != nil {
		return false
	}
	return !at[0].Found() || string(at[0].Of(turn)) == `"user"`
}
