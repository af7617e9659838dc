package gemini

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

var asked = protocol.Head{Model: "gemini-3-flash", Stream: true}

const hello = `"contents":[{"role":"user","parts":[{"text":"hi"}]}]`

func config(members string) string { return `{` + hello + `,"generationConfig":{` + members + `}}` }

func contents(list string) string { return `{"contents":[` + list + `]}` }

func tools(list string) string { return `{` + hello + `,"tools":[` + list + `]}` }

func decodeCases() map[string]string {
	packed := protocol.PackSignatureBytes(&llm.Signature{Origin: llm.Anthropic, Account: "a:1", Value: "sig"})
	redacted := redactedSlot(&llm.Signature{Origin: llm.Anthropic, Value: "data"})
	return map[string]string{
		"text":                             `{` + hello + `}`,
		"roles":                            contents(`{"parts":[{"text":"a"}]},{"role":"MODEL","parts":[{"text":"b"}]},{"role":"user","parts":[{"text":"c"},{"text":""},{"text":"d"}]}`),
		"system":                           `{"systemInstruction":{"role":"system","parts":[{"text":"a"},{"text":"b"}]},` + hello + `}`,
		"system as a string in snake case": `{"system_instruction":"be kind",` + hello + `}`,
		"snake case": `{"contents":[{"parts":[{"inline_data":{"mime_type":"image/png","data":"iVBORw0KGgo="}},{"file_data":{"file_uri":"https://x.test/a.pdf","mime_type":"application/pdf"}}]},
			{"role":"model","parts":[{"function_call":{"name":"f","args":{"a_b":1}},"thought_signature":"c2ln"}]},{"parts":[{"function_response":{"name":"f","response":{"output":"x"}}}]}],
			"tools":[{"function_declarations":[{"name":"f","parameters_json_schema":{"type":"object"}}]},{"google_search":{}}],
			"tool_config":{"function_calling_config":{"mode":"any","allowed_function_names":["f"]}},
			"generation_config":{"max_output_tokens":"99","top_p":"0.5","top_k":40.0,"stop_sequences":["x"],"thinking_config":{"include_thoughts":true,"thinking_budget":"512"}},"safety_settings":[],"cached_content":"cachedContents/1"}`,
		"inline media": contents(`{"parts":[{"inlineData":{"mimeType":"image/jpeg","data":"_-8"},"mediaResolution":{"level":"MEDIA_RESOLUTION_LOW"}},
			{"inlineData":{"mimeType":"audio/wav","data":"AAAA"}},{"inlineData":{"mimeType":"application/pdf","data":"JVBERi0=","displayName":"a.pdf"}},
			{"inlineData":{"mimeType":"video/mp4","data":"AAAA"},"videoMetadata":{"fps":1}},{"inlineData":{"data":"iVBORw0KGgoAAAAN"}}]}`),
		"files":       contents(`{"parts":[{"fileData":{"fileUri":"https://x.test/a.png"}},{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc","mimeType":"image/png"}},{"fileData":{"fileUri":"gs://b/c.pdf"}}]}`),
		"opaque part": contents(`{"role":"model","parts":[{"executableCode":{"language":"PYTHON","code":"1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK"}}]},{"parts":[{"text":"go on"}]}`),
		"thoughts":    contents(`{"parts":[{"text":"q"}]},{"role":"model","parts":[{"text":"hm","thought":true},{"text":"a","thoughtSignature":"c2ln"},{"text":"","thoughtSignature":"c2ln"},{"thoughtSignature":"c2ln"}]}`),
		"carried signatures": contents(`{"parts":[{"text":"q"}]},{"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":"` + packed + `"},{"text":"","thought":true,"thoughtSignature":"` + redacted + `"},
			{"functionCall":{"name":"f"},"thoughtSignature":"` + strings.TrimRight(packed, "=") + `"},{"functionCall":{"name":"g"},"thoughtSignature":"skip_thought_signature_validator"}]}`),
		"calls by id": contents(`{"role":"model","parts":[{"functionCall":{"id":"x","name":"f","args":{"n":12345678901234567890}}},{"functionCall":{"id":"y","name":"f"}}]},
			{"parts":[{"functionResponse":{"id":"y","name":"f","response":{"output":"2"}}},{"functionResponse":{"id":"x","name":"f","response":{"output":"1"}}}]}`),
		"calls by name": contents(`{"role":"model","parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"g"}},{"functionCall":{"name":"f"}}]},
			{"role":"function","parts":[{"functionResponse":{"name":"g","response":{"output":"g"}}},{"functionResponse":{"name":"f","response":{"output":"f1"}}},{"functionResponse":{"name":"f","response":{"output":"f2"}}}]},
			{"role":"model","parts":[{"functionCall":{"name":"f"}}]},{"role":"function","parts":[{"functionResponse":{"name":"f","response":{"output":"f3"}}}]}`),
		"ids of results only":         contents(`{"role":"model","parts":[{"functionCall":{"name":"a_name_that_is_longer_than_all_ids_may_be"}}]},{"parts":[{"functionResponse":{"id":"f_1700_0","name":"a_name_that_is_longer_than_all_ids_may_be","response":{"output":"x"}}}]}`),
		"results in several contents": contents(`{"role":"model","parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"f"}}]},{"parts":[{"functionResponse":{"name":"f","response":{"output":"1"}}}]},{"parts":[{"functionResponse":{"name":"f","response":{"output":"2"}}}]}`),
		"result without a call":       contents(`{"parts":[{"functionResponse":{"name":"f","response":{"output":"x"}}}]}`),
		"results": contents(`{"role":"model","parts":[{"functionCall":{"name":"a"}},{"functionCall":{"name":"b"}},{"functionCall":{"name":"c"}},{"functionCall":{"name":"d"}},{"functionCall":{"name":"e"}}]},
			{"parts":[{"functionResponse":{"name":"a","response":{"output":{"x":1}}}},{"functionResponse":{"name":"b","response":{"error":"broken"}}},{"functionResponse":{"name":"c","response":{"result":"r","n":2}}},{"functionResponse":{"name":"d","response":{}}},
			{"functionResponse":{"name":"e","response":{"output":"see"},"parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]}}]}`),
		"tools": tools(`{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{"type":{"type":"STRING","nullable":true,"enum":["a","b"],"format":"enum"},"n":{"type":"ARRAY","items":{"type":"INTEGER"},"minItems":"1","max_items":"3"},
			"o":{"anyOf":[{"type":"STRING"},{"type":"NUMBER"}],"nullable":true},"u":{"type":"TYPE_UNSPECIFIED","example":1}},"required":["type"],"propertyOrdering":["type","n"]},"behavior":"BLOCKING"},{"name":"g"}]},{"googleSearch":{}},{"codeExecution":{},"urlContext":{}}`),
		"upper case JSON schema": tools(`{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"OBJECT","properties":{"a":{"type":["STRING","NULL"],"default":{"type":"STRING"}}},"additionalProperties":{"type":"NUMBER"},"$defs":{"X":{"type":"BOOLEAN"}}}}]}`),
		"mode auto":              `{` + hello + `,"toolConfig":{"functionCallingConfig":{"mode":"AUTO"}}}`,
		"mode none":              `{` + hello + `,"toolConfig":{"functionCallingConfig":{"mode":"none"}}}`,
		"mode any of some":       `{` + hello + `,"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["a","b"]}}}`,
		"mode validated":         `{` + hello + `,"toolConfig":{"functionCallingConfig":{"mode":"VALIDATED","allowedFunctionNames":["a"],"streamFunctionCallArguments":true},"retrievalConfig":{"languageCode":"de"}}}`,
		"mode unspecified":       `{` + hello + `,"toolConfig":{"functionCallingConfig":{"mode":"MODE_UNSPECIFIED"}}}`,
		"sampling":               config(`"temperature":0.5,"topP":0.9,"topK":40,"maxOutputTokens":100,"candidateCount":2,"stopSequences":["a","b"],"seed":7,"presencePenalty":0.1,"frequencyPenalty":-0.2,"responseLogprobs":true,"logprobs":3`),
		"logprobs off":           config(`"responseLogprobs":false,"logprobs":3`),
		"JSON object":            config(`"responseMimeType":"application/json"`),
		"JSON schema":            config(`"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"a":{"type":"STRING"}},"propertyOrdering":["a"]}`),
		"JSON schema as such":    config(`"responseMimeType":"application/json","_responseJsonSchema":{"type":"object","properties":{"a":{"type":"INTEGER"}}}`),
		"an enum":                config(`"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING","enum":["a","b"]}`),
		"thinking level":         config(`"thinkingConfig":{"includeThoughts":true,"thinkingLevel":"HIGH"}`),
		"thinking level small":   config(`"thinkingConfig":{"thinkingLevel":"low"}`),
		"thinking unspecified":   config(`"thinkingConfig":{"thinkingLevel":"THINKING_LEVEL_UNSPECIFIED","includeThoughts":true}`),
		"thinking budget":        config(`"thinkingConfig":{"thinkingBudget":2048}`),
		"thinking off":           config(`"thinkingConfig":{"thinkingBudget":0}`),
		"thinking dynamic":       config(`"thinkingConfig":{"thinkingBudget":-1}`),
		"modalities":             config(`"responseModalities":["TEXT","image","MODALITY_UNSPECIFIED"],"speechConfig":{"x":1},"mediaResolution":"MEDIA_RESOLUTION_LOW"`),
		"the rest":               `{` + hello + `,"safetySettings":[{"category":"c","threshold":"t"}],"cachedContent":"cachedContents/1","labels":{"a":"b"},"serviceTier":"STANDARD","store":false,"future":1}`,
		"tier":                   `{` + hello + `,"service_tier":"SERVICE_TIER_PRIORITY"}`,
		"count":                  `{"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"a"}]}],"systemInstruction":{"parts":[{"text":"s"}]}}}`,
		"nulls":                  `{"contents":[{"role":null,"parts":[{"text":"a","thought":null}]}],"tools":null,"generationConfig":{"topK":null,"thinkingConfig":null},"systemInstruction":null}`,
	}
}

func TestDecodeRequest(t *testing.T) {
	for name, body := range decodeCases() {
		t.Run(name, func(t *testing.T) {
			r, e := Format{}.DecodeRequest([]byte(body), asked)
			if e != nil {
				t.Fatal(e)
			}
			protocoltest.Golden(t, "decode/"+name+".json", protocoltest.DumpExact(t, r))
		})
	}
}

func TestDecodeRequestRefuses(t *testing.T) {
	for _, tt := range []struct{ body, param, message string }{
		{`[]`, "", "object"},
		{`{"contents":[}`, "", "JSON"},
		{`{}`, "contents", "required"},
		{`{"contents":{}}`, "contents", "list"},
		{contents(`{"role":"system","parts":[]}`), "contents[0].role", "user or model"},
		{contents(`1`), "contents[0]", "object"},
		{contents(`{"parts":[{"text":1}]}`), "contents[0].parts[0].text", "string"},
		{contents(`{"parts":[{},{"functionCall":{"args":{}}}]}`), "contents[0].parts[1].functionCall.name", "required"},
		{contents(`{"parts":[{"functionCall":{"name":"f","args":[]}}]}`), "contents[0].parts[0].functionCall.args", "object"},
		{contents(`{"parts":[{"inlineData":{"mimeType":"image/png"}}]}`), "contents[0].parts[0].inlineData.data", "required"},
		{contents(`{"parts":[{"fileData":{}}]}`), "contents[0].parts[0].fileData.fileUri", "required"},
		{`{` + hello + `,"systemInstruction":{"parts":[{"inlineData":{}}]}}`, "systemInstruction.parts[0].inlineData", "text"},
		{tools(`{"functionDeclarations":[{"description":"d"}]}`), "tools[0].functionDeclarations[0].name", "required"},
		{config(`"temperature":"warm"`), "generationConfig.temperature", "number"},
		{config(`"topK":1.5`), "generationConfig.topK", "whole"},
		{config(`"maxOutputTokens":0`), "generationConfig.maxOutputTokens", "at least 1"},
		{config(`"stopSequences":"x"`), "generationConfig.stopSequences", "list"},
		{config(`"thinkingConfig":{"thinkingLevel":"HUGE"}`), "generationConfig.thinkingConfig.thinkingLevel", "HIGH"},
		{`{` + hello + `,"toolConfig":{"functionCallingConfig":{"mode":"SOME"}}}`, "toolConfig.functionCallingConfig.mode", "VALIDATED"},
	} {
		_, e := Format{}.DecodeRequest([]byte(tt.body), asked)
		if e == nil || e.Kind != llm.InvalidRequest || e.Param != tt.param || !strings.Contains(e.Message, tt.message) {
			t.Errorf("%s: %+v", tt.body, e)
		}
	}
}

// The ids that are made up do not depend on what follows in the conversation.
func TestDerivedIDsStay(t *testing.T) {
	step := `{"role":"model","parts":[{"functionCall":{"name":"f"}}]},{"role":"function","parts":[{"functionResponse":{"name":"f","response":{"output":"x"}}}]}`
	var last string
	for n := 1; n < 4; n++ {
		r, e := Format{}.DecodeRequest([]byte(contents(strings.TrimSuffix(strings.Repeat(step+",", n), ","))), asked)
		if e != nil {
			t.Fatal(e)
		}
		got := string(protocoltest.DumpExact(t, r.Turns[:2]))
		if last != "" && got != last {
			t.Errorf("%d steps: %s, before %s", n, got, last)
		}
		last = got
		for i := 0; i < len(r.Turns); i += 2 {
			if c, res := r.Turns[i].Blocks[0].Call, r.Turns[i+1].Blocks[0].Result; c.ID != res.CallID || c.ID == "" {
				t.Errorf("call %q, result %q", c.ID, res.CallID)
			}
		}
	}
}
