package admin

import (
	"context"

	"github.com/aihub/aihub/backend/core"
)

// ProxyTestRequest asks whether a proxy leads to a provider, before it is saved.
type ProxyTestRequest struct {
	// ProxyURL may hold "***" for the password that is stored already.
	ProxyURL  string        `json:"proxy_url" doc:"the proxy to try; empty tries the way without one"`
	AccountID string        `json:"account_id,omitempty" doc:"the account whose proxy it is, or is to be"`
	ChannelID string        `json:"channel_id,omitempty" doc:"the channel whose proxy it is, or is to be"`
	Provider  core.Provider `json:"provider,omitempty" doc:"for a channel that is not there yet"`
	BaseURL   *string       `json:"base_url,omitempty" doc:"the channel's address, when it is not the stored one"`
}

// TestAccountProxy opens a connection to the provider in the way in which the
// account's requests go, and closes it. Nothing is billed. A proxy that fails is
// not an error of the operation: the answer says so.
func (s *Service) TestAccountProxy(ctx context.Context, id string) (core.ProxyTest, error) {
	snap := s.snapshot()
	a := snap.Account(id)
	if a == nil {
		return core.ProxyTest{}, notFound(kindAccount, id)
	}
	return s.deps.TestProxy(ctx, snap.Channel(a.ChannelID), a), nil
}

// TestProxy is TestAccountProxy for a proxy that is not saved yet.
func (s *Service) TestProxy(ctx context.Context, in ProxyTestRequest) (core.ProxyTest, error) {
	ch, a, err := s.proxied(in)
	if err != nil {
		return core.ProxyTest{}, err
	}
	// An account's empty proxy means its channel's.
	tried := &ch.ProxyURL
	if in.AccountID != "" {
		tried = &a.ProxyURL
	}
	if err := applyProxy(tried, &in.ProxyURL); err != nil {
		return core.ProxyTest{}, err
	}
	return s.deps.TestProxy(ctx, ch, a), nil
}

// proxied is the channel and account that a request is about, as copies.
func (s *Service) proxied(in ProxyTestRequest) (*core.Channel, *core.Account, error) {
	snap := s.snapshot()
	ch, a := core.Channel{Name: "new", Provider: in.Provider}, core.Account{}
	if in.AccountID != "" {
		stored := snap.Account(in.AccountID)
		if stored == nil {
			return nil, nil, notFound(kindAccount, in.AccountID)
		}
		a, in.ChannelID = *stored, stored.ChannelID
	}
	if in.ChannelID != "" {
		stored := snap.Channel(in.ChannelID)
		if stored == nil {
			return nil, nil, notFound(kindChannel, in.ChannelID)
		}
		ch = *stored
	}
	if err := applyBaseURL(&ch.BaseURL, in.BaseURL); err != nil {
		return nil, nil, err
	}
	return &ch, &a, oneOf("provider", ch.Provider, core.Providers())
}
