package simulator

// chatRule is the shape of POST /v1/chat/completions.
func chatRule() *rule {
	return object(
		field{"model", text().filled().need()},
		field{"messages", list(chatMessageRule()).filled().need()},
		field{"audio", anyObject()},
		field{"frequency_penalty", number(-2, 2)},
		field{"function_call", either(oneOf("none", "auto"), object(field{"name", text().need()}))},
		field{"functions", list(functionRule()).filled().atMost(128)},
		field{"logit_bias", anyObject()},
		field{"logprobs", boolean()},
		field{"max_completion_tokens", integer(1, many)},
		field{"max_tokens", integer(1, many)},
		field{"metadata", anyObject()},
		field{"modalities", list(oneOf("text", "audio"))},
		field{"moderation", anyObject()},
		field{"n", integer(1, 128)},
		field{"parallel_tool_calls", boolean()},
		field{"prediction", object(field{"type", oneOf("content").need()}, field{"content", anything().need()})},
		field{"presence_penalty", number(-2, 2)},
		field{"prompt_cache_key", text().atMost(64)},
		field{"prompt_cache_options", anyObject()},
		field{"prompt_cache_retention", oneOf("in_memory", "in-memory", "24h")},
		field{"reasoning_effort", oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")},
		field{"response_format", chatFormatRule()},
		field{"safety_identifier", text().atMost(64)},
		field{"seed", integer(-many, many)},
		field{"service_tier", oneOf("auto", "default", "flex", "scale", "priority", "fast")},
		field{"stop", either(text(), list(text()).atMost(4))},
		field{"store", boolean()},
		field{"stream", boolean()},
		field{"stream_options", object(field{"include_usage", boolean()}, field{"include_obfuscation", boolean()})},
		field{"temperature", number(0, 2)},
		field{"tool_choice", chatChoiceRule()},
		field{"tools", list(chatToolRule()).filled().atMost(128)},
		field{"top_logprobs", integer(0, 20)},
		field{"top_p", number(0, 1)},
		field{"user", text()},
		field{"verbosity", oneOf("low", "medium", "high")},
		field{"web_search_options", anyObject()},
	)
}

func chatMessageRule() *rule {
	role := field{"role", text().need()}
	name := field{"name", text()}
	plain := either(text(), list(tagged("type", variant{"text", textPartRule()})).filled())
	system := object(role, name, field{"content", plain.need()})
	return tagged("role",
		variant{"system", system},
		variant{"developer", system},
		variant{"user", object(role, name, field{"content", either(text(), list(userPartRule()).filled()).need()})},
		variant{"assistant", chatAssistantRule(role, name)},
		variant{"tool", object(role, name, field{"content", plain.need()}, field{"tool_call_id", text().need()})},
		variant{"function", object(role, field{"name", text().need()}, field{"content", text()})},
	)
}

func chatAssistantRule(role, name field) *rule {
	typ := field{"type", text().need()}
	id := field{"id", text().filled().atMost(64).need()}
	parts := list(tagged("type",
		variant{"text", textPartRule()},
		variant{"refusal", object(typ, field{"refusal", text().need()})},
	)).filled()
	call := object(field{"name", text().like(isName, "^[a-zA-Z0-9_-]+$").atMost(64).need()}, field{"arguments", text().need()})
	custom := object(field{"name", text().need()}, field{"input", text().need()})
	calls := list(tagged("type",
		variant{"function", object(id, typ, field{"function", call.need()}, field{"index", integer(0, many)})},
		variant{"custom", object(id, typ, field{"custom", custom.need()}, field{"index", integer(0, many)})},
	)).filled()
	return object(role, name,
		field{"content", either(text(), parts)},
		field{"refusal", text()},
		field{"audio", anyObject()},
		field{"annotations", list(anyObject())},
		field{"function_call", object(field{"name", text().need()}, field{"arguments", text().need()})},
		field{"tool_calls", calls},
		// Not OpenAI's own, but what the compatible services that show their
		// reasoning take back.
		field{"reasoning_content", text()},
		field{"reasoning", text()},
	)
}

func textPartRule() *rule {
	return object(field{"type", text().need()}, field{"text", text().need()}, field{"prompt_cache_breakpoint", anyObject()})
}

func userPartRule() *rule {
	typ := field{"type", text().need()}
	mark := field{"prompt_cache_breakpoint", anyObject()}
	image := object(field{"url", text().like(isImageURL, "data:image/…;base64,… or https://…").need()}, field{"detail", oneOf("auto", "low", "high")})
	audio := object(field{"data", text().need()}, field{"format", oneOf("wav", "mp3").need()})
	file := object(field{"file_data", text()}, field{"file_id", text()}, field{"filename", text()})
	return tagged("type",
		variant{"text", textPartRule()},
		variant{"image_url", object(typ, mark, field{"image_url", image.need()})},
		variant{"input_audio", object(typ, mark, field{"input_audio", audio.need()})},
		variant{"file", object(typ, mark, field{"file", file.need()})},
	)
}

func functionRule() *rule {
	return object(
		field{"name", text().like(isName, "^[a-zA-Z0-9_-]+$").atMost(64).need()},
		field{"description", text()},
		field{"parameters", anyObject()},
		field{"strict", boolean()},
	)
}

func chatToolRule() *rule {
	typ := field{"type", text().need()}
	custom := object(field{"name", text().like(isName, "^[a-zA-Z0-9_-]+$").atMost(64).need()}, field{"description", text()}, field{"format", anyObject()})
	return tagged("type",
		variant{"function", object(typ, field{"function", functionRule().need()})},
		variant{"custom", object(typ, field{"custom", custom.need()})},
	)
}

func chatChoiceRule() *rule {
	typ := field{"type", text().need()}
	named := object(field{"name", text().need()})
	allowed := object(field{"mode", oneOf("auto", "required").need()}, field{"tools", list(anyObject()).filled().need()})
	return either(oneOf("none", "auto", "required"), tagged("type",
		variant{"function", object(typ, field{"function", named.need()})},
		variant{"custom", object(typ, field{"custom", named.need()})},
		variant{"allowed_tools", object(typ, field{"allowed_tools", allowed.need()})},
	))
}

func chatFormatRule() *rule {
	typ := field{"type", text().need()}
	schema := object(
		field{"name", text().like(isName, "^[a-zA-Z0-9_-]+$").atMost(64).need()},
		field{"description", text()}, field{"schema", anyObject()}, field{"strict", boolean()},
	)
	return tagged("type",
		variant{"text", object(typ)},
		variant{"json_object", object(typ)},
		variant{"json_schema", object(typ, field{"json_schema", schema.need()})},
	)
}
