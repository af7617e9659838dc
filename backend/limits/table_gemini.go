package limits

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// geminiRules are those of Google AI Studio, Vertex AI and Code Assist.
var geminiRules = []rule{
	{
		name: "gemini.suspended", of: llm.Gemini, codes: []string{"consumer_suspended"},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "gemini.suspended_words", of: llm.Gemini, says: []string{"has been suspended", "reported as leaked", "violation of terms of", "has been denied access"},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "gemini.key", of: llm.Gemini, codes: []string{"api_key_invalid", "unauthenticated", "access_token_expired", "consumer_invalid"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryRefreshed, kind: llm.Unauthorized,
		means: "the provider does not take the credential",
	},
	{
		name: "gemini.key_restricted", of: llm.Gemini,
		codes: []string{"service_disabled", "api_key_service_blocked", "api_key_ip_address_blocked", "api_key_http_referrer_blocked", "iam_permission_denied", "access_token_scope_insufficient"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryOther, kind: llm.Forbidden,
		means: "the credential may not be used for this service",
	},
	{
		name: "gemini.billing", of: llm.Gemini, codes: []string{"billing_disabled"},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the provider has not been paid",
	},
	{
		name: "gemini.credit", of: llm.Gemini, says: []string{"credits are depleted", "spending cap", "requires billing to be enabled"},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the account's credit is used up",
	},
	{
		name: "gemini.country", of: llm.Gemini, says: []string{"user location is not supported", "not available in your country"},
		scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider does not serve the country that this machine is seen in",
	},
	{
		name: "gemini.too_long", of: llm.Gemini, says: []string{"token count*exceeds the maximum", "context window", "prompt is too long"},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContextLength,
	},
	{
		name: "gemini.no_free_quota", of: llm.Gemini, status: []int{429}, says: []string{"limit: 0\n", "limit: 0,"},
		scope: ScopeAccountModel, state: core.StateExhausted, rest: rest{ends: pacificDay}, retry: RetryOther, kind: llm.RateLimited,
		means: "the account has no quota for the model",
	},
	{
		// The delay that stands beside a daily quota is that of the minute.
		name: "gemini.day", of: llm.Gemini, status: []int{429}, quota: []string{"perday"},
		scope: ScopeAccountModel, state: core.StateExhausted, rest: rest{ends: pacificDay}, retry: RetryOther, kind: llm.RateLimited,
		means: "the account's daily quota of the model is used up",
	},
	{
		name: "gemini.quota_exhausted", of: llm.Gemini, status: []int{429}, codes: []string{"quota_exhausted"},
		scope: ScopeAccountModel, state: core.StateExhausted, rest: rest{named: true, ends: pacificDay}, retry: RetryOther, kind: llm.RateLimited,
		means: "the account's daily quota of the model is used up",
	},
	{
		name: "gemini.quota_words", of: llm.Gemini, status: []int{429}, says: []string{"exhausted your capacity", "per day per"},
		scope: ScopeAccountModel, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.RateLimited,
		means: "the account's quota of the model is used up",
	},
	{
		name: "gemini.capacity", of: llm.Gemini, codes: []string{"model_capacity_exhausted"},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "gemini.minute", of: llm.Gemini, status: []int{429}, quota: []string{"perminute", "per_minute"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: aMinute, retry: RetrySame, kind: llm.RateLimited,
		means: "the account's quota of the model per minute is used up",
	},
	{
		// Vertex AI shares its capacity among all; this is no limit of the project.
		name: "gemini.shared_capacity", of: llm.Gemini, status: []int{429}, says: []string{"error-code-429"},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "gemini.overloaded", of: llm.Gemini, says: []string{"overloaded", "high demand", "no capacity available"},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "gemini.rate", of: llm.Gemini, codes: []string{"resource_exhausted", "rate_limit_exceeded"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: aMinute, retry: RetrySame, kind: llm.RateLimited,
		means: "the account's quota of the model is used up",
	},
	{
		name: "gemini.model", of: llm.Gemini, codes: []string{"not_found"}, says: []string{"is not found for api version", "publisher model", "model*not found"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: aWhile, retry: RetryOther, kind: llm.NotFound,
		means: "the account cannot use the model",
	},
}
