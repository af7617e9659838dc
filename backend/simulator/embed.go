package simulator

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// vector embeds a text: each of its words turns on a few directions, so that
// texts with words in common are near to each other. Its length is 1.
func (m mint) vector(text string, size int) []float32 {
	const perWord = 16
	v := make([]float64, size)
	for _, w := range append(strings.Fields(strings.ToLower(text)), "\x00") {
		rng := m.random("word", w)
		for range perWord {
			v[rng.IntN(size)] += rng.NormFloat64()
		}
	}
	norm := 0.0
	for _, f := range v {
		norm += f * f
	}
	norm = math.Sqrt(norm)
	out := make([]float32, size)
	for i, f := range v {
		out[i] = float32(f / norm)
	}
	return out
}

// floats is a vector as a JSON list.
func floats(v []float32) raw {
	b := []byte{'['}
	for i, f := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, float64(f), 'g', -1, 32)
	}
	return raw(append(b, ']'))
}

// packed is a vector as base64 of little-endian float32, as the OpenAI SDKs
// ask for it.
func packed(v []float32) string {
	b := make([]byte, 0, 4*len(v))
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return base64.StdEncoding.EncodeToString(b)
}

func embeddingRule() *rule {
	tokens := list(integer(0, many)).filled().atMost(8192)
	return object(
		field{"model", text().filled().need()},
		field{"input", either(text().filled(), list(either(text().filled(), integer(0, many), tokens)).filled().atMost(8192)).need()},
		field{"dimensions", integer(1, many)},
		field{"encoding_format", oneOf("float", "base64")},
		field{"user", text()},
	)
}

// embeddings serves POST /v1/embeddings.
func (o *openAI) embeddings(x *exchange) error {
	body, err := x.read(core.ProviderOpenAI, o.rules.embedding)
	if err != nil {
		return err
	}
	m, err := o.findModel(x.model, useEmbedding)
	if err != nil {
		return err
	}
	size := orElse(int(body.Get("dimensions").Int()), m.output)
	if size > m.output {
		return badRequest("dimensions", "", "Invalid value for 'dimensions' = %d. Must be less than or equal to %d.", size, m.output)
	}
	data, tokens := arr{}, 0
	for i, in := range embeddingInputs(body.Get("input")) {
		n := in.tokens()
		if n > m.context {
			return badRequest("", "", "This model's maximum context length is %d tokens, however you requested %d tokens (%d in your prompt; 0 for the completion). Please reduce your prompt; or completion length.", m.context, n, n)
		}
		tokens += n
		v := x.sim.mint.vector(in.text, size)
		entry := obj{{"object", "embedding"}, {"index", i}, {"embedding", floats(v)}}
		if body.Get("encoding_format").Str == "base64" {
			entry[2].value = packed(v)
		}
		data = append(data, entry)
	}
	x.begin(llm.Usage{Input: int64(tokens)})
	return x.reply(obj{{"object", "list"}, {"data", data}, {"model", m.id}, {"usage", obj{{"prompt_tokens", tokens}, {"total_tokens", tokens}}}})
}

// embeddingInput is one text, or the numbers of its tokens.
type embeddingInput struct {
	text    string
	numbers int
}

func (in embeddingInput) tokens() int {
	if in.numbers > 0 {
		return in.numbers
	}
	return countTokens(in.text)
}

func embeddingInputs(v gjson.Result) []embeddingInput {
	if v.Type == gjson.String {
		return []embeddingInput{{text: v.Str}}
	}
	var list []embeddingInput
	items := v.Array()
	if len(items) > 0 && items[0].Type == gjson.Number {
		return []embeddingInput{{v.Raw, len(items)}}
	}
	for _, item := range items {
		if item.IsArray() {
			list = append(list, embeddingInput{item.Raw, len(item.Array())})
			continue
		}
		list = append(list, embeddingInput{text: item.Str})
	}
	return list
}

// embedContent serves Gemini's embedContent.
func (g *gemini) embedContent(x *exchange, name string) error {
	return g.vectors(x, name, "embedContent", g.embed, func(body gjson.Result, embed func(gjson.Result) obj) obj {
		return obj{{"embedding", embed(body)}}
	})
}

// batchEmbedContents serves Gemini's batchEmbedContents.
func (g *gemini) batchEmbedContents(x *exchange, name string) error {
	return g.vectors(x, name, "batchEmbedContents", g.batch, func(body gjson.Result, embed func(gjson.Result) obj) obj {
		list := arr{}
		for _, r := range body.Get("requests").Array() {
			list = append(list, embed(r))
		}
		return obj{{"embeddings", list}}
	})
}

func (g *gemini) vectors(x *exchange, name, verb string, shape *rule, answer func(gjson.Result, func(gjson.Result) obj) obj) error {
	m, err := g.findModel(x, name, useEmbedding, verb)
	if err != nil {
		return err
	}
	body, err := x.parse()
	if err != nil {
		return err
	}
	if err := x.conform(shape, body, sameProto); err != nil {
		return err
	}
	tokens := 0
	out := answer(body, func(r gjson.Result) obj {
		said := ""
		for _, p := range r.Get("content.parts").Array() {
			said += p.Get("text").Str
		}
		tokens += countTokens(said)
		size := min(orElse(int(get(r, "outputDimensionality").Int()), m.output), m.output)
		return obj{{"values", floats(x.sim.mint.vector(said, size))}}
	})
	if tokens == 0 {
		return gInvalid("* %s.content: contents is not specified\n", strings.ToUpper(verb[:1])+verb[1:]+"Request")
	}
	x.begin(llm.Usage{Input: int64(tokens)})
	return x.reply(out)
}
