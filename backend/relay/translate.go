package relay

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// maxAnswer bounds an answer that is converted whole.
const maxAnswer = 64 << 20

// translate converts an upstream's answer to the client's protocol. It returns
// a failure when the upstream reported one before any content, so that another
// account can be tried.
func (x *exchange) translate(ctx context.Context, l *balance.Lease, started time.Time, res *http.Response, ship *shipment) *failure {
	if x.req.Stream {
		return newTranslation(x, l, started, ship).run(ctx, res)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return x.unreachable(ctx, l, started, err)
	}
	x.trip.sawContent()
	x.attempt(l, started, res.StatusCode, "")
	answer, bad := ship.codec.DecodeResponse(body, ship.encoded)
	if bad != nil {
		means := x.judgeStream(l, bad)
		x.rec.Attempts[len(x.rec.Attempts)-1].Reason = reasonOf(bad, means)
		x.done(l, means)
		return x.failed(bad, means)
	}
	if answer.Created == 0 {
		answer.Created = x.call.Start.Unix()
	}
	x.firstByte()
	if x.Memory != nil {
		x.Memory.Keep(x.call.User.ID, answer.Blocks)
	}
	if !answer.Metered {
		answer.Usage = x.measure(answer.Usage, outputText(answer.Blocks))
	}
	x.rec.Usage = answer.Usage
	out := x.Clients[x.call.Format.ID()].EncodeResponse(answer, x.req)
	x.done(l, limits.Finding{})
	x.answer(out)
	return nil
}

// translation is a stream on its way from one protocol to another.
type translation struct {
	*exchange
	lease   *balance.Lease
	started time.Time
	decoder protocol.StreamDecoder
	encoder protocol.StreamEncoder
	reader  protocol.FrameReader
	kept    collector

	events  []llm.Event
	out     []byte
	content bool // something of the answer itself has come
	over    bool // Stop or Failed has come
	failure *llm.Error
	broke   error // why the upstream's stream did not come to its end
	usage   llm.Usage
	metered bool
	bytes   int64 // of content, for an estimate
	sink    sink
	lost    error // the client is gone
}

func newTranslation(x *exchange, l *balance.Lease, started time.Time, ship *shipment) *translation {
	client := x.Clients[x.call.Format.ID()]
	return &translation{
		exchange: x, lease: l, started: started,
		sink:    ship.watch.sink(x.w),
		reader:  frames(ship.codec),
		decoder: ship.codec.StreamDecoder(ship.encoded),
		encoder: client.StreamEncoder(x.req, wantsArray(x.call)),
	}
}

// wantsArray reports whether a Gemini client has not asked for events.
func wantsArray(c *Call) bool {
	if c.Format.ID() != llm.Gemini {
		return false
	}
	for pair := range strings.SplitSeq(c.Query, "&") {
		if pair == "alt=sse" {
			return false
		}
	}
	return true
}

func (t *translation) run(ctx context.Context, res *http.Response) *failure {
	err := t.copy(res)
	if !t.over && (t.lost == nil || t.gone()) && ctx.Err() == nil {
		if err != nil {
			t.broke = err
			t.take(llm.Event{Kind: llm.EventFailed, Err: &llm.Error{Kind: llm.BadUpstream, Message: brokenMessage}})
		} else {
			t.events = t.decoder.Close(t.events[:0])
			t.takeAll()
		}
	}
	cause := context.Cause(ctx)
	switch {
	case t.gone():
		t.leave()
		return nil
	case errors.Is(cause, ErrStopping):
		t.rec.Outcome = core.OutcomeInterrupted
		t.take(llm.Event{Kind: llm.EventFailed, Err: &llm.Error{Kind: llm.Overloaded, Message: ErrStopping.Error(), RetryAfter: 1}})
	case isSilence(cause) && !t.over:
		t.broke = cause
		t.take(llm.Event{Kind: llm.EventFailed, Err: &llm.Error{Kind: llm.Timeout, Message: cause.Error()}})
	case ctx.Err() != nil && !t.over || t.lost != nil:
		t.leave()
		return nil
	}
	if t.failure != nil && !t.sent {
		return t.fallBack(res.StatusCode)
	}
	t.finish(res.StatusCode)
	return nil
}

// fallBack gives up this attempt before the client has got anything of it.
func (t *translation) fallBack(status int) *failure {
	means := t.judgeEnd()
	t.attempt(t.lease, t.started, status, reasonOf(t.failure, means))
	t.done(t.lease, means)
	t.rec.FirstByteMS = 0
	return t.failed(t.failure, means)
}

// copy reads the upstream's stream to its end, or until the client is gone.
func (t *translation) copy(res *http.Response) error {
	buf := *chunks.Get().(*[]byte)
	defer chunks.Put(&buf)
	for !t.over && (t.lost == nil || t.readOn()) {
		n, err := res.Body.Read(buf)
		if n > 0 && !t.reader.Feed(buf[:n], t.event) {
			return errors.New("an event of the stream is too large, or it is no stream of the provider's format")
		}
		if t.content && !t.over {
			t.entry.Count(t.estimate(t.usage, (t.bytes+3)/4))
			t.write()
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *translation) event(e sse.Event) {
	t.events = t.decoder.Next(t.events[:0], e)
	t.takeAll()
}

func (t *translation) takeAll() {
	for _, e := range t.events {
		t.take(e)
	}
}

// take notes what the row needs of an event and words it for the client.
func (t *translation) take(e llm.Event) {
	t.kept.take(e)
	switch e.Kind {
	case llm.EventStart:
		if e.Created == 0 {
			e.Created = t.call.Start.Unix()
		}
		if e.Usage.IsZero() {
			// Some clients show how full the context is from the first event.
			e.Usage = llm.Usage{Input: estimateInput(t.call), Source: llm.Estimated}
		}
	case llm.EventDelta, llm.EventBlockStop:
		// The start of a block is no content yet: the stream can still fail over.
		if !t.content {
			t.content = true
			t.trip.sawContent()
		}
		t.bytes += int64(len(e.Delta))
	case llm.EventUsage:
		t.usage, t.metered = e.Usage, true
	case llm.EventStop:
		t.over = true
		t.meter()
	case llm.EventFailed:
		t.over, t.failure = true, e.Err
		if !t.sent {
			return // another account may do better
		}
	}
	t.out = t.encoder.Append(t.out, e)
}

// meter tells the client the row's own estimate where the upstream has told
// nothing: an answer that was ended at an emulated stop sequence has no counts.
func (t *translation) meter() {
	if !t.metered {
		t.out = t.encoder.Append(t.out, llm.Event{Kind: llm.EventUsage, Usage: t.measure(t.usage, (t.bytes+3)/4)})
	}
}

// begin sends the head before the first bytes. From here on no other account
// can be tried.
func (t *translation) begin() {
	if t.sent {
		return
	}
	t.attempt(t.lease, t.started, http.StatusOK, "")
	t.sent = true
	if t.content && t.failure == nil {
		t.lease.Answered()
	}
	if t.pulse.isOpen() {
		return
	}
	h := t.w.Header()
	t.setHeaders(h)
	streamHeader(h, wantsArray(t.call))
	t.w.WriteHeader(http.StatusOK)
}

func (t *translation) write() {
	if len(t.out) == 0 || t.lost != nil || t.gone() {
		t.out = t.out[:0]
		return
	}
	t.firstByte()
	t.pulse.lock()
	defer t.pulse.unlock()
	t.begin()
	n, err := t.sink.write(t.out, true)
	t.pulse.wrote(t.out)
	if !t.ended {
		t.rec.ResponseBytes += int64(n)
	}
	t.out, t.lost = t.out[:0], err
}

// finish ends the row, then sends the answer's last bytes.
func (t *translation) finish(status int) {
	verdict := limits.Finding{}
	if t.failure != nil {
		verdict = t.judgeEnd()
		t.rec.Outcome, t.rec.Error = cmp.Or(t.rec.Outcome, core.OutcomeUpstreamError), clip(t.failure.Message, maxErrorText)
	}
	t.rec.Outcome = cmp.Or(t.rec.Outcome, core.OutcomeOK)
	t.rec.Status = status
	if t.Memory != nil && t.failure == nil {
		t.Memory.Keep(t.call.User.ID, t.kept.blocks)
	}
	t.settleUsage()
	t.pulse.lock()
	t.begin()
	t.pulse.unlock()
	t.rec.ResponseBytes += int64(len(t.out))
	t.done(t.lease, verdict)
	t.end()
	t.write()
}

func (t *translation) settleUsage() {
	t.rec.Usage = t.usage
	if !t.metered || t.failure != nil {
		t.rec.Usage = t.measure(t.usage, (t.bytes+3)/4)
	}
}
