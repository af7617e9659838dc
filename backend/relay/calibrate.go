package relay

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// learnEvery is how many answered requests pass between two that are counted
// for calibration: counting is cheap, but not free.
const learnEvery = 16

// learn compares the estimate of a request's input with what the provider has
// reported, so that later estimates for the model are better. The client has its
// answer already.
func (x *exchange) learn() {
	if x.rec.Outcome != core.OutcomeOK || x.rec.Usage.Source != llm.Reported || x.call.Op != protocol.Chat || !x.convertible() {
		return
	}
	if x.seen.Add(1)%learnEvery != 1 {
		return
	}
	req, bad := x.canonical()
	if bad != nil {
		return
	}
	if estimate, source := x.countRequest(req, x.rec.UpstreamModel); source == llm.Estimated {
		x.calibration.Observe(x.rec.UpstreamModel, estimate, x.rec.Usage.Input)
	}
}
