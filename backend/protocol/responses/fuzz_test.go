package responses

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// Any bytes are either refused with a reason or make a request that can be
// worded for every model.
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
		for _, origin := range []llm.Protocol{llm.Responses, llm.Anthropic} {
			r.Origin = origin
			for _, to := range []protocol.Target{{Model: gpt6}, {Model: gpt41}, {Model: "x", ThirdParty: true}} {
				enc, e := Format{}.EncodeRequest(r, to)
				if e == nil && !json.Valid(enc.Body) {
					t.Fatalf("invalid: %q", enc.Body)
				}
			}
		}
		if out := (Format{}).EncodeResponse(&llm.Response{}, r); !json.Valid(out) {
			t.Fatalf("invalid: %q", out)
		}
	})
}

// Any bytes of an upstream keep the grammar, and so does the client's stream.
func FuzzStreamDecoder(f *testing.F) {
	files, err := filepath.Glob("testdata/upstream/*.sse")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, 7)
	}
	f.Fuzz(func(t *testing.T, raw []byte, n int) {
		n = 1 + (n&0xff)%100
		events := decodeStream(raw, encoded("Hel"), n)
		check(t, events)
		out := encodeStream(events, &llm.Request{})
		if !hosts(events) {
			checkShape(t, out)
		}
		check(t, decodeStream(out, encoded(), 4096))
	})
}

// hosts reports whether a stream has items that pass as they came, with ids that
// are not the encoder's to choose.
func hosts(events []llm.Event) bool {
	for _, e := range events {
		if e.Block != nil && e.Block.Kind == llm.Opaque {
			return true
		}
	}
	return false
}

func FuzzDecodeResponse(f *testing.F) {
	for _, a := range answerCases() {
		f.Add(Format{}.EncodeResponse(&a.resp, &a.req))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, e := Format{}.DecodeResponse(body, encoded("x"))
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
	f.Add([]byte(`{"input":[{"type":"reasoning"},{"role":"user","content":"a"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		out, ok := Format{}.StripReasoning(body)
		if ok && gjson.ValidBytes(body) && !gjson.ValidBytes(out) {
			t.Fatalf("%q became %q", body, out)
		}
		if _, again := (Format{}).StripReasoning(out); ok && again {
			t.Fatalf("%q still holds reasoning", out)
		}
	})
}

// The text that passes and the text that is held back are together what came,
// up to the first stop sequence, however it is cut.
func FuzzStopper(f *testing.F) {
	f.Add("one two three", "two", 3)
	f.Add("aaab", "aab", 1)
	f.Fuzz(func(t *testing.T, text, stop string, n int) {
		text, stop = valid(text), valid(stop)
		if stop == "" {
			return
		}
		n = 1 + (n&0xff)%16
		s := protocol.Stopper{Stops: []string{stop}}
		want, found := protocol.FindStop(text, s.Stops)
		got, hit := "", ""
		for runes := []rune(text); len(runes) > 0 && hit == ""; runes = runes[min(n, len(runes)):] {
			var pass string
			pass, hit = s.Feed(string(runes[:min(n, len(runes))]))
			got += pass
		}
		if hit == "" {
			got += s.Flush()
		}
		if hit != found || hit != "" && got != text[:want] || hit == "" && got != text {
			t.Fatalf("%q with %q in pieces of %d: %q, %q", text, stop, n, got, hit)
		}
	})
}
