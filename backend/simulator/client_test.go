package simulator_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/simulator"
)

const testKey = "sk-test-0123456789"

// service is a simulator behind a real HTTP server, and a client of it.
type service struct {
	*testing.T
	sim *simulator.Simulator
	url string
	// settle waits until every request is wholly recorded: the journal is written
	// after the answer. No request can be sent behind it.
	settle func()
}

func startService(t *testing.T, o simulator.Options) *service {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
	}
	sim := simulator.New(o)
	srv := httptest.NewServer(sim)
	t.Cleanup(srv.Close)
	return &service{t, sim, srv.URL, srv.Close}
}

// call is one request. path decides which provider's headers go with it.
type call struct {
	method, path, body string
	key                string // testKey when empty; "-" for none
	header             map[string]string
}

// answer is what came back. err is set when the connection broke.
type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

func (c call) request(ctx context.Context, url string) (*http.Request, error) {
	method := c.method
	if method == "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, url+c.path, strings.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(c.path, "/v1/messages") {
		r.Header.Set("Anthropic-Version", "2023-06-01")
	}
	switch c.key {
	case "-":
	case "":
		r.Header.Set("Authorization", "Bearer "+testKey)
	default:
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	r.Host = c.header["Host"]
	for name, value := range c.header {
		r.Header.Set(name, value)
		if value == "" {
			r.Header.Del(name)
		}
	}
	return r, nil
}

func (s *service) do(c call) answer {
	s.Helper()
	r, err := c.request(s.Context(), s.url)
	if err != nil {
		s.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(body), err}
}

// ok is do for a request that must succeed.
func (s *service) ok(c call) gjson.Result {
	s.Helper()
	a := s.do(c)
	if a.err != nil || a.status != http.StatusOK {
		s.Fatalf("%s: status %d, error %v\n%s", c.path, a.status, a.err, a.body)
	}
	return gjson.Parse(a.body)
}

// events returns the data of the server-sent events of a body.
func events(body string) []gjson.Result {
	var list []gjson.Result
	for block := range strings.SplitSeq(body, "\n\n") {
		for line := range strings.SplitSeq(block, "\n") {
			if data, ok := strings.CutPrefix(line, "data: "); ok && data != "[DONE]" {
				list = append(list, gjson.Parse(data))
			}
		}
	}
	return list
}

// weatherTool is a tool in the shape of each provider.
const (
	weatherSchema = `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`
	chatTool      = `{"type":"function","function":{"name":"get_weather","description":"Weather of a city","parameters":` + weatherSchema + `}}`
	responseTool  = `{"type":"function","name":"get_weather","strict":false,"parameters":` + weatherSchema + `}`
	messageTool   = `{"name":"get_weather","input_schema":` + weatherSchema + `}`
	geminiTool    = `{"functionDeclarations":[{"name":"get_weather","parametersJsonSchema":` + weatherSchema + `}]}`
)

// The requests of one text, in the four chat dialects.
func chatCall(text, more string) call {
	return call{path: "/v1/chat/completions", body: `{"model":"gpt-4o","messages":[{"role":"user","content":"` + text + `"}]` + more + `}`}
}

func responseCall(text, more string) call {
	return call{path: "/v1/responses", body: `{"model":"gpt-5","input":"` + text + `"` + more + `}`}
}

func messageCall(text, more string) call {
	return call{path: "/v1/messages", body: `{"model":"claude-sonnet-4-5","max_tokens":4000,"messages":[{"role":"user","content":"` + text + `"}]` + more + `}`}
}

func geminiCall(verb, text, more string) call {
	return call{path: "/v1beta/models/gemini-3-pro-preview:" + verb, body: `{"contents":[{"role":"user","parts":[{"text":"` + text + `"}]}]` + more + `}`}
}
