package simulator

// kiroRule is the shape of a request to the runtime. Fields that it does not
// name pass, as at the real service.
func kiroRule() *rule {
	user := userInputRule()
	said := open(
		field{"content", text().need()}, field{"messageId", text()},
		field{"toolUses", list(open(field{"toolUseId", text().need()}, field{"name", text().need()}, field{"input", anyObject().need()}))},
		field{"reasoningContent", open(field{"reasoningText", open(field{"text", text().need()}, field{"signature", text()})}, field{"redactedContent", text()})},
	)
	state := open(
		field{"conversationId", text()}, field{"chatTriggerType", oneOf("MANUAL", "DIAGNOSTIC", "INLINE_CHAT").need()},
		field{"agentTaskType", oneOf("vibe", "spectask")}, field{"agentContinuationId", text()},
		field{"currentMessage", open(field{"userInputMessage", user.need()}).need()},
		field{"history", list(open(field{"userInputMessage", user}, field{"assistantResponseMessage", said}))},
	)
	return open(
		field{"conversationState", state.need()}, field{"profileArn", text()}, field{"agentMode", oneOf("vibe", "spec")},
		field{"additionalModelRequestFields", anyObject()},
	)
}

// open is an object that takes other fields as well.
func open(f ...field) *rule {
	r := object(f...)
	r.open = true
	return r
}

func userInputRule() *rule {
	spec := open(field{"name", text().need()}, field{"description", text().need()}, field{"inputSchema", open(field{"json", anyObject().need()}).need()})
	result := open(field{"toolUseId", text().need()}, field{"content", list(anyObject()).need()}, field{"status", oneOf("success", "error")})
	context := open(
		field{"tools", list(open(field{"toolSpecification", spec.need()}))}, field{"toolResults", list(result)},
		field{"envState", open(field{"currentWorkingDirectory", text().atMost(256)}, field{"operatingSystem", text()})},
	)
	image := open(field{"format", oneOf("png", "jpeg", "gif", "webp").need()}, field{"source", open(field{"bytes", text().filled().need()}).need()})
	return open(
		field{"content", text().need()}, field{"modelId", text()}, field{"origin", oneOf(kiroOrigins()...)},
		field{"images", list(image)}, field{"userInputMessageContext", context},
	)
}

func kiroOrigins() []string {
	return []string{
		"AI_EDITOR", "KIRO_CLI", "CLI", "CHATBOT", "CONSOLE", "DOCUMENTATION", "GITLAB", "IDE", "INLINE_CHAT", "MARKETING", "MD", "MD_CE",
		"MD_IDE", "MOBILE", "OPENSEARCH_DASHBOARD", "Q_DEV_BEXT", "SAGE_MAKER", "SERVICE_INTERNAL", "SM_AI_STUDIO_IDE", "UNIFIED_SEARCH",
	}
}
