package admin

import (
	"context"

	"github.com/aihub/aihub/backend/core"
)

// Channel is a channel as the doors show it. The values of its headers and the
// password in its proxy_url read "***".
type Channel struct {
	core.Channel
	Accounts int `json:"accounts"` // how many accounts it has
}

// ChannelList is the answer of ListChannels.
type ChannelList struct {
	Items      []Channel `json:"items"`
	NextCursor string    `json:"next_cursor,omitempty"`
}

// ChannelInput creates or changes a channel. An absent field takes its default
// on create and keeps its value on update; a present one replaces the value.
type ChannelInput struct {
	Name     *string        `json:"name,omitempty" doc:"1 to 200 characters; needed on create"`
	Provider *core.Provider `json:"provider,omitempty" doc:"needed on create; cannot change while the channel has accounts"`
	BaseURL  *string        `json:"base_url,omitempty" doc:"what the provider's own SDK takes; empty means its default"`
	API      *core.API      `json:"api,omitempty" doc:"which chat format an openai channel takes; default auto"`
	// Models is ["*"] by default; an empty list means the same.
	Models          []string          `json:"models,omitempty" doc:"model names, * as wildcard; default and empty: all"`
	Aliases         map[string]string `json:"aliases,omitempty" doc:"name that a client uses: upstream's name"`
	Priority        *int              `json:"priority,omitempty" doc:"higher first; default 0"`
	Weight          *int              `json:"weight,omitempty" doc:"share inside one priority, at least 1; default 1"`
	Policy          *core.Policy      `json:"policy,omitempty" doc:"how the accounts share the load; default weighted"`
	Headers         map[string]string `json:"headers,omitempty" doc:"added to every upstream request; values are shown as ***, and *** keeps the value"`
	ProxyURL        *string           `json:"proxy_url,omitempty" doc:"http, https or socks5; the password is shown as ***, and *** keeps it"`
	PriceMultiplier *float64          `json:"price_multiplier,omitempty" doc:"0 to 1000; default 1"`
	Enabled         *bool             `json:"enabled,omitempty" doc:"default true"`
}

// ListChannels returns all channels by priority, high first, then name.
func (s *Service) ListChannels(context.Context) (ChannelList, error) {
	snap := s.snapshot()
	out := ChannelList{Items: make([]Channel, 0, len(snap.Channels()))}
	for _, c := range snap.Channels() {
		out.Items = append(out.Items, viewChannel(snap, c))
	}
	return out, nil
}

// CreateChannel adds a channel. Name and provider are needed.
func (s *Service) CreateChannel(ctx context.Context, in ChannelInput) (Channel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.putChannel(ctx, s.newChannel(), in)
}

// newChannel returns a channel with the defaults.
func (s *Service) newChannel() core.Channel {
	now := s.now()
	return core.Channel{
		ID: core.NewID("chn", now), API: core.APIAuto, Models: []string{"*"}, Aliases: map[string]string{},
		Weight: 1, Policy: core.PolicyWeighted, Headers: map[string]string{}, PriceMultiplier: 1,
		Enabled: true, CreatedAt: now,
	}
}

// FindChannel returns one channel.
func (s *Service) FindChannel(_ context.Context, id string) (Channel, error) {
	snap := s.snapshot()
	c := snap.Channel(id)
	if c == nil {
		return Channel{}, notFound(kindChannel, id)
	}
	return viewChannel(snap, c), nil
}

// UpdateChannel changes the fields of a channel that in carries.
func (s *Service) UpdateChannel(ctx context.Context, id string, in ChannelInput) (Channel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := s.snapshot()
	old := snap.Channel(id)
	if old == nil {
		return Channel{}, notFound(kindChannel, id)
	}
	if in.Provider != nil && *in.Provider != old.Provider && len(snap.AccountsOf(id)) > 0 {
		return Channel{}, core.Invalid("provider",
			"the channel has accounts of %s; delete them first, or create another channel", old.Provider)
	}
	return s.putChannel(ctx, *old, in)
}

// DeleteChannel removes a channel and its accounts.
func (s *Service) DeleteChannel(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snapshot().Channel(id) == nil {
		return notFound(kindChannel, id)
	}
	return s.commit(ctx, kindChannel, id, core.DeleteChannel{ID: id})
}

// TestChannel sends one tiny real request through one of the channel's
// accounts. A provider that fails is not an error of the operation: the answer
// says so.
func (s *Service) TestChannel(ctx context.Context, id string) (core.TestResult, error) {
	c := s.snapshot().Channel(id)
	if c == nil {
		return core.TestResult{}, notFound(kindChannel, id)
	}
	return s.deps.Test(ctx, c, nil), nil
}

// putChannel applies in to c and stores it. The caller holds mu.
func (s *Service) putChannel(ctx context.Context, c core.Channel, in ChannelInput) (Channel, error) {
	if err := in.apply(&c); err != nil {
		return Channel{}, err
	}
	c.UpdatedAt = s.now()
	if err := s.commit(ctx, kindChannel, c.ID, core.PutChannel{Channel: c}); err != nil {
		return Channel{}, err
	}
	return viewChannel(s.snapshot(), &c), nil
}

func viewChannel(snap *core.Snapshot, c *core.Channel) Channel {
	v := Channel{Channel: *c, Accounts: len(snap.AccountsOf(c.ID))}
	v.Models = list(c.Models)
	v.Aliases = c.Aliases
	if v.Aliases == nil {
		v.Aliases = map[string]string{}
	}
	v.Headers = make(map[string]string, len(c.Headers))
	for name := range c.Headers {
		v.Headers[name] = masked
	}
	v.ProxyURL = maskProxy(c.ProxyURL)
	return v
}
