package simulator

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/aihub/aihub/backend/llm"
)

// dialect is how one provider speaks besides its answers: who the caller is,
// and how it is refused.
type dialect interface {
	// protocol names the wire format in the statistics.
	protocol() llm.Protocol
	// key returns the credential of a request.
	key(r *http.Request) string
	// locked refuses a credential; nil lets it pass.
	locked(state keyState, key string) *refusal
	// bodyLimit is the longest body in bytes, tooLarge its refusal.
	bodyLimit() int64
	tooLarge(size int64) *refusal
	// malformed refuses a body that is not JSON, violated one of a wrong shape.
	malformed(body []byte) *refusal
	violated(v *violation) *refusal
	// fault is the provider's own answer to a failure on demand.
	fault(x *exchange, f *Fault) *refusal
	// render writes a refusal's body.
	render(x *exchange, r *refusal) []byte
	// headers adds what every answer of the provider carries.
	headers(x *exchange, h http.Header)
}

// discreet is a dialect whose bodies hold credentials. public returns a body
// without them, for the journal.
type discreet interface{ public(body []byte) []byte }

// refusal is an answer with an error status. kind, code and param mean what
// the dialect's body has of them.
type refusal struct {
	status      int
	kind, code  string
	param       string
	message     string
	header      http.Header
	contentType string // of body, when it is not the dialect's own JSON
	body        string
	details     arr // Gemini
	demanded    bool
}

// Error implements the error interface.
func (r *refusal) Error() string { return strconv.Itoa(r.status) + " " + r.message }

// set adds a header to the refusal.
func (r *refusal) set(name, value string) {
	if r.header == nil {
		r.header = http.Header{}
	}
	r.header.Set(name, value)
}

// with is set for a chain.
func (r *refusal) with(name, value string) *refusal {
	r.set(name, value)
	return r
}

// The ways in which an exchange ends without an answer.
var (
	errGone   = errors.New("the client left")
	errCut    = errors.New("cut on demand")
	errEnded  = errors.New("ended without an end on demand")
	errBroken = errors.New("failed inside the stream on demand")
)

// exchange is one request and its answer.
type exchange struct {
	sim     *Simulator
	w       http.ResponseWriter
	r       *http.Request
	out     *http.ResponseController
	dialect dialect
	account account
	body    []byte
	entry   *Recorded
	number  string // unique for each request, for ids
	model   string
	plan    plan
	status  int

	begun, streaming, settled bool
	usage                     llm.Usage // of the whole answer
	sent                      int       // tokens of it that were streamed
}

func (s *Simulator) exchange(w http.ResponseWriter, r *http.Request, d dialect) *exchange {
	return &exchange{
		sim: s, w: w, r: r, out: http.NewResponseController(w), dialect: d,
		number: strconv.FormatUint(s.serial.Add(1), 10),
	}
}

// run serves the exchange to its end and counts it.
func (x *exchange) run(serve func(*exchange) error) {
	size, err := x.receive()
	if err != nil {
		return // the request never arrived whole
	}
	x.finish(x.serve(serve, size))
}

// receive reads the body, up to the dialect's limit, and records the request.
func (x *exchange) receive() (size int64, err error) {
	limit := x.dialect.bodyLimit()
	x.body, err = io.ReadAll(io.LimitReader(x.r.Body, limit+1))
	if err != nil {
		return 0, err
	}
	size = int64(len(x.body))
	if size > limit {
		rest, _ := io.Copy(io.Discard, io.LimitReader(x.r.Body, limit))
		size += rest
	}
	x.entry = &Recorded{
		Time: x.sim.options.Now(), Method: x.r.Method, Path: x.r.URL.EscapedPath(), Query: publicQuery(x.r.URL.RawQuery),
		Header: publicHeaders(x.r.Header), Body: x.body,
	}
	if d, ok := x.dialect.(discreet); ok {
		x.entry.Body = d.public(x.body)
	}
	x.sim.journal.add(x.entry)
	return size, nil
}

func (x *exchange) serve(serve func(*exchange) error, size int64) error {
	key := x.dialect.key(x.r)
	x.account = accountOf(key)
	if state := stateOf(key); state != keyGood {
		if r := x.dialect.locked(state, key); r != nil {
			return r
		}
	}
	if size > x.dialect.bodyLimit() {
		return x.dialect.tooLarge(size)
	}
	return serve(x)
}

// finish writes what is still to be written and counts the outcome.
func (x *exchange) finish(err error) {
	defer x.record(err)
	r, refused := errors.AsType[*refusal](err)
	switch {
	case err == nil:
		return
	case refused:
		x.lose(func(t *Tally) *int64 { return &t.StreamsBroken }, func(*Tally) {})
		x.refuse(r)
		return
	case errors.Is(err, errGone):
		x.lose(func(t *Tally) *int64 { return &t.StreamsCancelled }, func(t *Tally) { t.Cancelled++ })
		return
	}
	x.lose(func(t *Tally) *int64 { return &t.StreamsBroken }, func(*Tally) {})
	x.count(func(t *Tally) { t.Faulted++ })
	if errors.Is(err, errCut) {
		panic(http.ErrAbortHandler) // net/http closes the connection at once
	}
}

// record notes in the journal how the exchange has ended.
func (x *exchange) record(err error) {
	end := Faulted
	switch r, refused := errors.AsType[*refusal](err); {
	case err == nil:
		end = Answered
	case refused && !r.demanded:
		end = Refused
	case errors.Is(err, errGone):
		end = Left
	}
	x.sim.journal.done(x.entry, func(r *Recorded) {
		r.Account, r.Status, r.End = x.account.id, x.status, end
		if end == Answered && x.settled {
			r.Usage = x.usage
		}
	})
}

// refuse answers with an error.
func (x *exchange) refuse(r *refusal) {
	x.count(func(t *Tally) {
		if r.demanded {
			t.Faulted++
		} else {
			t.Refused++
		}
	})
	h := x.w.Header()
	x.dialect.headers(x, h)
	for name, values := range r.header {
		h[name] = values
	}
	body := []byte(r.body)
	if r.contentType == "" {
		r.contentType, body = "application/json", x.dialect.render(x, r)
	}
	// A client that left before its refusal is refused all the same.
	_ = x.write(r.status, r.contentType, body)
}

// lose counts an answer that did not reach its client: as a stream or as a
// whole answer.
func (x *exchange) lose(stream func(*Tally) *int64, whole func(*Tally)) {
	if !x.begun {
		return
	}
	if x.settled {
		x.report(-1)
	}
	lost := x.usage
	if x.streaming && !x.settled {
		lost.Output = min(lost.Output, int64(x.sent))
		lost.Reasoning = min(lost.Reasoning, lost.Output)
	}
	x.count(func(t *Tally) {
		if x.settled {
			t.Answered--
			addUsage(&t.Usage, x.usage, -1)
		}
		addUsage(&t.Lost, lost, 1)
		if !x.streaming {
			whole(t)
			return
		}
		if x.settled {
			t.StreamsFinished--
		}
		*stream(t)++
	})
}

func (x *exchange) count(change func(*Tally)) {
	x.sim.counter.count(x.account, x.dialect.protocol(), x.model, change)
}

// begin counts an accepted request, whose answer will cost u.
func (x *exchange) begin(u llm.Usage) {
	x.begun, x.usage = true, u
	x.usage.Source = ""
	x.count(func(t *Tally) { t.Requests++ })
}

// settle counts a whole answer. It stands before the last bytes are written,
// so that who has read an answer finds it counted.
func (x *exchange) settle() {
	x.settled = true
	x.count(func(t *Tally) {
		t.Answered++
		addUsage(&t.Usage, x.usage, 1)
		if x.streaming {
			t.StreamsFinished++
		}
	})
	x.report(1)
	x.sim.faults.charge(x.account.id, x.usage.Total())
}

// pause waits, or returns errGone when the client leaves first.
func (x *exchange) pause(d time.Duration) error {
	ctx := x.r.Context()
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-ctx.Done():
		case <-t.C:
		}
	}
	if ctx.Err() != nil {
		return errGone
	}
	return nil
}

// id makes an id for this exchange.
func (x *exchange) id(prefix string, n int, what ...string) string {
	return x.sim.mint.id(prefix, n, append([]string{x.number}, what...)...)
}

// now is the simulator's time.
func (x *exchange) now() time.Time { return x.sim.options.Now() }
