package upstream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// What some providers do beside what Provider asks of all. A provider implements
// what it has; via leads through the proxy of the account.
type (
	// Sender is a provider whose requests are more than signed bytes to one
	// address.
	Sender interface {
		// Send does what Client.Do promises.
		Send(ctx context.Context, via http.RoundTripper, r *Request) (*http.Response, error)
	}
	// Lister is a provider whose models differ from account to account.
	Lister interface {
		ListModels(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) ([]llm.ModelInfo, error)
	}
	// UsageReader is a provider that tells how much of an account's quota is
	// used. FetchedAt is set by who asks.
	UsageReader interface {
		// TellsUsage reports whether the credential is enough to ask with.
		TellsUsage(cred core.Credential) bool
		ReadUsage(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) (core.AccountUsage, error)
	}
	// Refresher is a provider whose access tokens end and are renewed.
	Refresher interface {
		// Refresh returns the renewed credential, with the end of its access token.
		// The old refresh token may be void from then on. It fails with *Dead when only a new sign-in helps; any other
		// error tells nothing about the sign-in.
		Refresh(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) (core.Credential, error)
		// IsExpired reports whether an error answer asks for a renewed access token.
		IsExpired(status int, body []byte) bool
	}
	// Homed is a provider whose host differs from account to account.
	Homed interface {
		// Home returns the base URL to which an account's requests go first.
		Home(ch *core.Channel, a *core.Account) (string, error)
	}
)

// Dead says that a sign-in is over.
type Dead struct {
	Reason string // the provider's words, without a secret
}

// Error implements error.
func (e *Dead) Error() string { return "the sign-in is no longer valid: " + e.Reason }

// Later says that a provider could not be asked now.
type Later struct {
	Reason string        // for a person, without a secret
	After  time.Duration // how long the provider asks to wait; 0 = it did not say
	Err    error         // the cause, for the log
}

// Error implements error.
func (e *Later) Error() string { return e.Reason }

// Unwrap gives the cause to errors.Is.
func (e *Later) Unwrap() error { return e.Err }

// Refusal is a provider's error answer to a question of AiHub's own.
type Refusal struct {
	Status     int
	Header     http.Header // nil = not kept
	Body       []byte      // without the credential
	Message    string      // the provider's words, for a person
	RetryAfter time.Duration
}

// Error implements error.
func (e *Refusal) Error() string {
	return fmt.Sprintf("the provider refused (status %d): %s", e.Status, e.Message)
}

// NewRefusal makes a Refusal of an error answer; words is where in the body, which
// is without the credential, the provider's words stand.
func NewRefusal(res *http.Response, body []byte, words string) *Refusal {
	r := &Refusal{Status: res.StatusCode, Body: body, Message: http.StatusText(res.StatusCode)}
	if said := gjson.GetBytes(body, words); said.Type == gjson.String && said.Str != "" {
		r.Message = said.Str
	}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		r.RetryAfter = time.Duration(s) * time.Second
	}
	return r
}

// Unreached words a failure of the network toward whom a question was for; AiHub's
// own errors stay.
func Unreached(whom string, err error) error {
	if _, ours := errors.AsType[*core.Error](err); ours {
		return err
	}
	return &Later{Reason: whom + " could not be reached", Err: err}
}

// ListsModels, ReadsUsage and Refreshes report what a provider can be asked.
func (c *Client) ListsModels(p core.Provider) bool { return can[Lister](c, p) }

// ReadsUsage reports whether the provider tells the usage of an account with
// what the account has to ask with.
func (c *Client) ReadsUsage(p core.Provider, a *core.Account) bool {
	r, ok := c.providers[p].(UsageReader)
	return ok && r.TellsUsage(a.Credential)
}

// Refreshes reports whether the provider's access tokens are renewed.
func (c *Client) Refreshes(p core.Provider) bool { return can[Refresher](c, p) }

func can[T any](c *Client, p core.Provider) bool {
	_, ok := c.providers[p].(T)
	return ok
}

// ask finds what a provider implements and the way to the account's upstream.
func ask[T any](c *Client, ch *core.Channel, a *core.Account) (T, *http.Transport, error) {
	asked, ok := c.providers[ch.Provider].(T)
	if !ok {
		return asked, nil, core.Errorf(core.CodeUnsupported, "provider %q cannot be asked that", ch.Provider)
	}
	via, err := c.via(ch, a)
	return asked, via, err
}

// ListModels asks for the models that the account may use. A refusal is a
// *Refusal.
func (c *Client) ListModels(ctx context.Context, ch *core.Channel, a *core.Account) ([]llm.ModelInfo, error) {
	p, via, err := ask[Lister](c, ch, a)
	if err != nil {
		return nil, err
	}
	return p.ListModels(ctx, via, ch, a)
}

// ReadUsage asks how much of the account's quota is used. A refusal is a
// *Refusal.
func (c *Client) ReadUsage(ctx context.Context, ch *core.Channel, a *core.Account) (core.AccountUsage, error) {
	p, via, err := ask[UsageReader](c, ch, a)
	if err != nil {
		return core.AccountUsage{}, err
	}
	return p.ReadUsage(ctx, via, ch, a)
}

// Refresh renews the account's credential, as Refresher says.
func (c *Client) Refresh(ctx context.Context, ch *core.Channel, a *core.Account) (core.Credential, error) {
	p, via, err := ask[Refresher](c, ch, a)
	if err != nil {
		return core.Credential{}, err
	}
	return p.Refresh(ctx, via, ch, a)
}

// IsExpired reports whether an error answer of a provider asks for a renewed
// access token.
func (c *Client) IsExpired(p core.Provider, status int, body []byte) bool {
	r, ok := c.providers[p].(Refresher)
	return ok && r.IsExpired(status, body)
}
