package kiro

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/sse"
)

// frame is one frame of a script: the type of an event or "exception:…", and the
// payload.
type frame struct{ name, data string }

func content(s string) frame {
	return frame{"assistantResponseEvent", `{"content":` + string(protocol.Quote(s)) + `,"modelId":"claude-opus-5"}`}
}

func reasoning(member, s string) frame {
	return frame{"reasoningContentEvent", `{"` + member + `":` + string(protocol.Quote(s)) + `}`}
}

func toolUse(id, name, rest string) frame {
	return frame{"toolUseEvent", `{"toolUseId":"` + id + `","name":"` + name + `"` + rest + `}`}
}

func input(s string) string { return `,"input":` + string(protocol.Quote(s)) }

const stop = `,"stop":true`

func ended(reason string) frame { return frame{"metadataEvent", `{"stopReason":"` + reason + `"}`} }

var (
	full    = frame{"contextUsageEvent", `{"contextUsagePercentage":2.5}`}
	metered = frame{"meteringEvent", `{"unit":"credit","unitPlural":"credits","usage":0.25}`}
)

// whole is a script with the tail of an answer that came to its end.
func whole(reason string, frames ...frame) []frame {
	return append(frames, ended(reason), full, metered)
}

// wire is a script as the service sends it.
func wire(frames []frame) []byte {
	var out []byte
	for _, f := range frames {
		kind, name := "event", f.name
		if rest, ok := strings.CutPrefix(name, exceptionName); ok {
			kind, name = "exception", rest
		}
		out = protocoltest.Frame(out, kind, name, []byte(f.data))
	}
	return out
}

// asked is a request to which all answers of the tests are possible.
func asked(t testing.TB, model, fields string, set func(*llm.Request)) *protocol.Encoded {
	t.Helper()
	r := llm.Request{
		Turns: hi(), Stream: true,
		Tools: []llm.Tool{{Name: "read"}, {Name: strings.Repeat("long_", 20)}, {Name: "exec", Custom: true}, {Namespace: "ns", Name: "f"}},
	}
	set(&r)
	e, err := Format{}.EncodeRequest(&r, target(model, fields))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func nothing(*llm.Request) {}

// decode reads a stream in chunks of n bytes and checks the grammar.
func decode(t testing.TB, f Format, e *protocol.Encoded, stream []byte, n int) []llm.Event {
	t.Helper()
	d, frames := f.StreamDecoder(e), f.Frames()
	var events []llm.Event
	for chunk := range slices.Chunk(stream, n) {
		frames.Feed(bytes.Clone(chunk), func(e sse.Event) { events = d.Next(events, e) })
	}
	events = d.Close(events)
	if again := d.Close(d.Next(events, sse.Event{Name: []byte("assistantResponseEvent"), Data: []byte(`{"content":"x"}`)})); len(again) != len(events) {
		t.Errorf("behind the end come %d events", len(again)-len(events))
	}
	var c llm.Checker
	for i, e := range events {
		if err := c.Check(e); err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
	}
	if !c.Ended() {
		t.Fatal("the stream has no end")
	}
	return events
}

type streamCase struct {
	name, model, fields string
	set                 func(*llm.Request)
	frames              []frame
}

func streamCases() []streamCase {
	return slices.Concat(textCases(), thoughtCases(), callCases(), endCases())
}

func textCases() []streamCase {
	return []streamCase{
		{"text", native, claudeFields, nothing, whole("END_TURN",
			frame{"initial-response", `{"conversationId":"c"}`}, frame{"messageMetadataEvent", `{"conversationId":"c","utteranceId":"u-1"}`},
			content("Hel"), content("lo"), frame{"codeEvent", `{"content":"\nx := 1"}`}, frame{"followupPromptEvent", `{"followupPrompt":{"content":"?"}}`})},
		{"white space", native, claudeFields, nothing, whole("END_TURN", content("\n"), content(" \n"), content("so"), content("\n\n"), toolUse("t1", "read", stop), content("\n"))},
		{"reported usage", native, claudeFields, nothing, []frame{
			content("ok"), {"metadataEvent", `{"stopReason":"end_turn","tokenUsage":{"uncachedInputTokens":10,"cacheReadInputTokens":5,"cacheWriteInputTokens":2,"outputTokens":7,"totalTokens":24}}`}, full, metered, metered,
		}},
		{"stop sequence", native, claudeFields, func(r *llm.Request) { r.Stop = []string{"", "END"} }, whole("END_TURN", content("one E"), content("N"), content("D two"), toolUse("t", "read", stop))},
		{"no stop sequence", native, claudeFields, func(r *llm.Request) { r.Stop = []string{"END"} }, whole("END_TURN", content("one EN"))},
	}
}

func thoughtCases() []streamCase {
	think := func(r *llm.Request) { r.Reasoning.Effort = "high" }
	return []streamCase{
		{"native reasoning", native, claudeFields, think, whole("END_TURN",
			reasoning("text", "First"), reasoning("text", " this."), reasoning("signature", "c2ln"), reasoning("signature", "bmVk"), content("So."))},
		{"two thoughts", native, claudeFields, think, whole("END_TURN",
			reasoning("text", "a"), reasoning("signature", "c2ln"), reasoning("text", "b"), reasoning("signature", "c2ln"), content("x"),
			reasoning("text", "c"), toolUse("t1", "read", stop), reasoning("text", "d"))},
		{"omitted reasoning", native, claudeFields, think, whole("END_TURN", reasoning("signature", "c2"), reasoning("signature", "ln"), content("x"))},
		{"sealed reasoning", native, claudeFields, think, whole("END_TURN", reasoning("text", "a"), reasoning("redactedContent", "c2Vh"), reasoning("redactedContent", "bGVk"), content("x"))},
		{"sealed reasoning behind calls", gpt, gptFields, think, whole("TOOL_USE", content("x"), toolUse("t1", "read", stop), reasoning("text", "..."), reasoning("redactedContent", "c2VhbGVk"))},
		{"nothing but sealed reasoning", gpt, gptFields, think, whole("END_TURN", reasoning("redactedContent", "c2VhbGVk"))},
		{"tags", old, "", think, whole("END_TURN", content("<thin"), content("king>\nWell"), content("…\n</thi"), content("nking>"), content("\n\nSo."))},
		{"tags before a call", old, "", think, whole("TOOL_USE", content("<thinking>a</thinking>"), toolUse("t1", "read", stop))},
		{"tags without an end", old, "", think, whole("END_TURN", content("<thinking>a</thin"))},
		{"empty tags", old, "", think, whole("END_TURN", content("<thinking>\n</thinking>\n\nSo."))},
		{"tags that nobody asked for", old, "", nothing, whole("END_TURN", content("<thinking>a</thinking>\n\nSo."))},
	}
}

func callCases() []streamCase {
	long := "long_long_long_long_long_long_long_long_long_long_long__5fffca88"
	return []streamCase{
		{"parallel calls", native, claudeFields, nothing, whole("END_TURN", content("Let me."),
			toolUse("t1", "read", ""), toolUse("t1", "read", input(`{"a`)), toolUse("t1", "read", input(`":1}`)), toolUse("t1", "read", stop),
			toolUse("t2", long, ""), toolUse("t2", long, stop), content("Done."))},
		{"calls at once", native, claudeFields, nothing, whole("TOOL_USE",
			toolUse("t1", "read", input(`{"a":`)), toolUse("t2", "ns__f", input(`{"b":`)), toolUse("t2", "ns__f", input(`2}`)+stop), toolUse("t1", "read", input(`1}`)+stop))},
		{"input as an object", native, claudeFields, nothing, whole("TOOL_USE", toolUse("t1", "read", `,"input":{}`), toolUse("t1", "read", `,"input":{"a":[1]}`+stop))},
		{"a custom call", native, claudeFields, nothing, whole("TOOL_USE", toolUse("t1", "exec", input(`{"input":"ls \"x\"\n"}`)+stop))},
		{"a call of nobody's", native, claudeFields, nothing, whole("TOOL_USE", toolUse("t1", "invented", stop))},
		{"pieces without an id", native, claudeFields, nothing, whole("TOOL_USE", toolUse("t1", "read", ""), frame{"toolUseEvent", `{"input":"{}"}`}, frame{"toolUseEvent", `{"stop":true}`})},
		{"a call that is cut", native, claudeFields, nothing, whole("END_TURN", content("Let me."), toolUse("t1", "read", stop), toolUse("t2", "read", input(`{"a":"of`)))},
		{"nothing but a call that is cut", native, claudeFields, nothing, []frame{toolUse("t2", "read", input(`{"a":"of`))}},
		{"arguments that are none", native, claudeFields, nothing, whole("MALFORMED_TOOL_USE", toolUse("t2", "read", input(`{"a":"of`)), toolUse("t2", "read", stop))},
		{"a leaked call", native, claudeFields, nothing, whole("END_TURN", content("Now:\n[Called re"), content(`ad with args: {"a":"]"}`), content("]\nDone"))},
		{"a leaked list", native, claudeFields, nothing, whole("END_TURN", content("<function_calls>\n<invoke name=\"read\">\n<parameter name=\"a\">1</parameter>\n"), content("</invoke>\n<invoke name=\"ns__f\"></invoke></function_calls>"))},
	}
}

func endCases() []streamCase {
	return []streamCase{
		{"cut", native, claudeFields, nothing, []frame{content("It is")}},
		{"cut behind a call", native, claudeFields, nothing, []frame{content("x"), toolUse("t1", "read", stop)}},
		{"limit", native, claudeFields, nothing, whole("MAX_TOKENS", content("It is"))},
		{"limit behind a call", native, claudeFields, nothing, whole("MAX_TOKENS", toolUse("t1", "read", stop))},
		{"time", native, claudeFields, nothing, whole("MAX_TIME", content("It is"))},
		{"context full", native, claudeFields, nothing, []frame{content("It is"), ended("END_TURN"), {"contextUsageEvent", `{"contextUsagePercentage":100.2}`}, metered}},
		{"nothing but a full context", native, claudeFields, nothing, []frame{{"contextUsageEvent", `{"contextUsagePercentage":100}`}}},
		{"filtered", native, claudeFields, nothing, whole("CONTENT_FILTERED")},
		{"paused", native, claudeFields, nothing, whole("pause_turn", content("wait"))},
		{"a new word", native, claudeFields, nothing, whole("SOMETHING", content("well"))},
		{"empty", native, claudeFields, nothing, whole("END_TURN")},
		{"empty but for white space", native, claudeFields, nothing, whole("END_TURN", content(" \n"))},
		{"nothing at all", native, claudeFields, nothing, nil},
		{"exception first", native, claudeFields, nothing, []frame{{"exception:ThrottlingException", `{"message":"Too many requests","reason":"INSUFFICIENT_MODEL_CAPACITY"}`}}},
		{"exception inside", native, claudeFields, nothing, []frame{content("It is"), {"exception:InternalServerException", `{"message":"Encountered unexpectedly high load"}`}, content("more")}},
		{"error event", native, claudeFields, nothing, []frame{{"throttlingError", `{"message":"slow down","retryAfterMilliseconds":1500}`}}},
		{"invalid state", native, claudeFields, nothing, []frame{content("x"), {"invalidStateEvent", `{"reason":"INVALID_TASK_ASSIST_PLAN","message":"no plan"}`}}},
		{"what is no JSON", native, claudeFields, nothing, whole("END_TURN", frame{"assistantResponseEvent", "x"}, frame{"toolUseEvent", ""}, frame{"meteringEvent", `[1]`}, content("ok"))},
	}
}

func TestStreamDecoder(t *testing.T) {
	for _, tt := range streamCases() {
		t.Run(tt.name, func(t *testing.T) {
			e := asked(t, tt.model, tt.fields, tt.set)
			stream := wire(tt.frames)
			events := decode(t, Format{}, e, stream, len(stream)+1)
			want := protocoltest.Dump(t, events)
			for _, n := range []int{1, 7, 100} {
				if got := protocoltest.Dump(t, decode(t, Format{}, e, stream, n)); !bytes.Equal(got, want) {
					t.Fatalf("chunks of %d give\n%s", n, got)
				}
			}
			protocoltest.Golden(t, "stream/"+tt.name+".json", want)
			checkWhole(t, e, stream, events)
		})
	}
}

// checkWhole reads the same bytes as a whole answer.
func checkWhole(t *testing.T, e *protocol.Encoded, stream []byte, events []llm.Event) {
	t.Helper()
	resp, err := Format{}.DecodeResponse(stream, e)
	if last := events[len(events)-1]; last.Kind == llm.EventFailed {
		if err == nil || *err != *last.Err {
			t.Errorf("the whole answer fails with %v, the stream with %v", err, last.Err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if resp.Stop.Sequence != "" {
		resp.Usage.Credits = 0 // a stream is left before they are told
	}
	if got, want := protocoltest.Dump(t, resp), protocoltest.Dump(t, protocoltest.Collect(events)); !bytes.Equal(got, want) {
		t.Errorf("the whole answer is\n%s\nthe stream\n%s", got, want)
	}
}

func TestEmptyAnswersCanBeRecognised(t *testing.T) {
	for _, tt := range endCases() {
		events := decode(t, Format{}, asked(t, tt.model, tt.fields, tt.set), wire(tt.frames), 1<<20)
		isEmpty := strings.HasPrefix(tt.name, "empty") || tt.name == "nothing at all"
		if got := protocol.IsEmptyAnswer(events[len(events)-1].Err); got != isEmpty {
			t.Errorf("%s: empty %v", tt.name, got)
		}
	}
}

// Older hosts end an answer without the event that tells its end.
func TestOpenEnd(t *testing.T) {
	e := asked(t, native, claudeFields, nothing)
	tests := []struct {
		name   string
		frames []frame
		want   llm.StopReason
	}{
		{"text", []frame{content("done"), full, metered}, llm.StopEndTurn},
		{"call", []frame{toolUse("t1", "read", stop)}, llm.StopToolUse},
		{"cut call", []frame{toolUse("t1", "read", "")}, llm.StopMaxTokens},
	}
	for _, tt := range tests {
		events := decode(t, Format{OpenEnd: true}, e, wire(tt.frames), 50)
		if got := events[len(events)-1].Stop.Reason; got != tt.want {
			t.Errorf("%s: stopped by %q, want %q", tt.name, got, tt.want)
		}
		resp, err := Format{OpenEnd: true}.DecodeResponse(wire(tt.frames), e)
		if err != nil || resp.Stop.Reason != tt.want {
			t.Errorf("%s: %v %+v", tt.name, err, resp)
		}
	}
	// A frame that is not whole tells that the answer is not either.
	cut := append(wire([]frame{content("do")}), wire([]frame{content("ne")})[:30]...)
	resp, err := Format{OpenEnd: true}.DecodeResponse(cut, e)
	if err != nil || resp.Stop.Reason != llm.StopMaxTokens {
		t.Errorf("%v %+v", err, resp)
	}
}

func TestDecodeResponseOfNoStream(t *testing.T) {
	e := asked(t, native, claudeFields, nothing)
	for body, want := range map[string]llm.Error{
		`{"message":"Input is too long.","reason":"CONTENT_LENGTH_EXCEEDS_THRESHOLD"}`:  {Kind: llm.ContextLength, Message: "Input is too long. (CONTENT_LENGTH_EXCEEDS_THRESHOLD)"},
		`{"__type":"com.amazon.kiro.runtimeservice#ThrottlingException","message":"x"}`: {Kind: llm.RateLimited, Message: "x"},
		"<html><body>502 Bad Gateway</body></html>":                                     {Kind: llm.BadUpstream, Message: "the provider's answer is no stream of events"},
	} {
		if resp, err := (Format{}).DecodeResponse([]byte(body), e); resp != nil || err == nil || *err != want {
			t.Errorf("%s: %v", body, err)
		}
	}
}
