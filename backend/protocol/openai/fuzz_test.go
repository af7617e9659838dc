package openai

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// seeds adds what the golden files hold as input.
func seeds(f *testing.F, dir string, input func(raw []byte) []byte) {
	f.Helper()
	files, _ := filepath.Glob(filepath.Join("testdata", dir, "*.json"))
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(input(raw))
	}
}

var fuzzTargets = []protocol.Target{
	{Model: "gpt-4o"},
	{Model: "gpt-6", AccountID: "a"},
	{Model: "deepseek-chat", ThirdParty: true},
	{Model: "gemini-3", ThirdParty: true, AccountID: "acc"},
}

func FuzzDecodeRequest(f *testing.F) {
	seeds(f, "request_decode", func(raw []byte) []byte {
		var c struct{ Body json.RawMessage }
		_ = json.Unmarshal(raw, &c)
		return c.Body
	})
	f.Fuzz(func(t *testing.T, body []byte) {
		req, e := Format{}.DecodeRequest(body, protocol.Head{Model: "m"})
		if e != nil {
			if e.Message == "" {
				t.Fatal("an error without a message")
			}
			return
		}
		for _, target := range fuzzTargets {
			out, e := Format{}.EncodeRequest(req, target)
			if e != nil {
				continue
			}
			if !json.Valid(out.Body) {
				t.Fatalf("not JSON: %s", out.Body)
			}
			if _, e := (Format{}).DecodeRequest(out.Body, protocol.Head{}); e != nil {
				t.Fatalf("%v: %s", e, out.Body)
			}
		}
	})
}

func FuzzDecodeResponse(f *testing.F) {
	seeds(f, "response_decode", func(raw []byte) []byte {
		var c struct{ Body json.RawMessage }
		_ = json.Unmarshal(raw, &c)
		return c.Body
	})
	f.Fuzz(func(t *testing.T, body []byte) {
		resp, e := Format{}.DecodeResponse(body, &protocol.Encoded{Target: fuzzTargets[2]})
		if e != nil {
			return
		}
		if out := (Format{}).EncodeResponse(resp, &llm.Request{}); !json.Valid(out) {
			t.Fatalf("not JSON: %s", out)
		}
	})
}

func FuzzStreamDecoder(f *testing.F) {
	seeds(f, "stream_decode", func(raw []byte) []byte {
		var c struct{ Stream []string }
		_ = json.Unmarshal(raw, &c)
		return []byte(strings.Join(c.Stream, "\n\n") + "\n\n")
	})
	f.Fuzz(func(t *testing.T, stream []byte) {
		for _, target := range fuzzTargets[1:3] {
			d := Format{}.StreamDecoder(&protocol.Encoded{Target: target})
			events := feed(t, d, stream, max(len(stream), 1))
			enc := Format{}.StreamEncoder(&llm.Request{IncludeUsage: true}, false)
			var wire []byte
			for _, e := range events {
				wire = enc.Append(wire, e)
			}
			for line := range strings.SplitSeq(string(wire), "\n\n") {
				if data, ok := strings.CutPrefix(line, "data: "); ok && data != "[DONE]" && !json.Valid([]byte(data)) {
					t.Fatalf("not JSON: %s", data)
				}
			}
		}
	})
}

func FuzzStripReasoning(f *testing.F) {
	f.Add([]byte(`{"messages":[{"reasoning":"x","tool_calls":[{"extra_content":1}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		out, changed := Format{}.StripReasoning(body)
		if changed && json.Valid(body) && !json.Valid(out) {
			t.Fatalf("not JSON: %s", out)
		}
	})
}
