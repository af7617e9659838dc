package limits

import (
	"slices"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// table is tried from the top: what a provider says in its own words first,
// then what services that imitate it say, then what the status alone says.
var table = slices.Concat(losses, reasoningRules, usageRules, openAIRules, chatGPTRules, anthropicRules, claudeRules, geminiRules, kiroRules, compatibleRules, modelRules, edgeRules, statusRules)

// unknown is for what not even a status tells: it counts as a failure of the
// model there, and nothing rests for a single one.
var unknown = rule{
	name: "unknown", scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetrySame,
	means: "the provider reported an error that says nothing",
}

// losses are answers that never came. A single one mostly means nothing: what
// rests, rests by back-off.
var losses = []rule{
	{
		name: "lost.signing", lost: atSigning, scope: ScopeAccount, state: core.StateNeedsLogin, rest: byPerson, retry: RetryOther,
		kind: llm.Unauthorized, means: "the account has no usable credential",
	},
	{
		name: "lost.proxy", lost: atProxy, scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetryOther,
		kind: llm.BadUpstream, means: "the proxy cannot be used",
	},
	{
		name: "lost.address", lost: atAddress, scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetryOther,
		kind: llm.BadUpstream, means: "the channel's base URL is wrong",
	},
	{
		name: "lost.build", lost: atBuild, scope: ScopeRequest, retry: RetryOther,
		kind: llm.NotSupported, means: "this build cannot talk to the provider",
	},
	{
		name: "lost.name", lost: atName, scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetrySame,
		kind: llm.BadUpstream, means: "the provider's host name could not be found",
	},
	{
		name: "lost.dial", lost: atDial, scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetrySame,
		kind: llm.BadUpstream, means: "the provider could not be reached",
	},
	{
		name: "lost.tls", lost: atTLS, scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetryOther,
		kind: llm.BadUpstream, means: "the connection to the provider could not be trusted",
	},
	{
		name: "lost.silence", lost: bySilence, scope: ScopeModel, state: core.StateCooling, rest: asNamed, retry: RetryOther,
		kind: llm.Timeout, means: "the provider did not answer in time",
	},
	{
		name: "lost.break", lost: byBreak, scope: ScopeProvider, state: core.StateCooling, rest: asNamed, retry: RetrySame,
		kind: llm.BadUpstream, means: "the connection to the provider broke",
	},
}

// reasoningRules are refusals of reasoning in the history that another account,
// model or provider has made, or that a client has altered. Leaving it out is
// the cure.
var reasoningRules = []rule{
	{
		name: "anthropic.thinking", status: []int{400},
		says: []string{
			"invalid `signature` in `thinking`", "invalid signature in thinking", "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified",
			"expected `thinking` or `redacted_thinking`", "thinking.signature: field required", "thinking blocks*cannot be modified", "invalid `data` in `redacted_thinking`",
			"signature*thinking",
		},
		scope: ScopeRequest, retry: RetryPlain, kind: llm.InvalidRequest,
	},
	{
		name: "openai.reasoning", of: llm.OpenAI, status: []int{400, 404}, codes: []string{"invalid_encrypted_content", "thinking_signature_invalid"},
		scope: ScopeRequest, retry: RetryPlain, kind: llm.InvalidRequest,
	},
	{
		name: "openai.reasoning_item", of: llm.OpenAI, status: []int{400, 404},
		says: []string{
			"encrypted content*could not be", "of type 'reasoning' was provided without its required", "was provided without its required 'reasoning' item",
			"item with id 'rs_*not found", "reasoning_content*must be passed back", "missing reasoning_content", "reasoning_content is missing", "thought signature", "thought_signature",
		},
		scope: ScopeRequest, retry: RetryPlain, kind: llm.InvalidRequest,
	},
	{
		name: "gemini.thought_signature", of: llm.Gemini, status: []int{400},
		says:  []string{"thought signature", "thought_signature", "thoughtsignature"},
		scope: ScopeRequest, retry: RetryPlain, kind: llm.InvalidRequest,
	},
	{
		name: "kiro.thinking_signature", of: llm.Kiro, codes: []string{"thinking_signature_invalid"},
		scope: ScopeRequest, retry: RetryPlain, kind: llm.InvalidRequest,
	},
}
