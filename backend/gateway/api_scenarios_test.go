package gateway

import (
	"net/http"
	"strings"
	"testing"
)

func TestChannelsAPI(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "list", request: "GET /api/channels", status: 200,
			want: []string{`{"items":[{"id":"`, `{"id":"{channel}","name":"main"`, `"models":["*"]`, `"aliases":{}`, `"headers":{}`, `"accounts":1`}, absent: []string{"next_cursor"},
		},
		{
			name: "create", request: "POST /api/channels", body: `{"name":"x","provider":"anthropic","models":["claude-*"]}`, status: 201,
			want: []string{`"provider":"anthropic"`, `"models":["claude-*"]`, `"weight":1`, `"enabled":true`},
		},
		{
			name: "create without a name", request: "POST /api/channels", body: `{"provider":"openai"}`, status: 400,
			want: []string{`"code":"invalid"`, `"errors":[{"field":"name"`},
		},
		{
			name: "create of another provider", request: "POST /api/channels", body: `{"name":"x","provider":"aws"}`, status: 400,
			want: []string{`"code":"invalid"`, `"field":"provider"`, "openai"},
		},
		{
			name: "create with a field too many", request: "POST /api/channels", body: `{"name":"x","provider":"openai","colour":"red"}`, status: 400,
			want: []string{`"code":"invalid"`, `"field":"colour"`},
		},
		{
			name: "create with a wrong type", request: "POST /api/channels", body: `{"name":7,"provider":"openai"}`, status: 400,
			want: []string{`"code":"invalid"`, `"field":"name"`, "string"},
		},
		{
			name: "create with a number too large", request: "POST /api/channels", body: `{"name":"x","provider":"openai","weight":1e30}`, status: 400,
			want: []string{`"code":"invalid"`, "weight must be a whole number"},
		},
		{
			name: "create with null", request: "POST /api/channels", body: `{"name":"x","provider":"openai","models":null,"weight":null}`, status: 201,
			want: []string{`"models":["*"]`},
		},
		{name: "create of nothing", request: "POST /api/channels", status: 400, want: []string{`"code":"invalid"`}},
		{name: "create of a list", request: "POST /api/channels", body: `[]`, status: 400, want: []string{`"code":"invalid"`}},
		{
			name: "create of half a text", request: "POST /api/channels", body: `{"name":"x"`, status: 400,
			want: []string{`"code":"invalid"`, "ends too early"},
		},
		{
			name: "create of no JSON", request: "POST /api/channels", body: "{\n name}", status: 400,
			want: []string{`"code":"invalid"`, "line 2"},
		},
		{
			name: "create as a form", request: "POST /api/channels", body: `a=b`, headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415,
			want: []string{`"code":"invalid"`, "Content-Type: application/json"},
		},
		{name: "find", request: "GET /api/channels/{channel}", status: 200, want: []string{`"id":"{channel}"`}},
		{name: "find none", request: "GET /api/channels/chn_none", status: 404, want: []string{`"code":"not_found"`}},
		{name: "find by a strange id", request: "GET /api/channels/a%2Fb", status: 404, want: []string{`"code":"not_found"`}},
		{
			name: "update", request: "PUT /api/channels/{channel}", body: `{"enabled":false}`, status: 200,
			want: []string{`"enabled":false`, `"name":"main"`},
		},
		{
			name: "update with a wrong value", request: "PUT /api/channels/{channel}", body: `{"base_url":"nowhere"}`, status: 400,
			want: []string{`"field":"base_url"`},
		},
		{
			name: "update of the provider", request: "PUT /api/channels/{channel}", body: `{"provider":"gemini"}`, status: 400,
			want: []string{`"field":"provider"`},
		},
		{name: "delete", request: "DELETE /api/channels/{channel}", status: 204},
		{name: "delete none", request: "DELETE /api/channels/chn_none", status: 404, want: []string{`"code":"not_found"`}},
		{name: "test", request: "POST /api/channels/{channel}/test", status: 200, want: []string{`{"ok":true,"latency_ms":12,"model":"m"}`}},
		{name: "an unknown query", request: "GET /api/channels?colour=red", status: 400, want: []string{`"field":"colour"`}},
	})
}

func TestAccountsAPI(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "test the proxy", request: "POST /api/accounts/{account}/test-proxy", status: 200,
			want: []string{`"ok":false`, `"step":"proxy_auth"`, `"proxy":"http://proxy"`},
		},
		{
			name: "test a proxy that is not saved", request: "POST /api/proxy/test", body: `{"proxy_url":"socks5h://u:secret@x:1","channel_id":"{channel}"}`, status: 200,
			want: []string{`"step":"proxy_auth"`}, absent: []string{"secret"},
		},
		{
			name: "test what is no proxy", request: "POST /api/proxy/test", body: `{"proxy_url":"ftp://u:secret@x","channel_id":"{channel}"}`, status: 400,
			want: []string{`"field":"proxy_url"`}, absent: []string{"secret"},
		},
		{
			name: "list of a channel", request: "GET /api/channels/{channel}/accounts", status: 200,
			want: []string{`{"items":[{"id":"{account}","channel_id":"{channel}"`, `"credential_hint":"cdef"`, `"state":"ready"`, `"cooldowns":[]`, `"models":[]`, `"tags":[]`, `"usage":null`},
		},
		{name: "list of all", request: "GET /api/accounts", status: 200, want: []string{`"id":"{account}"`}},
		{name: "list of no channel", request: "GET /api/channels/chn_none/accounts", status: 404},
		{
			name: "create", request: "POST /api/channels/{channel}/accounts", body: `{"name":"b","credential":{"api_key":"sk-b"},"tags":["t"]}`, status: 201,
			want: []string{`"name":"b"`, `"tags":["t"]`}, absent: []string{"sk-b", `"credential":`, "sign_in"},
		},
		{
			name: "create of kiro", request: "POST /api/channels/{kiro}/accounts", status: 201,
			body: `{"credential":{"refresh_token":"aor-c","client_id":"c","client_secret":"s","start_url":"https://d-1.awsapps.com/start","region":"eu-west-1"}}`,
			want: []string{`"sign_in":{"kind":"identity_center","start_url":"https://d-1.awsapps.com/start","region":"eu-west-1"}`}, absent: []string{"aor-c"},
		},
		{
			name: "create without a credential", request: "POST /api/channels/{channel}/accounts", body: `{"name":"b"}`, status: 400,
			want: []string{`"field":"credential"`},
		},
		{
			name: "create with a wrong credential", request: "POST /api/channels/{channel}/accounts", body: `{"credential":{"refresh_token":"sk-b"}}`, status: 400,
			want: []string{`"field":"credential.refresh_token"`}, absent: []string{"sk-b"},
		},
		{
			name: "create with a wrong type of credential", request: "POST /api/channels/{channel}/accounts", body: `{"credential":{"api_key":["sk-b"]}}`, status: 400,
			want: []string{`"field":"credential.api_key"`}, absent: []string{"sk-b"},
		},
		{
			name: "create with half a credential", request: "POST /api/channels/{channel}/accounts", body: `{"credential":{"api_key":"sk-b`, status: 400,
			want: []string{`"code":"invalid"`}, absent: []string{"sk-b"},
		},
		{name: "find", request: "GET /api/accounts/{account}", status: 200, want: []string{`"id":"{account}"`}},
		{
			name: "update", request: "PUT /api/accounts/{account}", body: `{"enabled":false,"priority":3}`, status: 200,
			want: []string{`"state":"disabled"`, `"priority":3`},
		},
		{name: "reset", request: "POST /api/accounts/{account}/reset", status: 200, want: []string{`"id":"{account}"`}},
		{name: "test", request: "POST /api/accounts/{account}/test", status: 200, want: []string{`"ok":true`, `"latency_ms":12`, `"id":"{account}"`}},
		{name: "delete", request: "DELETE /api/accounts/{account}", status: 204},
		{name: "delete none", request: "DELETE /api/accounts/acc_none", status: 404},
	})
}

func TestUsersAPI(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "list", request: "GET /api/users", status: 200,
			want:   []string{`{"items":[{"id":"`, `{"id":"{user}","name":"ann"`, `"quota":{"period":"total"}`, `"used":{"tokens":0,"requests":0,"cost_usd":0}`, `"prefix":"sk-aihub-`, `"models":[]`, `"allowed_ips":[]`},
			absent: []string{`"key":`, "hash"},
		},
		{
			name: "create", request: "POST /api/users", body: `{"name":"bob","quota":{"period":"month","tokens":1000},"expires_at":"2030-01-01T00:00:00+08:00"}`, status: 201,
			want: []string{`"key":"sk-aihub-`, `"quota":{"period":"month","tokens":1000}`, `"expires_at":"2029-12-31T16:00:00Z"`},
		},
		{name: "create without a name", request: "POST /api/users", body: `{}`, status: 400, want: []string{`"field":"name"`}},
		{
			name: "create with a wrong quota", request: "POST /api/users", body: `{"name":"bob","quota":{"period":"month","tokens":-1}}`, status: 400,
			want: []string{`"field":"quota.tokens"`},
		},
		{
			name: "create with a wrong period", request: "POST /api/users", body: `{"name":"bob","quota":{"period":"year"}}`, status: 400,
			want: []string{`"field":"quota.period"`},
		},
		{
			name: "create with a wrong address", request: "POST /api/users", body: `{"name":"bob","allowed_ips":["here"]}`, status: 400,
			want: []string{`"field":"allowed_ips"`},
		},
		{
			name: "create with a wrong time", request: "POST /api/users", body: `{"name":"bob","expires_at":"soon"}`, status: 400,
			want: []string{`"field":"expires_at"`},
		},
		{name: "find", request: "GET /api/users/{user}", status: 200, want: []string{`"id":"{user}"`}, absent: []string{`"key":`}},
		{name: "update", request: "PUT /api/users/{user}", body: `{"rpm":5,"expires_at":null}`, status: 200, want: []string{`"rpm":5`}, absent: []string{"expires_at"}},
		{name: "delete", request: "DELETE /api/users/{user}", status: 204},
		{
			name: "create a key", request: "POST /api/users/{user}/keys", body: `{"name":"laptop"}`, status: 201,
			want: []string{`"key":"sk-aihub-`, `"name":"laptop"`},
		},
		{name: "create a key without a body", request: "POST /api/users/{user}/keys", status: 201, want: []string{`"key":"sk-aihub-`}},
		{name: "create a key of nobody", request: "POST /api/users/usr_none/keys", body: `{}`, status: 404},
		{name: "delete a key", request: "DELETE /api/keys/{key}", status: 204},
		{name: "delete no key", request: "DELETE /api/keys/key_none", status: 404},
	})
}

func TestRestOfAPI(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "statistics", request: "GET /api/stats", status: 200,
			want: []string{
				`{"totals":{"requests":0,"errors":0,"input_tokens":0,"cache_read_tokens":0,"cache_write_tokens":0,"output_tokens":0,"reasoning_tokens":0,"cost_usd":0},"previous":{"requests":0`,
				`"latency":{"first_byte":{"p50":0,"p90":0,"p99":0},"total":{"p50":0,"p90":0,"p99":0}},"trend":[{"time":"`,
				`"top_users":[],"models":[],"channels":[],"accounts":[]}`,
			},
		},
		{name: "statistics of no days", request: "GET /api/stats?days=0", status: 400, want: []string{`"field":"days"`}},
		{name: "statistics of too many days", request: "GET /api/stats?days=366", status: 400, want: []string{`"field":"days"`}},
		{name: "statistics of words", request: "GET /api/stats?days=seven", status: 400, want: []string{`"field":"days"`}},
		{name: "statistics of one user", request: "GET /api/stats?days=1&user={user}&model=m&channel={channel}", status: 200, want: []string{`"trend":[`}},
		{name: "logs", request: "GET /api/logs", status: 200, want: []string{`{"items":[]}`}},
		{name: "logs by everything", request: "GET /api/logs?limit=5&user=u&account=a&channel=c&model=m&outcome=ok&since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00%2B02:00", status: 200, want: []string{`{"items":[]}`}},
		{name: "logs without a limit", request: "GET /api/logs?limit=0", status: 400, want: []string{`"field":"limit"`}},
		{name: "logs of a wrong outcome", request: "GET /api/logs?outcome=good", status: 400, want: []string{`"field":"outcome"`}},
		{name: "logs since yesterday", request: "GET /api/logs?since=yesterday", status: 400, want: []string{`"field":"since"`}},
		{name: "no log", request: "GET /api/logs/req_none", status: 404, want: []string{`"code":"not_found"`}},
		{name: "settings", request: "GET /api/settings", status: 200, want: []string{`"port":0`, `"allowed_hosts":[]`, `"gateway_autostart":true`}},
		{name: "change settings", request: "PUT /api/settings", body: `{"port":9000}`, status: 200, want: []string{`"port":9000`, `"log_days":30`}},
		{name: "wrong settings", request: "PUT /api/settings", body: `{"allowed_origins":["*"]}`, status: 400, want: []string{`"field":"allowed_origins"`}},
		{name: "gateway", request: "GET /api/gateway", status: 200, want: []string{`"running":true`, `"url":"http://127.0.0.1:8000"`, `"in_flight":0`}},
		{name: "stop the gateway", request: "POST /api/gateway/stop", status: 200, want: []string{`"running":true`}},
		{name: "a fault of our own", request: "POST /api/gateway/start", status: 500, want: []string{`"code":"internal"`, `"request_id":"`}, absent: []string{"stays inside"}},
		{name: "an unknown path", request: "GET /api/nothing", status: 404, want: []string{`"code":"not_found"`}},
		{name: "a slash too many", request: "GET /api/channels/", status: 404},
		{name: "the root", request: "GET /api", status: 404, want: []string{`"code":"not_found"`}},
		{name: "a wrong method", request: "PATCH /api/channels/{channel}", status: 405, want: []string{`"code":"not_supported"`, "GET"}},
		{name: "a preflight request", request: "OPTIONS /api/channels", headers: []string{"Origin", "https://evil.example", "Access-Control-Request-Method", "POST"}, status: 405},
		{name: "the document", request: "GET /api/openapi.json", headers: []string{adminKeyHeader, ""}, status: 200, want: []string{`"openapi": "3.1.0"`}},
		{name: "the page of the document", request: "GET /api/docs", headers: []string{adminKeyHeader, ""}, status: 200, want: []string{"/api/channels/{id}", "ChannelInput"}},
	})
}

func TestRoundTrip(t *testing.T) {
	d := newDoor(t)
	names := d.furnish()
	d.call(http.MethodPut, names.Replace("/api/channels/{channel}"), `{"headers":{"X-Key":"secret"},"proxy_url":"http://u:p@127.0.0.1:3128","aliases":{"a":"b"}}`)
	d.call(http.MethodPut, names.Replace("/api/users/{user}"), `{"quota":{"period":"day","tokens":5,"cost_usd":0.5},"expires_at":"2031-01-01T00:00:00Z","allowed_ips":["10.0.0.0/8"]}`)
	for _, path := range []string{"/api/channels/{channel}", "/api/accounts/{account}", "/api/users/{user}", "/api/settings"} {
		path = names.Replace(path)
		before := d.call(http.MethodGet, path, "")
		put := d.call(http.MethodPut, path, before.body)
		if put.status != http.StatusOK {
			t.Errorf("PUT %s of what GET answered: %d %s", path, put.status, put.body)
		}
		if after := d.call(http.MethodGet, path, ""); withoutUpdate(after.body) != withoutUpdate(before.body) {
			t.Errorf("%s changed from\n%s to\n%s", path, before.body, after.body)
		}
	}
	stored := d.store.Snapshot().Channels()[0]
	if stored.Headers["X-Key"] != "secret" || stored.ProxyURL != "http://u:p@127.0.0.1:3128" {
		t.Errorf("secrets were lost: %v %s", stored.Headers, stored.ProxyURL)
	}
}

// withoutUpdate drops the time of the last change.
func withoutUpdate(body string) string {
	head, tail, found := strings.Cut(body, `"updated_at":"`)
	if !found {
		return body
	}
	_, tail, _ = strings.Cut(tail, `"`)
	return head + withoutUpdate(tail)
}
