package simulator_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/anthropic"
	"github.com/aihub/aihub/backend/protocol/kiro"
	"github.com/aihub/aihub/backend/sse"
)

// words puts a request of an Anthropic client into Kiro's words.
func (p *person) words(model, body string) *protocol.Encoded {
	p.Helper()
	req, bad := anthropic.Format{}.DecodeRequest([]byte(body), protocol.Head{Model: model})
	if bad != nil {
		p.Fatal(bad)
	}
	target := protocol.Target{Model: model, AccountID: p.account.ID, Info: &llm.ModelInfo{ID: model, Window: 200_000, MaxOutput: 64_000, Images: true}}
	if fields := p.fields(model); fields != "" {
		target.Info.Fields = json.RawMessage(fields)
	}
	e, bad := kiro.Format{}.EncodeRequest(req, target)
	if bad != nil {
		p.Fatal(bad)
	}
	return e
}

// fields is what the model list says of a model's native fields.
func (p *person) fields(model string) string {
	list, _ := p.models()
	for _, m := range list {
		if m.Get("modelId").Str == model {
			return m.Get("additionalModelRequestFieldsSchema").Raw
		}
	}
	return ""
}

// reach sends the request and returns the bytes of the answer.
func (p *person) reach(e *protocol.Encoded) string {
	p.Helper()
	a := p.do(p.call(strings.Replace(string(e.Body), "{", `{"profileArn":"`+p.arn()+`",`, 1)))
	if a.status != 200 {
		p.Errorf("status %d, %s\n%.2000s", a.status, a.header.Get("X-Sim-Why"), e.Body)
	}
	return a.body
}

const (
	messy = `{"name":"mcp__a_server_with_a_very_long_name__and_a_tool_with_an_even_longer_name_than_that","description":"","input_schema":{"type":"object","$schema":"http://json-schema.org/draft-07/schema#","additionalProperties":false,` +
		`"properties":{"when":{"type":"string","format":"date","minLength":1},"how":{"anyOf":[{"type":"string","pattern":"^a"},{"type":"null"}]},"n":{"type":"integer","minimum":0,"maximum":9}},"required":[]}}`
	called  = `{"role":"assistant","content":[{"type":"text","text":"Looking."},{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Bonn"}},{"type":"tool_use","id":"toolu_2","name":"get_weather","input":{"city":"Rome"}}]}`
	results = `{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_2","content":[{"type":"text","text":"sun"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]},{"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":"no net"}]}`
)

// TestKiroTakesWhatTheCodecWrites sends conversations in the words of the
// program's own codec: none may be refused.
func TestKiroTakesWhatTheCodecWrites(t *testing.T) {
	p := startPro(t)
	user := func(text string) string { return `{"role":"user","content":"` + text + `"}` }
	cases := []struct{ name, model, body, say string }{
		{"system and text", sonnet, `"system":"You call get_weather.","messages":[` + user("[sim:text=fine]") + `]`, "fine"},
		{"messy tools", sonnet, `"tools":[` + messageTool + `,` + messy + `],"messages":[` + user("[sim:text=fine]") + `]`, "fine"},
		{"messy tools, open weights", "qwen3-coder-next", `"tools":[` + messy + `],"messages":[` + user("[sim:text=fine]") + `]`, "fine"},
		{"results with pictures", sonnet, `"tools":[` + messageTool + `],"messages":[` + user("weather?") + `,` + called + `,` + results + `]`, "no net"},
		{"tools only in the past", sonnet, `"messages":[` + user("weather?") + `,` + called + `,` + results + `,{"role":"assistant","content":"Rain."},` + user("[sim:text=fine]") + `]`, "fine"},
		{"two of the user", sonnet, `"messages":[` + user("one") + `,` + user("[sim:text=fine]") + `]`, "fine"},
		{"the assistant begins the answer", sonnet, `"messages":[` + user("say") + `,{"role":"assistant","content":"It is"}]`, ""},
		{"effort", "claude-opus-5", `"output_config":{"effort":"high"},"thinking":{"type":"adaptive"},"messages":[` + user("[sim:text=fine]") + `]`, "fine"},
		{"budget", "claude-opus-4.6", `"thinking":{"type":"enabled","budget_tokens":2000},"messages":[` + user("[sim:text=fine]") + `]`, "fine"},
		{"thinking in tags", "claude-haiku-4.5", `"thinking":{"type":"enabled","budget_tokens":2000},"messages":[` + user("[sim:text=fine]") + `]`, "fine"},
		{"effort of GPT", "gpt-5.6-sol", `"output_config":{"effort":"low"},"messages":[` + user("[sim:text=fine]") + `]`, "fine"},
		{"many words", sonnet, `"messages":[` + strings.Repeat(user("a")+`,{"role":"assistant","content":"b"},`, 200) + user("[sim:text=fine]") + `]`, "fine"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q := &person{&service{t, p.sim, p.url, p.settle}, p.account, p.cred}
			e := q.words(c.model, `{"model":"x","max_tokens":4000,`+c.body+`}`)
			got, bad := kiro.Format{}.DecodeResponse([]byte(q.reach(e)), e)
			if bad != nil {
				t.Fatal(bad)
			}
			text := ""
			for _, b := range got.Blocks {
				if b.Kind == llm.Text {
					text += b.Text
				}
			}
			if !strings.Contains(text, c.say) || text == "" {
				t.Errorf("said %q", text)
			}
			if got.Usage.Credits <= 0 {
				t.Errorf("usage %+v", got.Usage)
			}
		})
	}
}

// TestKiroAtAllBorders reads one answer with every border between two chunks,
// and byte by byte: it is always the same.
func TestKiroAtAllBorders(t *testing.T) {
	p := startPro(t)
	e := p.words("claude-opus-5", `{"model":"x","max_tokens":4000,"thinking":{"type":"adaptive"},"tools":[`+messageTool+`],"messages":[{"role":"user","content":"get_weather for both Paris and Rome"}]}`)
	body := p.reach(e)
	read := func(chunks ...string) string {
		d, frames := kiro.Format{}.StreamDecoder(e), kiro.Format{}.Frames()
		var list []llm.Event
		for _, c := range chunks {
			if !frames.Feed([]byte(c), func(f sse.Event) { list = d.Next(list, f) }) {
				t.Fatal("the bytes are no frames")
			}
		}
		shown, err := json.Marshal(d.Close(list))
		if err != nil {
			t.Fatal(err)
		}
		return string(shown)
	}
	whole := read(body)
	if strings.Count(whole, "get_weather") != 2 || strings.Contains(whole, "cut") {
		t.Fatal(whole)
	}
	for at := range len(body) {
		if got := read(body[:at], body[at:]); got != whole {
			t.Fatalf("with a border at %d: %s", at, got)
		}
	}
	if got := read(strings.Split(body, "")...); got != whole {
		t.Errorf("byte by byte: %s", got)
	}
}
