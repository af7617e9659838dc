package limits

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// usageRules are the words in which subscriptions say that a period's share is
// used up. They stand before the limits of a minute, which have the same codes.
var usageRules = []rule{
	{
		name: "any.usage_limit", status: []int{400, 403, 429}, says: []string{
			"usage limit reached", "hit your limit", "hit your usage limit", "reached your usage limit", "weekly usage limit", "hourly usage limit",
			"session usage limit", "your limit will reset", "individual quota reached",
		},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.RateLimited,
		means: "the subscription's usage limit is reached",
	},
}

// compatibleRules are the words of services that imitate a provider, whatever
// protocol they are spoken to in.
var compatibleRules = []rule{
	{
		name: "any.suspended", status: []int{400, 401, 403, 429},
		says:  []string{"account has been suspended", "account has been disabled", "account is suspended", "account has been banned", "suspicious activity", "账户已被封禁", "用户已被封禁"},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "any.cannot_afford", status: []int{402}, says: []string{"fewer max_tokens", "can only afford"},
		scope: ScopeRequest, retry: RetryOther, kind: llm.Billing,
		means: "the account's credit is too little for a request of this size",
	},
	{
		name: "any.credit", status: []int{400, 401, 402, 403, 429},
		says: []string{
			"insufficient balance", "insufficient credit", "insufficient quota", "balance is insufficient", "credit limit exceeded", "exceeded your current quota", "exceeded your monthly", "doesn't have any credits", "used all available credits",
			"out of credits", "exceeded current quota", "余额不足", "额度不足", "额度已用尽", "欠费", "in good standing",
		},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the account's credit or quota is used up",
	},
	{
		name: "any.key", status: []int{400, 403}, says: []string{"incorrect api key", "invalid api key", "api key not valid", "invalid token", "无效的令牌", "api key is invalid"},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: anHour, retry: RetryRefreshed, kind: llm.Unauthorized,
		means: "the provider does not take the credential",
	},
	{
		name: "any.flagged", status: []int{400, 403}, says: []string{"input was flagged", "content exists risk", "flagged by moderation", "sensitive content", "sensitive words", "敏感"},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContentPolicy,
	},
}

// modelRules are refusals of the model's name. They stand behind what is said of
// the account, because some services call an empty account a missing model.
var modelRules = []rule{
	{
		name: "openai.model", of: llm.OpenAI, status: []int{400, 403, 404, 410, 422, 503},
		codes: []string{"model_not_found", "deploymentnotfound", "invalid_model", "model_not_available", "model_decommissioned", "model_deprecated", "model_not_supported", "unknown_model"},
		scope: ScopeAccountModel, state: core.StateCooling, rest: aWhile, retry: RetryOther, kind: llm.NotFound,
		means: "the account cannot use the model",
	},
	{
		name: "openai.model_words", of: llm.OpenAI, status: []int{400, 403, 404},
		says: []string{
			"the model*does not exist", "does not have access to model", "model*not found", "no endpoints found", "model is not supported when using codex", "is not a valid model", "model not exist", "model*has been deprecated", "not a chat model",
		},
		scope: ScopeAccountModel, state: core.StateCooling, rest: aWhile, retry: RetryOther, kind: llm.NotFound,
		means: "the account cannot use the model",
	},
}

// edgeRules are pages of the networks in front of a provider.
var edgeRules = []rule{
	{
		name: "edge.blocked", status: []int{401, 403, 429}, html: true,
		scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetryOther, kind: llm.Forbidden,
		means: "the network in front of the provider refuses this machine's address",
	},
	{
		name: "edge.too_large", status: []int{413}, html: true,
		scope: ScopeRequest, retry: RetryOther, kind: llm.TooLarge,
		means: "the network in front of the provider takes no request of this size",
	},
	{
		name: "edge.not_found", status: []int{404, 405}, html: true,
		scope: ScopeRequest, retry: RetryOther, kind: llm.NotFound,
		means: "the provider has no such address; check the channel's base URL",
	},
	{
		name: "edge.down", status: []int{500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530}, html: true,
		scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.BadUpstream,
		means: "the provider is out of order",
	},
	{
		name: "edge.status", status: []int{502, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530},
		scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetrySame,
		means: "the provider is out of order",
	},
}

// statusRules judge by the status alone.
var statusRules = []rule{
	{
		name: "status.redirect", status: []int{300, 301, 302, 303, 304, 305, 306, 307, 308},
		scope: ScopeRequest, retry: RetryOther, kind: llm.BadUpstream,
	},
	{
		// Only a proxy says so, and it speaks of its own password.
		name: "status.proxy", status: []int{407},
		scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetryOther, kind: llm.BadUpstream,
		means: "the proxy refused its user name or password",
	},
	{
		name: "status.unauthorized", status: []int{401},
		scope: ScopeAccount, state: core.StateNeedsLogin, rest: aWhile, retry: RetryRefreshed, kind: llm.Unauthorized,
		means: "the provider does not take the credential",
	},
	{
		name: "status.payment", status: []int{402},
		scope: ScopeAccount, state: core.StateExhausted, rest: anHour, retry: RetryOther, kind: llm.Billing,
		means: "the account's credit or quota is used up",
	},
	{
		// A refusal without a reason may be about anything: the account only rests
		// when it is refused again and again.
		name: "status.forbidden", status: []int{403, 451},
		scope: ScopeAccount, state: core.StateCooling, rest: asNamed, retry: RetryOther,
		means: "the provider refused the request",
	},
	{
		name: "status.not_here", status: []int{404, 405, 406, 410, 421, 501, 505},
		scope: ScopeRequest, retry: RetryOther,
	},
	{
		name: "status.again", status: []int{408, 409, 425},
		scope: ScopeRequest, retry: RetrySame,
	},
	{
		name: "status.locked", status: []int{423},
		scope: ScopeAccount, state: core.StateSuspended, rest: byPerson, retry: RetryOther, kind: llm.Forbidden,
		means: "the provider has locked the account",
	},
	{
		name: "status.rate", status: []int{429},
		scope: ScopeAccount, state: core.StateCooling, rest: aMoment, retry: RetrySame, kind: llm.RateLimited,
		means: "the account's rate limit is reached",
	},
	{
		name: "status.overloaded", status: []int{498, 503, 529},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "status.dependency", status: []int{424, 499, 500},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.BadUpstream,
		means: "the provider failed",
	},
	{
		name: "status.request", status: []int{400, 411, 412, 413, 414, 415, 416, 417, 422, 428, 431},
		scope: ScopeRequest, retry: RetryNever,
	},
}
