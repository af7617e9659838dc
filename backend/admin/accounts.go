package admin

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Account is an account as the doors show it: everything but the credential.
type Account struct {
	ID             string      `json:"id"`
	ChannelID      string      `json:"channel_id"`
	Name           string      `json:"name"`
	CredentialHint string      `json:"credential_hint"`          // the last characters of the secret
	AdminKeyHint   string      `json:"admin_key_hint,omitempty"` // those of the admin key, where there is one
	Priority       int         `json:"priority"`
	Weight         int         `json:"weight"`
	MaxConcurrency int         `json:"max_concurrency"`
	RPM            int         `json:"rpm"`
	DailyShare     int         `json:"daily_share"`
	ActiveHours    *core.Hours `json:"active_hours,omitempty"`
	Budget         *core.Quota `json:"budget,omitempty"`
	ProxyURL       string      `json:"proxy_url"`
	Models         []string    `json:"models"`
	Tags           []string    `json:"tags"`
	Enabled        bool        `json:"enabled"`
	// SignIn tells how the account signs in, where there is more than one way.
	SignIn *SignIn `json:"sign_in,omitempty"`
	core.Health
	// Usage is what is known of how much of the account is used; nil while that is
	// nothing.
	Usage *core.AccountUsage `json:"usage"`
	// Forecast is which of the account's limits will be used up first at the pace
	// of the last time; where there is none ForecastGap says why.
	Forecast    *core.Forecast   `json:"forecast,omitempty"`
	ForecastGap core.ForecastGap `json:"forecast_gap,omitempty" enum:"no_limit,used_up,too_little,no_use"`
	CreatedAt   time.Time        `json:"created_at"`
	UpdatedAt   time.Time        `json:"updated_at"`
}

// AccountList is the answer of ListAccounts.
type AccountList struct {
	Items      []Account `json:"items"`
	NextCursor string    `json:"next_cursor,omitempty"`
}

// AccountTest is the answer of TestAccount: the outcome of the request, and
// the account as it is after it.
type AccountTest struct {
	core.TestResult
	Account
}

// AccountInput creates or changes an account. An absent field takes its
// default on create and keeps its value on update; a present one replaces the
// value.
type AccountInput struct {
	Name           *string          `json:"name,omitempty" doc:"1 to 200 characters; default: made from the provider and the credential"`
	Credential     *core.Credential `json:"credential,omitempty" doc:"never shown again; needed on create, replaced as a whole on update"`
	AdminKey       *string          `json:"admin_key,omitempty" doc:"OpenAI and Anthropic: reads the usage and cost reports of the account's organisation, never sends requests; never shown again; empty removes it; kept when only the credential changes"`
	Priority       *int             `json:"priority,omitempty" doc:"higher first; default 0"`
	Weight         *int             `json:"weight,omitempty" doc:"share inside one priority, at least 1; default 1"`
	MaxConcurrency *int             `json:"max_concurrency,omitempty" doc:"parallel requests; 0, the default, is unlimited"`
	RPM            *int             `json:"rpm,omitempty" doc:"requests per minute; 0, the default, is unlimited"`
	DailyShare     *int             `json:"daily_share,omitempty" doc:"percent of the account's quota or budget that one day may use; default and 0: all of it"`
	ActiveHours    *core.Hours      `json:"active_hours,omitempty" doc:"hours of the day in which the account is used; both ends empty: always"`
	Budget         *core.Quota      `json:"budget,omitempty" doc:"what may be used of the account per day, week or month, counted by AiHub; without a limit: no budget"`
	ProxyURL       *string          `json:"proxy_url,omitempty" doc:"overrides the channel's; the password is shown as ***, and *** keeps it"`
	Models         []string         `json:"models,omitempty" doc:"restricts the channel's models; default and empty: all of them"`
	Tags           []string         `json:"tags,omitempty"`
	Enabled        *bool            `json:"enabled,omitempty" doc:"default true"`
}

// ListAccounts returns the accounts of a channel, or of all channels for an
// empty id, by priority, high first, then name.
func (s *Service) ListAccounts(_ context.Context, channelID string) (AccountList, error) {
	snap := s.snapshot()
	out := AccountList{Items: []Account{}}
	for _, c := range snap.Channels() {
		if channelID != "" && c.ID != channelID {
			continue
		}
		for _, a := range snap.AccountsOf(c.ID) {
			out.Items = append(out.Items, s.viewAccount(a))
		}
	}
	if channelID != "" && snap.Channel(channelID) == nil {
		return AccountList{}, notFound(kindChannel, channelID)
	}
	return out, nil
}

// CreateAccount adds an account to a channel. The credential is needed.
func (s *Service) CreateAccount(ctx context.Context, channelID string, in AccountInput) (Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.snapshot().Channel(channelID)
	if c == nil {
		return Account{}, notFound(kindChannel, channelID)
	}
	if in.Credential == nil {
		return Account{}, core.Invalid("credential", "give the account a credential: %s", wanted(c.Provider))
	}
	return s.putAccount(ctx, c.Provider, s.newAccount(channelID), in)
}

// newAccount returns an account with the defaults.
func (s *Service) newAccount(channelID string) core.Account {
	now := s.now()
	return core.Account{
		ID: core.NewID("acc", now), ChannelID: channelID, Weight: 1,
		Models: []string{}, Tags: []string{}, Enabled: true, CreatedAt: now, UpdatedAt: now,
	}
}

// FindAccount returns one account.
func (s *Service) FindAccount(_ context.Context, id string) (Account, error) {
	a := s.snapshot().Account(id)
	if a == nil {
		return Account{}, notFound(kindAccount, id)
	}
	return s.viewAccount(a), nil
}

// UpdateAccount changes the fields of an account that in carries.
func (s *Service) UpdateAccount(ctx context.Context, id string, in AccountInput) (Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := s.snapshot()
	old := snap.Account(id)
	if old == nil {
		return Account{}, notFound(kindAccount, id)
	}
	return s.putAccount(ctx, snap.Channel(old.ChannelID).Provider, *old, in)
}

// DeleteAccount removes an account. Its rows in the ledger stay.
func (s *Service) DeleteAccount(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snapshot().Account(id) == nil {
		return notFound(kindAccount, id)
	}
	return s.commit(ctx, kindAccount, id, core.DeleteAccount{ID: id})
}

// ResetAccount clears the cooldowns and the state of an account, so that it is
// tried again at once.
func (s *Service) ResetAccount(_ context.Context, id string) (Account, error) {
	a := s.snapshot().Account(id)
	if a == nil {
		return Account{}, notFound(kindAccount, id)
	}
	s.deps.Reset(id)
	return s.viewAccount(a), nil
}

// TestAccount sends one tiny real request through the account. A provider that
// fails is not an error of the operation: the answer says so.
func (s *Service) TestAccount(ctx context.Context, id string) (AccountTest, error) {
	snap := s.snapshot()
	a := snap.Account(id)
	if a == nil {
		return AccountTest{}, notFound(kindAccount, id)
	}
	result := s.deps.Test(ctx, snap.Channel(a.ChannelID), a)
	return AccountTest{TestResult: result, Account: s.viewAccount(a)}, nil
}

// RefreshUsage asks the provider how much of the account's quota is used.
func (s *Service) RefreshUsage(ctx context.Context, id string) (Account, error) {
	return s.refresh(ctx, id, s.deps.RefreshUsage)
}

// RefreshToken renews the access token of an account that signs in by tokens.
func (s *Service) RefreshToken(ctx context.Context, id string) (Account, error) {
	return s.refresh(ctx, id, s.deps.RefreshToken)
}

func (s *Service) refresh(ctx context.Context, id string, do func(context.Context, *core.Account) error) (Account, error) {
	a := s.snapshot().Account(id)
	if a == nil {
		return Account{}, notFound(kindAccount, id)
	}
	if err := do(ctx, a); err != nil {
		return Account{}, err
	}
	return s.FindAccount(ctx, id)
}

// putAccount applies in to a and stores it. The caller holds mu.
func (s *Service) putAccount(ctx context.Context, p core.Provider, a core.Account, in AccountInput) (Account, error) {
	adminKey := a.Credential.AdminKey
	if err := in.apply(p, &a); err != nil {
		return Account{}, err
	}
	a.UpdatedAt = s.now()
	put := core.PutAccount{Account: a, KeepCredential: in.Credential == nil && a.Credential.AdminKey == adminKey}
	if err := s.commit(ctx, kindAccount, a.ID, put); err != nil {
		return Account{}, err
	}
	if in.Credential != nil {
		// What the old credential was refused for says nothing about the new one.
		s.deps.Reset(a.ID)
	}
	return s.viewAccount(&a), nil
}

func (s *Service) viewAccount(a *core.Account) Account {
	var usage *core.AccountUsage
	if s.deps.Usage != nil {
		usage = s.deps.Usage(a.ID)
	}
	var ahead *core.Forecast
	var gap core.ForecastGap
	if s.deps.Forecast != nil {
		ahead, gap = s.deps.Forecast(a.ID)
	}
	return Account{
		Usage: usage, Forecast: ahead, ForecastGap: gap,
		ID: a.ID, ChannelID: a.ChannelID, Name: a.Name, CredentialHint: a.Credential.Hint(), AdminKeyHint: a.Credential.AdminHint(),
		Priority: a.Priority, Weight: a.Weight, MaxConcurrency: a.MaxConcurrency, RPM: a.RPM,
		DailyShare: a.DailyShare, ActiveHours: a.ActiveHours, Budget: a.Budget,
		ProxyURL: maskProxy(a.ProxyURL), Models: list(a.Models), Tags: list(a.Tags), Enabled: a.Enabled, SignIn: s.viewSignIn(a),
		Health: s.health(a), CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
}

// health adds to what the balancer knows of an account what only the
// configuration and the ledger know.
func (s *Service) health(a *core.Account) core.Health {
	h := s.deps.Health(a.ID)
	h.Cooldowns = list(h.Cooldowns)
	if h.State == "" {
		h.State = core.StateReady
	}
	if !a.Enabled {
		h.State, h.Reason, h.Until = core.StateDisabled, "", nil
	}
	if h.LastUsed == nil {
		h.LastUsed = s.lastUsed(a.ID)
	}
	return h
}

func (s *Service) lastUsed(id string) *time.Time {
	t, ok := s.deps.Ledger.LastUsed(id)
	if !ok {
		return nil
	}
	t = t.UTC()
	return &t
}
