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
	"github.com/aihub/aihub/backend/limits"
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
	cutMessage    = "the provider ended the stream before it was complete"
	leftMessage   = "the client left in the middle of the answer"
	// What the client's stream has no place for.
	unstreamedMessage = "the provider answered whole although a stream was asked for"
)

// delivery is an answer of the client's own protocol on its way to the client.
type delivery struct {
	*exchange
	lease  *balance.Lease
	res    *http.Response
	began  time.Time
	meter  protocol.Meter
	filter protocol.Filter
	sink   sink
	events bool   // the answer is a stream of server-sent events
	live   bool   // the answer is a stream of any kind: nothing is collected
	out    []byte // what goes to the client next
	lost   error  // the client is gone
}

// deliver copies the answer to the client while the meter reads along. The row
// is ended before the answer's last bytes go out, so a client that has its
// answer can rely on the ledger. It returns a failure when nothing has gone to
// the client yet and another account may do better.
func (x *exchange) deliver(ctx context.Context, l *balance.Lease, res *http.Response, ship *shipment) *failure {
	d := &delivery{exchange: x, lease: l, res: res, filter: ship.filter, began: x.Now(), sink: ship.watch.sink(x.w)}
	d.events = strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream")
	d.live = d.events || x.call.Head.Stream && x.call.Op == protocol.Chat
	d.meter = x.call.Format.Meter(x.call.Op, d.framing())
	x.rec.Status = res.StatusCode
	if d.live && !d.events && !wantsArray(x.call) && x.pulse.silence() {
		return d.broken(&llm.Error{Kind: llm.BadUpstream, Message: unstreamedMessage}, nil)
	}
	err := d.copy()
	return d.finish(ctx, err)
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

// copy moves the answer. What is read is written at once, with two exceptions:
// before the first content bytes wait, because the stream can still fail over;
// and once the answer could be over they wait for the next read, because the
// row must be ended before the last of them.
func (d *delivery) copy() error {
	buf := *chunks.Get().(*[]byte)
	defer chunks.Put(&buf)
	for {
		n, err := d.res.Body.Read(buf)
		if n > 0 {
			d.take(buf[:n])
			d.publish()
		}
		switch {
		case d.lost != nil && !d.readOn():
			return d.lost
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case d.meter.Ended() && (d.sent || d.meter.Err() == nil):
			d.close()
			d.drain()
			return nil
		}
	}
}

// take feeds the meter and writes the bytes on, unless they must wait.
func (d *delivery) take(p []byte) {
	d.firstByte()
	if d.gone() {
		d.meter.Feed(p) // nobody takes the bytes, but the row counts them
		return
	}
	if d.sent && d.live || len(d.out) >= holdLimit {
		// What waited for this read was not the last.
		d.write()
	}
	d.meter.Feed(p)
	if d.trip.content == 0 && d.meter.Err() == nil && (!d.live || d.meter.Content()) {
		d.trip.sawContent()
	}
	if d.filter != nil {
		d.out = d.filter.Filter(d.out, p)
	} else {
		d.out = append(d.out, p...)
	}
	if d.live && !d.meter.Whole() && (d.sent || d.open()) {
		d.write()
	}
}

// The gate holds a stream back until its first content, so that an error inside
// an HTTP 200 still fails over; but not for longer than gateTime, behind which
// the client is better served with what there is. The pulse keeps it alive
// meanwhile.
const gateTime = 60 * time.Second

func (d *delivery) open() bool {
	return d.meter.Content() && d.meter.Err() == nil || d.Now().Sub(d.began) > gateTime
}

// holdLimit is how much of an answer is collected before it is written: a whole
// small document, or the head of a stream without content.
const holdLimit = 64 << 10

func (d *delivery) write() {
	if len(d.out) == 0 || d.lost != nil || d.gone() {
		d.out = d.out[:0]
		return
	}
	d.pulse.lock()
	defer d.pulse.unlock()
	d.head()
	n, err := d.sink.write(d.out, d.live)
	d.pulse.wrote(d.out)
	if !d.ended {
		d.rec.ResponseBytes += int64(n)
	}
	d.out, d.lost = d.out[:0], err
}

// head sends the answer's head before its first byte, or without any. From here
// on no other account can be tried.
func (d *delivery) head() {
	if d.sent {
		return
	}
	d.sent = true
	if d.meter.Content() && d.meter.Err() == nil {
		d.lease.Answered()
	}
	if d.pulse.isOpen() {
		return
	}
	h := d.w.Header()
	responseHeader(h, d.res.Header, d.lease.Account.Credential)
	d.setHeaders(h)
	if d.events {
		h["X-Accel-Buffering"] = []string{"no"}
	}
	if d.res.ContentLength >= 0 && d.filter == nil {
		h["Content-Length"] = []string{strconv.FormatInt(d.res.ContentLength, 10)}
	}
	d.w.WriteHeader(d.rec.Status)
}

// drain waits a moment for the end of the message behind its last element.
func (d *delivery) drain() {
	timer := time.AfterFunc(drainTime, func() { d.res.Body.Close() })
	defer timer.Stop()
	var rest [512]byte
	for {
		n, err := d.res.Body.Read(rest[:])
		d.out = append(d.out, rest[:n]...)
		if err != nil || len(d.out) > holdLimit {
			d.write()
			return
		}
	}
}

// finish ends what copy began.
func (d *delivery) finish(ctx context.Context, err error) *failure {
	if d.ended {
		return nil
	}
	cause := context.Cause(ctx)
	switch {
	case d.gone():
		d.leave(err)
		return nil
	case errors.Is(cause, ErrStopping):
		d.rec.Outcome = core.OutcomeInterrupted
		return d.broken(&llm.Error{Kind: llm.Overloaded, Message: ErrStopping.Error(), RetryAfter: 1}, cause)
	case isSilence(cause):
		return d.broken(&llm.Error{Kind: llm.Timeout, Message: cause.Error()}, cause)
	case ctx.Err() != nil || d.lost != nil:
		d.leave(context.Canceled)
		return nil
	case err != nil:
		return d.broken(&llm.Error{Kind: llm.BadUpstream, Message: brokenMessage}, err)
	case !d.sent && d.meter.Err() != nil:
		return d.broken(d.meter.Err(), nil)
	case !d.meter.Whole() && d.meter.Err() == nil:
		return d.broken(&llm.Error{Kind: llm.BadUpstream, Message: cutMessage}, io.ErrUnexpectedEOF)
	}
	d.close()
	d.head()
	return nil
}

// close ends the row of an answer that is complete, then sends its last bytes.
func (d *delivery) close() {
	if d.filter != nil {
		d.out = d.filter.Flush(d.out)
	}
	d.rec.Outcome = core.OutcomeOK
	verdict := limits.Finding{}
	if e := d.meter.Err(); e != nil {
		d.rec.Outcome, d.rec.Error = core.OutcomeUpstreamError, clip(e.Message, maxErrorText)
		verdict = d.judgeStream(d.lease, e)
	}
	if d.gone() {
		d.absent()
		d.out = d.out[:0]
	}
	d.meterUsage()
	d.rec.ResponseBytes += int64(len(d.out))
	d.done(d.lease, verdict)
	d.end()
	d.write()
}

// leave ends the row of an answer whose client is gone. The upstream is
// cancelled with the context, or has been read to an end of whatever kind.
func (d *delivery) leave(err error) {
	verdict := neutral
	if err == nil && d.meter.Whole() && d.meter.Err() == nil {
		verdict = limits.Finding{}
	}
	d.absent()
	d.meterUsage()
	d.done(d.lease, verdict)
	d.end()
}

// broken ends an answer that the upstream did not complete. Before anything was
// sent that is a failure of this attempt only. Behind it the client is told in
// its own format, or its connection is cut: never may half an answer look whole.
// lost is why the upstream's bytes ended, nil when it has reported e itself.
func (d *delivery) broken(e *llm.Error, lost error) *failure {
	means := d.judgeEnd(e, lost)
	line := &d.rec.Attempts[len(d.rec.Attempts)-1]
	d.done(d.lease, means)
	if !d.sent {
		line.Reason = reasonOf(e, means)
		d.rec.FirstByteMS = 0
		return &failure{err: e, means: means}
	}
	if d.rec.Outcome == "" {
		d.rec.Outcome = core.OutcomeUpstreamError
	}
	d.rec.Error = clip(e.Message, maxErrorText)
	d.meterUsage()
	if !d.events {
		panic(http.ErrAbortHandler) // ends the row too
	}
	d.out = append(d.out, '\n', '\n') // ends a half-sent event
	d.out = append(d.out, d.call.Format.StreamError(e, d.call.ID)...)
	d.rec.ResponseBytes += int64(len(d.out))
	d.end()
	d.write()
	return nil
}
