package limits

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

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
		name: "any.credit", status: []int{400, 402, 403, 429},
		says: []string{
			"insufficient balance", "insufficient credit", "insufficient quota", "balance is insufficient", "credit limit exceeded", "exceeded your current quota", "exceeded your monthly", "doesn't have any credits", "used all available credits",
			"out of credits", "余额不足", "额度不足", "额度已用尽", "欠费", "in good standing",
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
		name: "any.flagged", status: []int{400, 403}, says: []string{"input was flagged", "content exists risk", "flagged by moderation", "sensitive"},
		scope: ScopeRequest, retry: RetryNever, kind: llm.ContentPolicy,
	},
}

// edgeRules are pages of the networks in front of a provider.
var edgeRules = []rule{
	{
		name: "edge.blocked", status: []int{401, 403, 429}, html: true,
		scope: ScopeProvider, state: core.StateCooling, rest: aMinute, retry: RetryOther, kind: llm.Forbidden,
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
		name: "status.unauthorized", status: []int{401, 407},
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
		scope: ScopeAccount, state: core.StateCooling, rest: aMoment, retry: RetryOther, kind: llm.RateLimited,
		means: "the account's rate limit is reached",
	},
	{
		name: "status.overloaded", status: []int{498, 503, 529},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame, kind: llm.Overloaded,
		means: "the model is overloaded at the provider",
	},
	{
		name: "status.dependency", status: []int{424, 499, 500},
		scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame,
		means: "the provider failed",
	},
	{
		name: "status.request", status: []int{400, 411, 412, 413, 414, 415, 416, 417, 422, 428, 431},
		scope: ScopeRequest, retry: RetryNever,
	},
}
