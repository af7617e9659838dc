package simulator

import "strings"

// messagesRule is the shape of POST /v1/messages; beta adds what an
// anthropic-beta header opens.
func messagesRule(beta bool) *rule {
	return object(append(promptFields(beta),
		field{"max_tokens", integer(0, many).need()},
		field{"stop_sequences", list(text().like(isNotBlank, `.*\S.*`))},
		field{"stream", boolean()},
		field{"temperature", number(0, 1)},
		field{"top_p", number(0, 1)},
		field{"top_k", integer(0, many)},
		field{"metadata", object(field{"user_id", text().atMost(256)})},
		field{"service_tier", oneOf("auto", "standard_only")},
		field{"container", anything()},
		field{"inference_geo", text()},
		field{"diagnostics", anyObject()},
	)...)
}

// countRule is the shape of POST /v1/messages/count_tokens.
func countRule(beta bool) *rule { return object(promptFields(beta)...) }

// promptFields are what both have: the prompt.
func promptFields(beta bool) []field {
	fields := []field{
		{"model", text().filled().need()},
		{"messages", list(object(
			field{"role", oneOf("user", "assistant", "system").need()},
			field{"content", either(text(), list(contentBlockRule())).need()},
			field{"output_config", outputConfigRule()},
			field{"clear_at", anything()},
		)).filled().need()},
		{"system", either(text(), list(tagged("type", variant{"text", textBlockRule()})))},
		{"tools", list(anthropicToolRule())},
		{"tool_choice", anthropicChoiceRule()},
		{"thinking", thinkingRule()},
		{"output_config", outputConfigRule()},
		{"cache_control", cacheControlRule()},
		{"speed", oneOf("standard", "fast")},
	}
	if beta {
		fields = append(fields, field{"context_management", anyObject()}, field{"mcp_servers", list(anyObject())}, field{"fallbacks", anything()},
			field{"fallback_credit_token", text()}, field{"compaction", anyObject()}, field{"output_format", anyObject()}, field{"thread", anyObject()},
			field{"billing_policy", anything()}, field{"safeguards", list(anyObject())}, field{"tags", anything()})
	}
	return fields
}

func isNotBlank(s string) bool { return strings.TrimSpace(s) != "" }

func cacheControlRule() *rule {
	return tagged("type", variant{"ephemeral", object(field{"type", text().need()}, field{"ttl", oneOf("5m", "1h")})})
}

func outputConfigRule() *rule {
	return object(
		field{"effort", oneOf("low", "medium", "high", "xhigh", "max")},
		field{"format", tagged("type", variant{"json_schema", object(field{"type", text().need()}, field{"schema", anyObject().need()})})},
	)
}

func thinkingRule() *rule {
	typ, display := field{"type", text().need()}, field{"display", oneOf("summarized", "omitted", "updates")}
	return tagged("type",
		variant{"enabled", object(typ, field{"budget_tokens", integer(1024, many).need()}, display)},
		variant{"adaptive", object(typ, display)},
		variant{"disabled", object(typ)},
		variant{"between_tools", object(typ, display)},
	)
}

func textBlockRule() *rule {
	return object(field{"type", text().need()}, field{"text", text().need()}, field{"cache_control", cacheControlRule()}, field{"citations", anything()})
}

func imageBlockRule(typ, cache field) *rule {
	kind := field{"type", text().need()}
	source := tagged("type",
		variant{"base64", object(kind, field{"media_type", oneOf("image/jpeg", "image/png", "image/gif", "image/webp").need()}, field{"data", text().filled().need()})},
		variant{"url", object(kind, field{"url", text().need()})},
		variant{"file", object(kind, field{"file_id", text().need()})},
	)
	return object(typ, cache, field{"source", source.need()}, field{"transformations", anything()})
}

func documentBlockRule(typ, cache field) *rule {
	kind := field{"type", text().need()}
	source := tagged("type",
		variant{"base64", object(kind, field{"media_type", oneOf("application/pdf").need()}, field{"data", text().filled().need()})},
		variant{"text", object(kind, field{"media_type", oneOf("text/plain").need()}, field{"data", text().need()})},
		variant{"content", object(kind, field{"content", anything().need()})},
		variant{"url", object(kind, field{"url", text().need()})},
		variant{"file", object(kind, field{"file_id", text().need()})},
	)
	return object(typ, cache, field{"source", source.need()}, field{"title", text()}, field{"context", text()}, field{"citations", anyObject()})
}

// contentBlockRule is the shape of the blocks of a message. Blocks of tools
// that run at the service are not looked into.
func contentBlockRule() *rule {
	typ, cache := field{"type", text().need()}, field{"cache_control", cacheControlRule()}
	id := text().like(isName, "^[a-zA-Z0-9_-]+$").need()
	image, document := imageBlockRule(typ, cache), documentBlockRule(typ, cache)
	result := tagged("type", variant{"text", textBlockRule()}, variant{"image", image}, variant{"document", document},
		variant{"search_result", anyObject()}, variant{"tool_reference", anyObject()}, variant{"browser_state", anyObject()})
	r := tagged("type",
		variant{"text", textBlockRule()},
		variant{"image", image},
		variant{"document", document},
		variant{"search_result", object(typ, cache, field{"content", list(anyObject()).need()}, field{"source", text().need()}, field{"title", text().need()}, field{"citations", anyObject()})},
		variant{"thinking", object(typ, field{"thinking", text().need()}, field{"signature", text().need()})},
		variant{"redacted_thinking", object(typ, field{"data", text().need()})},
		variant{"tool_use", object(typ, cache, field{"id", id}, field{"name", text().filled().atMost(200).need()}, field{"input", anyObject().need()},
			field{"caller", anything()}, field{"toolset_name", text()})},
		variant{"tool_result", object(typ, cache, field{"tool_use_id", id}, field{"content", either(text(), list(result))}, field{"is_error", boolean()}, field{"toolset_name", text()})},
	)
	for _, t := range []string{
		"server_tool_use", "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result", "bash_code_execution_tool_result",
		"text_editor_code_execution_tool_result", "tool_search_tool_result", "container_upload", "mcp_tool_use", "mcp_tool_result", "compaction", "fallback", "tool_addition", "tool_removal",
	} {
		r.variants = append(r.variants, variant{t, anyObject()})
	}
	return r
}

func anthropicToolRule() *rule {
	typ, cache := field{"type", text()}, field{"cache_control", cacheControlRule()}
	schema := object(field{"type", oneOf("object").need()})
	schema.open = true
	r := tagged("type", variant{"custom", object(typ, cache,
		field{"name", text().like(isToolName, "^[a-zA-Z0-9_-]{1,128}$").need()},
		field{"description", text()},
		field{"input_schema", schema.need()},
		field{"strict", boolean()},
		field{"input_examples", list(anyObject())},
		field{"eager_input_streaming", boolean()},
		field{"defer_loading", boolean()},
		field{"allowed_callers", list(text())},
	)})
	r.untagged = "custom"
	for _, t := range []string{
		"bash_20241022", "bash_20250124", "text_editor_20241022", "text_editor_20250124", "text_editor_20250429", "text_editor_20250728",
		"memory_20250818", "computer_20241022", "computer_20250124", "computer_20251124", "browser_toolset_20260801", "mcp_toolset",
		"web_search_20250305", "web_search_20260209", "web_search_20260318", "web_fetch_20250910", "web_fetch_20260209",
		"code_execution_20250522", "code_execution_20250825", "code_execution_20260120",
		"tool_search_tool_regex", "tool_search_tool_regex_20251119", "tool_search_tool_bm25", "tool_search_tool_bm25_20251119",
	} {
		r.variants = append(r.variants, variant{t, anyObject()})
	}
	return r
}

func isToolName(s string) bool { return isName(s) && len(s) <= 128 }

func anthropicChoiceRule() *rule {
	typ, serial := field{"type", text().need()}, field{"disable_parallel_tool_use", boolean()}
	return tagged("type",
		variant{"auto", object(typ, serial)},
		variant{"any", object(typ, serial)},
		variant{"tool", object(typ, serial, field{"name", text().need()})},
		variant{"none", object(typ)},
	)
}
