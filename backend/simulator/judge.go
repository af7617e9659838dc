package simulator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

func moderationRule() *rule {
	return object(field{"model", text()}, field{"input", either(text(), list(either(text(), anyObject())).filled()).need()})
}

// moderations serves POST /v1/moderations: a text is flagged for the words in
// it that name a category.
func (o *openAI) moderations(x *exchange) error {
	body, err := x.read(core.ProviderOpenAI, o.rules.moderation)
	if err != nil {
		return err
	}
	m, err := o.findModel(orWord(x.model, "omni-moderation-latest"), useModeration)
	if err != nil {
		return err
	}
	inputs := []string{}
	if in := body.Get("input"); in.IsArray() && in.Get("0.type").Exists() {
		inputs = append(inputs, strings.Join(texts(in.Get("#.text")), " ")) // parts of one input
	} else {
		inputs = append(inputs, texts(in)...)
	}
	results := arr{}
	for _, in := range inputs {
		results = append(results, moderate(in))
	}
	x.begin(llm.Usage{})
	return x.reply(obj{{"id", x.id("modr-", 29)}, {"model", m.id}, {"results", results}})
}

func texts(v gjson.Result) []string {
	var out []string
	for _, t := range v.Array() {
		out = append(out, t.String())
	}
	return out
}

func moderate(text string) obj {
	words := map[string]string{
		"harassment": "harass", "harassment/threatening": "threaten", "hate": "hate", "hate/threatening": "exterminate", "illicit": "steal",
		"illicit/violent": "bomb", "self-harm": "self-harm", "self-harm/intent": "suicide", "self-harm/instructions": "hang myself",
		"sexual": "sexual", "sexual/minors": "minors", "violence": "kill", "violence/graphic": "gore",
	}
	names := make([]string, 0, len(words))
	for name := range words {
		names = append(names, name)
	}
	slices.Sort(names)
	flagged, lower := false, strings.ToLower(text)
	categories, scores, kinds := obj{}, obj{}, obj{}
	for _, name := range names {
		hit, score := strings.Contains(lower, words[name]), 0.0001
		if hit {
			flagged, score = true, 0.97
		}
		categories, scores = categories.with(name, hit), scores.with(name, score)
		kinds = kinds.with(name, arr{"text"})
	}
	return obj{{"flagged", flagged}, {"categories", categories}, {"category_scores", scores}, {"category_applied_input_types", kinds}}
}

func rerankRule() *rule {
	return object(
		field{"model", text().filled().need()}, field{"query", text().filled().need()},
		field{"documents", list(either(text(), anyObject())).filled().atMost(1000).need()},
		field{"top_n", integer(1, many)}, field{"return_documents", boolean()}, field{"rank_fields", list(text())},
		field{"max_chunks_per_doc", integer(1, many)}, field{"max_tokens_per_doc", integer(1, many)}, field{"truncation", boolean()},
	)
}

// rerank serves POST /v1/rerank in the shape that Cohere's and Jina's services
// share: documents are ranked by the words that they have in common with the
// query.
func (o *openAI) rerank(x *exchange) error {
	body, err := x.read(core.ProviderOpenAI, o.rules.rerank)
	if err != nil {
		return err
	}
	m, err := o.findModel(x.model, useRerank)
	if err != nil {
		return err
	}
	type ranked struct {
		index int
		text  string
		score float64
	}
	query := body.Get("query").Str
	tokens := countTokens(query)
	var list []ranked
	for i, d := range body.Get("documents").Array() {
		said := d.String()
		if d.IsObject() {
			said = d.Get("text").String()
		}
		tokens += countTokens(said)
		list = append(list, ranked{i, said, overlap(query, said)})
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(b.score, a.score) })
	if n := int(body.Get("top_n").Int()); n > 0 && n < len(list) {
		list = list[:n]
	}
	results := arr{}
	for _, r := range list {
		entry := obj{{"index", r.index}, {"relevance_score", r.score}}
		if body.Get("return_documents").Bool() {
			entry = entry.with("document", obj{{"text", r.text}})
		}
		results = append(results, entry)
	}
	x.begin(llm.Usage{Input: int64(tokens)})
	return x.reply(obj{{"id", x.id("rerank-", 24)}, {"model", m.id}, {"object", "list"}, {"results", results}, {"usage", obj{{"prompt_tokens", tokens}, {"total_tokens", tokens}}}})
}

// overlap is the share of a query's words that a text holds, from 0 to 1.
func overlap(query, text string) float64 {
	words := strings.Fields(strings.ToLower(query))
	lower, hits := strings.ToLower(text), 0
	for _, w := range words {
		if strings.Contains(lower, strings.Trim(w, ".,?!")) {
			hits++
		}
	}
	return float64(hits+1) / float64(len(words)+2)
}
