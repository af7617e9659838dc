package importer

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// channelType is one type of channel of new-api (and of one-api, whose numbers
// it kept): what AiHub speaks to it as, and where it lives.
type channelType struct {
	provider core.Provider // "" when AiHub has none for it
	service  string
	base     string // when the channel names none; "" is the provider's own
	tail     string // what the base URL of the type leaves out
}

// channelTypes are the types that AiHub can serve, by number, and the ones that
// people most often have and it cannot.
func channelTypes() map[int]channelType {
	const openai, anthropic, gemini = core.ProviderOpenAI, core.ProviderAnthropic, core.ProviderGemini
	return map[int]channelType{
		1:  {provider: openai, service: "OpenAI"},
		3:  {service: "Azure OpenAI"},
		4:  {provider: openai, service: "Ollama", base: "http://localhost:11434"},
		8:  {provider: openai, service: "Custom"},
		14: {provider: anthropic, service: "Anthropic"},
		17: {provider: openai, service: "Alibaba Cloud", base: "https://dashscope.aliyuncs.com", tail: "/compatible-mode/v1"},
		20: {provider: openai, service: "OpenRouter", base: "https://openrouter.ai/api"},
		24: {provider: gemini, service: "Gemini"},
		25: {provider: openai, service: "Moonshot", base: "https://api.moonshot.cn"},
		26: {provider: openai, service: "Zhipu", base: "https://open.bigmodel.cn", tail: "/api/paas/v4"},
		27: {provider: openai, service: "Perplexity", base: "https://api.perplexity.ai"},
		31: {provider: openai, service: "01.AI", base: "https://api.lingyiwanwu.com"},
		33: {service: "AWS Bedrock"},
		35: {provider: openai, service: "MiniMax", base: "https://api.minimax.chat"},
		40: {provider: openai, service: "SiliconFlow", base: "https://api.siliconflow.cn"},
		41: {service: "Google Cloud (Vertex AI)"},
		42: {provider: openai, service: "Mistral", base: "https://api.mistral.ai"},
		43: {provider: openai, service: "DeepSeek", base: "https://api.deepseek.com"},
		45: {provider: openai, service: "Volcengine", base: "https://ark.cn-beijing.volces.com", tail: "/api/v3"},
		47: {provider: openai, service: "Xinference"},
		48: {provider: openai, service: "xAI", base: "https://api.x.ai"},
	}
}

// apiChannel is a channel of new-api as its export has it.
type apiChannel struct {
	Type    *int    `json:"type"`
	Key     string  `json:"key"`
	Name    string  `json:"name"`
	Status  int     `json:"status"`
	BaseURL *string `json:"base_url"`
	Info    struct {
		Status map[string]int `json:"multi_key_status_list"`
	} `json:"channel_info"`
}

// isChannel tells a channel of new-api from an account: no account has a type
// that is a number beside the models it serves.
func (d *doc) isChannel(ms []value) bool {
	kind, models := false, false
	for _, m := range ms {
		switch m.name {
		case "type":
			kind = len(m.raw) > 0 && m.raw[0] >= '0' && m.raw[0] <= '9'
		case "models", "model_mapping", "auto_ban", "used_quota", "base_url", "group":
			models = true
		}
	}
	return kind && models
}

// addChannel adds one account for each key of a channel: its keys stand on lines
// of one text.
func (d *doc) addChannel(v value, _ []value) {
	e := d.entry(v.offset)
	var c apiChannel
	if err := json.Unmarshal(v.raw, &c); err != nil || c.Type == nil {
		e.refuse(ReasonNotAccount)
		d.add(e)
		return
	}
	d.addKeys(e, &c)
}

func (d *doc) addKeys(e Entry, c *apiChannel) { //nolint:gocritic // an entry is built and handed over
	e.Name, e.Channel = clipName(c.Name), clipName(c.Name)
	keys := c.keys()
	if len(keys) == 0 {
		e.refuse(ReasonKeyless)
		d.add(e)
		return
	}
	for i, key := range keys {
		one := e
		if len(keys) > 1 {
			one.Name = strings.TrimSpace(e.Name + " " + strconv.Itoa(i+1))
		}
		c.fill(&one, i, key)
		d.add(one)
	}
}

func (c *apiChannel) keys() []string {
	var out []string
	for line := range strings.Lines(c.Key) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// fill writes what the channel says of its key number i.
func (c *apiChannel) fill(e *Entry, i int, key string) {
	kind, known := channelTypes()[*c.Type]
	if c.Status > 1 || c.Info.Status[strconv.Itoa(i)] > 1 {
		off := false
		e.Enabled = &off
	}
	switch {
	case !known:
		e.refuse(ReasonUnsupported, "channel type "+strconv.Itoa(*c.Type)+" of new-api")
		return
	case kind.provider == "":
		e.refuse(ReasonUnsupported, kind.service)
		return
	}
	e.Provider, e.named = kind.provider, true
	e.BaseURL = kind.base + kind.tail
	if c.BaseURL != nil && strings.TrimSpace(*c.BaseURL) != "" {
		e.BaseURL = strings.TrimRight(strings.TrimSpace(*c.BaseURL), "/")
		if e.BaseURL == kind.base {
			e.BaseURL += kind.tail
		}
	}
	e.Credential = core.Credential{APIKey: key}
}
