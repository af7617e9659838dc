package relay

import (
	"sync/atomic"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// trip is how far an attempt has come, and when. It costs a few looks at the
// clock per attempt and nothing per chunk: httptrace would tell the same and
// allocate for each request.
type trip struct {
	now     func() time.Time
	started time.Time
	// written is when the transport had taken the last byte of the request, in
	// nanoseconds from started; it writes them on at once. The transport has a
	// goroutine of its own.
	written atomic.Int64
	renewed time.Duration // the token was renewed
	head    time.Duration // the head of the answer came
	content time.Duration // the first content came
	line    int           // of the row, counted from 1; 0 = not noted yet
}

func newTrip(now func() time.Time, started time.Time) *trip {
	return &trip{now: now, started: started}
}

func (t *trip) wrote() { t.written.Store(int64(t.now().Sub(t.started))) }

func (t *trip) arrived() { t.head = t.now().Sub(t.started) }

// signed notes that the attempt has waited for its token.
func (t *trip) signed(since time.Time) {
	if t.now().Sub(since) >= time.Millisecond {
		t.renewed = t.now().Sub(t.started)
	}
}

// sawContent notes the first content.
func (t *trip) sawContent() { t.content = max(1, t.now().Sub(t.started)) }

// open ties the trip to the line that was added last.
func (t *trip) open(r *core.Record) { t.line = len(r.Attempts) }

// close writes the times into the line, which ends now.
func (t *trip) close(r *core.Record) {
	if t == nil || t.line == 0 || t.line > len(r.Attempts) {
		return
	}
	a := &r.Attempts[t.line-1]
	a.RefreshMS = shown(t.renewed)
	a.ConnectMS, a.FirstByteMS, a.ContentMS = shown(time.Duration(t.written.Load())), shown(t.head), shown(t.content)
	a.DurationMS = shown(t.now().Sub(t.started))
}

// shown is a point of the time line, or its end, in milliseconds. 0 stands for what was not
// reached, so a point within the first millisecond is shown as 1.
func shown(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return max(1, d.Milliseconds())
}
