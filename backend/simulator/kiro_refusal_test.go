package simulator_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/simulator"
)

// kiroRefusal is a body that must be refused. why is a part of what the
// simulator says of it.
type kiroRefusal struct {
	name, body, why, reason, message string
}

func (p *person) refuses(t *testing.T, cases []kiroRefusal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := p.do(p.call(c.body))
			if a.status != 400 || a.header.Get("X-Amzn-ErrorType") != "ValidationException" || a.header.Get("Content-Type") != "application/x-amz-json-1.0" {
				t.Errorf("status %d, %s, %s\n%s", a.status, a.header.Get("X-Amzn-ErrorType"), a.header.Get("Content-Type"), a.body[:min(len(a.body), 500)])
			}
			if why := a.header.Get("X-Sim-Why"); !strings.Contains(why, c.why) {
				t.Errorf("why: %q, want %q", why, c.why)
			}
			if c.message == "" {
				c.message, c.reason = "Improperly formed request.", "REQUEST_BODY_INVALID"
			}
			checkBody(t, c.name, a.body, map[string]string{
				"message": c.message, "reason": c.reason, "__type": "com.amazon.kiro.runtimeservice#ValidationException",
			})
		})
	}
}

const (
	sonnet  = "claude-sonnet-4.5"
	askedT1 = `{"assistantResponseMessage":{"content":"","toolUses":[{"toolUseId":"t1","name":"get_weather","input":{}}]}}`
	ok      = `{"assistantResponseMessage":{"content":"ok"}}`
	q1      = `{"userInputMessage":{"content":"q","modelId":"claude-sonnet-4.5","origin":"AI_EDITOR"}}`
	gotT1   = `{"toolUseId":"t1","status":"success","content":[{"text":"r"}]}`
)

// turn is the body of a message in context and history.
func (p *person) turn(context, history, more string) string {
	return p.body(`{"userInputMessage":`+userMessage(sonnet, "q", context)+`}`, "["+history+"]", more)
}

// tools is a request that offers one tool of a name, description and schema.
func (p *person) tools(name, description, schema string) string {
	return p.turn(`{"tools":[{"toolSpecification":{"name":"`+name+`","description":"`+description+`","inputSchema":{"json":`+schema+`}}}]}`, "", "")
}

// TestKiroRules violates every rule of a conversation, one by one.
func TestKiroRules(t *testing.T) {
	p := startPro(t)
	said := func(content string) string {
		return p.body(`{"userInputMessage":`+userMessage(sonnet, content, "")+`}`, "[]", "")
	}
	both := `{"tools":[` + kiroTool + `],"toolResults":[` + gotT1 + `]}`
	p.refuses(t, []kiroRefusal{
		{name: "no JSON", body: "{", why: "no JSON object"},
		{name: "no state", body: `{"profileArn":"` + builderARN + `"}`, why: "conversationState"},
		{name: "lone surrogate", body: said(`a\ud83d`), why: "lone surrogate"},
		{name: "1 empty content", body: said(""), why: "user message is empty"},
		{name: "1 blank content", body: said(" \\n"), why: "user message is empty"},
		{name: "1 empty answer", body: p.turn("", q1+`,{"assistantResponseMessage":{"content":""}}`, ""), why: "assistant message is empty"},
		{name: "2 current message of the assistant", body: p.body(ok, "[]", ""), why: "currentMessage.userInputMessage"},
		{name: "3 two of the user", body: p.turn("", q1, ""), why: "take turns"},
		{name: "3 two of the assistant", body: p.turn("", q1+","+ok+","+ok, ""), why: "take turns"},
		{name: "3 assistant first", body: p.turn("", ok+","+q1, ""), why: "take turns"},
		{name: "3 both sides in one", body: p.turn("", `{"userInputMessage":{"content":"q"},"assistantResponseMessage":{"content":"a"}},`+ok, ""), why: "one side"},
		{name: "5 result without a call", body: p.turn(both, "", ""), why: "without a call"},
		{name: "5 call without a result", body: p.turn(kiroTools, q1+","+askedT1, ""), why: "has no result"},
		{name: "5 result one turn late", body: p.turn(both, q1+","+askedT1+","+q1+","+ok, ""), why: "has no result"},
		{name: "5 two results", body: p.turn(`{"tools":[`+kiroTool+`],"toolResults":[`+gotT1+","+gotT1+`]}`, q1+","+askedT1, ""), why: "second result"},
		{name: "5 one id twice", body: p.turn(both, q1+","+askedT1+`,{"userInputMessage":{"content":"","userInputMessageContext":{"toolResults":[`+gotT1+`]}}},`+askedT1, ""), why: "two calls have"},
		{name: "5 results first", body: p.turn("", `{"userInputMessage":{"content":"q","userInputMessageContext":{"toolResults":[`+gotT1+`]}}},`+ok, ""), why: "first message of the history"},
		{name: "5 unknown status", body: p.turn(`{"tools":[`+kiroTool+`],"toolResults":[{"toolUseId":"t1","status":"fine","content":[]}]}`, q1+","+askedT1, ""), why: "toolResults.0.status"},
		{name: "6 no tools", body: p.turn(`{"toolResults":[`+gotT1+`]}`, q1+","+askedT1, ""), why: "not among the tools"},
		{name: "6 other tools", body: p.turn(`{"tools":[`+strings.Replace(kiroTool, "get_weather", "other", 1)+`],"toolResults":[`+gotT1+`]}`, q1+","+askedT1, ""), why: "not among the tools"},
		{name: "7 tools in the history", body: p.turn("", `{"userInputMessage":`+userMessage(sonnet, "q", kiroTools)+`},`+ok, ""), why: "tools stand in the history"},
		{name: "8 tool name", body: p.tools("1st", "d", kiroSchema), why: "tool name", message: "Invalid tool use format."},
		{name: "8 long tool name", body: p.tools(strings.Repeat("a", 65), "d", kiroSchema), why: "tool name", message: "Invalid tool use format."},
		{name: "8 tool use id", body: p.turn(strings.ReplaceAll(both, "t1", "t.1"), q1+","+strings.ReplaceAll(askedT1, "t1", "t.1"), ""), why: "toolUseId", message: "Invalid tool use format."},
		{name: "12 folder", body: p.turn(`{"envState":{"currentWorkingDirectory":"`+strings.Repeat("a", 257)+`"}}`, "", ""), why: "currentWorkingDirectory"},
		{name: "12 body", body: p.turn("", strings.Repeat(q1[:len(q1)-2]+`,"x":"`+strings.Repeat("a", 2000)+`"}},`+ok+",", 350)+q1+","+ok, ""), why: "too big"},
		{name: "15 long history", body: p.turn("", strings.Repeat(q1+","+ok+",", 5000)+q1+","+ok, ""), why: "history is too long"},
		{name: "system prompt", body: p.turn("", "", `,"systemPrompt":"be good"`), why: "systemPrompt"},
		{name: "trigger", body: strings.Replace(said("q"), "MANUAL", "AUTO", 1), why: "chatTriggerType"},
		{name: "origin", body: strings.Replace(said("q"), "AI_EDITOR", "ELSEWHERE", 1), why: "origin"},
		{name: "unknown model", body: strings.Replace(said("q"), sonnet, "claude-sonnet-9", 1), reason: "INVALID_MODEL_ID", message: "Invalid model"},
		{name: "conversation id", body: strings.Replace(said("q"), `"c-1"`, `"c 1"`, 1), reason: "INVALID_CONVERSATION_ID", message: "Invalid conversation id"},
		{name: "too long", body: said(strings.Repeat("a ", 210_000) + "q"), reason: "CONTENT_LENGTH_EXCEEDS_THRESHOLD", message: "Input is too long."},
	})
}

// TestKiroToolRules violates the rules of tool definitions.
func TestKiroToolRules(t *testing.T) {
	p := startPro(t)
	many := make([]string, 129)
	for i := range many {
		many[i] = strings.Replace(kiroTool, "get_weather", fmt.Sprintf("tool_%d", i), 1)
	}
	onQwen := func(body string) string { return strings.Replace(body, sonnet, "qwen3-coder-next", 1) }
	within := func(part string) string { return `{"type":"object","properties":{"a":` + part + `}}` }
	p.refuses(t, []kiroRefusal{
		{name: "9 no description", body: p.tools("a", " ", kiroSchema), why: "description"},
		{name: "9 long description", body: p.tools("a", strings.Repeat("d", 10_241), kiroSchema), why: "description"},
		{name: "10 no object", body: p.tools("a", "d", `{"type":"string"}`), why: "not of type object"},
		{name: "10 no type", body: p.tools("a", "d", `{}`), why: "not of type object"},
		{name: "10 required null", body: p.tools("a", "d", `{"type":"object","required":null}`), why: "required"},
		{name: "10 required empty", body: p.tools("a", "d", `{"type":"object","required":[]}`), why: "required"},
		{name: "10 properties null", body: p.tools("a", "d", `{"type":"object","properties":null}`), why: "properties"},
		{name: "10 anyOf at the root", body: p.tools("a", "d", `{"type":"object","anyOf":[{}]}`), why: "anyOf"},
		{name: "10 required deep inside", body: p.tools("a", "d", within(`{"type":"array","items":{"type":"object","required":[]}}`)), why: "required"},
		{name: "10 $schema", body: onQwen(p.tools("a", "d", `{"type":"object","$schema":"x"}`)), why: "$schema"},
		{name: "10 additionalProperties", body: onQwen(p.tools("a", "d", within(`{"type":"object","additionalProperties":false}`))), why: "additionalProperties"},
		{name: "10 pattern", body: onQwen(p.tools("a", "d", within(`{"type":"string","pattern":"a"}`))), why: "pattern"},
		{name: "10 format", body: onQwen(p.tools("a", "d", within(`{"anyOf":[{"type":"string","format":"date"}]}`))), why: "format"},
		{name: "10 minLength", body: onQwen(p.tools("a", "d", within(`{"type":"string","minLength":1}`))), why: "minLength"},
		{name: "10 maximum", body: onQwen(p.tools("a", "d", within(`{"type":"integer","maximum":1}`))), why: "maximum"},
		{name: "11 many", body: p.turn(`{"tools":[`+strings.Join(many, ",")+`]}`, "", ""), why: "too many tools"},
		{name: "11 big", body: p.turn(`{"tools":[`+strings.ReplaceAll(strings.Join(many[:30], ","), "Weather", strings.Repeat("w", 9000))+`]}`, "", ""), why: "too many tools"},
		{name: "two of a name", body: p.turn(`{"tools":[`+kiroTool+","+kiroTool+`]}`, "", ""), why: "two tools"},
		{name: "cache point", body: p.turn(`{"tools":[{"toolSpecification":`+kiroTool[len(`{"toolSpecification":`):len(kiroTool)-1]+`,"cachePoint":{"type":"default"}}]}`, "", ""), why: "cachePoint"},
	})
	fine := []string{
		p.tools("a", "d", within(`{"type":"object","properties":{"pattern":{"type":"string"},"minimum":{"type":"string"}}}`)),
		p.turn(`{"tools":[`+strings.Join(many[:128], ",")+`]}`, "", ""),
		p.tools("a", "d", within(`{"type":"string","pattern":"a","maxLength":4}`)),
	}
	for _, body := range fine {
		p.good(p.call(body))
	}
	p.sim.SetKiro(simulator.KiroSettings{AnySchema: true})
	p.good(p.call(onQwen(p.tools("a", "d", within(`{"type":"string","format":"date"}`)))))
}

// TestKiroImageRules violates the rules of pictures.
func TestKiroImageRules(t *testing.T) {
	p := startPro(t)
	images := func(model string, list ...string) string {
		msg := strings.TrimSuffix(userMessage(model, "q", ""), "}") + `,"images":[` + strings.Join(list, ",") + `]}`
		return p.body(`{"userInputMessage":`+msg+`}`, "[]", "")
	}
	const png = `{"format":"png","source":{"bytes":"iVBORw0KGgo="}}`
	big := base64.StdEncoding.EncodeToString(make([]byte, 10<<20+1))
	p.refuses(t, []kiroRefusal{
		{name: "13 jpg", body: images(sonnet, strings.Replace(png, "png", "jpg", 1)), why: "format"},
		{name: "13 no base64", body: images(sonnet, strings.Replace(png, "iVB", "***", 1)), why: "base64"},
		{name: "13 eleven", body: images(sonnet, png, png, png, png, png, png, png, png, png, png, png), why: "more than 10"},
		{name: "13 big", body: images(sonnet, strings.Replace(png, "iVBORw0KGgo=", big, 1)), why: "too big"},
		{name: "13 by address", body: images(sonnet, `{"format":"png","source":{"url":"http://x"}}`), why: "source.bytes"},
		{name: "a model without eyes", body: images("glm-5", png), why: "takes no images"},
	})
	p.good(p.call(images(sonnet, png, png)))
}

// TestKiroFields checks additionalModelRequestFields by the model's own schema.
func TestKiroFields(t *testing.T) {
	p := startPro(t)
	with := func(model, fields string) string {
		return p.body(`{"userInputMessage":`+userMessage(model, "q", "")+`}`, "[]", `,"additionalModelRequestFields":`+fields)
	}
	p.refuses(t, []kiroRefusal{
		{name: "a model without a schema", body: with(sonnet, `{"max_tokens":2000}`), why: "takes no additionalModelRequestFields"},
		{name: "unknown field", body: with("claude-opus-5", `{"temperature":1}`), why: "temperature is not in the model's schema"},
		{name: "unknown part", body: with("claude-opus-5", `{"thinking":{"budget_tokens":9}}`), why: "budget_tokens is not in"},
		{name: "unknown effort", body: with("claude-opus-4.6", `{"output_config":{"effort":"xhigh"}}`), why: "effort is none of"},
		{name: "cannot be disabled", body: with("claude-opus-5.5", `{"thinking":{"type":"disabled"}}`), why: "type is none of"},
		{name: "small limit", body: with("claude-opus-5", `{"max_tokens":1000}`), why: "integer within its bounds"},
		{name: "broken limit", body: with("claude-opus-5", `{"max_tokens":2000.5}`), why: "integer within its bounds"},
		{name: "another family's", body: with("gpt-5.6-sol", `{"output_config":{"effort":"low"}}`), why: "output_config is not in"},
		{name: "no object", body: with("claude-opus-5", `[]`), why: "additionalModelRequestFields"},
	})
	for model, fields := range map[string]string{
		"claude-opus-5": `{"output_config":{"effort":"max"},"thinking":{"type":"disabled"},"max_tokens":1024}`, "gpt-5.6-sol": `{"reasoning":{"effort":"none"}}`,
	} {
		p.good(p.call(with(model, fields)))
	}
}

// TestKiroTakes shows what looks wrong and is taken.
func TestKiroTakes(t *testing.T) {
	p := startPro(t)
	both := `{"tools":[` + kiroTool + `],"toolResults":[{"toolUseId":"t1","status":"success","content":[{"text":"r"},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgo="}}}]}]}`
	for name, body := range map[string]string{
		"unknown fields":             p.turn(`{"additionalContext":[],"gitState":{}}`, "", `,"inferenceConfig":{"maxTokens":1},"agentMode":"vibe"`),
		"empty text beside results":  p.body(`{"userInputMessage":`+userMessage(sonnet, "", both)+`}`, "["+q1+","+askedT1+"]", ""),
		"system prompt as a pair":    p.turn("", `{"userInputMessage":{"content":"be good"}},{"assistantResponseMessage":{"content":"I will follow these instructions."}}`, ""),
		"no conversation id":         strings.Replace(p.turn("", "", ""), `"conversationId":"c-1",`, "", 1),
		"cache point of a message":   strings.Replace(p.turn("", "", ""), `"origin"`, `"cachePoint":{"type":"default"},"origin"`, 1),
		"no history":                 strings.Replace(p.turn("", "", ""), `,"history":[]`, "", 1),
		"an id of a session":         strings.Replace(p.turn("", "", ""), "c-1", "sess_7b0d1c5e-6a54.a:b", 1),
		"no model: the router picks": strings.Replace(p.turn("", "", ""), `"modelId":"`+sonnet+`",`, "", 1),
	} {
		if a := p.do(p.call(body)); a.status != 200 {
			t.Errorf("%s: %d, %s", name, a.status, a.header.Get("X-Sim-Why"))
		}
	}
	rest := p.call(p.turn("", "", `,"agentMode":"vibe"`))
	rest.path = "/kiro/runtime/generateAssistantResponse"
	rest.header["Content-Type"] = "application/json"
	delete(rest.header, "X-Amz-Target")
	if a := p.do(rest); a.status != 400 || !strings.Contains(a.header.Get("X-Sim-Why"), "agentMode") || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("agentMode by REST: %d, %s", a.status, a.header.Get("X-Sim-Why"))
	}
}
