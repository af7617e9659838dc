// Package gemini delivers requests to Google's Gemini API.
package gemini

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
)

// Provider implements upstream.Provider.
type Provider struct{}

// Name implements upstream.Provider.
func (Provider) Name() core.Provider { return core.ProviderGemini }

// DefaultBase implements upstream.Provider.
func (Provider) DefaultBase() string { return "https://generativelanguage.googleapis.com" }

// Path implements upstream.Provider. The version is the one that the client
// used: the SDKs choose it, and a base URL that names one is only a habit.
func (Provider) Path(base, path string) string { return upstream.TrimVersion(base) + path }

// Sign implements upstream.Provider.
func (Provider) Sign(h http.Header, cred core.Credential) error {
	h["X-Goog-Api-Key"] = []string{cred.APIKey}
	return upstream.RequireKey(cred)
}

// TestRequest implements upstream.Provider.
func (Provider) TestRequest(model string) (string, []byte) {
	return "/v1beta/models/" + model + ":generateContent",
		[]byte(`{"contents":[{"role":"user","parts":[{"text":"Say OK."}]}],"generationConfig":{"maxOutputTokens":64}}`)
}

// ModelsPath implements upstream.Provider.
func (Provider) ModelsPath() string { return "/v1beta/models" }

// ParseModels implements upstream.Provider.
func (Provider) ParseModels(body []byte) (names []string, next string) {
	for _, name := range gjson.GetBytes(body, "models.#.name").Array() {
		names = append(names, strings.TrimPrefix(name.String(), "models/"))
	}
	if token := gjson.GetBytes(body, "nextPageToken").String(); token != "" {
		next = "pageToken=" + url.QueryEscape(token)
	}
	return names, next
}

// TestModels implements upstream.Provider.
func (Provider) TestModels() []string {
	return []string{"gemini-*-flash-lite", "gemini-*-flash", "gemini-*", "*"}
}
