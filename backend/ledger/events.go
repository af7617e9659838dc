package ledger

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// The bounds of the event log. A reader that falls further behind reloads.
const (
	maxEvents     = 2048
	maxEventBytes = 4 << 20
)

// Events is the live event log: the last events of the program in a bounded
// ring, numbered from 1 without gaps. Nothing is written for a reader that is not
// there: an event becomes JSON when the first reader asks for it.
type Events struct {
	now func() time.Time

	mu      sync.Mutex
	ring    []*event // oldest first
	bytes   int
	last    uint64
	changed chan struct{} // closed by the next Publish; nil while nobody waits
}

type event struct {
	seq    uint64
	time   time.Time
	kind   core.EventType
	weight int // estimated bytes
	data   any

	encode sync.Once
	json   json.RawMessage
}

// view returns the event as a reader gets it.
func (ev *event) view() core.Event {
	ev.encode.Do(func() {
		var err error
		if ev.json, err = json.Marshal(ev.data); err != nil {
			ev.json = json.RawMessage("null")
		}
		ev.data = nil
	})
	return core.Event{Seq: ev.seq, Time: ev.time, Type: ev.kind, Data: ev.json}
}

// NewEvents returns an empty log.
func NewEvents(now func() time.Time) *Events { return &Events{now: now} }

// Publish appends an event. It never waits for a reader. data becomes JSON at
// most once and some time later, so nobody may change it any more; data that
// cannot be JSON is published as null.
func (e *Events) Publish(kind core.EventType, data any) {
	ev := &event{kind: kind, data: data, weight: weigh(data)}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	ev.seq, ev.time = e.last, e.now().UTC()
	e.ring = append(e.ring, ev)
	e.bytes += ev.weight
	for len(e.ring) > maxEvents || e.bytes > maxEventBytes {
		e.bytes -= e.ring[0].weight
		e.ring[0] = nil
		e.ring = e.ring[1:]
	}
	if e.changed != nil {
		close(e.changed)
		e.changed = nil
	}
}

// Since returns the events after the one numbered seq and a channel that is
// closed at the next Publish. ok is false when some of them have fallen out of
// the log, or when seq comes from an earlier run of the program: the reader must
// then load the present state and go on from Last.
func (e *Events) Since(seq uint64) (events []core.Event, changed <-chan struct{}, ok bool) {
	e.mu.Lock()
	if e.changed == nil {
		e.changed = make(chan struct{})
	}
	changed = e.changed
	first := e.last - uint64(len(e.ring)) + 1
	if seq > e.last || seq+1 < first {
		e.mu.Unlock()
		return nil, changed, false
	}
	tail := slices.Clone(e.ring[seq+1-first:])
	e.mu.Unlock()

	events = make([]core.Event, len(tail))
	for i, ev := range tail {
		events[i] = ev.view()
	}
	return events, changed, true
}

// Last returns the number of the newest event, 0 before the first.
func (e *Events) Last() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last
}

// weigh estimates the bytes that an event takes, before it is JSON.
func weigh(data any) int {
	const others = 512
	r, ok := data.(*core.Record)
	if !ok {
		return others
	}
	n := 1024 + len(r.Error) + len(r.UserAgent) + len(r.RequestedModel) + len(r.UpstreamModel)
	for i := range r.Attempts {
		n += 160 + len(r.Attempts[i].Reason)
	}
	for _, s := range r.Dropped {
		n += len(s)
	}
	return n
}
