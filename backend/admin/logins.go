package admin

import (
	"context"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/login"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// LoginInput begins a sign-in.
type LoginInput struct {
	ChannelID string         `json:"channel_id"`
	Kind      core.LoginKind `json:"kind"`
	StartURL  string         `json:"start_url,omitempty" doc:"of the organisation, such as https://d-1234567890.awsapps.com/start; identity_center only"`
	Region    string         `json:"region,omitempty" doc:"of the organisation's directory; without it AiHub finds it; identity_center only"`
	AccountID string         `json:"account_id,omitempty" doc:"an account of the channel that is to be signed in again; without it a new one is made"`
}

// LoginList is the answer of ListLogins.
type LoginList struct {
	Items      []core.Login `json:"items"`
	NextCursor string       `json:"next_cursor,omitempty"`
}

// ListLogins returns the sign-ins of all channels that are under way or have
// ended not long ago, the newest first.
func (s *Service) ListLogins(context.Context) (LoginList, error) {
	return LoginList{Items: s.deps.Logins.List()}, nil
}

// CreateLogin begins a sign-in. When the person has agreed on the provider's
// page, the account is made, or the given one has its new credential.
func (s *Service) CreateLogin(ctx context.Context, in LoginInput) (core.Login, error) {
	if err := s.checkLogin(&in); err != nil {
		return core.Login{}, err
	}
	return s.deps.Logins.Begin(ctx, login.Request{
		ChannelID: in.ChannelID, AccountID: in.AccountID,
		Ask: auth.Ask{Kind: auth.Kind(in.Kind), StartURL: in.StartURL, Region: in.Region},
	})
}

// FindLogin returns one sign-in.
func (s *Service) FindLogin(_ context.Context, id string) (core.Login, error) {
	return s.deps.Logins.Find(id)
}

// DeleteLogin cancels a sign-in, or removes one that has ended.
func (s *Service) DeleteLogin(ctx context.Context, id string) error {
	return s.deps.Logins.Cancel(ctx, id)
}

func (s *Service) checkLogin(in *LoginInput) error {
	// What the page adds to its own address behind "#" comes along when it is copied.
	start, _, _ := strings.Cut(strings.TrimSpace(in.StartURL), "#")
	in.StartURL, in.Region = strings.TrimRight(start, "/"), strings.ToLower(strings.TrimSpace(in.Region))
	snap := s.snapshot()
	c := snap.Channel(in.ChannelID)
	switch {
	case c == nil:
		return core.Invalid("channel_id", "there is no channel with the id %q", in.ChannelID)
	case c.Provider != core.ProviderKiro:
		return core.Invalid("channel_id", "only channels of kiro have a sign-in; add an account of %s by its API key", c.Provider)
	case !slices.Contains(core.LoginKinds(), in.Kind):
		return oneOf("kind", in.Kind, core.LoginKinds())
	case in.Kind != core.LoginIdentityCenter && in.StartURL != "":
		return core.Invalid("start_url", "only identity_center has a start URL; leave it out")
	case in.Kind != core.LoginIdentityCenter && in.Region != "":
		return core.Invalid("region", "only identity_center has a region; leave it out")
	}
	if a := snap.Account(in.AccountID); in.AccountID != "" && (a == nil || a.ChannelID != c.ID) {
		return core.Invalid("account_id", "the channel has no account with the id %q", in.AccountID)
	}
	return nil
}
