package simulator

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// generateRequest is what generateContent needs to know to answer, besides the
// ask itself.
type generateRequest struct {
	ask
	n       int
	stream  bool
	id      string
	created string
	answers []*answer
}

// content serves generateContent and streamGenerateContent.
func (g *gemini) content(x *exchange, name string, stream bool) error {
	verb := "generateContent"
	if stream {
		verb = "streamGenerateContent"
	}
	m, err := g.findModel(x, name, useChat, verb)
	if err != nil {
		return err
	}
	body, err := x.parse()
	if err != nil {
		return err
	}
	if err := x.conform(g.generate, body, sameProto); err != nil {
		return err
	}
	if err := g.checkGenerate(x, m, body); err != nil {
		return err
	}
	q := g.readGenerate(x, m, body)
	q.stream = stream
	if err := x.obey(&q.orders); err != nil {
		return err
	}
	if in := q.input(); in > m.context {
		return gInvalid("The input token count (%d) exceeds the maximum number of tokens allowed (%d).", in, m.context)
	}
	return g.answer(x, q)
}

// answer composes the candidates and sends them.
func (g *gemini) answer(x *exchange, q *generateRequest) error {
	output, reasoned := 0, 0
	for i := range q.n {
		a := g.sim.engine.compose(&q.ask, i)
		q.answers = append(q.answers, a)
		output, reasoned = output+a.output, reasoned+a.reasoned
	}
	if q.orders.block {
		output, reasoned = 0, 0
	}
	x.beginCached(&q.ask, output, reasoned, 1)
	if q.stream {
		return g.streamContent(x, q)
	}
	if q.orders.block {
		return x.reply(q.blocked(x))
	}
	candidates := arr{}
	for i, a := range q.answers {
		parts := arr{}
		for _, p := range q.pieces(x, a, i, 0) {
			parts = append(parts, p.part)
		}
		candidates = append(candidates, q.candidate(i, parts, geminiFinish(a)))
	}
	return x.reply(q.envelope(candidates, geminiUsage(x.usage)))
}

// readGenerate turns a checked body into an ask.
func (g *gemini) readGenerate(x *exchange, m *model, body gjson.Result) *generateRequest {
	q := &generateRequest{n: 1, id: x.id("", 22), created: x.now().UTC().Format("2006-01-02T15:04:05.000000Z")}
	q.model = m
	q.readTools(body)
	for _, p := range get(body, "systemInstruction", "parts").Array() {
		q.feed(p.Get("text").Str, 2)
	}
	for _, c := range body.Get("contents").Array() {
		q.readContent(c)
	}
	config := get(body, "generationConfig")
	q.n = max(int(get(config, "candidateCount").Int()), 1)
	q.limit = int(get(config, "maxOutputTokens").Int())
	for _, s := range get(config, "stopSequences").Array() {
		q.stops = append(q.stops, s.Str)
	}
	q.readFormat(config)
	q.readThinking(get(config, "thinkingConfig"))
	q.ready()
	return q
}

func (q *generateRequest) readFormat(config gjson.Result) {
	if get(config, "responseMimeType").Str != "application/json" {
		return
	}
	q.format = formatJSON
	for _, name := range []string{"responseJsonSchema", "_responseJsonSchema", "responseSchema"} {
		if s := get(config, name); s.IsObject() {
			q.format, q.schema = formatSchema, s
			return
		}
	}
}

// readThinking: models that think do so unless their budget is 0.
func (q *generateRequest) readThinking(c gjson.Result) {
	budget := get(c, "thinkingBudget")
	off := budget.Exists() && budget.Int() == 0
	q.think = thinking{on: q.model.can.reasons && !off, show: get(c, "includeThoughts").Bool()}
}

func (q *generateRequest) readTools(body gjson.Result) {
	for _, t := range body.Get("tools").Array() {
		for _, f := range get(t, "functionDeclarations").Array() {
			q.feed(f.Raw, 4)
			schema := get(f, "parametersJsonSchema")
			if !schema.Exists() {
				schema = f.Get("parameters")
			}
			q.tools = append(q.tools, tool{name: f.Get("name").Str, schema: schema})
		}
	}
	config := get(body, "toolConfig", "functionCallingConfig")
	switch strings.ToUpper(config.Get("mode").Str) {
	case "ANY":
		q.choice.mode = choiceAny
	case "NONE":
		q.choice.mode = choiceNone
	}
	for _, n := range get(config, "allowedFunctionNames").Array() {
		q.choice.only = append(q.choice.only, n.Str)
	}
}

func (q *generateRequest) readContent(c gjson.Result) {
	var said, results []string
	calls := false
	for _, p := range c.Get("parts").Array() {
		blob := get(p, "inlineData")
		call, response := get(p, "functionCall"), get(p, "functionResponse")
		switch {
		case p.Get("thought").Bool():
			// Thoughts of earlier turns are not fed again.
		case call.IsObject():
			q.feed(call.Raw, 2)
			calls = true
		case response.IsObject():
			q.feed(response.Raw, 2)
			results = append(results, resultText(response.Get("response")))
		case blob.IsObject():
			q.feedMedia(blob.Get("data").Str, mediaTokens(get(blob, "mimeType").Str))
		case get(p, "fileData").IsObject():
			q.feedMedia(get(p, "fileData").Raw, fileTokens)
		case p.Get("text").Str != "":
			q.feed(p.Get("text").Str, 2)
			said = append(said, p.Get("text").Str)
		default:
			q.feed(p.Raw, 2)
		}
	}
	if c.Get("role").Str == "model" {
		q.results = nil
		if calls {
			q.step++
		}
		return
	}
	q.heard(strings.Join(said, "\n"), results)
}

// resultText reads a tool's result by Google's convention for its object.
func resultText(response gjson.Result) string {
	for _, key := range []string{"output", "error", "result"} {
		if v := response.Get(key); v.Exists() {
			return v.String()
		}
	}
	return response.Raw
}

func mediaTokens(mime string) int {
	if strings.HasPrefix(mime, "image/") {
		return 258
	}
	return fileTokens
}

// countTokens serves countTokens.
func (g *gemini) countTokens(x *exchange, name string) error {
	m, err := g.findModel(x, name, useChat, "countTokens")
	if err != nil {
		return err
	}
	body, err := x.parse()
	if err != nil {
		return err
	}
	if err := x.conform(g.count, body, sameProto); err != nil {
		return err
	}
	request := get(body, "generateContentRequest")
	if !request.Exists() {
		request = body
	}
	if len(request.Get("contents").Array()) == 0 {
		return gInvalid("* CountTokensRequest.contents: contents is not specified\n")
	}
	q := g.readGenerate(x, m, request)
	n := q.input()
	return x.reply(obj{{"totalTokens", n}, {"promptTokensDetails", arr{obj{{"modality", "TEXT"}, {"tokenCount", n}}}}})
}

// callID is the id of a function call; only Gemini 3 and later give one.
func (q *generateRequest) callID(x *exchange, b *block, nth int) string {
	if !q.model.can.signed {
		return ""
	}
	return x.id("", 8, "call", strconv.Itoa(nth), strconv.Itoa(b.n))
}
