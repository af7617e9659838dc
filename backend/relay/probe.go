package relay

import (
	"context"
	"errors"
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
	model, err := p.model(ctx, provider, ch, a)
	if model == "" {
		return p.withoutModel(ctx, ch, a, err)
	}
	res := core.TestResult{Model: model}
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
// cheapest that the provider lists; "" when there is none, with the failure to
// list them.
func (p *Prober) model(ctx context.Context, provider upstream.Provider, ch *core.Channel, a *core.Account) (string, error) {
	for _, m := range slices.Concat(a.Models, ch.Models) {
		if !strings.Contains(m, "*") {
			name, _ := catalog.Resolve(ch, m)
			return name, nil
		}
	}
	names, err := p.Models.askWith(ctx, ch, a)
	if err != nil {
		return "", err
	}
	for _, pattern := range provider.TestModels() {
		for _, n := range slices.Backward(slices.Sorted(slices.Values(names))) {
			if _, ok := catalog.Resolve(ch, n); ok && core.MatchName(pattern, n) {
				return n, nil
			}
		}
	}
	return "", nil
}

// withoutModel says why there is no model to test with. Mostly it is what would
// have failed the test as well, and teaches as much; services that do not list
// their models say nothing about the account.
func (p *Prober) withoutModel(ctx context.Context, ch *core.Channel, a *core.Account, err error) core.TestResult {
	seen := p.seen(ch, a, "")
	refused, isRefused := errors.AsType[*upstream.Refusal](err)
	switch {
	case err == nil, isRefused && slices.Contains([]int{404, 405, 501}, refused.Status), p.Models.byAccount(ch.Provider) && !isRefused:
		return core.TestResult{Error: "no model to test with: the provider lists none; name one in the channel's models"}
	case isRefused:
		seen.Status, seen.Header, seen.Body = refused.Status, refused.Header, refused.Body
	default:
		seen.Lost = err
	}
	means, failed := p.judge(seen)
	if ctx.Err() == nil && a.ID != "" && (means.Scope == limits.ScopeAccount || means.Scope == limits.ScopeProvider) {
		p.Learn(a.ID, "", means)
	}
	return core.TestResult{Error: failed.Message}
}

// seen begins what is known of an answer to the account.
func (p *Prober) seen(ch *core.Channel, a *core.Account, model string) limits.Answer {
	return limits.Answer{
		Provider: ch.Provider, Protocol: ch.Preferred(), Model: model, OwnProxy: a.ProxyURL != "", Now: p.Now(),
	}
}

// judge says what a refusal, or the lack of an answer, means.
func (p *Prober) judge(seen limits.Answer) (limits.Finding, *llm.Error) {
	if seen.Lost != nil {
		return limits.Classify(seen), &llm.Error{Kind: llm.BadUpstream, Message: "the provider could not be reached: " + reason(seen.Lost)}
	}
	seen.Err = p.Formats[seen.Provider].ParseError(seen.Status, seen.Body)
	means := limits.Classify(seen)
	return means, &llm.Error{Kind: means.Kind, Message: reasonOf(seen.Err, means)}
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
	seen := p.seen(ch, a, model)
	if seen.Lost = err; err != nil {
		return p.judge(seen)
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
	return p.judge(seen)
}

// reason words a network error for the person who set up the channel. URLs in
// such errors hold no credential: keys travel in headers.
func reason(err error) string { return clip(err.Error(), 300) }
