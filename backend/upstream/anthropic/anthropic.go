// Package anthropic delivers requests to the Anthropic API.
package anthropic

import (
	"net/http"
	"net/url"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/upstream"
)

// Provider implements upstream.Provider. Now is the clock for reports, which say
// nothing without it.
type Provider struct{ Now func() time.Time }

// defaultVersion is sent when a client names none; the API demands the header.
const defaultVersion = "2023-06-01"

// Name implements upstream.Provider.
func (Provider) Name() core.Provider { return core.ProviderAnthropic }

// DefaultBase implements upstream.Provider.
func (Provider) DefaultBase() string { return "https://api.anthropic.com" }

// Path implements upstream.Provider.
func (Provider) Path(base, path string) string { return upstream.TrimVersion(base) + path }

// Sign implements upstream.Provider.
func (Provider) Sign(h http.Header, cred core.Credential) error {
	h["X-Api-Key"] = []string{cred.APIKey}
	if h.Get("Anthropic-Version") == "" {
		h.Set("Anthropic-Version", defaultVersion)
	}
	return upstream.RequireKey(cred)
}

// TestRequest implements upstream.Provider.
func (Provider) TestRequest(model string) (string, []byte) {
	return "/v1/messages", []byte(`{"model":` + string(protocol.Quote(model)) +
		`,"max_tokens":16,"messages":[{"role":"user","content":"Say OK."}]}`)
}

// ModelsPath implements upstream.Provider.
func (Provider) ModelsPath() string { return "/v1/models" }

// ParseModels implements upstream.Provider.
func (Provider) ParseModels(body []byte) (names []string, next string) {
	for _, id := range gjson.GetBytes(body, "data.#.id").Array() {
		names = append(names, id.String())
	}
	if gjson.GetBytes(body, "has_more").Bool() {
		next = "after_id=" + url.QueryEscape(gjson.GetBytes(body, "last_id").String())
	}
	return names, next
}

// TestModels implements upstream.Provider.
func (Provider) TestModels() []string {
	return []string{"claude-haiku-*", "claude-*haiku*", "claude-*", "*"}
}
