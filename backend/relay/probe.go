package relay

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/catalog"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/credential"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/upstream"
)

// Prober tries channels and accounts with one tiny real request.
type Prober struct {
	Store    core.ConfigStore
	Upstream *upstream.Client
	// Keeper gives accounts that sign in by tokens a good one; nil = as they are.
	Keeper *credential.Keeper
	Models *Models
	// Formats parse a provider's errors.
	Formats map[core.Provider]protocol.UpstreamFormat
	// Learn is told what a test has taught about an account; the zero Finding is
	// that it works.
	Learn func(accountID, model string, f limits.Finding)
	Now   func() time.Time
}

// probeTime bounds one test.
const probeTime = 60 * time.Second

// Test sends the request with the account, or with the first enabled account of
// the channel when it is nil.
func (p *Prober) Test(ctx context.Context, ch *core.Channel, a *core.Account) core.TestResult {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	if a == nil {
		accs := p.Store.Snapshot().AccountsOf(ch.ID)
		i := slices.IndexFunc(accs, func(a *core.Account) bool { return a.Enabled })
		if i < 0 {
			return core.TestResult{Error: "the channel has no enabled account"}
		}
		a = accs[i]
	}
	provider := p.Upstream.Provider(ch.Provider)
	if provider == nil {
		return core.TestResult{Error: "this build cannot talk to provider " + string(ch.Provider)}
	}
	a, err := p.signed(ctx, a)
	if err != nil {
		return core.TestResult{Error: reason(err)}
	}
	res := core.TestResult{Model: p.model(ctx, provider, ch, a)}
	if res.Model == "" {
		res.Error = "no model to test with: the provider lists none; name one in the channel's models"
		return res
	}
	start := p.Now()
	means, failed := p.send(ctx, provider, ch, a, res.Model)
	if failed != nil {
		res.Error = failed.Message
	}
	if ctx.Err() == nil && a.ID != "" {
		p.Learn(a.ID, res.Model, means)
	}
	res.OK, res.LatencyMS = res.Error == "", p.Now().Sub(start).Milliseconds()
	return res
}

// signed gives the account a good token. One that is no account yet has the one
// that was entered.
func (p *Prober) signed(ctx context.Context, a *core.Account) (*core.Account, error) {
	if p.Keeper == nil || a.ID == "" || p.Store.Snapshot().Account(a.ID) == nil {
		return a, nil
	}
	return p.Keeper.Fresh(ctx, a)
}

// model chooses a model: one that the account or channel names, else the
// cheapest that the provider lists.
func (p *Prober) model(ctx context.Context, provider upstream.Provider, ch *core.Channel, a *core.Account) string {
	for _, m := range slices.Concat(a.Models, ch.Models) {
		if !strings.Contains(m, "*") {
			name, _ := catalog.Resolve(ch, m)
			return name
		}
	}
	names, err := p.Models.askWith(ctx, ch, a)
	if err != nil {
		return ""
	}
	for _, pattern := range provider.TestModels() {
		for _, n := range slices.Backward(slices.Sorted(slices.Values(names))) {
			if _, ok := catalog.Resolve(ch, n); ok && core.MatchName(pattern, n) {
				return n
			}
		}
	}
	return ""
}

func (p *Prober) send(ctx context.Context, provider upstream.Provider, ch *core.Channel, a *core.Account, model string) (limits.Finding, *llm.Error) {
	path, body := provider.TestRequest(model)
	payload := NewPayload(body)
	res, err := p.Upstream.Do(ctx, &upstream.Request{
		Channel: ch, Account: a, Method: http.MethodPost, Path: path,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   payload.open(nil), ContentLength: int64(len(body)),
		GetBody: func() (io.ReadCloser, error) { return payload.open(nil), nil },
	})
	seen := limits.Answer{
		Provider: ch.Provider, Protocol: ch.Preferred(), Model: model, OwnProxy: a.ProxyURL != "", Now: p.Now(), Lost: err,
	}
	if err != nil {
		return limits.Classify(seen), &llm.Error{Kind: llm.BadUpstream, Message: "the provider could not be reached: " + reason(err)}
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	if seen.Lost = err; err != nil {
		return limits.Classify(seen), &llm.Error{Kind: llm.BadUpstream, Message: "the connection broke in the middle of the answer"}
	}
	if res.StatusCode < 300 {
		return limits.Finding{}, nil
	}
	seen.Status, seen.Header, seen.Body = res.StatusCode, res.Header, redact(answer, a.Credential)
	seen.Err = p.Formats[ch.Provider].ParseError(res.StatusCode, seen.Body)
	means := limits.Classify(seen)
	return means, &llm.Error{Kind: means.Kind, Message: reasonOf(seen.Err, means)}
}

// reason words a network error for the person who set up the channel. URLs in
// such errors hold no credential: keys travel in headers.
func reason(err error) string { return clip(err.Error(), 300) }
