package kiro

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// maxPages bounds a list that never ends.
const maxPages = 20

// ListModels implements upstream.Lister.
func (p *Provider) ListModels(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) ([]llm.ModelInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	with := []member{{name: "origin", value: origin}, {name: "maxResults", value: "50", raw: true}}
	var models []llm.ModelInfo
	page := with
	for range maxPages {
		doc, err := p.ask(ctx, via, ch, a, listModels, page...)
		if err != nil {
			return nil, err
		}
		for _, m := range doc.Get("models").Array() {
			if id := m.Get("modelId").String(); id != "" {
				models = append(models, modelInfo(id, m))
			}
		}
		next := doc.Get("nextToken").String()
		if next == "" {
			break
		}
		page = append(with[:len(with):len(with)], member{name: "nextToken", value: next})
	}
	return models, nil
}

func modelInfo(id string, m gjson.Result) llm.ModelInfo {
	info := llm.ModelInfo{
		ID: id, Name: m.Get("modelName").String(), Rate: m.Get("rateMultiplier").Float(),
		Window: m.Get("tokenLimits.maxInputTokens").Int(), MaxOutput: m.Get("tokenLimits.maxOutputTokens").Int(),
	}
	for _, t := range m.Get("supportedInputTypes").Array() {
		info.Images = info.Images || strings.EqualFold(t.String(), "image")
	}
	if schema := m.Get("additionalModelRequestFieldsSchema"); schema.IsObject() {
		info.Fields = json.RawMessage(schema.Raw)
	}
	return info
}
