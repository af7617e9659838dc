package protocol

import "github.com/aihub/aihub/backend/llm"

// Gather makes one answer of a stream's events, for the formats whose whole
// answers are read as streams. It serves streams that have not failed.
func Gather(events []llm.Event) *llm.Response {
	out := &llm.Response{}
	for i := range events {
		e := &events[i]
		switch e.Kind {
		case llm.EventStart:
			out.ID, out.Model, out.Created = e.ID, e.Model, e.Created
		case llm.EventBlockStart:
			out.Blocks = append(out.Blocks, *e.Block)
		case llm.EventDelta:
			addDelta(&out.Blocks[e.Index], e)
		case llm.EventUsage:
			out.Usage, out.Metered = e.Usage, true
		case llm.EventStop:
			out.Stop = e.Stop
		}
	}
	return out
}

func addDelta(b *llm.Block, e *llm.Event) {
	switch {
	case e.Signature != nil:
		b.Signature = e.Signature
	case e.Citations != nil:
		b.Citations, b.Origin = e.Citations, e.Origin
	case b.Call == nil:
		b.Text += e.Delta
	case b.Call.Custom:
		b.Call.Input += e.Delta
	default:
		b.Call.Args = append(b.Call.Args, e.Delta...)
	}
}
