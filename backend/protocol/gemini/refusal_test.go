package gemini_test

import (
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol/gemini"
)

// TestRefusalIsATextToo: Google's SDK drops finishMessage, so that an answer
// which is nothing but a refusal tells why in a text, too.
func TestRefusalIsATextToo(t *testing.T) {
	stop := llm.Stop{Reason: llm.StopRefusal, Detail: "against the rules"}
	const part = "candidates.0.content.parts.0.text"
	whole := gemini.Format{}.EncodeResponse(&llm.Response{Stop: stop}, &llm.Request{})
	if got := gjson.GetBytes(whole, part).Str; got != stop.Detail {
		t.Errorf("whole: %s", whole)
	}
	for _, said := range []bool{false, true} {
		enc := gemini.Format{}.StreamEncoder(&llm.Request{}, true)
		raw := enc.Append(nil, llm.Event{Kind: llm.EventStart})
		want := stop.Detail
		if said {
			raw = enc.Append(raw, llm.Event{Kind: llm.EventBlockStart, Block: &llm.Block{Kind: llm.Text, Text: "I cannot."}})
			raw = enc.Append(raw, llm.Event{Kind: llm.EventBlockStop})
			want = ""
		}
		raw = enc.Append(raw, llm.Event{Kind: llm.EventStop, Stop: stop})
		chunks := gjson.ParseBytes(raw).Array()
		if got := chunks[len(chunks)-1].Get(part).Str; got != want {
			t.Errorf("stream, said %t: %s", said, raw)
		}
	}
}
