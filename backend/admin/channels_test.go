package admin

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

func TestCreateChannelFillsInDefaults(t *testing.T) {
	h := newHub(t)
	c := h.channel(t, core.ProviderOpenAI)
	want := core.Channel{
		ID: c.ID, Name: "main", Provider: core.ProviderOpenAI, API: core.APIAuto, Models: []string{"*"},
		Aliases: map[string]string{}, Weight: 1, Policy: core.PolicyWeighted, Headers: map[string]string{},
		PriceMultiplier: 1, Enabled: true, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
	if !reflect.DeepEqual(c, Channel{Channel: want}) {
		t.Errorf("got %+v\nwant %+v", c, want)
	}
	if c.ID == "" || c.CreatedAt.IsZero() || c.UpdatedAt.IsZero() {
		t.Errorf("no id or times: %+v", c)
	}
	if found := must(h.FindChannel(t.Context(), c.ID))(t); !reflect.DeepEqual(found, c) {
		t.Errorf("found %+v", found)
	}
	if got := h.published(t, 0); len(got) != 1 || got[0] != `config {"kind":"channel","id":"`+c.ID+`"}` {
		t.Errorf("events %q", got)
	}
}

func TestChannelInput(t *testing.T) {
	openai, gemini := core.ProviderOpenAI, core.ProviderGemini
	long := strings.Repeat("a", 201)
	tests := []struct {
		name  string
		in    ChannelInput
		field string // "" means accepted
	}{
		{"no name", ChannelInput{Provider: &openai}, "name"},
		{"a blank name", ChannelInput{Name: ptr(" \t"), Provider: &openai}, "name"},
		{"a long name", ChannelInput{Name: &long, Provider: &openai}, "name"},
		{"a line break in the name", ChannelInput{Name: ptr("a\nb"), Provider: &openai}, "name"},
		{"no provider", ChannelInput{Name: ptr("a")}, "provider"},
		{"an unknown provider", ChannelInput{Name: ptr("a"), Provider: ptr(core.Provider("aws"))}, "provider"},
		{"a wrong scheme", with(func(in *ChannelInput) { in.BaseURL = ptr("ftp://host") }), "base_url"},
		{"no host", with(func(in *ChannelInput) { in.BaseURL = ptr("https://") }), "base_url"},
		{"no scheme", with(func(in *ChannelInput) { in.BaseURL = ptr("api.openai.com/v1") }), "base_url"},
		{"a wrong port", with(func(in *ChannelInput) { in.BaseURL = ptr("http://host:99999/v1") }), "base_url"},
		{"a password in the address", with(func(in *ChannelInput) { in.BaseURL = ptr("https://u:p@host") }), "base_url"},
		{"a query", with(func(in *ChannelInput) { in.BaseURL = ptr("https://host/?key=a") }), "base_url"},
		{"a fragment", with(func(in *ChannelInput) { in.BaseURL = ptr("https://host/#a") }), "base_url"},
		{"an address", with(func(in *ChannelInput) { in.BaseURL = ptr(" http://127.0.0.1:9100/v1 ") }), ""},
		{"an IPv6 address", with(func(in *ChannelInput) { in.BaseURL = ptr("http://[::1]:9100") }), ""},
		{"no address", with(func(in *ChannelInput) { in.BaseURL = ptr("") }), ""},
		{"an unknown api", with(func(in *ChannelInput) { in.API = ptr(core.API("soap")) }), "api"},
		{"an empty api", with(func(in *ChannelInput) { in.API = ptr(core.API("")) }), "api"},
		{"an api of another provider", with(func(in *ChannelInput) { in.Provider, in.API = &gemini, ptr(core.APIChat) }), "api"},
		{"responses only", with(func(in *ChannelInput) { in.API = ptr(core.APIResponses) }), ""},
		{"a model with a space", with(func(in *ChannelInput) { in.Models = []string{"gpt 4"} }), "models"},
		{"an empty model", with(func(in *ChannelInput) { in.Models = []string{""} }), "models"},
		{"too many models", with(func(in *ChannelInput) { in.Models = make([]string, maxList+1) }), "models"},
		{"an alias to nothing", with(func(in *ChannelInput) { in.Aliases = map[string]string{"a": " "} }), "aliases"},
		{"an alias with a wildcard", with(func(in *ChannelInput) { in.Aliases = map[string]string{"gpt-*": "x"} }), ""},
		{"weight 0", with(func(in *ChannelInput) { in.Weight = ptr(0) }), "weight"},
		{"a negative priority", with(func(in *ChannelInput) { in.Priority = ptr(-5) }), ""},
		{"a huge priority", with(func(in *ChannelInput) { in.Priority = ptr(math.MaxInt) }), "priority"},
		{"an unknown policy", with(func(in *ChannelInput) { in.Policy = ptr(core.Policy("random")) }), "policy"},
		{"a negative multiplier", with(func(in *ChannelInput) { in.PriceMultiplier = ptr(-0.1) }), "price_multiplier"},
		{"no multiplier at all", with(func(in *ChannelInput) { in.PriceMultiplier = ptr(math.NaN()) }), "price_multiplier"},
		{"a free channel", with(func(in *ChannelInput) { in.PriceMultiplier = ptr(0.0) }), ""},
		{"a header", header("X-Team", "a"), ""},
		{"an authorization header", header("Authorization", "Bearer a"), ""},
		{"a header with a space", header("X Team", "a"), "headers"},
		{"a header without a name", header("", "a"), "headers"},
		{"a hop-by-hop header", header("connection", "close"), "headers"},
		{"the host header", header("Host", "a"), "headers"},
		{"a line break in a header", header("X-Team", "a\r\nX-Evil: b"), "headers"},
		{"a value that was never set", header("X-Team", "***"), "headers"},
		{"a header twice", with(func(in *ChannelInput) { in.Headers = map[string]string{"x-a": "1", "X-A": "2"} }), "headers"},
		{"a proxy", proxy("socks5://user:pass@127.0.0.1:1080"), ""},
		{"a proxy without a port", proxy("http://proxy.lan"), ""},
		{"a proxy of another kind", proxy("socks4://127.0.0.1:1080"), "proxy_url"},
		{"a proxy with a path", proxy("http://127.0.0.1:1080/a"), "proxy_url"},
		{"a proxy with a masked password", proxy("http://u:***@127.0.0.1:1080"), "proxy_url"},
	}
	h := newHub(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := len(h.store.Snapshot().Channels())
			_, err := h.CreateChannel(t.Context(), test.in)
			if test.field == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantInvalid(t, err, test.field)
			if len(h.store.Snapshot().Channels()) != before {
				t.Error("the channel was stored")
			}
		})
	}
}

func with(change func(*ChannelInput)) ChannelInput {
	in := ChannelInput{Name: ptr("a"), Provider: ptr(core.ProviderOpenAI)}
	change(&in)
	return in
}

func header(name, value string) ChannelInput {
	return with(func(in *ChannelInput) { in.Headers = map[string]string{name: value} })
}

func proxy(raw string) ChannelInput {
	return with(func(in *ChannelInput) { in.ProxyURL = &raw })
}

func TestUpdateChannelKeepsWhatIsAbsent(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	c := must(h.CreateChannel(ctx, with(func(in *ChannelInput) {
		in.Models, in.Aliases, in.Weight = []string{"a", "b", "a"}, map[string]string{"x": "y"}, ptr(5)
	})))(t)
	if !reflect.DeepEqual(c.Models, []string{"a", "b"}) {
		t.Errorf("models %q", c.Models)
	}
	got := must(h.UpdateChannel(ctx, c.ID, ChannelInput{Name: ptr("new"), Enabled: ptr(false)}))(t)
	want := c
	want.Name, want.Enabled, want.UpdatedAt = "new", false, got.UpdatedAt
	if !reflect.DeepEqual(got, want) || !got.UpdatedAt.After(c.UpdatedAt) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	got = must(h.UpdateChannel(ctx, c.ID, ChannelInput{Models: []string{}, Aliases: map[string]string{}}))(t)
	if !reflect.DeepEqual(got.Models, []string{"*"}) || len(got.Aliases) != 0 || got.Weight != 5 {
		t.Errorf("got %+v", got)
	}
	_, err := h.UpdateChannel(ctx, "chn_none", ChannelInput{})
	wantCode(t, err, core.CodeNotFound)
}

func TestChannelSecretsAreMaskedAndKept(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	c := must(h.CreateChannel(ctx, with(func(in *ChannelInput) {
		in.Headers, in.ProxyURL = map[string]string{"X-Key": "secret"}, ptr("http://me:secret@proxy.lan:3128")
	})))(t)
	if c.Headers["X-Key"] != "***" || c.ProxyURL != "http://me:***@proxy.lan:3128" {
		t.Errorf("shown: %v %s", c.Headers, c.ProxyURL)
	}
	must(h.UpdateChannel(ctx, c.ID, ChannelInput{
		ProxyURL: &c.ProxyURL, Headers: map[string]string{"X-Key": "***", "X-New": "b"},
	}))(t)
	stored := h.store.Snapshot().Channel(c.ID)
	if stored.Headers["X-Key"] != "secret" || stored.Headers["X-New"] != "b" || stored.ProxyURL != "http://me:secret@proxy.lan:3128" {
		t.Errorf("stored: %v %s", stored.Headers, stored.ProxyURL)
	}
	_, err := h.UpdateChannel(ctx, c.ID, ChannelInput{ProxyURL: ptr("http://me:***@elsewhere:3128")})
	wantInvalid(t, err, "proxy_url")
	must(h.UpdateChannel(ctx, c.ID, ChannelInput{ProxyURL: ptr(""), Headers: map[string]string{}}))(t)
	if stored = h.store.Snapshot().Channel(c.ID); stored.ProxyURL != "" || len(stored.Headers) != 0 {
		t.Errorf("stored: %v %s", stored.Headers, stored.ProxyURL)
	}
}

func TestChannelProviderAndAccounts(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	c := h.channel(t, core.ProviderOpenAI)
	must(h.UpdateChannel(ctx, c.ID, ChannelInput{Provider: ptr(core.ProviderGemini)}))(t)
	a := h.account(t, c.ID, "AIzaSomething")
	_, err := h.UpdateChannel(ctx, c.ID, ChannelInput{Provider: ptr(core.ProviderOpenAI)})
	wantInvalid(t, err, "provider")
	got := must(h.UpdateChannel(ctx, c.ID, ChannelInput{Provider: ptr(core.ProviderGemini)}))(t)
	if got.Accounts != 1 {
		t.Errorf("accounts = %d", got.Accounts)
	}
	if err := h.DeleteChannel(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.FindAccount(ctx, a.ID)
	wantCode(t, err, core.CodeNotFound)
	wantCode(t, h.DeleteChannel(ctx, c.ID), core.CodeNotFound)
	_, err = h.TestChannel(ctx, c.ID)
	wantCode(t, err, core.CodeNotFound)
}

func TestListChannels(t *testing.T) {
	h := newHub(t)
	empty, err := h.ListChannels(t.Context())
	if err != nil || empty.Items == nil || len(empty.Items) != 0 {
		t.Errorf("%+v, %v", empty, err)
	}
	must(h.CreateChannel(t.Context(), with(func(in *ChannelInput) { in.Name = ptr("low") })))(t)
	must(h.CreateChannel(t.Context(), with(func(in *ChannelInput) { in.Name, in.Priority = ptr("high"), ptr(9) })))(t)
	got, err := h.ListChannels(t.Context())
	if err != nil || len(got.Items) != 2 || got.Items[0].Name != "high" {
		t.Errorf("%+v, %v", got, err)
	}
	if h.changes != 2 {
		t.Errorf("told of %d changes, want 2", h.changes)
	}
}

// TestUpdatesDoNotLoseFields changes one field per goroutine, all at once.
func TestUpdatesDoNotLoseFields(t *testing.T) {
	h := newHub(t)
	c := h.channel(t, core.ProviderOpenAI)
	inputs := []ChannelInput{
		{Name: ptr("new")},
		{Weight: ptr(3)},
		{Priority: ptr(4)},
		{Models: []string{"m"}},
		{Enabled: ptr(false)},
		{Policy: ptr(core.PolicyFillFirst)},
		{PriceMultiplier: ptr(2.5)},
		{API: ptr(core.APIChat)},
	}
	var wg sync.WaitGroup
	errs := make([]error, len(inputs))
	for i, in := range inputs {
		wg.Go(func() { _, errs[i] = h.UpdateChannel(t.Context(), c.ID, in) })
	}
	wg.Wait()
	got := must(h.FindChannel(t.Context(), c.ID))(t)
	summary := fmt.Sprint(errs, got.Name, got.Weight, got.Priority, got.Models, got.Enabled, got.Policy, got.PriceMultiplier, got.API)
	want := fmt.Sprint(make([]error, len(inputs)), "new", 3, 4, []string{"m"}, false, core.PolicyFillFirst, 2.5, core.APIChat)
	if summary != want {
		t.Errorf("got %s\nwant %s", summary, want)
	}
}
