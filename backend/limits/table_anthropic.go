package limits

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// anthropicRules are those of Anthropic's API.
var anthropicRules = []rule{
	{
		name: "anthropic.disabled", of: llm.Anthropic, says: []string{"organization has been disabled", "account has been disabled", "account*has been suspended", "account is on hold"},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "anthropic.credit", of: llm.Anthropic, says: []string{"credit balance is too low", "out of extra usage", "draw from your extra usage"},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the account's credit is used up",
	},
	{
		name: "anthropic.spend_limit", of: llm.Anthropic, says: []string{"reached your specified api usage limits", "reached your specified workspace api usage limits", "reached your api usage limits"},
		scope: ScopeAccount, state: core.StateExhausted, rest: rest{named: true, ends: utcMonth}, retry: RetryOther, kind: llm.Billing,
		means: "the spending limit that the account's owner has set is reached",
	},
	{
		name: "anthropic.billing", of: llm.Anthropic, codes: []string{"billing_error"},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the provider has not been paid",
	},
	{
		name: "anthropic.prompt_too_long", of: llm.Anthropic, status: []int{400, 413},
		says:  []string{"prompt is too long", "input is too long", "exceed context limit", "context window"},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContextLength,
	},
	{
		name: "anthropic.content_policy", of: llm.Anthropic, status: []int{0, 400}, says: []string{"content filtering policy", "usage policy"},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContentPolicy,
	},
	{
		name: "anthropic.overloaded", of: llm.Anthropic, codes: []string{"overloaded_error"},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "anthropic.overloaded_words", of: llm.Anthropic, status: []int{429, 500, 503, 529}, says: []string{"overloaded"},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "anthropic.long_context", of: llm.Anthropic, says: []string{"long context beta is not yet available", "usage is required for long context"},
		scope: ScopeRequest, retry: RetryOther, kind: llm.Forbidden,
		means: "the account has no long context",
	},
	{
		name: "anthropic.claude_code_only", of: llm.Anthropic, says: []string{"only authorized for use with claude code"},
		scope: ScopeRequest, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider lets the account be used by Claude Code only",
	},
	{
		name: "anthropic.no_access", of: llm.Anthropic, says: []string{"does not have access to claude", "oauth authentication is currently not allowed for this organization"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryOther, kind: llm.Forbidden,
		means: "the account may not be used this way",
	},
	{
		name: "anthropic.key", of: llm.Anthropic, codes: []string{"authentication_error"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryRefreshed, kind: llm.Unauthorized,
		means: "the provider does not take the credential",
	},
	{
		name: "anthropic.revoked", of: llm.Anthropic, status: []int{401, 403}, says: []string{"token has been revoked", "token has expired", "oauth token", "invalid bearer token"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryRefreshed, kind: llm.Unauthorized,
		means: "the provider does not take the credential",
	},
	{
		name: "anthropic.place", of: llm.Anthropic, codes: []string{"forbidden"}, says: []string{"request not allowed"},
		scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider does not take requests from this machine's address",
	},
	{
		name: "anthropic.model", of: llm.Anthropic, codes: []string{"not_found_error"}, says: []string{"model"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: aWhile, retry: RetryOther, kind: llm.NotFound,
		means: "the account cannot use the model",
	},
	{
		name: "anthropic.connections", of: llm.Anthropic, codes: []string{"rate_limit_error"}, says: []string{"concurrent connections", "concurrency limit"},
		scope: ScopeAccount, state: core.StateCooling, rest: aMoment, retry: RetrySame, kind: llm.RateLimited,
		means: "the account has too many requests under way",
	},
}

// claudeRules are those of a Claude subscription; they end with the limits of
// the API, whose words are the same.
var claudeRules = []rule{
	{
		name: "claude.model_week", of: llm.Anthropic, status: []int{429}, header: [2]string{"Anthropic-Ratelimit-Unified-Representative-Claim", "seven_day_"},
		scope: ScopeAccountModel, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.RateLimited,
		means: "the subscription's weekly limit of the model is reached",
	},
	{
		name: "claude.window", of: llm.Anthropic, status: []int{429}, header: [2]string{"Anthropic-Ratelimit-Unified-Status", "rejected"},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.RateLimited,
		means: "the subscription's usage limit is reached",
	},
	{
		name: "claude.account_rate", of: llm.Anthropic, codes: []string{"rate_limit_error"}, says: []string{"your account's rate limit"},
		scope: ScopeAccount, state: core.StateCooling, rest: aMinute, retry: RetrySame, kind: llm.RateLimited,
		means: "the account's rate limit is reached",
	},
	{
		name: "anthropic.rate", of: llm.Anthropic, codes: []string{"rate_limit_error"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: aMoment, retry: RetrySame, kind: llm.RateLimited,
		means: "the account's rate limit of the model is reached",
	},
}
