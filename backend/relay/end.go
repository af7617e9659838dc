package relay

import "context"

// end closes the row and settles the quota, once.
func (x *exchange) end() {
	if x.ended {
		return
	}
	x.ended = true
	if x.pulse.silence(); x.pulse != nil {
		x.rec.ResponseBytes += x.pulse.bytes
	}
	x.rec.DurationMS = x.Now().Sub(x.call.Start).Milliseconds()
	x.price()
	x.settle()
	x.spend()
	x.tape.admit(x.call, x.rec)
	var err error
	if x.entry != nil {
		err = x.entry.End(x.rec)
	} else {
		err = x.Ledger.Reject(context.Background(), x.rec)
	}
	if err != nil {
		x.Log.Error("ledger: a row could not be ended", "request", x.call.ID, "err", err)
	}
}

// settle replaces the reservation by what was used. A request that failed does
// not count, but the tokens that it has used do.
func (x *exchange) settle() {
	if x.hold == nil {
		return
	}
	if x.rec.Failed() {
		x.hold.Fail(x.rec.Usage, x.rec.CostUSD)
		return
	}
	x.hold.Settle(x.rec.Usage, x.rec.CostUSD)
}
