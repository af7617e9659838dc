package admin

import (
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// What is tried is what would be used once it is saved; "***" is the stored
// password.
func TestProxiesAreTriedAsTheyWouldBeUsed(t *testing.T) {
	h := newHub(t)
	ch := h.channel(t, core.ProviderOpenAI)
	acc := h.account(t, ch.ID, "sk-1")
	must(h.UpdateChannel(t.Context(), ch.ID, ChannelInput{ProxyURL: ptr("http://u:secret@channel:1"), BaseURL: ptr("https://a.example/v1")}))(t)
	must(h.UpdateAccount(t.Context(), acc.ID, AccountInput{ProxyURL: ptr("socks5h://u:secret@account:2")}))(t)
	tests := []struct {
		name string
		in   ProxyTestRequest
		host string // provider and base
		used string // the account's and the channel's
	}{
		{"account, masked", ProxyTestRequest{AccountID: acc.ID, ProxyURL: "socks5h://u:***@account:2"}, "openai https://a.example/v1", "socks5h://u:secret@account:2|http://u:secret@channel:1"},
		{"account, new", ProxyTestRequest{AccountID: acc.ID, ProxyURL: "http://x:3"}, "openai https://a.example/v1", "http://x:3|http://u:secret@channel:1"},
		{"account, none", ProxyTestRequest{AccountID: acc.ID}, "openai https://a.example/v1", "|http://u:secret@channel:1"},
		{"channel, masked", ProxyTestRequest{ChannelID: ch.ID, ProxyURL: "http://u:***@channel:1"}, "openai https://a.example/v1", "|http://u:secret@channel:1"},
		{"channel, other address", ProxyTestRequest{ChannelID: ch.ID, ProxyURL: "http://x:3", BaseURL: ptr("https://b.example")}, "openai https://b.example", "|http://x:3"},
		{"new channel", ProxyTestRequest{Provider: core.ProviderKiro, ProxyURL: "https://x:3"}, "kiro ", "|https://x:3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := must(h.TestProxy(t.Context(), tt.in))(t)
			if got.Host != tt.host || got.Proxy != tt.used {
				t.Errorf("%+v", got)
			}
		})
	}
	if got := must(h.TestAccountProxy(t.Context(), acc.ID))(t); got.Proxy != "socks5h://u:secret@account:2|http://u:secret@channel:1" {
		t.Errorf("%+v", got)
	}
	stored := h.snapshot().Channel(ch.ID)
	if stored.BaseURL != "https://a.example/v1" || stored.ProxyURL != "http://u:secret@channel:1" {
		t.Errorf("a test has changed the channel: %+v", stored)
	}
}

func TestProxyTestsThatCannotBe(t *testing.T) {
	h := newHub(t)
	ch := h.channel(t, core.ProviderOpenAI)
	must(h.UpdateChannel(t.Context(), ch.ID, ChannelInput{ProxyURL: ptr("http://u:secret@channel:1")}))(t)
	for _, tt := range []struct {
		field string
		in    ProxyTestRequest
	}{
		{"proxy_url", ProxyTestRequest{ChannelID: ch.ID, ProxyURL: "http://u:***@elsewhere:1"}}, // a stored password goes nowhere else
		{"proxy_url", ProxyTestRequest{ChannelID: ch.ID, ProxyURL: "ftp://x:1"}},
		{"proxy_url", ProxyTestRequest{ChannelID: ch.ID, ProxyURL: "http://u:pa ss@x"}},
		{"base_url", ProxyTestRequest{ChannelID: ch.ID, BaseURL: ptr("nonsense")}},
		{"provider", ProxyTestRequest{ProxyURL: "http://x:1"}},
	} {
		_, err := h.TestProxy(t.Context(), tt.in)
		wantInvalid(t, err, tt.field)
	}
	_, err := h.TestProxy(t.Context(), ProxyTestRequest{AccountID: "nobody"})
	wantCode(t, err, core.CodeNotFound)
	_, err = h.TestAccountProxy(t.Context(), "nobody")
	wantCode(t, err, core.CodeNotFound)
}
