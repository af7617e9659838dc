package limits

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// openAIRules are OpenAI's own words, which Azure and many others use as well.
var openAIRules = []rule{
	{
		name: "openai.deactivated", of: llm.OpenAI, codes: []string{"account_deactivated", "organization_deactivated", "organization_restricted", "account_suspended", "deactivated_workspace"},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "openai.disabled", of: llm.OpenAI, says: []string{"has been deactivated", "organization has been disabled", "account has been suspended", "organization has been restricted"},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "openai.key", of: llm.OpenAI, codes: []string{"invalid_api_key", "token_expired", "token_invalidated", "token_revoked", "refresh_token_reused", "invalid_issuer", "authentication_error"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryRefreshed, kind: llm.Unauthorized,
		means: "the provider does not take the credential",
	},
	{
		name: "openai.country", of: llm.OpenAI, codes: []string{"unsupported_country_region_territory"},
		scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider does not serve the country that this machine is seen in",
	},
	{
		name: "openai.context_length", of: llm.OpenAI, codes: []string{"context_length_exceeded", "string_above_max_length"},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContextLength,
	},
	{
		name: "openai.context_words", of: llm.OpenAI, status: []int{400, 413, 422, 500},
		says: []string{
			"maximum context length", "context window", "context length", "exceeds the model's context", "input is too long", "prompt is too long", "too large for model with*maximum context",
			"input token count*exceeds", "maximum prompt length", "exceeds the available context size", "exceed max message tokens", "range of input length should be",
		},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContextLength,
	},
	{
		name: "openai.content_policy", of: llm.OpenAI, status: []int{400, 403, 422, 451},
		codes: []string{
			"content_policy_violation", "content_filter", "moderation_blocked", "invalid_prompt", "responsibleaipolicyviolation", "cyber_policy_violation",
			"bio_policy", "data_inspection_failed", "datainspectionfailed", "content_filter_error",
		},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContentPolicy,
	},
	{
		name: "openai.insufficient_quota", of: llm.OpenAI, codes: []string{"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "credits_exhausted", "insufficient_balance", "insufficient_user_quota", "exceeded_current_quota_error"},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the account's credit or quota is used up",
	},
	{
		name: "openai.too_large_for_tier", of: llm.OpenAI, status: []int{413, 429},
		says:  []string{"request too large for", "the input or output tokens must be reduced", "please reduce your message size"},
		scope: ScopeRequest, retry: RetryOther, kind: llm.RateLimited,
		means: "the request is larger than the account's limit per minute",
	},
	{
		name: "openai.overloaded", of: llm.OpenAI,
		codes: []string{"server_is_overloaded", "engine_overloaded", "engine_overloaded_error", "overloaded_error", "slow_down", "resource_unavailable", "capacity_exceeded", "service_tier_capacity_exceeded", "queue_exceeded", "nocapacity", "upstream_provider_shared_pool"},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "openai.overloaded_words", of: llm.OpenAI, status: []int{0, 429, 498, 500, 502, 503},
		says: []string{
			"overloaded", "over capacity", "at capacity", "no capacity", "service is too busy", "high traffic", "high demand", "server busy", "temporarily rate-limited upstream", "currently loading",
			"capacity exceeded for this model", "receiving too many requests at the moment", "负载已饱和", "负载过高", "slow down",
		},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "openai.daily", of: llm.OpenAI, status: []int{429},
		says:  []string{"per day (rpd)", "per day (tpd)", "free-models-per-day", "per 86400s", "tpd rate limit", "rpd rate limit", "tokens per day", "requests per day"},
		scope: ScopeAccountModel, state: core.StateExhausted, rest: untilDay, retry: RetryOther, kind: llm.RateLimited,
		means: "the account's daily quota of the model is used up",
	},
	{
		name: "openai.organization_rate", of: llm.OpenAI, status: []int{429}, says: []string{"organization concurrency", "organization max rpm", "organization rate limit", "free-models-per-min"},
		scope: ScopeAccount, state: core.StateCooling, rest: aMoment, retry: RetrySame, kind: llm.RateLimited,
		means: "the account's rate limit is reached",
	},
	{
		name: "openai.rate", of: llm.OpenAI,
		codes: []string{"rate_limit_exceeded", "rate_limit_error", "rate_limited", "tokens", "requests", "rate_limit_reached_error", "ratelimitreached", "model_rate_limit", "token_quota_exceeded", "request_quota_exceeded", "throttling.ratequota", "throttling"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: aMoment, retry: RetrySame, kind: llm.RateLimited,
		means: "the account's rate limit of the model is reached",
	},
	{
		name: "azure.rate", of: llm.OpenAI, status: []int{429}, says: []string{"operation under azure openai api", "rate limit is exceeded. try again in"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: aMoment, retry: RetrySame, kind: llm.RateLimited,
		means: "the account's rate limit of the model is reached",
	},
	{
		name: "openai.unverified", of: llm.OpenAI, status: []int{400, 403, 404}, says: []string{"organization must be verified", "must be verified to"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: anHour, retry: RetryOther, kind: llm.Forbidden,
		means: "the account's organisation is not verified for the model",
	},
}

// chatGPTRules are those of a ChatGPT subscription.
var chatGPTRules = []rule{
	{
		name: "chatgpt.usage_limit", of: llm.OpenAI, codes: []string{"usage_limit_reached", "workspace_owner_usage_limit_reached", "workspace_member_usage_limit_reached"},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.RateLimited,
		means: "the subscription's usage limit is reached",
	},
	{
		name: "chatgpt.not_included", of: llm.OpenAI, codes: []string{"usage_not_included"},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the subscription does not include this use",
	},
}
