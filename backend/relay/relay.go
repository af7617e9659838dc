package relay

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/capture"
	"github.com/aihub/aihub/backend/catalog"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/credential"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/pricing"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/quota"
	"github.com/aihub/aihub/backend/tokens"
	"github.com/aihub/aihub/backend/upstream"
	"github.com/aihub/aihub/backend/upstream/fetch"
)

// Deps is what a relay works with.
type Deps struct {
	Ledger   *ledger.Ledger
	Quota    *quota.Gate
	Balance  *balance.Balancer
	Upstream *upstream.Client
	// Keeper gives accounts that sign in by tokens a good one; nil = as they are.
	Keeper *credential.Keeper
	// Clients and Upstreams convert between protocols, each on its side. Without
	// one, a client or an upstream of the protocol is served only by passing
	// through.
	Clients   map[llm.Protocol]protocol.ClientCodec
	Upstreams map[llm.Protocol]protocol.Upstream
	// ModelInfo tells what a provider has said of one of its models to an
	// account; nil, or a nil answer, means that nothing is known.
	ModelInfo func(accountID, model string) *llm.ModelInfo
	// Memory gives reasoning back to clients that cannot carry it; nil = none.
	Memory *Memory
	// Bodies keeps what the settings say is to be kept of bodies; nil = nothing.
	Bodies *capture.Desk
	// Fetch downloads what a client names by URL, for upstreams that take bytes
	// only; nil = such requests go out as they are.
	Fetch *fetch.Fetcher
	// Prices say what a usage costs; nil = nothing has a price.
	Prices *pricing.Book
	// Tokens counts what no provider is asked to count.
	Tokens *tokens.Tokenizer
	// Models lists what the channels offer, for requests that name a model of
	// their tool's own choice which nobody offers.
	Models *Models
	// Limits is told what the answers say of an account's limits; nil = nobody
	// asks. It is called for every answer that says something, so it must be quick.
	Limits func(accountID string, u core.AccountUsage)
	// Spent is told of every request that has reached an upstream what it used
	// there; nil = nobody asks.
	Spent func(accountID string, u llm.Usage)
	// KeepAlive is how long a streaming client gets nothing before it gets a sign
	// of life; 0 = 15 seconds.
	KeepAlive time.Duration
	Now       func() time.Time
	Log       *slog.Logger
}

// ErrStopping is the cause with which the server cancels the requests that are
// still open when its patience at a stop is over.
var ErrStopping = errors.New("AiHub is stopping")

// Relay carries out calls. Its methods may be called concurrently.
type Relay struct {
	Deps
	// calibration learns from reported usage how far the estimates are off.
	calibration tokens.Calibration
	seen        atomic.Int64 // answered requests, for calibration
	seed        maphash.Seed // of the names of conversations
}

// New returns a relay.
func New(d Deps) *Relay { return &Relay{Deps: d, seed: maphash.MakeSeed()} }

// exchange is one call under way.
type exchange struct {
	*Relay
	call  *Call
	w     http.ResponseWriter
	rec   *core.Record
	entry *ledger.Entry // nil until the row is begun
	hold  *quota.Reservation
	cands []core.Candidate
	// tried have failed this call; spent are those of them that would again.
	tried, spent []string
	rounds       int            // times that those of the moment were tried anew
	queued       time.Duration  // spent waiting for accounts
	ask          balance.Ask    // of the balancer, for all attempts
	lease        *balance.Lease // of the attempt under way
	trip         *trip          // the same
	bye          *farewell      // nil when the upstream is cut where the client leaves
	req          *llm.Request   // the call in canonical form; nil until a conversion needs it
	strip        bool           // an upstream has refused a signature: reasoning is left out
	empty        int            // how many answers have held nothing at all
	sent         bool           // something of an answer has gone to the client
	pulse        *pulse         // nil when the client does not stream
	tape         *tape          // nil when the bodies are not kept
	ended        bool           // the row has been ended
}

// Serve answers the call. ctx ends when the client is gone; cutting it cancels
// the upstream. Exactly one ledger row comes of it, whatever happens.
func (r *Relay) Serve(ctx context.Context, w http.ResponseWriter, c *Call) {
	x := r.exchange(w, c)
	defer x.hand()
	defer func() { x.pulse.silence() }() // behind recover, which may answer
	defer x.recover()
	if err := x.admit(ctx); err != nil {
		x.reject(err)
		return
	}
	x.pulse = x.startPulse()
	x.run(ctx)
	x.learn()
}

// Refuse answers a call that the gateway could not even read, and writes its
// row.
func (r *Relay) Refuse(w http.ResponseWriter, c *Call, e *llm.Error) {
	x := r.exchange(w, c)
	defer x.hand()
	x.reject(e)
}

func (r *Relay) exchange(w http.ResponseWriter, c *Call) *exchange {
	x := &exchange{Relay: r, call: c, w: w, rec: c.record()}
	if x.tape = r.newTape(w, c); x.tape != nil {
		x.w = x.tape
	}
	return x
}

// hand gives away what is kept of the bodies, whatever became of the request.
func (x *exchange) hand() { x.tape.hand(x.call, x.rec) }

// admit asks whether the user may spend, and finds who could serve.
func (x *exchange) admit(ctx context.Context) *llm.Error {
	c := x.call
	if len(c.User.Models) > 0 && !core.MatchAny(c.User.Models, c.Head.Model) {
		return &llm.Error{
			Kind: llm.Forbidden, Param: "model", NoRetry: true,
			Message: "model: " + c.Head.Model + " is not allowed for this key's user",
		}
	}
	var err *llm.Error
	if x.cands, err = x.candidates(ctx, c.Head.Model); err != nil {
		return err
	}
	tokens := estimateTokens(c)
	hold, refusal := x.Quota.Reserve(c.User, tokens, x.estimateCost(tokens))
	if refusal != nil {
		return refused(refusal)
	}
	x.hold = hold
	return nil
}

// candidates finds who can serve the model, or the model that stands in for it.
func (x *exchange) candidates(ctx context.Context, model string) ([]core.Candidate, *llm.Error) {
	c := x.call
	found, err := catalog.Candidates(c.Snapshot, c.Format.ID(), model, x.convertible())
	if err == nil || err.Kind != llm.NotFound || x.Models == nil || !x.convertible() {
		return found, err
	}
	name := catalog.StandIn(x.Models.List(ctx, c.Snapshot), model)
	if name == "" || len(c.User.Models) > 0 && !core.MatchAny(c.User.Models, name) {
		return nil, err
	}
	return catalog.Candidates(c.Snapshot, c.Format.ID(), name, true)
}

func refused(r *quota.Refusal) *llm.Error {
	e := &llm.Error{Kind: llm.RateLimited, Message: r.Message, RetryAfter: seconds(r.RetryAfter)}
	if r.Billing {
		e.Kind, e.NoRetry = llm.Billing, true
	}
	return e
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// estimateInput is what a request is expected to feed to the model: its text at
// four bytes a token, the usual rule.
func estimateInput(c *Call) int64 { return int64(c.Body.Len()) / 4 }

// How much of an answer is set aside for a request whose end is not known. Tools
// set limits far above what they use, so a limit counts only up to likelyOutput.
const (
	usualOutput  = 512
	likelyOutput = 4096
)

// estimateTokens is what a request is expected to cost before it is known.
func estimateTokens(c *Call) int64 {
	switch {
	case c.Op != protocol.Chat && c.Op != protocol.Completions:
		return estimateInput(c)
	case c.Head.MaxTokens > 0:
		return estimateInput(c) + min(c.Head.MaxTokens, likelyOutput)
	}
	return estimateInput(c) + usualOutput
}

// reject refuses a call before any upstream was asked.
func (x *exchange) reject(e *llm.Error) {
	x.rec.Outcome = core.OutcomeRejected
	if e.Kind == llm.InvalidRequest || e.Kind == llm.NotFound || e.Kind == llm.TooLarge {
		x.rec.Outcome = core.OutcomeBadRequest
	}
	x.fail(e)
}

// fail answers with an error of the gateway's own and ends the row before the
// client gets the last byte.
func (x *exchange) fail(e *llm.Error) {
	if x.pulse.silence() {
		x.failInside(e)
		return
	}
	status, body := x.call.Format.Error(e, x.call.ID)
	x.rec.Status, x.rec.Error = status, clip(e.Message, maxErrorText)
	x.rec.ResponseBytes = int64(len(body))
	x.end()
	x.setHeaders(x.w.Header())
	WriteError(x.w, status, body, e)
	x.sent = true
}

// maxErrorText bounds the error text in a row.
const maxErrorText = 2000

// WriteError writes an error answer with the headers that SDKs obey.
func WriteError(w http.ResponseWriter, status int, body []byte, e *llm.Error) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	if e.NoRetry {
		h.Set("X-Should-Retry", "false")
	}
	w.WriteHeader(status)
	// A client that is gone has no use for the error.
	_, _ = w.Write(body)
}

// recover ends the row of a call whose code panicked, and passes on the abort
// of a connection.
func (x *exchange) recover() {
	v := recover()
	if v == nil {
		return
	}
	if x.lease != nil {
		x.done(x.lease, neutral)
	}
	if err, ok := v.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
		x.Log.Error("relay: panic", "request", x.call.ID, "panic", v, "stack", string(debug.Stack()))
		x.rec.Outcome = core.OutcomeUpstreamError
		if !x.sent {
			x.fail(&llm.Error{Kind: llm.Internal, Message: "AiHub failed on this request; its log holds the details"})
			return
		}
	}
	x.end()
	panic(http.ErrAbortHandler)
}
