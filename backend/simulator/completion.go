package simulator

import (
	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
)

func completionRule() *rule {
	tokens := list(integer(0, many))
	return object(
		field{"model", text().filled().need()},
		field{"prompt", either(text(), list(either(text(), integer(0, many), tokens)).filled()).need()},
		field{"best_of", integer(0, 20)}, field{"echo", boolean()},
		field{"frequency_penalty", number(-2, 2)}, field{"presence_penalty", number(-2, 2)},
		field{"logit_bias", anyObject()}, field{"logprobs", integer(0, 5)}, field{"max_tokens", integer(0, many)}, field{"n", integer(1, 128)},
		field{"seed", integer(-many, many)}, field{"stop", either(text(), list(text()).atMost(4))}, field{"stream", boolean()},
		field{"stream_options", object(field{"include_usage", boolean()}, field{"include_obfuscation", boolean()})},
		field{"suffix", text()}, field{"temperature", number(0, 2)}, field{"top_p", number(0, 1)}, field{"user", text()},
	)
}

// completionRequest is one request of the old text completion.
type completionRequest struct {
	ask
	prompts []string
	n       int
	echo    bool
	usage   bool
	id      string
	created int64
	texts   []string // the answers: n for each prompt
	answers []*answer
}

// completions serves POST /v1/completions.
func (o *openAI) completions(x *exchange) error {
	body, err := x.read(core.ProviderOpenAI, o.rules.completion)
	if err != nil {
		return err
	}
	m, err := o.findModel(x.model, useCompletion)
	if err != nil {
		return err
	}
	if body.Get("stream_options").IsObject() && !body.Get("stream").Bool() {
		return badRequest("stream_options", "", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	}
	q := readCompletion(x, m, body)
	if err := x.obey(&q.orders); err != nil {
		return err
	}
	if err := contextExceeded(&q.ask, "prompt"); err != nil {
		return err
	}
	q.compose(o.sim.engine)
	output := 0
	for _, a := range q.answers {
		output += a.output
	}
	x.beginCached(&q.ask, output, 0, 128)
	if body.Get("stream").Bool() {
		return o.streamCompletion(x, q)
	}
	choices := arr{}
	for i := range q.answers {
		choices = append(choices, q.choice(i, q.texts[i], completionFinish(q.answers[i])))
	}
	return x.reply(q.envelope(choices).with("usage", chatUsage(x.usage)))
}

func readCompletion(x *exchange, m *model, body gjson.Result) *completionRequest {
	q := &completionRequest{
		n: max(int(body.Get("n").Int()), 1), echo: body.Get("echo").Bool(), usage: body.Get("stream_options.include_usage").Bool(),
		id: x.id("cmpl-", 29), created: x.now().Unix(),
	}
	q.model, q.limit = m, 16
	if v := body.Get("max_tokens"); v.Exists() {
		q.limit = int(v.Int())
	}
	for _, in := range embeddingInputs(body.Get("prompt")) {
		q.prompts = append(q.prompts, in.text)
		q.feed(in.text, 0)
	}
	for _, s := range body.Get("stop").Array() {
		q.stops = append(q.stops, s.String())
	}
	q.text = q.prompts[len(q.prompts)-1]
	q.ready()
	q.think = thinking{}
	return q
}

func (q *completionRequest) compose(e *engine) {
	for _, p := range q.prompts {
		one := q.ask
		one.text = p
		for range q.n {
			a := e.compose(&one, len(q.answers))
			said := a.join(textBlock) + a.join(refusalBlock)
			if q.echo {
				said = p + said
			}
			q.answers, q.texts = append(q.answers, a), append(q.texts, said)
		}
	}
}

func completionFinish(a *answer) string {
	if a.stop == stopLimit {
		return "length"
	}
	return "stop"
}

func (q *completionRequest) envelope(choices arr) obj {
	return obj{{"id", q.id}, {"object", "text_completion"}, {"created", q.created}, {"model", q.model.id}, {"choices", choices}}
}

func (q *completionRequest) choice(i int, text string, finish any) obj {
	return obj{{"text", text}, {"index", i}, {"logprobs", nil}, {"finish_reason", finish}}
}

// streamCompletion sends the answers one after the other.
func (o *openAI) streamCompletion(x *exchange, q *completionRequest) error {
	s, err := x.stream("text/event-stream; charset=utf-8")
	if err == nil {
		err = q.stream(s)
	}
	return s.fail(err, func(r *refusal) []byte {
		return append(sse("", encode(obj{{"error", openAIError(r)}})), sse("", []byte("[DONE]"))...)
	})
}

func (q *completionRequest) stream(s *stream) error {
	event := func(choices arr, usage any) []byte {
		chunk := q.envelope(choices)
		if q.usage {
			chunk = chunk.with("usage", usage)
		}
		return sse("", encode(chunk))
	}
	for i, said := range q.texts {
		for _, piece := range splitTokens(said, 1) {
			if err := s.chunk(event(arr{q.choice(i, piece, nil)}, nil), 1); err != nil {
				return err
			}
		}
	}
	if err := s.end(); err != nil {
		return err
	}
	last := []byte{}
	for i, a := range q.answers {
		last = append(last, event(arr{q.choice(i, "", completionFinish(a))}, nil)...)
	}
	if q.usage {
		last = append(last, event(arr{}, chatUsage(s.x.usage))...)
	}
	return s.frame(append(last, sse("", []byte("[DONE]"))...))
}
