package simulator

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
)

// messageRequest is what Messages needs to know to answer, besides the ask
// itself.
type messageRequest struct {
	ask
	turns   []turn
	stream  bool
	omit    bool // thinking is given without its text
	id      string
	answer  *answer
	written written
	geo     string
	speed   string
}

// turn is the message of one side, consecutive messages merged.
type turn struct {
	role   string
	blocks []gjson.Result
	at     int // position of its first message
}

// message serves POST /v1/messages.
func (a *anthropic) message(x *exchange) error {
	q, body, err := a.readMessages(x, a.messages, a.betaMessages)
	if err != nil {
		return err
	}
	if err := x.obey(&q.orders); err != nil {
		return err
	}
	q.stream = body.Get("stream").Bool()
	q.answer = a.sim.engine.compose(&q.ask, 0)
	if limit := body.Get("max_tokens"); limit.Num == 0 {
		q.answer = &answer{stop: stopLimit} // a cache warm-up answers nothing
	}
	var read int
	read, q.written = a.sim.cache.explicit(&q.ask, x.account.id, x.now(), a.sim.options.CacheTokens)
	x.begin(q.answer.usage(q.input(), read, q.written.short+q.written.long))
	if q.stream {
		return a.streamMessage(x, q)
	}
	return x.reply(a.wholeMessage(x, q))
}

// countTokens serves POST /v1/messages/count_tokens.
func (a *anthropic) countTokens(x *exchange) error {
	q, _, err := a.readMessages(x, a.count, a.betaCount)
	if err != nil {
		return err
	}
	return x.reply(obj{{"input_tokens", q.input()}})
}

// readMessages reads and checks a request.
func (a *anthropic) readMessages(x *exchange, plain, beta *rule) (*messageRequest, gjson.Result, error) {
	shape := plain
	if x.r.Header.Get("Anthropic-Beta") != "" {
		shape = beta
	}
	body, err := x.read(core.ProviderAnthropic, shape)
	if err != nil {
		return nil, body, err
	}
	m, err := a.findModel(x.model)
	if err != nil {
		return nil, body, err
	}
	q := &messageRequest{turns: merge(body.Get("messages")), id: x.id("msg_01", 22)}
	q.model = m
	if err := a.checkMessages(x, q, body); err != nil {
		return nil, body, err
	}
	q.fill(body)
	if in := q.input(); in > m.context {
		return nil, body, invalid("prompt is too long: %d tokens > %d maximum", in, m.context)
	}
	return q, body, nil
}

// merge joins consecutive messages of the same side. A string is a text block.
func merge(messages gjson.Result) []turn {
	var turns []turn
	for i, msg := range messages.Array() {
		role := msg.Get("role").Str
		if n := len(turns); n == 0 || turns[n-1].role != role {
			turns = append(turns, turn{role: role, at: i})
		}
		last := &turns[len(turns)-1]
		content := msg.Get("content")
		if content.Type == gjson.String {
			last.blocks = append(last.blocks, gjson.ParseBytes(encode(obj{{"type", "text"}, {"text", content.Str}})))
			continue
		}
		last.blocks = append(last.blocks, content.Array()...)
	}
	return turns
}

// fill turns the checked request into an ask.
func (q *messageRequest) fill(body gjson.Result) {
	for _, t := range body.Get("tools").Array() {
		q.feed(t.Raw, 4)
		q.markBlock(t)
		q.addTool(t)
	}
	system := body.Get("system")
	if system.Type == gjson.String && system.Str != "" {
		q.feed(system.Str, 4)
	}
	if system.IsArray() {
		for _, b := range system.Array() {
			q.feed(b.Get("text").Str, 4)
			q.markBlock(b)
		}
	}
	for i := range q.turns {
		q.readTurn(&q.turns[i])
	}
	if mark := body.Get("cache_control"); mark.IsObject() {
		q.mark(cacheLife(mark))
	}
	q.readOptions(body)
	q.ready()
}

// addTool offers a client's tool. Those with a type of their own take what
// their documentation says, of which the command is the heart.
func (q *messageRequest) addTool(t gjson.Result) {
	kind := t.Get("type").Str
	for _, server := range []string{"web_search", "web_fetch", "code_execution", "tool_search", "mcp_toolset", "browser_toolset"} {
		if strings.HasPrefix(kind, server) {
			return
		}
	}
	schema := t.Get("input_schema")
	if kind != "" && kind != "custom" {
		schema = gjson.Parse(`{"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}`)
	}
	q.tools = append(q.tools, tool{name: t.Get("name").Str, schema: schema})
}

func (q *messageRequest) readOptions(body gjson.Result) {
	pick := body.Get("tool_choice")
	switch pick.Get("type").Str {
	case "any":
		q.choice.mode = choiceAny
	case "none":
		q.choice.mode = choiceNone
	case "tool":
		q.choice = choice{mode: choiceAny, only: []string{pick.Get("name").Str}}
	}
	q.choice.serial = pick.Get("disable_parallel_tool_use").Bool()
	q.limit = int(body.Get("max_tokens").Int())
	for _, s := range body.Get("stop_sequences").Array() {
		q.stops = append(q.stops, s.Str)
	}
	if f := body.Get("output_config.format"); f.IsObject() {
		q.format, q.schema = formatSchema, f.Get("schema")
	}
	if f := body.Get("output_format"); f.IsObject() {
		q.format, q.schema = formatSchema, f.Get("schema")
	}
	kind, display := body.Get("thinking.type").Str, body.Get("thinking.display").Str
	q.think = thinking{on: kind == "enabled" || kind == "adaptive" || kind == "between_tools", show: true}
	q.omit = display == "omitted" || display == "" && q.model.can.adaptive && !q.model.can.sampling
	q.geo, q.speed = body.Get("inference_geo").Str, body.Get("speed").Str
}

func (q *messageRequest) readTurn(t *turn) {
	var said, results []string
	calls := false
	for _, b := range t.blocks {
		switch b.Get("type").Str {
		case "text":
			q.feed(b.Get("text").Str, 3)
			said = append(said, b.Get("text").Str)
		case "image":
			q.feedMedia(b.Get("source").Raw, imageTokens(""))
		case "document":
			q.feedMedia(b.Get("source").Raw, fileTokens)
		case "tool_result":
			results = append(results, q.readResult(b))
		case "thinking", "redacted_thinking":
			// Thoughts of earlier turns are not fed again.
		default:
			calls = calls || b.Get("type").Str == "tool_use"
			q.feed(b.Raw, 3)
		}
		q.markBlock(b)
	}
	switch t.role {
	case "user":
		q.heard(strings.Join(said, "\n"), results)
	case "assistant":
		q.results = nil
		if calls {
			q.step++
		}
	}
}

// heard notes a turn of the user: new text, results of tools, or both.
func (a *ask) heard(text string, results []string) {
	if text != "" && withoutReminders(text) != "" || len(results) == 0 {
		a.said(text)
	}
	a.results = append(a.results, results...)
}

func (q *messageRequest) readResult(b gjson.Result) string {
	content := b.Get("content")
	if content.Type == gjson.String {
		q.feed(content.Str, 6)
		return content.Str
	}
	var texts []string
	q.feed("", 6)
	for _, part := range content.Array() {
		switch part.Get("type").Str {
		case "image":
			q.feedMedia(part.Get("source").Raw, imageTokens(""))
		case "document":
			q.feedMedia(part.Get("source").Raw, fileTokens)
		default:
			q.feed(part.Get("text").Str, 2)
			texts = append(texts, part.Get("text").Str)
		}
	}
	return strings.Join(texts, "\n")
}

// markBlock notes the cache breakpoint of a block, if it has one.
func (q *messageRequest) markBlock(b gjson.Result) {
	if mark := b.Get("cache_control"); mark.IsObject() {
		q.mark(cacheLife(mark))
	}
}

func cacheLife(mark gjson.Result) time.Duration {
	if mark.Get("ttl").Str == "1h" {
		return time.Hour
	}
	return 5 * time.Minute
}
