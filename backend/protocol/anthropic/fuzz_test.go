package anthropic

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// Any bytes are either refused with a reason or make a request that every
// model's wording can be given.
func FuzzDecodeRequest(f *testing.F) {
	for _, c := range decodeCases() {
		f.Add([]byte(c.body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, e := Format{}.DecodeRequest(body, protocol.Head{})
		if e != nil {
			if e.Message == "" || r != nil {
				t.Fatalf("%+v %+v", r, e)
			}
			return
		}
		for _, origin := range []llm.Protocol{llm.Anthropic, llm.OpenAI} {
			r.Origin = origin
			for _, model := range []string{opus55, sonnet45, stranger} {
				enc, e := Format{}.EncodeRequest(r, protocol.Target{Model: model})
				if e == nil && !json.Valid(enc.Body) {
					t.Fatalf("invalid: %q", enc.Body)
				}
			}
		}
	})
}

// Any bytes of an upstream keep the grammar, and so does the client's stream.
func FuzzStreamDecoder(f *testing.F) {
	for _, path := range []string{"calls", "thinking", "interleaved", "careless", "server_tools", "error"} {
		raw, err := os.ReadFile("testdata/upstream/" + path + ".sse")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, 7)
	}
	f.Fuzz(func(t *testing.T, raw []byte, n int) {
		n = 1 + (n&0xff)%100
		events := decodeStream(t, raw, encoded(), n)
		out := encodeStream(events)
		checkShape(t, out)
		check(t, decodeStream(t, out, encoded(), 4096))
	})
}

func FuzzDecodeResponse(f *testing.F) {
	for _, a := range answers() {
		f.Add(Format{}.EncodeResponse(&a.resp, &llm.Request{}))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, e := Format{}.DecodeResponse(body, encoded())
		if e != nil {
			return
		}
		if r.Stop.Reason == "" {
			t.Fatal("no reason")
		}
		if out := (Format{}).EncodeResponse(r, &llm.Request{}); !json.Valid(out) {
			t.Fatalf("invalid: %q", out)
		}
	})
}

func FuzzStripReasoning(f *testing.F) {
	f.Add([]byte(`{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":""},{"type":"text","text":"a"}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		out, ok := Format{}.StripReasoning(body)
		if ok && json.Valid(body) && !json.Valid(out) {
			t.Fatalf("%q became %q", body, out)
		}
		if _, again := (Format{}).StripReasoning(out); ok && again {
			t.Fatalf("%q still holds reasoning", out)
		}
	})
}

func FuzzStrictSchema(f *testing.F) {
	f.Add(`{"type":"object","properties":{"a":{"oneOf":[{"format":"x"}]}}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		if !json.Valid([]byte(raw)) {
			return
		}
		if out := strictSchema(json.RawMessage(raw)); !json.Valid(out) || strings.Contains(string(out), `"minLength"`) && !strings.Contains(raw, "minLength") {
			t.Fatalf("%s became %s", raw, out)
		}
	})
}
