package kiro

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// tail is what the service tells behind an answer.
type tail struct {
	whole   bool   // the answer came to its end
	reason  string // why it ended
	percent float64
	known   bool // percent was told
	credits float64
	usage   *llm.Usage // the service's own counts, which it practically never sends
}

func (t *tail) read(name string, v gjson.Result) {
	switch name {
	case "metadataEvent":
		t.whole = true
		if reason := v.Get("stopReason").Str; reason != "" {
			t.reason = strings.ToUpper(clean(reason))
		}
		t.readUsage(v.Get("tokenUsage"))
	case "contextUsageEvent":
		if p := v.Get("contextUsagePercentage"); p.Type == gjson.Number && p.Num > 0 {
			t.percent, t.known = p.Num, true
		}
	case "meteringEvent":
		if n := v.Get("usage").Num; n > 0 {
			t.credits += n
		}
	}
}

func (t *tail) readUsage(v gjson.Result) {
	if !v.IsObject() {
		return
	}
	u := llm.Usage{
		CacheRead: max(0, v.Get("cacheReadInputTokens").Int()), CacheWrite: max(0, v.Get("cacheWriteInputTokens").Int()),
		Output: max(0, v.Get("outputTokens").Int()), Source: llm.Reported,
	}
	u.Input = max(0, v.Get("uncachedInputTokens").Int()) + u.CacheRead + u.CacheWrite
	if !u.IsZero() {
		t.usage = &u
	}
}

// finish ends the answer. What ended well and holds nothing is an error, so that
// it is asked for again, but only where nothing explains it.
func (d *streamDecoder) finish() {
	d.endReasoning()
	d.settle()
	if d.ended {
		return
	}
	d.missCalls()
	reason := d.stopReason()
	unexplained := reason == llm.StopEndTurn || reason == llm.StopMaxTokens && !d.whole
	if d.next == 0 && d.cut == "" && unexplained {
		d.fail(protocol.EmptyAnswer())
		return
	}
	if d.cut != "" {
		d.tellCut()
	}
	d.stop(llm.Stop{Reason: reason})
}

// stop ends the grammar with the counts and the reason.
func (d *streamDecoder) stop(s llm.Stop) {
	d.close()
	d.start()
	d.ended = true
	d.emit(llm.Event{Kind: llm.EventUsage, Usage: d.count()})
	d.emit(llm.Event{Kind: llm.EventStop, Stop: s})
}

// stopAt ends the answer at a stop sequence.
func (d *streamDecoder) stopAt(sequence string) {
	d.held = nil
	d.stop(llm.Stop{Reason: llm.StopSequence, Sequence: sequence})
}

// stopReason is how the answer ended. The service's own word is not reliable
// where tools were called, and without its last event the answer was cut.
func (d *streamDecoder) stopReason() llm.StopReason {
	reason, known := stopReasons[d.reason]
	switch {
	case d.known && d.percent >= 100:
		return llm.StopContextExceeded
	case reason == llm.StopContextExceeded, reason == llm.StopContentFilter:
		return reason
	case d.cut != "", !d.whole && !d.openEnd:
		return llm.StopMaxTokens
	case d.finished > 0:
		return llm.StopToolUse
	case reason == llm.StopToolUse, d.reason == "":
		return llm.StopEndTurn
	case !known:
		return llm.StopOther
	}
	return reason
}

// stopReasons are the service's words, in capitals.
var stopReasons = map[string]llm.StopReason{
	"END_TURN":                      llm.StopEndTurn,
	"TOOL_USE":                      llm.StopToolUse,
	"MAX_TOKENS":                    llm.StopMaxTokens,
	"MAX_TIME":                      llm.StopMaxTokens,
	"STOP_SEQUENCE":                 llm.StopSequence,
	"CONTENT_FILTERED":              llm.StopContentFilter,
	"MODEL_CONTEXT_WINDOW_EXCEEDED": llm.StopContextExceeded,
	"MALFORMED_TOOL_USE":            llm.StopMalformedCall,
	"MALFORMED_MODEL_OUTPUT":        llm.StopMalformedCall,
	"PAUSE_TURN":                    llm.StopPause,
}
