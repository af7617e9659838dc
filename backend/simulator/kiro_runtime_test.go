package simulator_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/simulator"
)

// kiroTools is the context of a message that offers a tool.
const (
	kiroSchema = `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`
	kiroTool   = `{"toolSpecification":{"name":"get_weather","description":"Weather of a city","inputSchema":{"json":` + kiroSchema + `}}}`
	kiroTools  = `{"tools":[` + kiroTool + `]}`
	adaptive   = `,"additionalModelRequestFields":{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}`
)

func startPro(t *testing.T) *person {
	t.Helper()
	return startService(t, simulator.Options{Seed: 7}).person(simulator.KiroAccount{Kind: simulator.KiroBuilderID, Plan: simulator.KiroPro})
}

// TestKiroText answers with text between the opening and the tail.
func TestKiroText(t *testing.T) {
	p := startPro(t)
	list := p.good(p.ask("claude-sonnet-5", "[sim:text=Light rain in Bonn.]", "", ""))
	if got := kinds(list); got != "initial-response assistantResponseEvent metadataEvent contextUsageEvent meteringEvent" {
		t.Error(got)
	}
	if got := said(list); got != "Light rain in Bonn." {
		t.Error(got)
	}
	tail := list[len(list)-3:]
	usage := p.sim.Stats().Account(p.account.ID).Usage
	percent := float64(usage.Input+usage.Output) * 100 / 1_000_000
	if tail[0].payload.Get("stopReason").Str != "END_TURN" || tail[1].payload.Get("contextUsagePercentage").Num != percent || usage.Input <= 2000 {
		t.Errorf("tail %v, usage %+v", tail, usage)
	}
	if got := tail[2].payload; got.Get("usage").Num != usage.Credits || got.Get("unit").Str != "credit" || usage.Credits <= 0 {
		t.Errorf("metering %s, counted %v", got.Raw, usage.Credits)
	}
	if got := p.sim.KiroAccounts()[0].Used; got != usage.Credits {
		t.Errorf("the account was charged %v", got)
	}
}

// TestKiroFrontDoors reaches the same answer by every endpoint.
func TestKiroFrontDoors(t *testing.T) {
	p := startPro(t)
	rest := func(path string) call {
		c := p.ask("claude-sonnet-4.5", "[sim:text=hi]", "", "")
		c.path, c.header["Content-Type"] = path, "application/json"
		delete(c.header, "X-Amz-Target")
		return c
	}
	target := func(path, name string) call {
		c := p.ask("claude-sonnet-4.5", "[sim:text=hi]", "", "")
		c.path, c.header["X-Amz-Target"] = path, name
		return c
	}
	const streaming = "AmazonCodeWhispererStreamingService.GenerateAssistantResponse"
	cases := []struct {
		name         string
		call         call
		legacy, rest bool // by which it can be switched off
	}{
		{"root", target("/kiro/runtime/", kiroTarget), false, false},
		{"root of a region", target("/kiro/us-east-1/runtime/", kiroTarget), false, false},
		{"root, old target", target("/kiro/runtime/", streaming), true, false},
		{"REST twin", rest("/kiro/runtime/generateAssistantResponse"), false, true},
		{"old host", rest("/kiro/q/generateAssistantResponse"), true, false},
		{"old host, root", target("/kiro/q/", streaming), true, false},
		{"old host, Q", target("/kiro/q/", "AmazonQDeveloperStreamingService.SendMessage"), true, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p.sim.SetKiro(simulator.KiroSettings{})
			if got := said(p.good(c.call)); got != "hi" {
				t.Error(got)
			}
			for _, set := range []simulator.KiroSettings{{NoLegacy: true}, {NoREST: true}} {
				p.sim.SetKiro(set)
				a := p.do(c.call)
				off := set.NoLegacy && c.legacy || set.NoREST && c.rest
				if off != (a.status == 404) {
					t.Errorf("%+v: status %d", set, a.status)
				}
				if off {
					checkBody(t, "off", a.body, map[string]string{"message": "not recognized by the service"})
				}
			}
		})
	}
	if a := p.do(target("/kiro/runtime/", "KiroRuntimeService.Dance")); a.status != 404 || a.header.Get("X-Amzn-ErrorType") != "UnknownOperationException" {
		t.Errorf("unknown operation: %d", a.status)
	}
	plain := target("/kiro/runtime/", kiroTarget)
	plain.header["Content-Type"] = "application/json"
	if a := p.do(plain); a.status != 415 {
		t.Errorf("wrong content type: %d", a.status)
	}
	legacy := rest("/kiro/q/generateAssistantResponse")
	legacy.body = strings.Replace(legacy.body, "claude-sonnet-4.5", "CLAUDE_SONNET_4_5_20250929_V1_0", 1)
	p.sim.SetKiro(simulator.KiroSettings{})
	p.good(legacy)
}

// toolCalls joins the fragments of the calls of an answer.
func toolCalls(list []frame) (names, inputs []string, fragments, stops int) {
	open := ""
	for _, f := range list {
		if f.kind != "toolUseEvent" {
			continue
		}
		if id := f.payload.Get("toolUseId").Str; id != open {
			open = id
			names, inputs = append(names, f.payload.Get("name").Str), append(inputs, "")
		}
		if in := f.payload.Get("input"); in.Exists() {
			inputs[len(inputs)-1] += in.Str
			fragments++
		}
		if f.payload.Get("stop").Bool() {
			stops++
		}
	}
	return names, inputs, fragments, stops
}

// TestKiroTools makes two calls one after the other, in small fragments, and
// takes their results.
func TestKiroTools(t *testing.T) {
	p := startPro(t)
	const two = "[sim:tool=get_weather args={\\\"city\\\":\\\"Bonn\\\"}] [sim:tool=get_weather args={\\\"city\\\":\\\"京都\\\"}] [sim:next] [sim:tool=get_weather args={}]"
	list := p.good(p.ask("claude-sonnet-4.5", two, kiroTools, ""))
	names, inputs, fragments, stops := toolCalls(list)
	if len(names) != 2 || inputs[0] != `{"city":"Bonn"}` || inputs[1] != `{"city":"京都"}` || fragments < 10 || stops != 2 {
		t.Errorf("%q %q, %d fragments, %d stops", names, inputs, fragments, stops)
	}
	if got := list[len(list)-3].payload.Get("stopReason").Str; got != "TOOL_USE" && got != "END_TURN" {
		t.Error(got)
	}
	history := func(carrier string) call {
		calls := `{"assistantResponseMessage":{"content":"","toolUses":[{"toolUseId":"t1","name":"get_weather","input":{"city":"Bonn"}},{"toolUseId":"t2","name":"get_weather","input":{}}]}}`
		results := `{"tools":[` + kiroTool + `],"toolResults":[{"toolUseId":"t2","status":"success","content":[{"json":{"rain":true}}]},{"toolUseId":"t1","status":"error","content":[{"text":"no net"}]}]}`
		return p.call(p.body(`{"userInputMessage":`+userMessage("claude-sonnet-4.5", carrier, results)+`}`,
			`[{"userInputMessage":`+userMessage("claude-sonnet-4.5", two, "")+`},`+calls+`]`, ""))
	}
	for _, carrier := range []string{"", "Continue", "Tool results provided."} {
		_, inputs, fragments, _ := toolCalls(p.good(history(carrier)))
		if len(inputs) != 1 || inputs[0] != "" || fragments != 0 {
			t.Errorf("the next step after %q: %q", carrier, inputs)
		}
	}
	if got := said(p.good(history("what came out?"))); !strings.Contains(got, `{"rain":true}; no net`) {
		t.Errorf("the results are not quoted: %q", got)
	}
}

// TestKiroReasoning shows the native and the old form, and that a signature
// counts only where it was given.
func TestKiroReasoning(t *testing.T) {
	p := startPro(t)
	list := p.good(p.ask("claude-opus-5", "Why?", "", adaptive))
	var thought, signature string
	signatures := 0
	for _, f := range list {
		thought += f.payload.Get("text").Str
		if s := f.payload.Get("signature").Str; s != "" {
			signature += s
			signatures++
		}
	}
	if kinds(list) != "initial-response reasoningContentEvent assistantResponseEvent metadataEvent contextUsageEvent meteringEvent" || thought == "" || signatures != 2 {
		t.Fatalf("%s: %q, %d signatures", kinds(list), thought, signatures)
	}
	back := func(who *person, model, text, signature string) answer {
		said := `{"assistantResponseMessage":{"content":"Because.","reasoningContent":{"reasoningText":{"text":` + quote(text) + `,"signature":"` + signature + `"}}}}`
		return who.do(who.call(who.body(`{"userInputMessage":`+userMessage(model, "And?", "")+`}`, `[{"userInputMessage":`+userMessage(model, "Why?", "")+`},`+said+`]`, "")))
	}
	other := p.person(simulator.KiroAccount{Kind: simulator.KiroGoogle, Plan: simulator.KiroPro})
	for _, c := range []struct {
		name string
		a    answer
		ok   bool
	}{
		{"as it came", back(p, "claude-opus-5", thought, signature), true},
		{"another text", back(p, "claude-opus-5", thought+"!", signature), false},
		{"no signature", back(p, "claude-opus-5", thought, ""), false},
		{"another model", back(p, "claude-opus-4.8", thought, signature), false},
		{"another account", back(other, "claude-opus-5", thought, signature), false},
		{"a model that does not look", back(p, "gpt-5.6-sol", thought, "nonsense"), true},
	} {
		if (c.a.status == 200) != c.ok {
			t.Errorf("%s: %d", c.name, c.a.status)
		}
		if !c.ok {
			checkBody(t, c.name, c.a.body, map[string]string{"reason": "THINKING_SIGNATURE_INVALID", "__type": "com.amazon.kiro.runtimeservice#ValidationException"})
		}
	}
	tagged := said(p.good(p.ask("claude-haiku-4.5", "<thinking_mode>enabled</thinking_mode><max_thinking_length>2000</max_thinking_length>\\n\\nWhy?", "", "")))
	if !strings.HasPrefix(tagged, "<thinking>") || !strings.Contains(tagged, "</thinking>\n\n") {
		t.Errorf("old form: %q", tagged)
	}
	if got := kinds(p.good(p.ask("gpt-5.6-sol", "Why?", "", `,"additionalModelRequestFields":{"reasoning":{"effort":"low"}}`))); !strings.Contains(got, "assistantResponseEvent reasoningContentEvent metadataEvent") {
		t.Errorf("GPT: %s", got)
	}
	omitted := p.good(p.ask("claude-opus-5", "Why?", "", `,"additionalModelRequestFields":{"thinking":{"type":"adaptive","display":"omitted"}}`))
	if f := omitted[1]; f.payload.Get("text").Exists() || f.payload.Get("signature").Str == "" {
		t.Errorf("omitted: %s", f.payload.Raw)
	}
	if got := p.good(p.ask("claude-opus-5", "[sim:redacted] Why?", "", "")); got[1].payload.Get("redactedContent").Str == "" {
		t.Errorf("redacted: %s", got[1].payload.Raw)
	}
}

// quote is a text as JSON.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// TestKiroLimits cuts an answer, and a call, where max_tokens wants.
func TestKiroLimits(t *testing.T) {
	p := startPro(t)
	const limit = `,"additionalModelRequestFields":{"max_tokens":1024}`
	list := p.good(p.ask("claude-sonnet-5", "[sim:tokens=3000]", "", limit))
	if got := list[len(list)-3].payload.Get("stopReason").Str; got != "MAX_TOKENS" {
		t.Error(got)
	}
	long := "[sim:tool=get_weather args={\\\"city\\\":\\\"" + strings.Repeat("a ", 2000) + "\\\"}]"
	list = p.good(p.ask("claude-sonnet-5", long, kiroTools, limit))
	_, inputs, _, stops := toolCalls(list)
	if len(inputs) != 1 || stops != 0 || gjson.Valid(inputs[0]) {
		t.Errorf("%d stops, input %q", stops, inputs)
	}
}

// TestKiroCredits prices by the model's rate, spends what an account has in
// order, and refuses when nothing is left.
func TestKiroCredits(t *testing.T) {
	p := startPro(t)
	price := func(model string) float64 {
		list := p.good(p.ask(model, "[sim:text=hi]", "", ""))
		return list[len(list)-1].payload.Get("usage").Num
	}
	if cheap, dear := price("qwen3-coder-next"), price("claude-opus-5"); dear <= 40*cheap || cheap <= 0 {
		t.Errorf("rates 0.05 and 2.2 cost %v and %v", cheap, dear)
	}
	poor := p.person(simulator.KiroAccount{
		Kind: simulator.KiroGoogle, Used: 49.9999, Trial: &simulator.KiroPart{Used: 10, Limit: 10.0001}, Bonuses: []simulator.KiroPart{{Used: 0, Limit: 0.0001}},
		Packs: []simulator.KiroPart{{Limit: 0.0001}},
	})
	poor.good(poor.ask("auto", "hi", "", ""))
	a := accountOf(t, poor)
	if a.Used != 50 || a.Trial.Used != 10.0001 || a.Bonuses[0].Used != 0.0001 || a.Packs[0].Used != 0.0001 || a.Overused != 0 {
		t.Errorf("spent: %+v", a)
	}
	refused := poor.do(poor.ask("auto", "hi", "", ""))
	if refused.status != 402 || refused.header.Get("X-Amzn-ErrorType") != "ServiceQuotaExceededException" {
		t.Errorf("out of credit: %d", refused.status)
	}
	checkBody(t, "out of credit", refused.body, map[string]string{"reason": "MONTHLY_REQUEST_COUNT"})
	over := p.person(simulator.KiroAccount{Kind: simulator.KiroGoogle, Used: 50, Overage: true, Overused: 9999.9999})
	over.good(over.ask("auto", "hi", "", ""))
	checkBody(t, "overage", over.do(over.ask("auto", "hi", "", "")).body, map[string]string{"reason": "OVERAGE_REQUEST_LIMIT_EXCEEDED"})
}

func accountOf(t *testing.T, p *person) simulator.KiroAccount {
	t.Helper()
	for _, a := range p.sim.KiroAccounts() {
		if a.ID == p.account.ID {
			return a
		}
	}
	t.Fatalf("there is no account %s", p.account.ID)
	return simulator.KiroAccount{}
}
