package relay

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/tokens"
)

// Counting is cheap, but not free: one request in learnEvery is counted for
// calibration, and none that is larger than learnLimit.
const (
	learnEvery = 64
	learnLimit = 32 << 10
)

// learn compares the estimate of a request's input with what the provider has
// reported, so that later estimates for the model are better. The client has its
// answer already.
func (x *exchange) learn() {
	if x.rec.Outcome != core.OutcomeOK || x.rec.Usage.Source != llm.Reported || x.call.Op != protocol.Chat || !x.convertible() {
		return
	}
	if x.call.Body.Len() > learnLimit || tokens.EncodingOf(x.rec.UpstreamModel) != tokens.NoEncoding || x.seen.Add(1)%learnEvery != 1 {
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
