package simulator_test

import (
	"math"
	"net/url"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/simulator"
)

const (
	openAIAdmin    = "sk-admin-0123456789"
	anthropicAdmin = "sk-ant-admin01-0123456789"
)

func usageQuery(more string) call {
	return call{method: "GET", path: "/v1/organization/usage/completions?start_time=1793491200" + more, key: openAIAdmin}
}

func claudeReport(path, query, key string) call {
	return call{
		method: "GET", path: "/v1/organizations/" + path + "?" + query, key: "-",
		header: map[string]string{"X-Api-Key": key, "Anthropic-Version": "2023-06-01"},
	}
}

func TestReportsAreRefused(t *testing.T) {
	const since = "starting_at=2026-11-01T00:00:00Z"
	bad := func(name string, c call, param, code string) refusalCase {
		return refusalCase{name, c, 400, map[string]string{"error.param": param, "error.code": code}}
	}
	claude := func(name, query, message string) refusalCase {
		return refusalCase{name, claudeReport("usage_report/messages", query, anthropicAdmin), 400, map[string]string{"error.type": "invalid_request_error", "error.message": message}}
	}
	plain := usageQuery("")
	plain.key = testKey
	old := claudeReport("cost_report", since, anthropicAdmin)
	old.header["Anthropic-Version"] = "2020-01-01"
	checkRefusals(t, []refusalCase{
		{"an ordinary key", plain, 403, map[string]string{"error.message": "Missing scopes: api.usage.read", "error.type": "invalid_request_error"}},
		{"an admin key for a chat", call{path: "/v1/chat/completions", key: openAIAdmin, body: `{}`}, 403, map[string]string{"error.message": "Missing scopes: model.request"}},
		{"another method", call{path: "/v1/organization/costs", key: openAIAdmin}, 405, nil},
		bad("no start", call{method: "GET", path: "/v1/organization/costs", key: openAIAdmin}, "start_time", "missing_required_parameter"),
		bad("a start that is no number", call{method: "GET", path: "/v1/organization/costs?start_time=today", key: openAIAdmin}, "start_time", "invalid_type"),
		bad("an end before it", usageQuery("&end_time=1"), "end_time", "invalid_value"),
		bad("a width that is none", usageQuery("&bucket_width=2d"), "bucket_width", "invalid_value"),
		bad("costs by the hour", call{method: "GET", path: "/v1/organization/costs?start_time=1793491200&bucket_width=1h", key: openAIAdmin}, "bucket_width", "invalid_value"),
		bad("too many days", usageQuery("&bucket_width=1d&limit=32"), "limit", "integer_above_max_value"),
		bad("no bucket", usageQuery("&limit=0"), "limit", "integer_below_min_value"),
		bad("a cursor of another query", usageQuery("&page=x"), "page", "invalid_value"),
		bad("a group that is none", usageQuery("&group_by=colour"), "group_by", "invalid_value"),
		bad("an unknown name", usageQuery("&start=1"), "start", "unknown_parameter"),
		{"an ordinary key of Anthropic", claudeReport("cost_report", since, testKey), 401, map[string]string{"error.type": "authentication_error", "error.message": "invalid x-api-key"}},
		{"an admin key for a message", call{path: "/v1/messages", key: "-", body: `{}`, header: map[string]string{"X-Api-Key": anthropicAdmin}}, 401, map[string]string{"error.type": "authentication_error"}},
		{"another version", old, 400, map[string]string{"error.message": "is not a valid version"}},
		claude("no start of Anthropic", "", "starting_at: Field required"),
		claude("a start that is no time", "starting_at=today", "starting_at: Input should be a valid datetime"),
		claude("a width of no bucket", since+"&bucket_width=1w", "bucket_width: Input should be '1d'"),
		claude("too many hours", since+"&bucket_width=1h&limit=169", "less than or equal to 168"),
		claude("a cursor of nobody", since+"&page=page_x", "page: Invalid page token"),
		claude("an unknown name of Anthropic", since+"&start_time=1", "start_time: Extra inputs are not permitted"),
	})
}

// The reports count what the answers told, bucket by bucket and page by page.
func TestReportsCountWhatWasServed(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	s := startService(t, simulator.Options{Now: func() time.Time { return now }})
	var input, output, claudeOutput int64
	for range 3 {
		u := s.ok(chatBody("gpt-4o", `[{"role":"user","content":"hello"}]`, "")).Get("usage")
		input, output = input+u.Get("prompt_tokens").Int(), output+u.Get("completion_tokens").Int()
		u = s.ok(call{path: "/v1/messages", body: `{"model":"claude-opus-4-8","max_tokens":300,"messages":[{"role":"user","content":"hello"}]}`}).Get("usage")
		claudeOutput += u.Get("output_tokens").Int()
		s.ok(call{path: "/v1/embeddings", body: `{"model":"text-embedding-3-small","input":"hello"}`})
		now = now.Add(24 * time.Hour)
	}
	var gotIn, gotOut, requests int64
	cost, pages := 0.0, 0
	for page := "&limit=2"; page != ""; pages++ {
		got := s.ok(usageQuery("&bucket_width=1d" + page))
		for _, r := range got.Get("data.#.results|@flatten").Array() {
			gotIn, gotOut, requests = gotIn+r.Get("input_tokens").Int(), gotOut+r.Get("output_tokens").Int(), requests+r.Get("num_model_requests").Int()
		}
		if page = ""; got.Get("has_more").Bool() {
			page = "&limit=2&page=" + url.QueryEscape(got.Get("next_page").String())
		}
	}
	if gotIn != input || gotOut != output || requests != 3 || pages != 2 {
		t.Errorf("%d of %d in, %d of %d out, %d requests, %d pages", gotIn, input, gotOut, output, requests, pages)
	}
	for _, r := range s.ok(call{method: "GET", path: "/v1/organization/costs?start_time=1793491200&group_by=line_item", key: openAIAdmin}).Get("data.#.results|@flatten").Array() {
		cost += r.Get("amount.value").Float()
	}
	if want := float64(input)*2.5e-6 + float64(output)*10e-6; math.Abs(cost-want) > want/10 || cost <= want {
		t.Errorf("costs %g; the chats alone %g", cost, want)
	}
	got := s.ok(claudeReport("usage_report/messages", "starting_at=2026-11-01T00:00:00Z&group_by[]=model", anthropicAdmin)).Get("data.#.results|@flatten")
	if got.Get("#").Int() != 3 || got.Get("0.model").Str != "claude-opus-4-8" || sum(got.Get("#.output_tokens").Array()) != claudeOutput {
		t.Errorf("Anthropic: %s, want %d out", got.Raw, claudeOutput)
	}
}

func sum(list []gjson.Result) (n int64) {
	for _, v := range list {
		n += v.Int()
	}
	return n
}
