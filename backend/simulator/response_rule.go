package simulator

// responseRule is the shape of POST /v1/responses.
func responseRule() *rule {
	return object(
		field{"model", text().filled().need()},
		field{"input", either(text(), list(inputItemRule())).need()},
		field{"instructions", text()},
		field{"tools", list(responseToolRule()).atMost(128)},
		field{"tool_choice", responseChoiceRule()},
		field{"parallel_tool_calls", boolean()},
		field{"max_output_tokens", integer(16, many)},
		field{"max_tool_calls", integer(1, many)},
		field{"temperature", number(0, 2)},
		field{"top_p", number(0, 1)},
		field{"top_logprobs", integer(0, 20)},
		field{"text", object(field{"format", responseFormatRule()}, field{"verbosity", oneOf("low", "medium", "high")})},
		field{"reasoning", object(
			field{"effort", oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")},
			field{"summary", oneOf("auto", "concise", "detailed")},
			field{"generate_summary", oneOf("auto", "concise", "detailed")},
			field{"context", oneOf("auto", "current_turn", "all_turns")},
			field{"mode", oneOf("standard", "pro")},
		)},
		field{"include", list(oneOf("reasoning.encrypted_content", "message.output_text.logprobs", "file_search_call.results",
			"web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url",
			"computer_call_output.output.image_url", "code_interpreter_call.outputs"))},
		field{"store", boolean()},
		field{"previous_response_id", text()},
		field{"conversation", anything()},
		field{"background", boolean()},
		field{"truncation", oneOf("auto", "disabled")},
		field{"metadata", anyObject()},
		field{"user", text()},
		field{"safety_identifier", text().atMost(64)},
		field{"prompt", anyObject()},
		field{"prompt_cache_key", text().atMost(64)},
		field{"prompt_cache_options", anyObject()},
		field{"prompt_cache_retention", oneOf("in_memory", "in-memory", "24h")},
		field{"service_tier", oneOf("auto", "default", "flex", "scale", "priority", "fast", "ultrafast")},
		field{"stream", boolean()},
		field{"stream_options", object(field{"include_obfuscation", boolean()})},
		field{"context_management", list(anyObject())},
		field{"moderation", anyObject()},
		field{"image", anyObject()},
		field{"access_programs", anything()},
		field{"client_metadata", anyObject()},
	)
}

// hostedItems are the items of tools that run at the service; their insides
// are not looked at.
func hostedItems() []string {
	return []string{
		"compaction", "compaction_trigger", "tool_search_call", "tool_search_output", "web_search_call", "file_search_call",
		"computer_call", "computer_call_output", "code_interpreter_call", "image_generation_call", "local_shell_call",
		"local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call", "apply_patch_call_output",
		"mcp_list_tools", "mcp_approval_request", "mcp_approval_response", "mcp_call", "program", "program_output",
	}
}

func inputItemRule() *rule {
	typ, id := field{"type", text()}, field{"id", text()}
	status := field{"status", oneOf("in_progress", "completed", "incomplete")}
	callID := field{"call_id", text().filled().atMost(64).need()}
	name := field{"name", text().filled().need()}
	space := field{"namespace", text()}
	caller, async := field{"caller", anything()}, field{"async", boolean()}
	output := field{"output", either(text(), list(responsePartRule("input_text", "input_image", "input_file"))).need()}
	r := tagged("type",
		variant{"message", messageItemRule()},
		variant{"function_call", object(typ, id, callID, name, space, status, caller, async, field{"arguments", text().need()})},
		variant{"function_call_output", object(typ, id, callID, space, status, caller, output, field{"name", text()})},
		variant{"custom_tool_call", object(typ, id, callID, name, space, status, caller, field{"input", text().need()})},
		variant{"custom_tool_call_output", object(typ, id, callID, space, status, caller, output, field{"name", text()})},
		variant{"reasoning", reasoningItemRule()},
		variant{"item_reference", object(typ, field{"id", text().need()})},
		variant{"additional_tools", object(typ, id, field{"role", oneOf("developer", "system")}, field{"tools", list(responseToolRule()).need()})},
	)
	r.untagged = "message"
	for _, t := range hostedItems() {
		r.variants = append(r.variants, variant{t, anyObject()})
	}
	return r
}

func messageItemRule() *rule {
	parts := list(responsePartRule("input_text", "input_image", "input_file", "input_audio", "output_text", "refusal"))
	return object(
		field{"type", text()}, field{"id", text()},
		field{"role", oneOf("user", "assistant", "system", "developer").need()},
		field{"status", oneOf("in_progress", "completed", "incomplete")},
		field{"phase", oneOf("commentary", "final_answer")},
		field{"content", either(text(), parts).need()},
	)
}

func reasoningItemRule() *rule {
	part := list(object(field{"type", text().need()}, field{"text", text().need()}))
	return object(
		field{"type", text()}, field{"id", text()}, field{"summary", part.need()}, field{"content", part},
		field{"encrypted_content", text()}, field{"status", text()},
	)
}

func responsePartRule(tags ...string) *rule {
	typ, mark := field{"type", text().need()}, field{"prompt_cache_breakpoint", anyObject()}
	known := map[string]*rule{
		"input_text": object(typ, mark, field{"text", text().need()}),
		"input_image": object(typ, mark, field{"image_url", text().like(isImageURL, "data:image/…;base64,… or https://…")}, field{"file_id", text()},
			field{"detail", oneOf("low", "high", "auto", "original")}),
		"input_file":  object(typ, mark, field{"file_data", text()}, field{"file_url", text()}, field{"file_id", text()}, field{"filename", text()}, field{"detail", text()}),
		"input_audio": object(typ, mark, field{"input_audio", anyObject().need()}),
		"output_text": object(typ, field{"text", text().need()}, field{"annotations", list(anyObject())}, field{"logprobs", list(anyObject())}),
		"refusal":     object(typ, field{"refusal", text().need()}),
	}
	r := tagged("type")
	for _, t := range tags {
		r.variants = append(r.variants, variant{t, known[t]})
	}
	return r
}

func responseToolRule() *rule {
	typ := field{"type", text().need()}
	name := field{"name", text().like(isName, "^[a-zA-Z0-9_-]+$").atMost(64).need()}
	description, deferred := field{"description", text()}, field{"defer_loading", boolean()}
	r := tagged("type",
		variant{"function", object(typ, name, description, deferred, field{"parameters", anyObject()}, field{"strict", boolean()},
			field{"output_schema", anyObject()}, field{"async", boolean()}, field{"allowed_callers", list(text())})},
		variant{"custom", object(typ, name, description, deferred, field{"format", anyObject()}, field{"allowed_callers", list(text())})},
		variant{"namespace", object(typ, name, description, field{"tools", list(anyObject()).need()})},
	)
	for _, t := range []string{
		"tool_search", "web_search", "web_search_preview", "web_search_2025_08_26", "web_search_preview_2025_03_11",
		"file_search", "computer", "computer_use_preview", "mcp", "code_interpreter", "image_generation", "local_shell", "shell", "apply_patch", "programmatic_tool_calling",
	} {
		r.variants = append(r.variants, variant{t, anyObject()})
	}
	return r
}

func responseChoiceRule() *rule {
	typ, name := field{"type", text().need()}, field{"name", text().need()}
	r := tagged("type",
		variant{"function", object(typ, name, field{"namespace", text()})},
		variant{"custom", object(typ, name, field{"namespace", text()})},
		variant{"allowed_tools", object(typ, field{"mode", oneOf("auto", "required").need()}, field{"tools", list(anyObject()).need()})},
	)
	for _, t := range []string{"web_search", "web_search_preview", "file_search", "computer_use_preview", "code_interpreter", "image_generation", "mcp", "apply_patch", "shell"} {
		r.variants = append(r.variants, variant{t, anyObject()})
	}
	return either(oneOf("none", "auto", "required"), r)
}

func responseFormatRule() *rule {
	typ := field{"type", text().need()}
	return tagged("type",
		variant{"text", object(typ)},
		variant{"json_object", object(typ)},
		variant{"json_schema", object(typ, field{"name", text().like(isName, "^[a-zA-Z0-9_-]+$").atMost(64).need()},
			field{"description", text()}, field{"schema", anyObject().need()}, field{"strict", boolean()})},
	)
}
