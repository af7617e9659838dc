package simulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// modelBirth is when all models of the lists were made.
func modelBirth() time.Time { return time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC) }

// models serves OpenAI's GET /v1/models and /v1/models/{id}.
func (o *openAI) models(x *exchange, id string) error {
	show := func(id string) obj {
		return obj{{"id", id}, {"object", "model"}, {"created", modelBirth().Unix()}, {"owned_by", "system"}}
	}
	if err := x.admit(core.ProviderOpenAI, id); err != nil {
		return err
	}
	if id != "" {
		if o.sim.models.find(core.ProviderOpenAI, id) == nil {
			return &refusal{status: http.StatusNotFound, code: "model_not_found", param: "model", message: "The model '" + id + "' does not exist"}
		}
		return x.reply(show(id))
	}
	data := arr{}
	for _, m := range o.sim.models.list(core.ProviderOpenAI) {
		data = append(data, show(m.id))
	}
	return x.reply(obj{{"object", "list"}, {"data", data}})
}

// listModels serves Anthropic's GET /v1/models, with its pages.
func (a *anthropic) listModels(x *exchange) error {
	if err := x.admit(core.ProviderAnthropic, ""); err != nil {
		return err
	}
	list := a.sim.models.list(core.ProviderAnthropic)
	q := x.r.URL.Query()
	limit, err := strconv.Atoi(orWord(q.Get("limit"), "20"))
	if err != nil || limit < 1 || limit > 1000 {
		return invalid("limit: Input should be between 1 and 1000")
	}
	from := 0
	for i, m := range list {
		if m.id == q.Get("after_id") {
			from = i + 1
		}
	}
	to := min(from+limit, len(list))
	for i, m := range list {
		if m.id == q.Get("before_id") {
			from, to = max(i-limit, 0), i
		}
	}
	data := arr{}
	for i := range list[from:to] {
		data = append(data, claudeInfo(&list[from+i]))
	}
	first, last := any(nil), any(nil)
	if from < to {
		first, last = list[from].id, list[to-1].id
	}
	return x.reply(obj{{"data", data}, {"has_more", to < len(list)}, {"first_id", first}, {"last_id", last}})
}

func (a *anthropic) findModelInfo(x *exchange) error {
	m, err := a.findModel(strings.TrimPrefix(x.r.URL.Path, "/v1/models/"))
	if err != nil {
		return err
	}
	return x.reply(claudeInfo(m))
}

func claudeInfo(m *model) obj {
	return obj{
		{"type", "model"},
		{"id", m.id},
		{"display_name", displayName(m.id)},
		{"created_at", modelBirth().Format(time.RFC3339)},
		{"max_input_tokens", m.context},
		{"max_tokens", m.output},
	}
}

// displayName makes "Claude Sonnet 5.5" of "claude-sonnet-5-5".
func displayName(id string) string {
	var out strings.Builder
	number := false
	for i, w := range strings.Split(id, "-") {
		digit := w != "" && w[0] >= '0' && w[0] <= '9'
		switch {
		case i == 0:
		case digit && number:
			out.WriteByte('.')
		default:
			out.WriteByte(' ')
		}
		if number = digit; w != "" {
			out.WriteString(strings.ToUpper(w[:1]) + w[1:])
		}
	}
	return out.String()
}

// listModels serves Gemini's model list, with its pages.
func (g *gemini) listModels(x *exchange) error {
	if err := x.admit(core.ProviderGemini, ""); err != nil {
		return err
	}
	list := g.sim.models.list(core.ProviderGemini)
	q := x.r.URL.Query()
	size, from := pageOf(q)
	if size < 0 || from < 0 {
		return gInvalid("Invalid page size or page token.")
	}
	to := min(from+size, len(list))
	from = min(from, to)
	models := arr{}
	for i := range list[from:to] {
		models = append(models, geminiInfo(&list[from+i]))
	}
	body := obj{{"models", models}}
	if to < len(list) {
		body = body.with("nextPageToken", strconv.Itoa(to))
	}
	return x.reply(body)
}

func pageOf(q url.Values) (size, from int) {
	size, err := strconv.Atoi(orWord(q.Get("pageSize"), "50"))
	if err != nil {
		return -1, 0
	}
	from, err = strconv.Atoi(orWord(q.Get("pageToken"), "0"))
	if err != nil {
		return size, -1
	}
	if size == 0 {
		size = 50
	}
	return min(size, 1000), from
}

func (g *gemini) findModelInfo(x *exchange, name string) error {
	m := g.sim.models.find(core.ProviderGemini, name)
	if m == nil {
		return g.noSuchModel(x, name, "")
	}
	return x.reply(geminiInfo(m))
}

func geminiInfo(m *model) obj {
	methods := arr{"generateContent", "countTokens", "createCachedContent", "batchGenerateContent"}
	if m.use == useEmbedding {
		methods = arr{"embedContent", "countTextTokens", "countTokens", "asyncBatchEmbedContent"}
	}
	info := obj{
		{"name", "models/" + m.id},
		{"version", "001"},
		{"displayName", displayName(m.id)},
		{"description", "Simulated " + displayName(m.id)},
		{"inputTokenLimit", m.context},
		{"outputTokenLimit", max(m.output, 1)},
		{"supportedGenerationMethods", methods},
	}
	if m.use == useEmbedding {
		return info
	}
	info = info.with("temperature", 1).with("topP", 0.95).with("topK", 64).with("maxTemperature", 2)
	if m.can.reasons {
		info = info.with("thinking", true)
	}
	return info
}
