package simulator

import (
	"strconv"
	"strings"
)

// generateRule is the shape of generateContent and streamGenerateContent.
func generateRule() *rule {
	return object(
		field{"model", text()},
		field{"contents", list(contentRule()).filled().need()},
		field{"systemInstruction", contentRule()},
		field{"tools", list(geminiToolRule())},
		field{"toolConfig", object(
			field{"functionCallingConfig", object(
				field{"mode", anyCase("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")},
				field{"allowedFunctionNames", list(text())}, field{"streamFunctionCallArguments", boolean()},
			)},
			field{"retrievalConfig", anyObject()}, field{"includeServerSideToolInvocations", boolean()},
		)},
		field{"safetySettings", list(object(field{"category", text().need()}, field{"threshold", text().need()}, field{"method", text()}))},
		field{"cachedContent", text()},
		field{"labels", anyObject()},
		field{"serviceTier", anyCase("unspecified", "flex", "standard", "priority", "SERVICE_TIER_UNSPECIFIED")},
		field{"store", boolean()},
		field{"continuationToken", text()},
		field{"generationConfig", generationRule()},
	)
}

func generationRule() *rule {
	return object(
		field{"temperature", protoNumber(number(0, 2))}, field{"topP", protoNumber(number(0, 1))}, field{"topK", protoNumber(number(1, 10_000))},
		field{"candidateCount", protoNumber(integer(1, 8))}, field{"maxOutputTokens", protoNumber(integer(1, many))},
		field{"stopSequences", list(text()).atMost(5)},
		field{"presencePenalty", protoNumber(number(-2, 2))}, field{"frequencyPenalty", protoNumber(number(-2, 2))}, field{"seed", protoNumber(integer(-many, many))},
		field{"responseMimeType", oneOf("text/plain", "application/json", "text/x.enum", "application/xml", "application/yaml")},
		field{"responseSchema", openAPISchemaRule()}, field{"responseJsonSchema", anything()}, field{"_responseJsonSchema", anything()},
		field{"responseModalities", list(anyCase("TEXT", "IMAGE", "AUDIO", "MODALITY_UNSPECIFIED"))},
		field{"responseLogprobs", boolean()}, field{"logprobs", protoNumber(integer(0, 20))},
		field{"thinkingConfig", object(
			field{"includeThoughts", boolean()}, field{"thinkingBudget", protoNumber(integer(-1, 1<<20))},
			field{"thinkingLevel", anyCase("MINIMAL", "LOW", "MEDIUM", "HIGH", "THINKING_LEVEL_UNSPECIFIED")},
		)},
		field{"mediaResolution", text()}, field{"speechConfig", anyObject()}, field{"imageConfig", anyObject()},
		field{"enableEnhancedCivicAnswers", boolean()}, field{"audioTimestamp", boolean()}, field{"responseFormat", anyObject()},
	)
}

// anyCase is oneOf without regard to case: the real parser is as tolerant.
func anyCase(values ...string) *rule {
	return text().like(func(s string) bool {
		for _, v := range values {
			if strings.EqualFold(s, v) {
				return true
			}
		}
		return false
	}, "must be one of "+strings.Join(values, ", "))
}

// protoNumber takes a number also as a text.
func protoNumber(r *rule) *rule {
	return either(r, text().like(func(s string) bool {
		_, err := strconv.ParseFloat(s, 64)
		return err == nil
	}, "must be a number"))
}

func contentRule() *rule {
	return object(field{"role", text()}, field{"parts", list(partRule())})
}

func partRule() *rule {
	blob := object(field{"mimeType", text().need()}, field{"data", text().need()}, field{"displayName", text()})
	file := object(field{"fileUri", text().need()}, field{"mimeType", text()}, field{"displayName", text()})
	return object(
		field{"text", text()}, field{"thought", boolean()}, field{"thoughtSignature", text()}, field{"partMetadata", anyObject()},
		field{"inlineData", blob}, field{"fileData", file},
		field{"functionCall", object(field{"id", text()}, field{"name", text()}, field{"args", anyObject()}, field{"partialArgs", list(anyObject())}, field{"willContinue", boolean()})},
		field{"functionResponse", object(
			field{"id", text()}, field{"name", text()}, field{"response", anyObject()}, field{"willContinue", boolean()}, field{"scheduling", text()},
			field{"parts", list(object(field{"inlineData", blob}, field{"fileData", file}))},
		)},
		field{"executableCode", anyObject()}, field{"codeExecutionResult", anyObject()}, field{"toolCall", anyObject()}, field{"toolResponse", anyObject()},
		field{"videoMetadata", anyObject()}, field{"mediaResolution", anything()},
	)
}

func geminiToolRule() *rule {
	schema := openAPISchemaRule()
	declaration := object(
		field{"name", text().like(isFunctionName, "Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), "+
			"underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.").need()},
		field{"description", text()}, field{"parameters", schema}, field{"parametersJsonSchema", anything()},
		field{"response", schema}, field{"responseJsonSchema", anything()}, field{"behavior", text()},
	)
	return object(
		field{"functionDeclarations", list(declaration)},
		field{"googleSearch", anyObject()}, field{"googleSearchRetrieval", anyObject()}, field{"urlContext", anyObject()}, field{"codeExecution", anyObject()},
		field{"fileSearch", anyObject()}, field{"googleMaps", anyObject()}, field{"computerUse", anyObject()}, field{"mcpServers", list(anyObject())},
	)
}

func isFunctionName(s string) bool {
	plain := strings.Map(func(r rune) rune {
		if r == '.' || r == ':' {
			return '_'
		}
		return r
	}, s)
	return isName(plain) && len(s) <= 128 && (s[0] == '_' || s[0] >= 'A')
}

// openAPISchemaRule is the part of OpenAPI that `parameters` and
// `responseSchema` take; anything else is an unknown name.
func openAPISchemaRule() *rule {
	count := protoNumber(integer(0, many))
	schema := anyObject()
	schema.fields = []field{
		{"type", anyCase("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL", "TYPE_UNSPECIFIED")},
		{"format", text()},
		{"title", text()},
		{"description", text()},
		{"nullable", boolean()},
		{"enum", list(text())},
		{"maxItems", count},
		{"minItems", count},
		{"minProperties", count},
		{"maxProperties", count},
		{"minLength", count},
		{"maxLength", count},
		{"minimum", protoNumber(number(-many, many))},
		{"maximum", protoNumber(number(-many, many))},
		{"pattern", text()},
		{"example", anything()},
		{"default", anything()},
		{"propertyOrdering", list(text())},
		{"required", list(text())},
		{"properties", &rule{kind: objectKind, values: schema}},
		{"items", schema},
		{"anyOf", list(schema)},
	}
	return schema
}

func countTokensRule() *rule {
	request := generateRule()
	return object(field{"contents", list(contentRule())}, field{"generateContentRequest", request})
}

func embedRule() *rule {
	return object(
		field{"model", text()}, field{"content", contentRule().need()}, field{"taskType", text()}, field{"title", text()},
		field{"outputDimensionality", protoNumber(integer(1, 3072))}, field{"autoTruncate", boolean()},
	)
}

func batchEmbedRule() *rule {
	return object(field{"requests", list(embedRule()).filled().atMost(100).need()})
}
