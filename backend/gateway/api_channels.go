package gateway

import (
	"context"
	"net/http"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

const (
	tagChannels = "channels"
	tagAccounts = "accounts"
)

func (a *api) registerChannels() {
	s := a.Service
	handle(a, operation{
		id: "list-channels", method: http.MethodGet, path: "/api/channels", tag: tagChannels,
		summary: "List the channels, by priority",
	},
		func(ctx context.Context, _ *nothing) (admin.ChannelList, error) { return s.ListChannels(ctx) })
	handle(a, operation{
		id: "create-channel", method: http.MethodPost, path: "/api/channels", tag: tagChannels,
		summary: "Create a channel", status: http.StatusCreated,
	},
		func(ctx context.Context, in *creation[admin.ChannelInput]) (admin.Channel, error) {
			return s.CreateChannel(ctx, in.Body)
		})
	handle(a, operation{
		id: "find-channel", method: http.MethodGet, path: "/api/channels/{id}", tag: tagChannels,
		summary: "Find one channel",
	},
		func(ctx context.Context, in *byID) (admin.Channel, error) { return s.FindChannel(ctx, in.ID) })
	handle(a, operation{
		id: "update-channel", method: http.MethodPut, path: "/api/channels/{id}", tag: tagChannels,
		summary: "Change the given fields of a channel",
	},
		func(ctx context.Context, in *change[admin.ChannelInput]) (admin.Channel, error) {
			return s.UpdateChannel(ctx, in.ID, in.Body)
		})
	handleDelete(a, operation{
		id: "delete-channel", path: "/api/channels/{id}", tag: tagChannels,
		summary: "Delete a channel and its accounts",
	}, s.DeleteChannel)
	handle(a, operation{
		id: "test-channel", method: http.MethodPost, path: "/api/channels/{id}/test", tag: tagChannels,
		summary: "Send one tiny real request through a channel",
	},
		func(ctx context.Context, in *byID) (core.TestResult, error) { return s.TestChannel(ctx, in.ID) })
}

func (a *api) registerAccounts() {
	s := a.Service
	handle(a, operation{
		id: "list-channel-accounts", method: http.MethodGet, path: "/api/channels/{id}/accounts", tag: tagAccounts,
		summary: "List the accounts of a channel, by priority",
	},
		func(ctx context.Context, in *byID) (admin.AccountList, error) { return s.ListAccounts(ctx, in.ID) })
	handle(a, operation{
		id: "list-accounts", method: http.MethodGet, path: "/api/accounts", tag: tagAccounts,
		summary: "List the accounts of all channels",
	},
		func(ctx context.Context, _ *nothing) (admin.AccountList, error) { return s.ListAccounts(ctx, "") })
	handle(a, operation{
		id: "create-account", method: http.MethodPost, path: "/api/channels/{id}/accounts", tag: tagAccounts,
		summary: "Add an account to a channel", status: http.StatusCreated,
	},
		func(ctx context.Context, in *change[admin.AccountInput]) (admin.Account, error) {
			return s.CreateAccount(ctx, in.ID, in.Body)
		})
	handle(a, operation{
		id: "find-account", method: http.MethodGet, path: "/api/accounts/{id}", tag: tagAccounts,
		summary: "Find one account",
	},
		func(ctx context.Context, in *byID) (admin.Account, error) { return s.FindAccount(ctx, in.ID) })
	handle(a, operation{
		id: "update-account", method: http.MethodPut, path: "/api/accounts/{id}", tag: tagAccounts,
		summary: "Change the given fields of an account",
	},
		func(ctx context.Context, in *change[admin.AccountInput]) (admin.Account, error) {
			return s.UpdateAccount(ctx, in.ID, in.Body)
		})
	handleDelete(a, operation{
		id: "delete-account", path: "/api/accounts/{id}", tag: tagAccounts,
		summary: "Delete an account",
	}, s.DeleteAccount)
	a.registerAccountActions()
}

// registerAccountActions are what one does with an account.
func (a *api) registerAccountActions() {
	s := a.Service
	handle(a, operation{
		id: "reset-account", method: http.MethodPost, path: "/api/accounts/{id}/reset", tag: tagAccounts,
		summary: "Clear the cooldowns and the state of an account",
	},
		func(ctx context.Context, in *byID) (admin.Account, error) { return s.ResetAccount(ctx, in.ID) })
	handle(a, operation{
		id: "refresh-usage", method: http.MethodPost, path: "/api/accounts/{id}/refresh-usage", tag: tagAccounts,
		summary: "Ask the provider how much of an account's quota is used",
	},
		func(ctx context.Context, in *byID) (admin.Account, error) { return s.RefreshUsage(ctx, in.ID) })
	handle(a, operation{
		id: "refresh-token", method: http.MethodPost, path: "/api/accounts/{id}/refresh-token", tag: tagAccounts,
		summary: "Renew the access token of an account",
	},
		func(ctx context.Context, in *byID) (admin.Account, error) { return s.RefreshToken(ctx, in.ID) })
	handle(a, operation{
		id: "test-account", method: http.MethodPost, path: "/api/accounts/{id}/test", tag: tagAccounts,
		summary: "Send one tiny real request through an account",
	},
		func(ctx context.Context, in *byID) (admin.AccountTest, error) { return s.TestAccount(ctx, in.ID) })
	handle(a, operation{
		id: "test-account-proxy", method: http.MethodPost, path: "/api/accounts/{id}/test-proxy", tag: tagAccounts,
		summary: "Open a connection to the provider in the way of an account's requests; no credential is sent",
	},
		func(ctx context.Context, in *byID) (core.ProxyTest, error) { return s.TestAccountProxy(ctx, in.ID) })
	handle(a, operation{
		id: "test-proxy", method: http.MethodPost, path: "/api/proxy/test", tag: tagAccounts,
		summary: "Open a connection to a provider through a proxy that is not saved yet; no credential is sent",
	},
		func(ctx context.Context, in *creation[admin.ProxyTestRequest]) (core.ProxyTest, error) {
			return s.TestProxy(ctx, in.Body)
		})
	handle(a, operation{
		id: "explain", method: http.MethodPost, path: "/api/explain", tag: tagAccounts,
		summary: "Tell which account would serve a request, and why no other; nothing is sent",
	},
		func(ctx context.Context, in *creation[admin.ExplainRequest]) (core.Explanation, error) {
			return s.Explain(ctx, in.Body)
		})
}
