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
	if !estimable(d.call.Op) {
		return
	}
	if u.Input == 0 {
		u.Input = estimateInput(d.call)
	}
	u.Output = max(u.Output, d.meter.Events())
	u.Source = llm.Estimated
	d.rec.Usage = u
}

func estimable(op protocol.Operation) bool {
	switch op {
	case protocol.Chat, protocol.Completions, protocol.Embeddings:
		return true
	}
	return false
}
