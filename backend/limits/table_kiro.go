package limits

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// kiroRules are those of AWS Kiro. Quotas come before throttling, because both
// have status 429.
var kiroRules = []rule{
	{
		name: "kiro.suspended", of: llm.Kiro, codes: []string{"temporarily_suspended"},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "kiro.suspended_words", of: llm.Kiro, says: []string{"suspicious activity", "is suspended", "temporarily suspended", "locked your account", "temporarily is suspended", "unusual user activity"},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "kiro.locked", of: llm.Kiro, status: []int{423},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "kiro.too_long", of: llm.Kiro, codes: []string{"content_length_exceeds_threshold"},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContextLength,
	},
	{
		name: "kiro.too_long_words", of: llm.Kiro, says: []string{"input is too long", "prompt is too long", "context window is full"},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContextLength,
	},
	{
		name: "kiro.conversation_limit", of: llm.Kiro, codes: []string{"conversation_limit_exceeded"},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContextLength,
	},
	{
		name: "kiro.month", of: llm.Kiro, codes: []string{"monthly_request_count", "overage_request_limit_exceeded"},
		scope: ScopeAccount, state: core.StateExhausted, rest: rest{named: true, ends: utcMonth}, retry: RetryOther, kind: llm.Billing,
		means: "the account's credits of the month are used up",
	},
	{
		name: "kiro.day", of: llm.Kiro, codes: []string{"daily_request_count"},
		scope: ScopeAccount, state: core.StateExhausted, rest: untilDay, retry: RetryOther, kind: llm.Billing,
		means: "the account's requests of the day are used up",
	},
	{
		name: "kiro.window", of: llm.Kiro, codes: []string{"hourly_request_count", "weekly_request_count", "usage_limit_reached"},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the account's requests of the period are used up",
	},
	{
		name: "kiro.quota", of: llm.Kiro, status: []int{402},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the account's credits are used up",
	},
	{
		name: "kiro.capacity", of: llm.Kiro, codes: []string{"insufficient_model_capacity", "model_temporarily_unavailable"},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "kiro.capacity_words", of: llm.Kiro, says: []string{"unexpectedly high load", "high traffic", "insufficient capacity"},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "kiro.service_rate", of: llm.Kiro, codes: []string{"service_request_rate_exceeded"},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the provider has too much to do",
	},
	{
		name: "kiro.throttle", of: llm.Kiro, codes: []string{"credit_consumption_rate_exceeded", "user_request_rate_exceeded", "throttlingexception"},
		scope: ScopeAccount, state: core.StateCooling, rest: aMinute, retry: RetrySame, kind: llm.RateLimited,
		means: "the account's rate limit is reached",
	},
	{
		name: "kiro.model", of: llm.Kiro, codes: []string{"invalid_model_id"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: anHour, retry: RetryOther, kind: llm.NotFound,
		means: "the account cannot use the model",
	},
	{
		name: "kiro.token", of: llm.Kiro, says: []string{"bearer token", "invalid token", "token*expired", "expired"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: aWhile, retry: RetryRefreshed, kind: llm.Unauthorized,
		means: "the provider does not take the credential",
	},
	{
		name: "kiro.unauthorized", of: llm.Kiro, status: []int{401},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: aWhile, retry: RetryRefreshed, kind: llm.Unauthorized,
		means: "the provider does not take the credential",
	},
	{
		name: "kiro.feature", of: llm.Kiro, codes: []string{"unauthorized_customization_resource_access", "unauthorized_workspace_context_feature_access"},
		scope: ScopeRequest, retry: RetryOther, kind: llm.Forbidden,
		means: "the account may not use a feature of the request",
	},
	{
		name: "kiro.entitlement", of: llm.Kiro, codes: []string{"feature_not_supported"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryOther, kind: llm.Forbidden,
		means: "the account's subscription does not include this use",
	},
	{
		name: "kiro.not_authorized", of: llm.Kiro, says: []string{"not authorized to make this call", "does not support this application"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryOther, kind: llm.Forbidden,
		means: "the account may not be used this way",
	},
	{
		name: "kiro.profile", of: llm.Kiro, says: []string{"profilearn is required"},
		scope: ScopeAccount, state: core.StateCooling, rest: aWhile, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider asks for the account's profile; sign in again",
	},
	{
		name: "kiro.admin", of: llm.Kiro, codes: []string{"invalid_kms_grant", "conflictexception"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryOther, kind: llm.Forbidden,
		means: "the account's administrator must give the service access to a key",
	},
	{
		name: "kiro.conversation", of: llm.Kiro, codes: []string{"invalid_conversation_id"},
		scope: ScopeRequest, retry: RetrySame, kind: llm.InvalidRequest,
	},
}
