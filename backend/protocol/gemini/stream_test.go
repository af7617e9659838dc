package gemini

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/sse"
)

func check(t *testing.T, events []llm.Event) {
	t.Helper()
	var c llm.Checker
	for i, e := range events {
		if err := c.Check(e); err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
	}
	if !c.Ended() {
		t.Fatal("the stream has no end")
	}
}

// decodeStream decodes a stream that arrives in chunks of n bytes.
func decodeStream(t *testing.T, raw []byte, n int) []llm.Event {
	t.Helper()
	d := Format{}.StreamDecoder(encoded())
	var r sse.Reader
	var out []llm.Event
	for chunk := range slices.Chunk(raw, n) {
		r.Feed(chunk, func(e sse.Event) { out = d.Next(out, e) })
	}
	out = d.Close(out)
	if again := d.Close(d.Next(out, sse.Event{Data: []byte(first)})); len(again) != len(out) {
		t.Error("events after the end")
	}
	check(t, out)
	return out
}

// lines writes one event per line.
func lines(t *testing.T, events []llm.Event) []byte {
	t.Helper()
	var out []byte
	for _, e := range events {
		line := strings.ReplaceAll(string(protocoltest.DumpExact(t, e)), "\n", "")
		out = append(append(out, strings.Join(strings.Fields(line), " ")...), '\n')
	}
	return anonymous(out)
}

func streams(t testing.TB) []string {
	t.Helper()
	list, err := filepath.Glob("testdata/upstream/*.sse")
	if err != nil || len(list) == 0 {
		t.Fatal("no streams", err)
	}
	return list
}

func TestStreamDecoder(t *testing.T) {
	for _, path := range streams(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".sse")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want []byte
			for n := 1; n <= min(len(raw), 100); n++ {
				got := lines(t, decodeStream(t, raw, n))
				if n == 1 {
					want = got
					protocoltest.Golden(t, "upstream/"+name+".events", got)
				}
				if string(got) != string(want) {
					t.Fatalf("chunks of %d:\n%s\nwant\n%s", n, got, want)
				}
			}
		})
	}
}

func encodeEvents(events []llm.Event, array bool) []byte {
	s := Format{}.StreamEncoder(&llm.Request{Model: "asked"}, array)
	var out []byte
	for _, e := range events {
		out = s.Append(out, e)
	}
	return out
}

func TestStreamEncoder(t *testing.T) {
	for name, r := range answers() {
		t.Run(name, func(t *testing.T) {
			events := protocoltest.EventsOf(&r, 4)
			check(t, events)
			got := encodeEvents(events, false)
			protocoltest.Golden(t, "client/"+name+".sse", got)
			if strings.Contains(string(got), "event:") {
				t.Error("Google's SDKs ignore events with a name")
			}
			array := encodeEvents(events, true)
			protocoltest.Golden(t, "client/"+name+".array", array)
			if !json.Valid(array) {
				t.Errorf("no JSON: %s", array)
			}
		})
	}
}

func TestStreamEncoderFails(t *testing.T) {
	bad := llm.Event{Kind: llm.EventFailed, Err: &llm.Error{Kind: llm.Overloaded, Message: "busy"}}
	begun := []llm.Event{
		{Kind: llm.EventStart, ID: "r1", Model: "m"},
		{Kind: llm.EventBlockStart, Block: &llm.Block{Kind: llm.Text}},
		{Kind: llm.EventDelta, Delta: "a"},
		bad,
	}
	protocoltest.Golden(t, "client/failed.sse", encodeEvents(begun, false))
	protocoltest.Golden(t, "client/failed.array", encodeEvents(begun, true))
	if got := encodeEvents([]llm.Event{bad}, true); !json.Valid(got) {
		t.Errorf("no JSON: %s", got)
	}
}

// What is signed for Google finds its way through a Google client and back, and
// so does what another provider signed.
func TestSignaturesComeBack(t *testing.T) {
	r := llm.Response{Stop: llm.Stop{Reason: llm.StopToolUse}, Blocks: []llm.Block{
		signed(llm.Block{Kind: llm.Thinking, Text: "hm"}, llm.Anthropic, "a:1", "one"), signed(llm.Block{Kind: llm.Redacted, Text: "two"}, llm.Anthropic, "", "two"),
		signed(text("see"), llm.Gemini, "g", "dGhyZWU="), signed(call("c", "f", "{}"), llm.Gemini, "", "Zm91cg=="), call("d", "f", "{}"),
	}}
	e := protocol.Encoded{}
	d := Format{}.StreamDecoder(&e)
	var rd sse.Reader
	var parts []string
	rd.Feed(encodeEvents(protocoltest.EventsOf(&r, 9), false), func(e sse.Event) {
		d.Next(nil, e)
		var chunk struct {
			Candidates []struct {
				Content struct{ Parts []json.RawMessage }
			}
		}
		if err := json.Unmarshal(e.Data, &chunk); err != nil {
			t.Fatal(err)
		}
		for _, p := range chunk.Candidates[0].Content.Parts {
			parts = append(parts, string(p))
		}
	})
	var whole struct {
		Candidates []struct{ Content json.RawMessage }
	}
	if err := json.Unmarshal(Format{}.EncodeResponse(&r, nil), &whole); err != nil {
		t.Fatal(err)
	}
	for form, content := range map[string]string{"whole": string(whole.Candidates[0].Content), "streamed": `{"role":"model","parts":[` + strings.Join(parts, ",") + `]}`} {
		req, bad := Format{}.DecodeRequest([]byte(contents(`{"parts":[{"text":"q"}]},`+content)), asked)
		if bad != nil {
			t.Fatal(bad)
		}
		found := map[llm.Signature]llm.BlockKind{}
		for _, b := range req.Turns[1].Blocks {
			if b.Signature != nil {
				found[*b.Signature] = b.Kind
			}
		}
		for _, b := range r.Blocks {
			if b.Signature != nil && found[*b.Signature] != b.Kind {
				t.Errorf("%s: %+v came back as %q", form, b.Signature, found[*b.Signature])
			}
		}
	}
}
