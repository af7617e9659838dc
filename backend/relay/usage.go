package relay

import (
	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// meterUsage writes the token counts into the row: the provider's own, else an
// estimate that says so. A stream that was left early has reported at most its
// input; what came of the answer is then the measure of its output.
func (d *delivery) meterUsage() {
	u, reported := d.meter.Usage()
	if reported && (d.meter.Ended() || d.meter.Whole()) {
		d.rec.Usage = u
		return
	}
	if estimable(d.call.Op) {
		d.rec.Usage = d.measure(u, d.meter.Output())
	}
}

// publish tells the ledger what a stream has used so far. What stands in an array
// is not read before its end: that would be all of it anew for every piece.
func (d *delivery) publish() {
	if !d.live || !estimable(d.call.Op) {
		return
	}
	var u llm.Usage
	if d.events {
		u, _ = d.meter.Usage()
	}
	d.entry.Count(d.estimate(u, d.meter.Output()))
}

func estimable(op protocol.Operation) bool {
	switch op {
	case protocol.Chat, protocol.Completions, protocol.Embeddings:
		return true
	}
	return false
}

// measure is estimate where the request is through, so that there is time to count
// what its text holds.
func (x *exchange) measure(u llm.Usage, output int64) llm.Usage {
	if u.Input > 0 || x.Tokens == nil || !x.convertible() {
		return x.estimate(u, output)
	}
	req, bad := x.canonical()
	if bad != nil {
		return x.estimate(u, output)
	}
	var source llm.Source
	if u.Input, source = x.countRequest(req, x.rec.UpstreamModel); source == llm.Estimated {
		u.Input = x.calibration.Apply(x.rec.UpstreamModel, u.Input)
	}
	return x.estimate(u, output)
}

// estimate completes counts that the upstream has not reported, at once.
func (x *exchange) estimate(u llm.Usage, output int64) llm.Usage {
	if u.Input == 0 {
		u.Input = estimateInput(x.call)
	}
	u.Output, u.Source = max(u.Output, output), llm.Estimated
	return u
}

// outputText is about how many tokens a whole answer has: four bytes each.
func outputText(blocks []llm.Block) int64 {
	n := 0
	for i := range blocks {
		n += len(blocks[i].Text)
		if c := blocks[i].Call; c != nil {
			n += len(c.Args) + len(c.Input)
		}
	}
	return int64(n+3) / 4
}

// price puts into the row what its usage costs.
func (x *exchange) price() {
	ch := x.call.Snapshot.Channel(x.rec.ChannelID)
	if x.Prices == nil || ch == nil {
		return
	}
	if x.call.Op == protocol.Images && x.rec.Outcome == core.OutcomeOK && x.rec.Usage.Images == 0 {
		x.rec.Usage.Images = max(1, gjson.GetBytes(x.call.Body.Bytes(), "n").Int())
	}
	if x.rec.Usage != (llm.Usage{}) {
		x.rec.CostUSD, x.rec.Price = x.Prices.Charge(ch, x.rec.UpstreamModel, x.rec.Usage, x.call.Start)
	}
}

// estimateCost is what a request of so many tokens is expected to cost with the
// first of its candidates; nil when that has no price.
func (x *exchange) estimateCost(tokens int64) *float64 {
	if x.Prices == nil || len(x.cands) == 0 {
		return nil
	}
	input := min(estimateInput(x.call), tokens)
	cost, _ := x.Prices.Charge(x.cands[0].Channel, x.cands[0].Model, llm.Usage{Input: input, Output: tokens - input}, x.call.Start)
	return cost
}
