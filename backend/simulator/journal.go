package simulator

import (
	"net/http"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/llm"
)

// Ending says what became of a request.
type Ending string

// The ways in which a request ends.
const (
	Answered Ending = "answered" // whole, or as a stream up to its terminal event
	Refused  Ending = "refused"  // for what it was
	Faulted  Ending = "faulted"  // by a fault on demand
	Left     Ending = "left"     // the client left before the end
)

// Recorded is a request as it arrived. Credentials are replaced by account
// ids; the body is byte for byte what was sent.
type Recorded struct {
	Seq     uint64      `json:"seq"` // counts from 1, over all requests
	Time    time.Time   `json:"time"`
	Account string      `json:"account,omitempty"`
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Query   string      `json:"query,omitempty"`
	Header  http.Header `json:"headers"`
	Body    []byte      `json:"body_base64"`
	Status  int         `json:"status"`         // what it was answered with; 0 = not yet, or cut
	End     Ending      `json:"end,omitempty"`  // "" = not yet
	Usage   llm.Usage   `json:"usage,omitzero"` // what the answer told its client
}

// journal keeps the last requests, bounded in number and in bytes.
type journal struct {
	mu        sync.Mutex
	kept      []*Recorded // oldest first
	seq       uint64
	bytes     int
	mostKept  int
	mostBytes int
}

// add stores a request and returns its place, for done.
func (j *journal) add(r *Recorded) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	r.Seq = j.seq
	j.kept = append(j.kept, r)
	j.bytes += len(r.Body)
	for len(j.kept) > j.mostKept || j.bytes > j.mostBytes && len(j.kept) > 1 {
		j.bytes -= len(j.kept[0].Body)
		j.kept[0] = nil
		j.kept = j.kept[1:]
	}
}

// done notes how a request was answered.
func (j *journal) done(r *Recorded, change func(*Recorded)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(r)
}

// list returns copies, oldest first. Their bodies are shared and must not be
// changed.
func (j *journal) list() []Recorded {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]Recorded, len(j.kept))
	for i, r := range j.kept {
		out[i] = *r
	}
	return out
}

func (j *journal) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept, j.bytes, j.seq = nil, 0, 0
}
