package app_test

// asker words a question in the format of a client.
type asker struct {
	name   string
	stream bool
	ask    func(model, text, image string, stream, tools, think bool) (path string, body map[string]any)
	// What of an answer tells a call, thinking, and that a limit has cut it.
	call, thought, cut string
}

type (
	object = map[string]any
	array  = []any
)

var weatherSchema = object{"type": "object", "properties": object{"city": object{"type": "string", "minLength": 1}}, "required": array{"city"}}

func askers() []asker {
	var out []asker
	for _, a := range []asker{
		{name: "chat", ask: askChat, call: `"name":"get_weather"`, thought: `"reasoning_content":"`, cut: `"finish_reason":"length"`},
		{name: "responses", ask: askResponses, call: `"type":"function_call"`, thought: `"type":"reasoning"`, cut: `"reason":"max_output_tokens"`},
		{name: "messages", ask: askMessages, call: `"name":"get_weather"`, thought: `"thinking":"`, cut: `"stop_reason":"max_tokens"`},
		{name: "gemini", ask: askGemini, call: `"name":"get_weather"`, thought: `"thought":true`, cut: `"finishReason":"MAX_TOKENS"`},
	} {
		out = append(out, a)
		a.name, a.stream = a.name+" stream", true
		out = append(out, a)
	}
	return out
}

func askChat(model, text, image string, stream, tools, think bool) (string, object) {
	content := array{object{"type": "text", "text": text}}
	if image != "" {
		content = append(content, object{"type": "image_url", "image_url": object{"url": "data:image/png;base64," + image}})
	}
	body := object{"model": model, "stream": stream, "messages": array{object{"role": "system", "content": "Be brief."}, object{"role": "user", "content": content}}}
	if tools {
		body["tools"] = array{object{"type": "function", "function": object{"name": "get_weather", "parameters": weatherSchema}}}
	}
	if think {
		body["reasoning_effort"] = "high"
	}
	return "/v1/chat/completions", body
}

func askResponses(model, text, image string, stream, tools, think bool) (string, object) {
	content := array{object{"type": "input_text", "text": text}}
	if image != "" {
		content = append(content, object{"type": "input_image", "image_url": "data:image/png;base64," + image})
	}
	body := object{"model": model, "stream": stream, "instructions": "Be brief.", "input": array{object{"role": "user", "content": content}}}
	if tools {
		body["tools"] = array{object{"type": "function", "name": "get_weather", "parameters": weatherSchema}}
	}
	if think {
		body["reasoning"] = object{"effort": "high", "summary": "auto"}
	}
	return "/v1/responses", body
}

func askMessages(model, text, image string, stream, tools, think bool) (string, object) {
	content := array{object{"type": "text", "text": text}}
	if image != "" {
		content = append(content, object{"type": "image", "source": object{"type": "base64", "media_type": "image/png", "data": image}})
	}
	body := object{"model": model, "stream": stream, "max_tokens": 20_000, "system": "Be brief.", "messages": array{object{"role": "user", "content": content}}}
	if tools {
		body["tools"] = array{object{"name": "get_weather", "input_schema": weatherSchema}}
	}
	if think {
		body["thinking"] = object{"type": "enabled", "budget_tokens": 9000}
	}
	return "/v1/messages", body
}

func askGemini(model, text, image string, stream, tools, think bool) (string, object) {
	parts := array{object{"text": text}}
	if image != "" {
		parts = append(parts, object{"inlineData": object{"mimeType": "image/png", "data": image}})
	}
	body := object{"systemInstruction": object{"parts": array{object{"text": "Be brief."}}}, "contents": array{object{"role": "user", "parts": parts}}}
	if tools {
		body["tools"] = array{object{"functionDeclarations": array{object{"name": "get_weather", "parametersJsonSchema": weatherSchema}}}}
	}
	if think {
		body["generationConfig"] = object{"thinkingConfig": object{"includeThoughts": true, "thinkingBudget": 9000}}
	}
	if stream {
		return "/v1beta/models/" + model + ":streamGenerateContent?alt=sse", body
	}
	return "/v1beta/models/" + model + ":generateContent", body
}
