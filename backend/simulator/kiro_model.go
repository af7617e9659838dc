package simulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// kiroModel is one row of Kiro's list.
type kiroModel struct {
	id, maker string
	rate      float64 // credits, against those of "auto"
	in, out   int     // tokens
	free      bool    // free accounts have it
	text      bool    // takes no pictures
	east      bool    // only in us-east-1
	signed    bool    // signatures of reasoning are verified
	opaque    bool    // reasoning is redacted, and comes after the calls
	plain     bool    // its back end refuses the finer words of a tool's schema
	schema    string  // of additionalModelRequestFields; "" takes none
}

// kiroModels are the models that a paid account sees.
func kiroModels() []kiroModel {
	const million, old = 1_000_000, 200_000
	low, all := []string{"low", "medium", "high", "max"}, []string{"low", "medium", "high", "xhigh", "max"}
	claude := func(id string, rate float64, in, out int, schema string) kiroModel {
		return kiroModel{id: id, maker: "Anthropic", rate: rate, in: in, out: out, signed: true, schema: schema}
	}
	gpt := func(id string, rate float64) kiroModel {
		return kiroModel{id: id, maker: "OpenAI", rate: rate, in: 272_000, out: 128_000, opaque: true, schema: gptFields()}
	}
	free := func(m kiroModel) kiroModel { m.free = true; return m }
	return []kiroModel{
		{id: "auto", rate: 1, in: old, out: 64_000, free: true},
		claude("claude-opus-5.5", 2.0, million, 128_000, claudeFields(all, "medium", false, 128_000)),
		claude("claude-opus-5", 2.2, million, 128_000, claudeFields(all, "high", true, 128_000)),
		claude("claude-opus-4.8", 2.2, million, 128_000, claudeFields(all, "high", true, 128_000)),
		claude("claude-opus-4.7", 2.2, million, 128_000, claudeFields(all, "xhigh", true, 128_000)),
		claude("claude-opus-4.6", 2.2, million, 128_000, claudeFields(low, "high", true, 128_000)),
		claude("claude-opus-4.5", 2.2, old, 64_000, ""),
		claude("claude-fable-5", 4.0, million, 128_000, claudeFields(all, "high", true, 128_000)),
		claude("claude-sonnet-5.5", 1.3, million, 64_000, claudeFields(all, "high", false, 64_000)),
		claude("claude-sonnet-5", 1.3, million, 64_000, claudeFields(all, "high", true, 64_000)),
		claude("claude-sonnet-4.6", 1.3, million, 64_000, claudeFields(low, "high", true, 64_000)),
		free(claude("claude-sonnet-4.5", 1.3, old, 64_000, "")),
		free(claude("claude-sonnet-4", 1.3, old, 64_000, "")),
		free(claude("claude-haiku-4.5", 0.4, old, 64_000, "")),
		gpt("gpt-5.6-sol", 4.4), gpt("gpt-5.6-terra", 2.2), gpt("gpt-5.6-luna", 1.1),
		{id: "deepseek-3.2", maker: "DeepSeek", rate: 0.25, in: 128_000, out: 64_000, free: true, plain: true},
		{id: "glm-5", maker: "Z.ai", rate: 0.5, in: old, out: 64_000, free: true, plain: true, text: true, east: true},
		{id: "minimax-m2.1", maker: "MiniMax", rate: 0.15, in: old, out: 64_000, free: true, plain: true},
		{id: "minimax-m2.5", maker: "MiniMax", rate: 0.25, in: old, out: 64_000, free: true, plain: true, text: true},
		{id: "qwen3-coder-next", maker: "Qwen", rate: 0.05, in: 256_000, out: 64_000, free: true, plain: true},
	}
}

// claudeFields is the schema of the native fields of a Claude model.
func claudeFields(efforts []string, usual string, disable bool, most int) string {
	types := []string{"adaptive"}
	if disable {
		types = append(types, "disabled")
	}
	return string(encode(fieldsObject(obj{
		{"output_config", fieldsObject(obj{{"effort", fieldsEnum(efforts, usual)}})},
		{"thinking", fieldsObject(obj{{"type", fieldsEnum(types, "adaptive")}, {"display", fieldsEnum([]string{"summarized", "omitted"}, "summarized")}})},
		{"max_tokens", obj{{"type", "integer"}, {"minimum", 1024}, {"maximum", most}}},
	})))
}

// gptFields is that of the GPT models.
func gptFields() string {
	efforts := []string{"none", "low", "medium", "high", "xhigh", "max"}
	return string(encode(fieldsObject(obj{{"reasoning", fieldsObject(obj{{"effort", fieldsEnum(efforts, "medium")}})}})))
}

func fieldsObject(properties obj) obj {
	return obj{{"type", "object"}, {"additionalProperties", false}, {"properties", properties}}
}

func fieldsEnum(values []string, usual string) obj {
	list := make(arr, len(values))
	for i, v := range values {
		list[i] = v
	}
	return obj{{"type", "string"}, {"enum", list}, {"default", usual}}
}

// modelFor finds the model that an account means by a name; nil when it has
// none of that name.
func (p *kiroPlane) modelFor(a *KiroAccount, name string) *kiroModel {
	name = orWord(name, "auto")
	if p.name == planeLegacy {
		switch name {
		case "CLAUDE_SONNET_4_20250514_V1_0":
			name = "claude-sonnet-4"
		case "CLAUDE_SONNET_4_5_20250929_V1_0":
			name = "claude-sonnet-4.5"
		}
	}
	for i := range p.models {
		if m := &p.models[i]; m.id == name && p.offers(a, m) {
			return m
		}
	}
	if core.MatchAny(p.sim.models.extra, name) {
		return &kiroModel{id: name, rate: 1, in: 1_000_000, out: 128_000, free: true}
	}
	return nil
}

// offers reports whether an account may use a model.
func (p *kiroPlane) offers(a *KiroAccount, m *kiroModel) bool {
	return (m.free || a.Plan != KiroFree) && (!m.east || a.Region == "us-east-1")
}

// model is the row as the engine knows models.
func (m *kiroModel) model() *model {
	return &model{id: m.id, provider: core.ProviderKiro, use: useChat, context: m.in, output: m.out, can: traits{reasons: true}}
}

// info is the row as ListAvailableModels shows it.
func (m *kiroModel) info() obj {
	inputs := arr{"TEXT", "IMAGE"}
	if m.text {
		inputs = arr{"TEXT"}
	}
	title := strings.ToUpper(m.id[:1]) + strings.ReplaceAll(m.id[1:], "-", " ")
	o := obj{
		{"modelId", m.id},
		{"modelName", title},
		{"description", "Simulated " + title},
		{"modelProvider", m.maker},
		{"rateMultiplier", m.rate},
		{"rateUnit", "Credit"},
		{"status", "ACTIVE"},
		{"supportedInputTypes", inputs},
		{"tokenLimits", obj{{"maxInputTokens", m.in}, {"maxOutputTokens", m.out}}},
		{"promptCaching", obj{{"supportsPromptCaching", m.signed}, {"maximumCacheCheckpointsPerRequest", 4}, {"minimumTokensPerCacheCheckpoint", 1024}}},
	}
	if m.schema != "" {
		o = o.with("additionalModelRequestFieldsSchema", raw(m.schema))
	}
	return o
}

// kiroPageSize is the most models that one page of the list holds.
const kiroPageSize = 10

// listModels serves ListAvailableModels.
func (p *kiroPlane) listModels(x *exchange, q kiroQuery) error {
	who, err := p.enter(x)
	if err != nil {
		return err
	}
	if r := p.checkARN(who, q.profile, arnNeeded); r != nil {
		return r
	}
	if q.origin == "" {
		return improper("origin is missing")
	}
	most, from := kiroPageSize, 0
	if n, err := strconv.Atoi(orWord(q.most, "50")); err != nil || n < 1 || n > 1000 {
		return improper("maxResults is not from 1 to 1000")
	} else if n < most {
		most = n
	}
	offered := slices.DeleteFunc(slices.Clone(p.models), func(m kiroModel) bool { return !p.offers(&who, &m) })
	if q.next != "" {
		if from = slices.IndexFunc(offered, func(m kiroModel) bool { return p.pageToken(m.id) == q.next }); from < 0 {
			return improper("nextToken is unknown")
		}
	}
	list, next := arr{}, any(nil)
	for i := from; i < min(from+most, len(offered)); i++ {
		list = append(list, offered[i].info())
	}
	if to := from + most; to < len(offered) {
		next = p.pageToken(offered[to].id)
	}
	return x.reply(obj{{"defaultModel", obj{{"modelId", "auto"}}}, {"models", list}, {"nextToken", next}})
}

// pageToken is the token of the page that begins with a model.
func (p *kiroPlane) pageToken(id string) string { return p.sim.mint.hexID("", 40, "kiro page", id) }

// fieldsProblem says what is wrong with additionalModelRequestFields, "" when
// nothing is. The services' schemas use no more of JSON Schema than this.
func fieldsProblem(value, schema any, at string) string {
	s, _ := schema.(map[string]any)
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, value) {
		return at + " is none of the values of the model's schema"
	}
	switch s["type"] {
	case "string":
		if _, ok := value.(string); !ok {
			return at + " is no string"
		}
	case "integer":
		n, ok := value.(float64)
		if low, high := s["minimum"].(float64), s["maximum"].(float64); !ok || n != float64(int64(n)) || n < low || n > high {
			return at + " is no integer within its bounds"
		}
	case "object":
		return objectProblem(value, s, at)
	}
	return ""
}

func objectProblem(value any, s map[string]any, at string) string {
	fields, ok := value.(map[string]any)
	if !ok {
		return at + " is no object"
	}
	properties, _ := s["properties"].(map[string]any)
	for name, v := range fields {
		sub, known := properties[name]
		if !known {
			return at + "." + name + " is not in the model's schema"
		}
		if problem := fieldsProblem(v, sub, at+"."+name); problem != "" {
			return problem
		}
	}
	return ""
}

// fieldsFit checks the raw fields of a request against the model.
func (m *kiroModel) fieldsFit(fields string) string {
	if m.schema == "" {
		return "the model takes no additionalModelRequestFields"
	}
	var value, schema any
	if json.Unmarshal([]byte(fields), &value) != nil || json.Unmarshal([]byte(m.schema), &schema) != nil {
		return "additionalModelRequestFields is no JSON"
	}
	return fieldsProblem(value, schema, "additionalModelRequestFields")
}
