package kiro

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
)

// The counts follow from how full the window is said to be.
func TestUsage(t *testing.T) {
	tests := []struct {
		name   string
		window int64
		frames []frame
		want   llm.Usage
	}{
		{"live window", 1_000_000, whole("END_TURN", content("one two three")), llm.Usage{Input: 24_996, Output: 4}},
		{"another window", 272_000, whole("END_TURN", content("one two three")), llm.Usage{Input: 6_796, Output: 4}},
		{"no window", 0, whole("END_TURN", content("one two three")), llm.Usage{Input: 24_996, Output: 4}},
		{"thinking is output", 100_000, whole("END_TURN", reasoning("text", "one two three"), content("x")), llm.Usage{Input: 2_494, Output: 6, Reasoning: 4}},
		{"more output than all", 100, whole("END_TURN", content("one two three")), llm.Usage{Input: 0, Output: 4}},
	}
	for _, tt := range tests {
		e := asked(t, native, claudeFields, nothing)
		e.Target.Info.Window = tt.window
		events := decode(t, Format{}, e, wire(tt.frames), 1<<20)
		tt.want.Source, tt.want.Credits = llm.Estimated, 0.25
		if got := events[len(events)-2].Usage; got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// Without a word of the service the request is counted here.
func TestUsageOfACutStream(t *testing.T) {
	e := asked(t, native, claudeFields, func(r *llm.Request) {
		r.System = []llm.Block{text(strings.Repeat("word ", 1000))}
		r.Turns = []llm.Turn{user(text("look"), picture("image/png", pngBytes))}
	})
	events := decode(t, Format{}, e, wire([]frame{content("It is")}), 1<<20)
	u := events[len(events)-2].Usage
	if u.Source != llm.Estimated || u.Input < ownInstructions+imageTokens+900 || u.Input > ownInstructions+imageTokens+1500 || u.Output == 0 || u.Credits != 0 {
		t.Errorf("%+v", u)
	}
}

// A whole answer that ends at a stop sequence has been paid for to its end.
func TestCreditsBehindAStop(t *testing.T) {
	e := asked(t, native, claudeFields, func(r *llm.Request) { r.Stop = []string{"STOP"} })
	resp, err := Format{}.DecodeResponse(wire(whole("END_TURN", content("one STOP two"))), e)
	if err != nil || resp.Stop.Sequence != "STOP" || resp.Usage.Credits != 0.25 || resp.Blocks[0].Text != "one " {
		t.Errorf("%v %+v", err, resp)
	}
}
