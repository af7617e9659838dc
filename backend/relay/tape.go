package relay

import (
	"net/http"

	"github.com/aihub/aihub/backend/capture"
	"github.com/aihub/aihub/backend/core"
)

// tape keeps the bodies of a request while it goes by, if the settings say so.
// Of the answer it keeps what was written to the client, and so it stands between
// the relay and the client instead of reading along in each way of answering. A
// request that is not kept has no tape, and pays for none.
type tape struct {
	http.ResponseWriter
	desk     *capture.Desk
	limit    int
	errors   bool // only requests that fail are kept
	upstream []byte
	response []byte
	cut      bool // there was more of the response
	room     int  // that the desk has promised; 0 = the bodies are not kept
}

// newTape returns nil when nothing of the call is kept.
func (r *Relay) newTape(w http.ResponseWriter, c *Call) *tape {
	set := &c.Snapshot.Settings
	if r.Bodies == nil || set.Capture != core.CaptureAll && set.Capture != core.CaptureErrors {
		return nil
	}
	return &tape{ResponseWriter: w, desk: r.Bodies, limit: set.CaptureKB << 10, errors: set.Capture == core.CaptureErrors}
}

// Unwrap lets an http.ResponseController flush and set deadlines.
func (t *tape) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// Write notes what has really gone out.
func (t *tape) Write(p []byte) (int, error) {
	n, err := t.ResponseWriter.Write(p)
	some := p[:min(n, t.limit-len(t.response))]
	t.response = append(t.response, some...)
	t.cut = t.cut || len(some) < n
	return n, err
}

// shipped notes what goes to the provider, where that is not what the client has
// sent. The attempt that was made last is the one that counts.
func (t *tape) shipped(c *Call, body []byte) {
	if t == nil {
		return
	}
	t.upstream = body
	if raw := c.Body.Bytes(); len(raw) == len(body) && (len(raw) == 0 || &raw[0] == &body[0]) {
		t.upstream = nil
	}
}

// admit decides at the end of the request whether its bodies are kept. The row
// says so and is written before the answer's last bytes, so of the answer as much
// is reckoned with as is kept at most.
func (t *tape) admit(c *Call, r *core.Record) {
	if t == nil || t.errors && !r.Failed() {
		return
	}
	room := c.Body.Len() + len(t.upstream) + t.limit
	if t.desk.Reserve(c.ID, room) {
		t.room, r.Captured = room, true
	}
}

// hand gives the bodies away when the last byte is out.
func (t *tape) hand(c *Call, r *core.Record) {
	if t == nil || t.room == 0 {
		return
	}
	b := &capture.Bodies{
		ID: c.ID, Time: r.Time, Request: c.Body.Bytes(), Upstream: t.upstream,
		Response: t.response, ResponseCut: t.cut, Limit: t.limit,
	}
	if c.Body != nil {
		c.Body.hold()
		b.Release = c.Body.Release
	}
	t.desk.Put(b, t.room)
}
