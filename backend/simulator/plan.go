package simulator

import (
	"strconv"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// plan is what the faults in force will do to one exchange.
type plan struct {
	now          *Fault // refuse, drop, or hang before the headers
	late         *Fault // happens inside the answer
	start, chunk time.Duration
	empty        bool
	leak         *Fault
	freed        <-chan struct{} // closed when the faults are deleted
}

// spoilsStream reports whether something happens inside the answer.
func (p *plan) spoilsStream() bool { return p.late != nil }

// wholeDelay is how long an answer of some tokens takes when it is not
// streamed.
func (p *plan) wholeDelay(l Latency, tokens int) time.Duration {
	const longest = 5 * time.Second
	return l.FirstByte + p.start + min(time.Duration(tokens)*l.Chunk, longest)
}

// strike collects the faults that hit a request. named lets only those hit
// that name a path.
func (l *faultList) strike(account string, p core.Provider, model, path string, named bool) plan {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := plan{freed: l.freed}
	for _, f := range l.faults {
		if named && f.Path == "" || !f.matches(account, p, model, path) || !l.due(f) {
			continue
		}
		if out.take(f) {
			f.Hits++
		}
	}
	return out
}

func (f *Fault) matches(account string, p core.Provider, model, path string) bool {
	return (f.Account == "" || f.Account == account) &&
		(f.Provider == "" || f.Provider == p) &&
		(f.Model == "" || core.MatchName(f.Model, model)) &&
		(f.Path == "" || core.MatchName(f.Path, path))
}

// due reports whether a fault strikes the next matching request.
func (l *faultList) due(f *Fault) bool {
	f.seen++
	if f.Kind == FaultQuota {
		return f.spentRequests >= f.Requests && f.Requests > 0 || f.spentTokens >= f.Tokens && f.Tokens > 0 ||
			f.Requests == 0 && f.Tokens == 0
	}
	if f.seen <= int64(f.After) || f.Times > 0 && f.Hits >= f.Times {
		return false
	}
	if f.Probability > 0 {
		return l.mint.random("fault", f.ID, strconv.FormatInt(f.seen, 10)).Float64() < f.Probability
	}
	return true
}

// take adds a fault to the plan; of those that end an answer only the first
// can happen.
func (p *plan) take(f *Fault) bool {
	kept := *f
	switch f.Kind {
	case FaultSlowStart:
		p.start += f.delay()
		return true
	case FaultSlowChunks:
		p.chunk += f.delay()
		return true
	case FaultEmpty:
		p.empty = true
		return true
	case FaultLeak:
		p.leak = &kept
		return true
	}
	if p.now != nil || p.late != nil {
		return false
	}
	early := f.Kind == FaultStatus || f.Kind == FaultQuota || f.Kind == FaultDrop
	if early || f.Kind == FaultHang && f.Chunks < 0 {
		p.now = &kept
	} else {
		p.late = &kept
	}
	return true
}

// admit names the model of the exchange and lets the faults happen that come
// before everything else.
func (x *exchange) admit(p core.Provider, model string) error { return x.admitPath(p, model, false) }

// admitPath is admit where, if named, only faults strike that name a path.
func (x *exchange) admitPath(p core.Provider, model string, named bool) error {
	x.model = model
	x.plan = x.sim.faults.strike(x.account.id, p, model, x.r.URL.Path, named)
	if x.plan.now == nil {
		return nil
	}
	return x.spring(x.plan.now)
}

// obey applies the directives of an ask that are about the exchange.
func (x *exchange) obey(o *directives) error {
	x.plan.chunk += time.Duration(o.delayMS) * time.Millisecond
	o.empty = o.empty || x.plan.empty
	if o.status >= 400 && o.status <= 599 {
		return x.demand(&Fault{Kind: FaultStatus, Status: o.status})
	}
	return nil
}

// spring lets a fault happen and returns how the exchange ends by it.
func (x *exchange) spring(f *Fault) error {
	switch f.Kind {
	case FaultDrop, FaultCut:
		return errCut
	case FaultNoEnd, FaultTorn:
		return errEnded
	case FaultHang:
		return x.hang()
	case FaultStreamError:
		return &failure{x.demand(f)}
	}
	return x.demand(f)
}

// demand is the provider's own words for a fault.
func (x *exchange) demand(f *Fault) *refusal {
	kept := *f
	if kept.Kind == FaultQuota {
		kept.Status, kept.Reason = 429, "insufficient_quota"
	}
	r := x.dialect.fault(x, &kept)
	r.demanded = true
	if kept.Message != "" {
		r.message = kept.Message
	}
	return r
}

// hang is silent until the client leaves, or the faults are deleted; then the
// connection is cut.
func (x *exchange) hang() error {
	select {
	case <-x.r.Context().Done():
		return errGone
	case <-x.plan.freed:
		return errCut
	}
}
