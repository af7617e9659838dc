package openai

import "github.com/aihub/aihub/backend/llm"

// finishReason words why an answer ended.
func finishReason(s llm.StopReason, legacy bool) string {
	switch s {
	case llm.StopMaxTokens, llm.StopContextExceeded:
		return "length"
	case llm.StopContentFilter:
		return "content_filter"
	case llm.StopToolUse:
		if legacy {
			return "function_call"
		}
		return "tool_calls"
	}
	return "stop"
}

// stopReason reads why an answer ended, also in the words that compatible
// services have for it. It returns "" for no reason at all, and for the words
// that say that the answer failed (see failedFinish).
func stopReason(word string) llm.StopReason {
	switch word {
	case "", "null":
		return ""
	case "stop", "eos", "eos_token", "end_turn", "stop_sequence", "STOP":
		return llm.StopEndTurn
	case "length", "max_tokens", "model_length", "MAX_TOKENS":
		return llm.StopMaxTokens
	case "tool_calls", "function_call", "tool_use":
		return llm.StopToolUse
	case "content_filter", "safety", "sensitive", "SAFETY", "recitation":
		return llm.StopContentFilter
	}
	if failedFinish(word) != nil {
		return ""
	}
	return llm.StopOther
}

// failedFinish returns the error that a finish_reason stands for (OpenRouter,
// DeepSeek, GLM), or nil.
func failedFinish(word string) *llm.Error {
	switch word {
	case "error", "network_error", "abort":
		return &llm.Error{Kind: llm.BadUpstream, Message: "the provider ended the answer with an error"}
	case "insufficient_system_resource":
		return &llm.Error{Kind: llm.Overloaded, Message: "the provider ended the answer for lack of resources"}
	}
	return nil
}

// settleStop corrects what careless upstreams say: calls that were made are why
// an answer ended, and calls that were not made are not.
func settleStop(reason llm.StopReason, calls, refused bool) llm.StopReason {
	switch {
	case calls && (reason == llm.StopEndTurn || reason == llm.StopOther || reason == ""):
		return llm.StopToolUse
	case !calls && reason == llm.StopToolUse, reason == "":
		reason = llm.StopEndTurn
	}
	if refused && reason == llm.StopEndTurn {
		return llm.StopRefusal
	}
	return reason
}
