package relay

import (
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// meterUsage writes the token counts into the row: the provider's own, else an
// estimate that says so. A stream that was left early has reported at most its
// input; the events that came are then the measure of its output.
func (d *delivery) meterUsage() {
	u, reported := d.meter.Usage()
	if reported && (d.meter.Ended() || d.meter.Whole()) {
		d.rec.Usage = u
		return
	}
	if estimable(d.call.Op) {
		d.rec.Usage = d.estimate(u, d.meter.Events())
	}
}

func estimable(op protocol.Operation) bool {
	switch op {
	case protocol.Chat, protocol.Completions, protocol.Embeddings:
		return true
	}
	return false
}

// estimate completes counts that the upstream has not reported.
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
