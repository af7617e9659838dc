package pricing_test

import (
	"encoding/json"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/pricing"
)

const liteLLM = `{
 "sample_spec": {"litellm_provider": "one of", "mode": "chat"},
 "claude-x": {"litellm_provider": "anthropic", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
   "cache_read_input_token_cost": 3e-07, "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06,
   "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05},
 "some-image": {"litellm_provider": "openai", "output_cost_per_image": 0.04},
 "groq/llama": {"litellm_provider": "groq", "input_cost_per_token": 5e-08, "output_cost_per_token": 8e-08}
}`

const modelsDev = `{"google": {"id": "google", "models": {
  "gemini-x": {"id": "gemini-x", "cost": {"input": 1.25, "output": 10, "cache_read": 0.31, "context_over_200k": {"input": 2.5, "output": 15}}},
  "gemini-free": {"id": "gemini-free"}}}}`

func TestReadPrices(t *testing.T) {
	for _, tt := range []struct {
		name, content string
		want          string
		skipped       int
	}{
		{
			"litellm", liteLLM,
			`[{"provider":"anthropic","match":["claude-x"],"input":3,"output":15,"cache_read":0.3,"cache_write":3.75,"cache_write_1h":6,"tiers":[{"above":200000,"input":6,"output":22.5}]},` +
				`{"match":["groq/llama"],"input":0.05,"output":0.08},{"provider":"openai","match":["some-image"],"input":0,"output":0,"image":0.04}]`, 1,
		},
		{
			"models.dev", modelsDev,
			`[{"provider":"gemini","match":["gemini-x"],"input":1.25,"output":10,"cache_read":0.31,"tiers":[{"above":200000,"input":2.5,"output":15}]}]`, 1,
		},
		{"own", `[{"match":["m"],"input":1,"output":2},{"match":["m"],"input":5,"output":5}]`, `[{"match":["m"],"input":1,"output":2}]`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			entries, skipped, err := pricing.Read([]byte(tt.content))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(entries)
			if err != nil || string(got) != tt.want || skipped != tt.skipped {
				t.Errorf("%d skipped, %v, got\n%s\nwant\n%s", skipped, err, got, tt.want)
			}
		})
	}
}

func TestReadWrongPrices(t *testing.T) {
	for _, content := range []string{
		"", "x", "{}", `{"m": {}}`, `[{"input":1}]`, `[{"match":["m"],"input":-1}]`,
		`{"m": {"litellm_provider": "openai", "input_cost_per_token": -1e-6}}`,
	} {
		if entries, _, err := pricing.Read([]byte(content)); core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%q: %v, %v", content, entries, err)
		}
	}
}
