package relay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

var chunks = sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}

// drainTime bounds the wait for an upstream that has sent its last element to
// end the connection's message, so that the connection can be used again.
const drainTime = time.Second

// What the row of an answer says that did not come to its end.
const (
	brokenMessage = "the connection to the provider broke in the middle of the answer"
	leftMessage   = "the client left in the middle of the answer"
)

// delivery is an answer on its way to the client.
type delivery struct {
	*exchange
	lease  *balance.Lease
	meter  protocol.Meter
	filter protocol.Filter
	events bool   // the answer is a stream of server-sent events
	live   bool   // the answer is a stream of any kind: nothing is collected
	out    []byte // what goes to the client next
	lost   error  // the client is gone
}

// deliver copies the answer to the client while the meter reads along. The row
// is ended before the answer's last bytes go out, so a client that has its
// answer can rely on the ledger.
func (x *exchange) deliver(ctx context.Context, l *balance.Lease, res *http.Response, filter protocol.Filter) {
	d := &delivery{exchange: x, lease: l, filter: filter}
	d.events = strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream")
	d.live = d.events || x.call.Head.Stream && x.call.Op == protocol.Chat
	d.meter = x.call.Format.Meter(x.call.Op, d.framing())
	h := x.w.Header()
	responseHeader(h, res.Header)
	x.setHeaders(h)
	if d.events {
		h["X-Accel-Buffering"] = []string{"no"}
	}
	if res.ContentLength >= 0 && filter == nil {
		h["Content-Length"] = []string{strconv.FormatInt(res.ContentLength, 10)}
	}
	x.rec.Status = res.StatusCode
	err := d.copy(res)
	d.finish(ctx, err)
}

func (d *delivery) framing() protocol.Framing {
	switch {
	case d.events:
		return protocol.Events
	case d.live:
		return protocol.Array
	}
	return protocol.Document
}

// copy moves the answer. What is read is written at once, with one exception:
// once the answer could be over, bytes wait for the next read, because the row
// must be ended before the last of them.
func (d *delivery) copy(res *http.Response) error {
	buf := *chunks.Get().(*[]byte)
	defer chunks.Put(&buf)
	for {
		n, err := res.Body.Read(buf)
		if n > 0 {
			d.take(buf[:n])
		}
		switch {
		case d.lost != nil:
			return d.lost
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case d.meter.Ended():
			d.close()
			d.drain(res)
			return d.lost
		}
	}
}

// take feeds the meter and writes the bytes on, unless they must wait.
func (d *delivery) take(p []byte) {
	if d.rec.FirstByteMS == 0 {
		d.rec.FirstByteMS = max(1, d.Now().Sub(d.call.Start).Milliseconds())
	}
	hold := len(d.out) > 0
	if hold && (d.live || len(d.out) >= holdLimit) {
		// Something waited for this read: it was not the last.
		d.write()
	}
	d.meter.Feed(p)
	if d.filter != nil {
		d.out = d.filter.Filter(d.out, p)
	} else {
		d.out = append(d.out, p...)
	}
	if d.live && !d.meter.Whole() {
		d.write()
	}
}

// holdLimit is how much of an answer that is no stream is collected before it
// is written; most are smaller and go out whole.
const holdLimit = 64 << 10

func (d *delivery) write() {
	if len(d.out) == 0 || d.lost != nil {
		return
	}
	d.head()
	n, err := d.w.Write(d.out)
	if !d.ended {
		d.rec.ResponseBytes += int64(n)
	}
	d.out = d.out[:0]
	if err != nil {
		d.lost = err
		return
	}
	if d.live {
		if f, ok := d.w.(http.Flusher); ok {
			f.Flush()
		}
	}
}

// drain waits a moment for the end of the message behind its last element.
func (d *delivery) drain(res *http.Response) {
	timer := time.AfterFunc(drainTime, func() { res.Body.Close() })
	defer timer.Stop()
	var rest [512]byte
	for {
		n, err := res.Body.Read(rest[:])
		d.out = append(d.out, rest[:n]...)
		if err != nil || len(d.out) > holdLimit {
			d.write()
			return
		}
	}
}

// finish ends what copy began.
func (d *delivery) finish(ctx context.Context, err error) {
	switch {
	case d.ended:
		return
	case errors.Is(context.Cause(ctx), ErrStopping):
		d.rec.Outcome = core.OutcomeInterrupted
		d.broken("AiHub is stopping")
	case ctx.Err() != nil || d.lost != nil:
		d.leave()
	case err != nil:
		d.broken(brokenMessage)
	case !d.meter.Whole() && d.meter.Err() == nil:
		d.broken("the provider ended the stream before it was complete")
	default:
		d.close()
		d.head()
	}
}

// head sends the answer's head before its first byte, or without any.
func (d *delivery) head() {
	if !d.sent {
		d.sent = true
		d.w.WriteHeader(d.rec.Status)
	}
}

// close ends the row of an answer that is complete, then sends its last bytes.
func (d *delivery) close() {
	if d.filter != nil {
		d.out = d.filter.Flush(d.out)
	}
	d.rec.Outcome = core.OutcomeOK
	verdict := balance.Verdict{Class: balance.Fine}
	if e := d.meter.Err(); e != nil {
		d.rec.Outcome, d.rec.Error = core.OutcomeUpstreamError, clip(e.Message, maxErrorText)
		verdict = streamVerdict(e)
	}
	d.meterUsage()
	d.rec.ResponseBytes += int64(len(d.out))
	d.done(d.lease, verdict)
	d.end()
	d.write()
}

// streamVerdict says what an error inside a stream teaches about the account.
func streamVerdict(e *llm.Error) balance.Verdict {
	v := balance.Verdict{Message: clip(e.Message, maxErrorText), RetryAfter: time.Duration(e.RetryAfter) * time.Second}
	switch e.Kind {
	case llm.Billing:
		v.Class = balance.Exhausted
	case llm.RateLimited:
		v.Class = balance.Limited
	case llm.InvalidRequest, llm.ContextLength, llm.ContentPolicy, llm.NotFound:
		v.Class = balance.Neutral
	default:
		v.Class = balance.Faulty
	}
	return v
}

// leave ends the row of an answer whose client is gone; the upstream is
// cancelled with the context.
func (d *delivery) leave() {
	d.rec.Outcome, d.rec.Status, d.rec.Error = core.OutcomeClientGone, statusClientGone, leftMessage
	d.meterUsage()
	d.done(d.lease, balance.Verdict{Class: balance.Neutral})
	d.end()
}

// broken ends an answer that the upstream did not complete. The client is told
// in its own format, or its connection is cut: never may half an answer look
// whole.
func (d *delivery) broken(message string) {
	d.rec.Error = message
	verdict := balance.Verdict{Class: balance.Neutral}
	if d.rec.Outcome == "" {
		d.rec.Outcome = core.OutcomeUpstreamError
		verdict = balance.Verdict{Class: balance.Faulty, Message: message}
	}
	d.meterUsage()
	d.done(d.lease, verdict)
	e := &llm.Error{Kind: llm.BadUpstream, Message: message}
	if !d.sent {
		d.w.Header().Del("Content-Type")
		d.fail(e)
		return
	}
	if !d.events {
		panic(http.ErrAbortHandler) // ends the row too
	}
	d.out = append(d.out, '\n', '\n') // ends a half-sent event
	d.out = append(d.out, d.call.Format.StreamError(e, d.call.ID)...)
	d.rec.ResponseBytes += int64(len(d.out))
	d.end()
	d.write()
}
