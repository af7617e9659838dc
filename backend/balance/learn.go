package balance

import (
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// What is closed without a time that anybody knows. A single failure mostly means
// nothing, so it takes strikes of them in a row, from different requests; rests
// double with every one that brought no answer.
const (
	strikesBeforeRest           = 3
	faultRest, maxFaultRest     = 2 * time.Second, time.Minute
	exhaustRest, maxExhaustRest = 10 * time.Minute, 6 * time.Hour
	// maxLimitRest bounds a usual rest that is lengthened because it was too
	// short.
	maxLimitRest = 5 * time.Minute
	minRest      = 100 * time.Millisecond
)

// Report takes a finding that no request has brought, such as that of a refresh
// or a test. model may be "" unless the scope is that of a model. The zero
// Finding tells that the account works: what had closed it is over.
func (b *Balancer) Report(accountID, model string, f limits.Finding) {
	b.mu.Lock()
	defer b.unlock()
	b.sync()
	st := b.state(accountID)
	if f.Scope == "" {
		st.open()
		b.reopenAddress(st.endpoint)
		b.reopened(st)
		return
	}
	b.learn(&Ask{}, st, model, &f, b.nanos())
}

// learn turns a finding into state.
func (b *Balancer) learn(a *Ask, st *account, model string, f *limits.Finding, now int64) {
	if !f.Burns() {
		return
	}
	e := st.endpoint
	switch f.Scope {
	case limits.ScopeAccountModel:
		b.hit(a, st.models.take(model, now), f, now)
	case limits.ScopeAccount:
		b.hit(a, &st.own, f, now)
	case limits.ScopeModel:
		there := e.models.take(model, now)
		b.hit(a, there, f, now)
		b.single(a, st.models.take(model, now), there, f, now)
	case limits.ScopeProvider:
		b.hit(a, &e.own, f, now)
		b.single(a, &st.own, &e.own, f, now)
	default:
		return
	}
	st.lastError = f.Message
	b.touch(st)
}

// hit closes a door as long as the finding says, or counts a strike against it
// where that is not known.
func (b *Balancer) hit(a *Ask, d *door, f *limits.Finding, now int64) {
	if until, known := b.until(d, f, now); known {
		d.strikes++
		b.close(d, f, until, now)
		return
	}
	if !a.blame(d) {
		return
	}
	d.strikes++
	if d.until > now || d.strikes < strikesBeforeRest && !d.halfOpen(now) && f.State == core.StateCooling {
		return
	}
	least, most := faultRest, maxFaultRest
	if f.State == core.StateExhausted {
		least, most = exhaustRest, maxExhaustRest
	}
	b.close(d, f, now+b.backoff(least, most, d.closed), now)
}

// close shuts a door. A graver finding may end earlier than the one that it
// replaces, which must not be believed any longer then.
func (b *Balancer) close(d *door, f *limits.Finding, until, now int64) {
	before := d.until
	if d.close(f, until, now); d.until < before {
		b.opens++
	}
}

// single counts a failure that is everybody's against the account too, and
// closes its door when others have been served meanwhile.
func (b *Balancer) single(a *Ask, d, shared *door, f *limits.Finding, now int64) {
	if !f.Until.IsZero() || !a.blame(d) {
		return
	}
	d.strikes++
	if d.until <= now && d.strikes >= strikesBeforeRest && d.strikes > shared.strikes {
		b.close(d, f, now+b.backoff(faultRest, maxFaultRest, d.closed), now)
	}
}

// until is when a finding ends. What the provider has named is taken as it is; a
// usual time is lengthened when it has been too short before.
func (b *Balancer) until(d *door, f *limits.Finding, now int64) (int64, bool) {
	if f.Until.IsZero() {
		return never, gravity(f.State) > 0
	}
	rest := f.Until.UnixNano() - now
	before := d.closed
	if d.until > now {
		before-- // the same limit, met by several requests at once
	}
	if before > 0 && !f.Named {
		most := maxLimitRest
		if f.State != core.StateCooling {
			most = maxExhaustRest
		}
		rest = max(rest, b.backoff(time.Duration(rest), most, before))
	}
	return now + max(rest, int64(minRest)), true
}

// backoff doubles a rest with every failure, and spreads it by a fifth so that
// what failed together does not come back together.
func (b *Balancer) backoff(least, most time.Duration, before int) int64 {
	rest := min(float64(most), float64(least)*float64(int64(1)<<min(max(before, 0), 20)))
	return int64(rest * (0.8 + 0.4*b.opts.Rand()))
}
