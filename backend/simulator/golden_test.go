package simulator_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/aihub/aihub/backend/simulator"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden pins the answers of every endpoint byte by byte.
func TestGolden(t *testing.T) {
	const prose = "Tell me about rivers"
	cases := []struct {
		name string
		call call
	}{
		{"chat", chatCall(prose, "")},
		{"chat_stream", chatCall("[sim:tokens=4]", `,"stream":true`)},
		{"chat_stream_usage", chatCall("[sim:tokens=3] [sim:reason]", `,"stream":true,"stream_options":{"include_usage":true}`)},
		{"chat_tools", chatCall("get_weather in Paris", `,"tools":[`+chatTool+`]`)},
		{"chat_tools_stream", chatCall("get_weather for both Paris and Rome", `,"stream":true,"tools":[`+chatTool+`]`)},
		{"chat_refusal_stream", chatCall("[sim:refuse]", `,"stream":true`)},
		{"chat_choices_stream", chatCall("[sim:tokens=2]", `,"stream":true,"n":2`)},
		{"chat_length", chatCall("[sim:tokens=50]", `,"max_tokens":5`)},
		{"chat_stop", chatCall("[sim:text=one two three]", `,"stop":["two"]`)},
		{"chat_json", chatCall("an event as JSON", `,"response_format":{"type":"json_schema","json_schema":{"name":"event","schema":`+weatherSchema+`}}`)},
		{"chat_empty", chatCall("[sim:empty]", "")},
		{"chat_logprobs", chatCall("[sim:tokens=2]", `,"logprobs":true,"top_logprobs":2`)},
		{"responses", responseCall(prose, "")},
		{"responses_stream", responseCall("[sim:tokens=3]", `,"stream":true,"store":false,"reasoning":{"effort":"low","summary":"auto"},"include":["reasoning.encrypted_content"]`)},
		{"responses_tools_stream", responseCall("get_weather for both Paris and Rome", `,"stream":true,"tools":[`+responseTool+`]`)},
		{"responses_custom_stream", responseCall("exec please", `,"stream":true,"tools":[{"type":"namespace","name":"functions","description":"d","tools":[{"type":"custom","name":"exec"}]}]`)},
		{"responses_refusal_stream", responseCall("[sim:refuse]", `,"stream":true`)},
		{"responses_incomplete", responseCall("[sim:tokens=50]", `,"max_output_tokens":16`)},
		{"responses_tokens", call{path: "/v1/responses/input_tokens", body: `{"model":"gpt-5","input":"how many"}`}},
		{"messages", messageCall(prose, "")},
		{"messages_stream", messageCall("[sim:tokens=3]", `,"stream":true`)},
		{"messages_thinking_stream", messageCall("[sim:tokens=2]", `,"stream":true,"thinking":{"type":"enabled","budget_tokens":2000}`)},
		{"messages_redacted_stream", messageCall("[sim:tokens=2] [sim:redacted]", `,"stream":true`)},
		{"messages_tools", messageCall("get_weather in Paris", `,"tools":[`+messageTool+`]`)},
		{"messages_tools_stream", messageCall("get_weather for both Paris and Rome", `,"stream":true,"tools":[`+messageTool+`]`)},
		{"messages_refusal_stream", messageCall("[sim:refuse]", `,"stream":true`)},
		{"messages_stop", messageCall("[sim:text=one two three]", `,"stop_sequences":["two"]`)},
		{"messages_tokens", call{path: "/v1/messages/count_tokens", body: `{"model":"claude-opus-5-5","messages":[{"role":"user","content":"how many"}]}`}},
		{"gemini", geminiCall("generateContent", prose, "")},
		{"gemini_stream", geminiCall("streamGenerateContent?alt=sse", "[sim:tokens=3]", `,"generationConfig":{"thinkingConfig":{"includeThoughts":true}}`)},
		{"gemini_stream_list", geminiCall("streamGenerateContent", "[sim:tokens=2]", "")},
		{"gemini_tools_stream", geminiCall("streamGenerateContent?alt=sse", "get_weather for both Paris and Rome", `,"tools":[`+geminiTool+`]`)},
		{"gemini_safety", geminiCall("generateContent", "[sim:refuse]", "")},
		{"gemini_blocked", geminiCall("generateContent", "[sim:block]", "")},
		{"gemini_length", geminiCall("generateContent", "[sim:tokens=50]", `,"generation_config":{"max_output_tokens":8}`)},
		{"gemini_tokens", geminiCall("countTokens", "how many", "")},
		{"gemini_embed", call{path: "/v1beta/models/gemini-embedding-001:embedContent", body: `{"content":{"parts":[{"text":"a"}]},"outputDimensionality":4}`}},
		{"gemini_embed_batch", call{path: "/v1beta/models/gemini-embedding-001:batchEmbedContents", body: `{"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]},"outputDimensionality":2}]}`}},
		{"embeddings", call{path: "/v1/embeddings", body: `{"model":"text-embedding-3-small","input":["a","b"],"dimensions":4}`}},
		{"embeddings_base64", call{path: "/v1/embeddings", body: `{"model":"text-embedding-3-small","input":"a","dimensions":4,"encoding_format":"base64"}`}},
		{"completions", call{path: "/v1/completions", body: `{"model":"gpt-3.5-turbo-instruct","prompt":"Once upon"}`}},
		{"completions_stream", call{path: "/v1/completions", body: `{"model":"gpt-3.5-turbo-instruct","prompt":"[sim:tokens=3]","stream":true,"stream_options":{"include_usage":true}}`}},
		{"images", call{path: "/v1/images/generations", body: `{"model":"dall-e-3","prompt":"a cat"}`}},
		{"moderations", call{path: "/v1/moderations", body: `{"input":"a kind word"}`}},
		{"rerank", call{path: "/v1/rerank", body: `{"model":"rerank-v3.5","query":"red apple","documents":["a pear","a red apple"],"return_documents":true}`}},
		{"models_openai", call{method: "GET", path: "/v1/models/gpt-4o"}},
		{"models_anthropic", call{method: "GET", path: "/v1/models?limit=2", header: map[string]string{"Anthropic-Version": "2023-06-01"}}},
		{"models_gemini", call{method: "GET", path: "/v1beta/models?pageSize=2"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			// The requests name their host where an answer holds it.
			c.call.header = withHost(c.call.header)
			a := startService(t, simulator.Options{Seed: 7}).do(c.call)
			got := fmt.Sprintf("%d %s\n\n%s", a.status, a.header.Get("Content-Type"), a.body)
			compare(t, filepath.Join("testdata", c.name+".golden"), got)
		})
	}
}

func withHost(h map[string]string) map[string]string {
	out := map[string]string{"Host": "sim.test"}
	for name, value := range h {
		out[name] = value
	}
	return out
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s (rewrite with -update):\n%s", path, got)
	}
}
