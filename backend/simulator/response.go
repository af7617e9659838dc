package simulator

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
)

// responseRequest is what Responses needs to know to answer, besides the ask
// itself.
type responseRequest struct {
	ask
	body    gjson.Result
	items   []gjson.Result // the input, with what previous_response_id brings
	stream  bool
	store   bool
	sealed  bool // reasoning.encrypted_content is to be included
	summary bool
	id      string
	created int64
	answer  *answer
	phased  bool // the model names the phase of its messages
	calling bool // the item read last was a call
}

// respond serves POST /v1/responses.
func (o *openAI) respond(x *exchange) error {
	q, err := o.readResponse(x)
	if err != nil {
		return err
	}
	if err := x.obey(&q.orders); err != nil {
		return err
	}
	q.answer = o.sim.engine.compose(&q.ask, 0)
	x.beginCached(&q.ask, q.answer.output, q.answer.reasoned, 128)
	if q.stream {
		return o.streamResponse(x, q)
	}
	output := arr{}
	for i := range q.answer.blocks {
		output = append(output, q.item(x, i, q.itemStatus(i)))
	}
	whole := q.object(x, q.status(), output)
	o.keep(x, q, whole, output)
	return x.reply(whole)
}

// countInput serves POST /v1/responses/input_tokens.
func (o *openAI) countInput(x *exchange) error {
	q, err := o.readResponse(x)
	if err != nil {
		return err
	}
	return x.reply(obj{{"object", "response.input_tokens"}, {"input_tokens", q.input()}})
}

// readResponse reads and checks a request of Responses.
func (o *openAI) readResponse(x *exchange) (*responseRequest, error) {
	body, err := x.read(core.ProviderOpenAI, o.rules.response)
	if err != nil {
		return nil, err
	}
	m, err := o.findModel(x.model, useChat)
	if err != nil {
		return nil, err
	}
	q := &responseRequest{
		body: body, stream: body.Get("stream").Bool(), store: body.Get("store").Type != gjson.False,
		id: x.hexID("resp_"), created: x.now().Unix(), phased: !m.can.chatTools && m.can.reasons,
	}
	q.model = m
	if err := o.gather(x, q); err != nil {
		return nil, err
	}
	if err := checkResponse(q); err != nil {
		return nil, err
	}
	if err := o.checkItems(x, q); err != nil {
		return nil, err
	}
	q.fill()
	return q, contextExceeded(&q.ask, "input")
}

// fill turns the checked request into an ask.
func (q *responseRequest) fill() {
	for _, t := range q.body.Get("tools").Array() {
		q.addTool(t, "")
	}
	if s := q.body.Get("instructions").Str; s != "" {
		q.feed(s, 4)
	}
	for _, item := range q.items {
		q.readItem(item)
	}
	q.choice = readOpenAIChoice(q.body.Get("tool_choice"))
	q.choice.serial = q.body.Get("parallel_tool_calls").Type == gjson.False
	q.limit = int(q.body.Get("max_output_tokens").Int())
	switch q.body.Get("text.format.type").Str {
	case "json_object":
		q.format = formatJSON
	case "json_schema":
		q.format, q.schema = formatSchema, q.body.Get("text.format.schema")
	}
	q.readReasoning()
	q.ready()
	q.summary = q.summary || q.orders.reason
}

func (q *responseRequest) readReasoning() {
	r := q.body.Get("reasoning")
	effort := r.Get("effort").Str
	q.summary = r.Get("summary").Str != "" || r.Get("generate_summary").Str != ""
	on := q.model.can.byDefault || effort != "" || q.summary
	q.think = thinking{on: q.model.can.reasons && on && effort != "none", show: true}
	include := q.body.Get("include").Array()
	q.sealed = slices.ContainsFunc(include, func(v gjson.Result) bool { return v.Str == "reasoning.encrypted_content" })
}

// addTool takes a tool in, those of a namespace one by one.
func (q *responseRequest) addTool(t gjson.Result, namespace string) {
	switch t.Get("type").Str {
	case "namespace":
		for _, inner := range t.Get("tools").Array() {
			q.addTool(inner, t.Get("name").Str)
		}
	case "function", "custom":
		q.feed(t.Raw, 4)
		q.tools = append(q.tools, tool{
			name: t.Get("name").Str, namespace: namespace, schema: t.Get("parameters"), custom: t.Get("type").Str == "custom",
		})
	}
}

func (q *responseRequest) readItem(item gjson.Result) {
	switch itemType(item) {
	case "message":
		said := q.readParts(item.Get("content"))
		switch item.Get("role").Str {
		case "user":
			q.said(said)
		case "assistant":
			q.results = nil
		}
	case "function_call", "custom_tool_call":
		q.feed(item.Get("name").Str+item.Get("arguments").Str+item.Get("input").Str, 4)
		if !q.calling {
			q.step++ // the first call of a step; parallel ones follow it
		}
		q.results = nil
	case "function_call_output", "custom_tool_call_output":
		q.results = append(q.results, q.readParts(item.Get("output")))
	case "additional_tools":
		for _, t := range item.Get("tools").Array() {
			q.addTool(t, "")
		}
	case "reasoning":
		q.feed(item.Get("summary").Raw, 4)
	default:
		q.feed(item.Raw, 4)
	}
	q.calling = strings.HasSuffix(itemType(item), "tool_call") || itemType(item) == "function_call"
}

func itemType(item gjson.Result) string {
	if t := item.Get("type").Str; t != "" {
		return t
	}
	return "message"
}

// readParts feeds content and returns its text.
func (q *responseRequest) readParts(content gjson.Result) string {
	if content.Type == gjson.String {
		q.feed(content.Str, 4)
		return content.Str
	}
	said := ""
	for _, part := range content.Array() {
		switch part.Get("type").Str {
		case "input_image":
			q.feedMedia(part.Get("image_url").Str+part.Get("file_id").Str, imageTokens(part.Get("detail").Str))
		case "input_file", "input_audio":
			q.feedMedia(part.Raw, fileTokens)
		default:
			s := part.Get("text").Str + part.Get("refusal").Str
			q.feed(s, 2)
			if said != "" {
				said += "\n"
			}
			said += s
		}
	}
	return said
}

// hexID makes an id in the form of Responses.
func (x *exchange) hexID(prefix string, what ...string) string {
	return x.sim.mint.hexID(prefix, 48, append([]string{x.number}, what...)...)
}
