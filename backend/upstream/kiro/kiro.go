// Package kiro delivers requests to AWS Kiro and asks it about its accounts.
//
// On the way of a request it is the last step before the network. The service
// has several hosts that do the same, each for some years, and identities that
// must name a profile, must not, or may: which way works for an account is found
// out by asking, in a fixed order, and remembered.
package kiro

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/upstream"
)

// Options are what a provider works with.
type Options struct {
	// States keeps which way worked for an account; nil forgets it at the end.
	States core.StateStore
	// ClientVersion is the version of the Kiro client that AiHub is compatible
	// with, at the moment of a request.
	ClientVersion func() string
	// Installation is 64 hexadecimal digits, always the same for this
	// installation.
	Installation string
	// Version is AiHub's own.
	Version string
	Now     func() time.Time
	Log     *slog.Logger
}

// Provider implements upstream.Provider and all that upstream asks of some.
type Provider struct {
	Options

	mu      sync.Mutex
	learned map[string]lesson // by account
}

var (
	_ upstream.Provider    = (*Provider)(nil)
	_ upstream.Sender      = (*Provider)(nil)
	_ upstream.Lister      = (*Provider)(nil)
	_ upstream.UsageReader = (*Provider)(nil)
	_ upstream.Refresher   = (*Provider)(nil)
	_ upstream.Homed       = (*Provider)(nil)
)

// New returns a provider that remembers what it has learned before.
func New(ctx context.Context, o Options) (*Provider, error) {
	p := &Provider{Options: o, learned: map[string]lesson{}}
	return p, p.recall(ctx)
}

// Name implements upstream.Provider.
func (*Provider) Name() core.Provider { return core.ProviderKiro }

// DefaultBase implements upstream.Provider: the real hosts are several.
func (*Provider) DefaultBase() string { return "" }

// Path implements upstream.Provider.
func (*Provider) Path(base, path string) string { return strings.TrimRight(base, "/") + path }

// Sign implements upstream.Provider.
func (*Provider) Sign(h http.Header, cred core.Credential) error {
	token := cred.APIKey
	if token == "" {
		token = cred.AccessToken
	}
	if token == "" {
		return core.Invalid("credential", "the account has no token; sign in again")
	}
	h.Set("Authorization", "Bearer "+token)
	if kind := tokenType(cred); kind != "" {
		h.Set("TokenType", kind)
	}
	return nil
}

// TestRequest implements upstream.Provider.
func (*Provider) TestRequest(model string) (string, []byte) {
	return generatePath, []byte(`{"conversationState":{"conversationId":"aihub-test","chatTriggerType":"MANUAL","history":[],"currentMessage":` +
		`{"userInputMessage":{"content":"Say OK.","modelId":` + string(protocol.Quote(model)) + `,"origin":"` + origin + `"}}}}`)
}

// ModelsPath implements upstream.Provider. The models of an account are asked
// for by ListModels.
func (*Provider) ModelsPath() string { return "/management" + listModels.rest }

// ParseModels implements upstream.Provider.
func (*Provider) ParseModels(body []byte) (names []string, next string) {
	for _, id := range gjson.GetBytes(body, "models.#.modelId").Array() {
		names = append(names, id.String())
	}
	return names, ""
}

// TestModels implements upstream.Provider.
func (*Provider) TestModels() []string {
	return []string{"qwen3-coder-*", "minimax-*", "deepseek-*", "claude-haiku-*", "auto", "*"}
}
