package simulator

import (
	"strconv"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// FaultKind says what goes wrong.
type FaultKind string

// The kinds of faults.
const (
	// FaultStatus refuses with Status, the provider's own body and headers.
	FaultStatus FaultKind = "status"
	// FaultQuota refuses like an exhausted account once Requests answers or
	// Tokens tokens were used after the fault was set.
	FaultQuota FaultKind = "quota"
	// FaultSlowStart waits DelayMS more before the first byte.
	FaultSlowStart FaultKind = "slow_first_byte"
	// FaultSlowChunks waits DelayMS more before each streamed piece.
	FaultSlowChunks FaultKind = "slow_chunks"
	// FaultDrop closes the connection before any header.
	FaultDrop FaultKind = "drop"
	// FaultCut closes the connection after Chunks pieces of content.
	FaultCut FaultKind = "cut"
	// FaultNoEnd ends the answer cleanly after Chunks pieces, without the
	// protocol's terminal event.
	FaultNoEnd FaultKind = "no_end"
	// FaultStreamError reports an error (Status; 0 = overloaded) inside the
	// stream after Chunks pieces.
	FaultStreamError FaultKind = "stream_error"
	// FaultHang falls silent after Chunks pieces until the client leaves or
	// the faults are deleted.
	FaultHang FaultKind = "hang"
	// FaultTorn ends the answer cleanly in the middle of the piece behind the
	// first Chunks ones.
	FaultTorn FaultKind = "torn"
	// FaultEmpty answers with nothing at all, up to a proper end.
	FaultEmpty FaultKind = "empty"
	// FaultLeak lets tool calls leak as text. Kiro only; Reason "invoke" takes
	// the markup of tags, else it is that of brackets.
	FaultLeak FaultKind = "leak"
)

// Fault is a failure on demand. The first group says which requests it hits
// (a zero field matches all), the second what happens to them.
type Fault struct {
	ID string `json:"id"` // given by the simulator
	// Key selects an account by its API key, at Kiro by any of its tokens. It is
	// taken in and never given out: Account, its AccountID or at Kiro its own
	// id, stands for it.
	Key      string        `json:"key,omitempty"`
	Account  string        `json:"account,omitempty"`
	Provider core.Provider `json:"provider,omitempty" enum:"openai,anthropic,gemini,kiro"`
	Model    string        `json:"model,omitempty"` // "*" stands for any run of characters
	// Path is likewise, of the URL. At Kiro a fault without a path strikes the
	// runtime only, not the sign-in and the management.
	Path string `json:"path,omitempty"`
	// After lets so many matching requests pass first; Times hits so many and
	// then ends (0 = for ever).
	After int `json:"after,omitempty"`
	Times int `json:"times,omitempty"`
	// Probability hits some of the matching requests, chosen by the seed;
	// 0 means all.
	Probability float64 `json:"probability,omitempty"`

	Kind   FaultKind `json:"kind"`
	Status int       `json:"status,omitempty"`
	// Reason tells apart errors of one status: for 429 "requests" (the
	// default), "tokens" or "insufficient_quota"; for 400 "context_length",
	// "content_policy"; "html" gives a proxy's error page. Kiro takes its own
	// reasons too (kiroRows). Empty is the usual.
	Reason     string `json:"reason,omitempty"`
	Message    string `json:"message,omitempty"`     // instead of the provider's usual text
	RetryAfter int    `json:"retry_after,omitempty"` // seconds; 0 = the provider's usual, -1 = none
	DelayMS    int    `json:"delay_ms,omitempty"`
	// Chunks counts pieces of content: 0 = before the first one, -1 = even
	// before the opening events (for hang: before the headers).
	Chunks   int   `json:"chunks,omitempty"`
	Requests int64 `json:"requests,omitempty"`
	Tokens   int64 `json:"tokens,omitempty"`

	Hits int `json:"hits"` // requests that it struck

	seen, spentRequests, spentTokens int64
}

// faultList holds the faults in force.
type faultList struct {
	mu     sync.Mutex
	mint   mint
	faults []*Fault
	next   int
	// freed is closed when the faults are deleted, to free those that hang.
	freed chan struct{}
}

// mostFaults bounds the list.
const mostFaults = 1000

func newFaultList(m mint) *faultList { return &faultList{mint: m, freed: make(chan struct{})} }

// AddFault puts a fault in force and returns it with its id.
func (s *Simulator) AddFault(f Fault) (Fault, error) {
	if err := f.check(); err != nil {
		return Fault{}, err
	}
	if id := s.directory.owner(f.Key); id != "" {
		f.Account, f.Key = id, ""
	}
	return s.faults.add(f)
}

// Faults lists the faults in force with their hits.
func (s *Simulator) Faults() []Fault { return s.faults.list() }

// DeleteFault ends one fault.
func (s *Simulator) DeleteFault(id string) error {
	if !s.faults.remove(id) {
		return core.Errorf(core.CodeNotFound, "there is no fault %q", id)
	}
	return nil
}

// ClearFaults ends all faults and frees what hangs by them.
func (s *Simulator) ClearFaults() { s.faults.clear() }

// check refuses a fault that could never do anything.
func (f *Fault) check() error {
	switch f.Kind {
	case FaultStatus:
		if f.Status < 400 || f.Status > 599 {
			return core.Invalid("status", "a status fault needs a status from 400 to 599, not %d", f.Status)
		}
	case FaultSlowStart, FaultSlowChunks:
		if f.DelayMS <= 0 {
			return core.Invalid("delay_ms", "%s needs a positive delay_ms", f.Kind)
		}
	case FaultDrop, FaultCut, FaultNoEnd, FaultStreamError, FaultHang, FaultQuota, FaultTorn, FaultEmpty:
	case FaultLeak:
		if f.Provider != "" && f.Provider != core.ProviderKiro {
			return core.Invalid("provider", "only Kiro's calls leak")
		}
	default:
		return core.Invalid("kind", "%q is no kind of fault", f.Kind)
	}
	if f.Probability < 0 || f.Probability > 1 {
		return core.Invalid("probability", "a probability is from 0 to 1")
	}
	return nil
}

func (l *faultList) add(f Fault) (Fault, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.faults) >= mostFaults {
		return Fault{}, core.Errorf(core.CodeTooLarge, "there are %d faults already", mostFaults)
	}
	l.next++
	f.ID, f.Hits = "fault_"+strconv.Itoa(l.next), 0
	if f.Key != "" {
		f.Account, f.Key = AccountID(f.Key), ""
	}
	kept := f
	l.faults = append(l.faults, &kept)
	return f, nil
}

func (l *faultList) list() []Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Fault, len(l.faults))
	for i, f := range l.faults {
		out[i] = *f
	}
	return out
}

func (l *faultList) remove(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, f := range l.faults {
		if f.ID == id {
			l.faults = append(l.faults[:i:i], l.faults[i+1:]...)
			return true
		}
	}
	return false
}

func (l *faultList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults, l.next = nil, 0
	close(l.freed)
	l.freed = make(chan struct{})
}

// charge counts an answer against the quotas of an account.
func (l *faultList) charge(account string, tokens int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.faults {
		if f.Kind == FaultQuota && (f.Account == "" || f.Account == account) {
			f.spentRequests++
			f.spentTokens += tokens
		}
	}
}

// delay is DelayMS as a duration.
func (f *Fault) delay() time.Duration { return time.Duration(f.DelayMS) * time.Millisecond }
