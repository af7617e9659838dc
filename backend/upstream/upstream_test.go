package upstream_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
	"github.com/aihub/aihub/backend/upstream/anthropic"
	"github.com/aihub/aihub/backend/upstream/gemini"
	"github.com/aihub/aihub/backend/upstream/openai"
)

// People paste base URLs with and without a version and slashes.
func TestPaths(t *testing.T) {
	const chat, messages, generate = "/v1/chat/completions", "/v1/messages", "/v1beta/models/m:generateContent"
	tests := []struct {
		provider         upstream.Provider
		base, path, want string
	}{
		{openai.Provider{}, "", chat, "/v1/chat/completions"},
		{openai.Provider{}, "/v1", chat, "/v1/chat/completions"},
		{openai.Provider{}, "/v1/", chat, "/v1/chat/completions"},
		{openai.Provider{}, "/openai/v1", chat, "/openai/v1/chat/completions"},
		{openai.Provider{}, "/openai", chat, "/openai/v1/chat/completions"},
		{openai.Provider{}, "/api/paas/v4", chat, "/api/paas/v4/chat/completions"},
		{openai.Provider{}, "/v1beta/openai/", chat, "/v1beta/openai/chat/completions"},
		{anthropic.Provider{}, "", messages, "/v1/messages"},
		{anthropic.Provider{}, "/", messages, "/v1/messages"},
		{anthropic.Provider{}, "/v1/", messages, "/v1/messages"},
		{anthropic.Provider{}, "/anthropic", messages, "/anthropic/v1/messages"},
		{gemini.Provider{}, "", generate, "/v1beta/models/m:generateContent"},
		{gemini.Provider{}, "/v1beta/", generate, "/v1beta/models/m:generateContent"},
		{gemini.Provider{}, "/v1", "/v1/models/m:countTokens", "/v1/models/m:countTokens"},
	}
	for _, tt := range tests {
		if got := tt.provider.Path(tt.base, tt.path); got != tt.want {
			t.Errorf("%s %q + %q: got %q, want %q", tt.provider.Name(), tt.base, tt.path, got, tt.want)
		}
	}
}

func TestDoSignsAndKeepsTheRest(t *testing.T) {
	seen := make(chan *http.Request, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r }))
	defer srv.Close()
	client := upstream.NewClient(openai.Provider{}, anthropic.Provider{}, gemini.Provider{})
	defer client.Close()
	tests := []struct {
		provider     core.Provider
		header, want string
	}{
		{core.ProviderOpenAI, "Authorization", "Bearer secret"},
		{core.ProviderAnthropic, "X-Api-Key", "secret"},
		{core.ProviderGemini, "X-Goog-Api-Key", "secret"},
	}
	for _, tt := range tests {
		res, err := client.Do(t.Context(), &upstream.Request{
			Channel: &core.Channel{Provider: tt.provider, BaseURL: srv.URL, Headers: map[string]string{"X-Extra": "1"}},
			Account: &core.Account{Credential: core.Credential{APIKey: "secret"}},
			Method:  http.MethodPost, Path: "/v1/x", Query: "a=%20b&c", Header: http.Header{"Anthropic-Beta": {"b1", "b2"}},
			Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2,
		})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		r := <-seen
		if got := r.Header.Get(tt.header); got != tt.want {
			t.Errorf("%s: %s is %q", tt.provider, tt.header, got)
		}
		if r.URL.RawQuery != "a=%20b&c" || len(r.Header["Anthropic-Beta"]) != 2 || r.Header.Get("X-Extra") != "1" {
			t.Errorf("%s: %s %v", tt.provider, r.URL, r.Header)
		}
	}
}

func TestDoRefusesWhatCannotWork(t *testing.T) {
	client := upstream.NewClient(openai.Provider{})
	tests := []struct {
		name    string
		channel core.Channel
		cred    core.Credential
		code    core.Code
	}{
		{"provider", core.Channel{Provider: "nobody"}, core.Credential{APIKey: "k"}, core.CodeUnsupported},
		{"base URL", core.Channel{Provider: core.ProviderOpenAI, BaseURL: "::"}, core.Credential{APIKey: "k"}, core.CodeInvalid},
		{"no key", core.Channel{Provider: core.ProviderOpenAI}, core.Credential{}, core.CodeInvalid},
	}
	for _, tt := range tests {
		res, err := client.Do(t.Context(), &upstream.Request{
			Channel: &tt.channel, Account: &core.Account{Credential: tt.cred}, Method: http.MethodGet, Header: http.Header{},
		})
		if err == nil {
			res.Body.Close()
		}
		if core.CodeOf(err) != tt.code {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestProxyURLIsNotRepeatedInErrors(t *testing.T) {
	client := upstream.NewClient(openai.Provider{})
	res, err := client.Do(t.Context(), &upstream.Request{
		Channel: &core.Channel{Provider: core.ProviderOpenAI, ProxyURL: "http://user:pass%zz@host"},
		Account: &core.Account{Credential: core.Credential{APIKey: "k"}}, Method: http.MethodGet, Header: http.Header{},
	})
	if err == nil {
		res.Body.Close()
		t.Fatal("a broken proxy URL was accepted")
	}
	var e *core.Error
	if !errors.As(err, &e) || strings.Contains(err.Error(), "pass") {
		t.Errorf("got %v", err)
	}
}

func TestParseModels(t *testing.T) {
	tests := []struct {
		provider   upstream.Provider
		body, next string
		n          int
	}{
		{openai.Provider{}, `{"data":[{"id":"a"},{"id":"b"}]}`, "", 2},
		{anthropic.Provider{}, `{"data":[{"id":"a"}],"has_more":true,"last_id":"a/b"}`, "after_id=a%2Fb", 1},
		{gemini.Provider{}, `{"models":[{"name":"models/x"}],"nextPageToken":"t"}`, "pageToken=t", 1},
		{openai.Provider{}, `nonsense`, "", 0},
	}
	for _, tt := range tests {
		names, next := tt.provider.ParseModels([]byte(tt.body))
		if len(names) != tt.n || next != tt.next {
			t.Errorf("%s: %v %q", tt.provider.Name(), names, next)
		}
	}
}
