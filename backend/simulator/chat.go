package simulator

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
)

// chatRequest is what Chat Completions needs to know to answer, besides the
// ask itself.
type chatRequest struct {
	ask
	n        int
	legacy   bool // functions instead of tools
	stream   bool
	usage    bool // stream_options.include_usage
	logprobs bool
	top      int
	created  int64
	id       string
	answers  []*answer
}

// chat serves POST /v1/chat/completions.
func (o *openAI) chat(x *exchange) error {
	body, err := x.read(core.ProviderOpenAI, o.rules.chat)
	if err != nil {
		return err
	}
	m, err := o.findModel(x.model, useChat)
	if err != nil {
		return err
	}
	if err := o.checkChat(m, body); err != nil {
		return err
	}
	q := o.readChat(x, m, body)
	if err := x.obey(&q.orders); err != nil {
		return err
	}
	if err := contextExceeded(&q.ask, "messages"); err != nil {
		return err
	}
	return o.answerChat(x, q)
}

// answerChat composes the alternatives and sends them.
func (o *openAI) answerChat(x *exchange, q *chatRequest) error {
	output, reasoned := 0, 0
	for i := range q.n {
		a := o.sim.engine.compose(&q.ask, i)
		q.answers = append(q.answers, a)
		output, reasoned = output+a.output, reasoned+a.reasoned
	}
	x.beginCached(&q.ask, output, reasoned, 128)
	if q.stream {
		return o.streamChat(x, q)
	}
	return x.reply(o.wholeChat(x, q))
}

// readChat turns a checked body into an ask.
func (o *openAI) readChat(x *exchange, m *model, body gjson.Result) *chatRequest {
	q := &chatRequest{
		n: max(int(body.Get("n").Int()), 1), stream: body.Get("stream").Bool(),
		usage: body.Get("stream_options.include_usage").Bool(), logprobs: body.Get("logprobs").Bool(),
		top: int(body.Get("top_logprobs").Int()), created: x.now().Unix(), id: x.id("chatcmpl-", 29),
	}
	q.model = m
	q.limit = int(max(body.Get("max_completion_tokens").Int(), body.Get("max_tokens").Int()))
	q.readTools(body)
	for _, msg := range body.Get("messages").Array() {
		q.readMessage(msg)
	}
	for _, s := range body.Get("stop").Array() {
		q.stops = append(q.stops, s.String())
	}
	switch body.Get("response_format.type").String() {
	case "json_object":
		q.format = formatJSON
	case "json_schema":
		q.format, q.schema = formatSchema, body.Get("response_format.json_schema.schema")
	}
	effort := body.Get("reasoning_effort").String()
	q.think.show = m.can.reasons && effort != "" && effort != "none"
	q.think.on = q.think.show || m.can.byDefault && effort != "none"
	q.ready()
	return q
}

func (q *chatRequest) readTools(body gjson.Result) {
	for _, t := range body.Get("tools").Array() {
		q.feed(t.Raw, 4)
		f := t.Get("function")
		if t.Get("type").Str == "custom" {
			f = t.Get("custom")
		}
		q.tools = append(q.tools, tool{name: f.Get("name").Str, schema: f.Get("parameters"), custom: t.Get("type").Str == "custom"})
	}
	for _, f := range body.Get("functions").Array() {
		q.feed(f.Raw, 4)
		q.legacy = true
		q.tools = append(q.tools, tool{name: f.Get("name").Str, schema: f.Get("parameters")})
	}
	pick := body.Get("tool_choice")
	if q.legacy {
		pick = body.Get("function_call")
	}
	q.choice = readOpenAIChoice(pick)
	q.choice.serial = q.legacy || body.Get("parallel_tool_calls").Type == gjson.False
}

// readOpenAIChoice reads tool_choice of Chat Completions and of Responses.
func readOpenAIChoice(v gjson.Result) choice {
	switch v.String() {
	case "none":
		return choice{mode: choiceNone}
	case "required":
		return choice{mode: choiceAny}
	}
	if !v.IsObject() {
		return choice{}
	}
	allowed := v
	if nested := v.Get("allowed_tools"); nested.Exists() {
		allowed = nested
	}
	if list := allowed.Get("tools"); list.Exists() {
		c := choice{}
		for _, t := range list.Array() {
			c.only = append(c.only, toolName(t))
		}
		if allowed.Get("mode").Str == "required" {
			c.mode = choiceAny
		}
		return c
	}
	if name := toolName(v); name != "" {
		return choice{mode: choiceAny, only: []string{name}}
	}
	return choice{}
}

// toolName reads a tool's name where it lies flat or under its type.
func toolName(v gjson.Result) string {
	for _, at := range []string{"name", "function.name", "custom.name"} {
		if n := v.Get(at).String(); n != "" {
			return n
		}
	}
	return ""
}

func (q *chatRequest) readMessage(msg gjson.Result) {
	role := msg.Get("role").Str
	said := q.readContent(msg.Get("content"))
	for _, call := range msg.Get("tool_calls").Array() {
		q.feed(call.Raw, 2)
	}
	if call := msg.Get("function_call"); call.IsObject() {
		q.feed(call.Raw, 2)
	}
	switch role {
	case "user":
		q.said(said)
	case "assistant":
		q.results = nil
		if msg.Get("tool_calls").Exists() || msg.Get("function_call").IsObject() {
			q.step++
		}
	case "tool", "function":
		q.results = append(q.results, said)
	}
}

// readContent feeds a message's content and returns its text.
func (q *chatRequest) readContent(content gjson.Result) string {
	if content.Type == gjson.String {
		q.feed(content.Str, 4)
		return content.Str
	}
	var texts []string
	for _, part := range content.Array() {
		switch part.Get("type").Str {
		case "text":
			texts = append(texts, part.Get("text").Str)
			q.feed(part.Get("text").Str, 2)
		case "refusal":
			q.feed(part.Get("refusal").Str, 2)
		case "image_url":
			q.feedMedia(part.Get("image_url.url").Str, imageTokens(part.Get("image_url.detail").Str))
		case "input_audio", "file":
			q.feedMedia(part.Raw, fileTokens)
		}
	}
	return strings.Join(texts, "\n")
}

// fileTokens is what a document or a sound costs, whatever its length.
const fileTokens = 1000

func imageTokens(detail string) int {
	if detail == "low" {
		return 85
	}
	return 765
}

// contextExceeded refuses a prompt that the model cannot hold.
func contextExceeded(a *ask, param string) error {
	in := a.input()
	if in <= a.model.context {
		return nil
	}
	return badRequest(param, "context_length_exceeded", "This model's maximum context length is %d tokens. However, your messages resulted in %d tokens. Please reduce the length of the messages.",
		a.model.context, in)
}
