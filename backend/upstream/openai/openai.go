// Package openai delivers requests to OpenAI and to services that are
// compatible with it.
package openai

import (
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/upstream"
)

// Provider implements upstream.Provider. Now is the clock for reports, which say
// nothing without it.
type Provider struct{ Now func() time.Time }

// Name implements upstream.Provider.
func (Provider) Name() core.Provider { return core.ProviderOpenAI }

// DefaultBase implements upstream.Provider.
func (Provider) DefaultBase() string { return "https://api.openai.com/v1" }

// Path implements upstream.Provider. A base that already names a version
// anywhere (https://host/api/paas/v4, https://host/v1beta/openai) is taken as it
// is; another one gets /v1.
func (Provider) Path(base, path string) string {
	base = strings.TrimRight(base, "/")
	if !upstream.HasVersion(base) {
		base += "/v1"
	}
	return base + strings.TrimPrefix(path, "/v1")
}

// Sign implements upstream.Provider.
func (Provider) Sign(h http.Header, cred core.Credential) error {
	h["Authorization"] = []string{"Bearer " + cred.APIKey}
	return upstream.RequireKey(cred)
}

// TestRequest implements upstream.Provider. The token limit leaves room for a
// reasoning model to end properly.
func (Provider) TestRequest(model string) (string, []byte) {
	return "/v1/chat/completions", []byte(`{"model":` + string(protocol.Quote(model)) +
		`,"messages":[{"role":"user","content":"Say OK."}],"max_completion_tokens":64}`)
}

// ModelsPath implements upstream.Provider.
func (Provider) ModelsPath() string { return "/v1/models" }

// ParseModels implements upstream.Provider. OpenAI's list has one page.
func (Provider) ParseModels(body []byte) (names []string, next string) {
	for _, id := range gjson.GetBytes(body, "data.#.id").Array() {
		names = append(names, id.String())
	}
	return names, ""
}

// TestModels implements upstream.Provider.
func (Provider) TestModels() []string {
	return []string{"gpt-*-nano", "gpt-*-mini", "gpt-*", "*"}
}
