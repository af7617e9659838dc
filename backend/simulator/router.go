package simulator

import (
	"net/http"
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

// router finds out whose service a request is meant for.
type router struct {
	openai    *openAI
	responses *openAI
	anthropic *anthropic
	gemini    *gemini
	kiro      *kiro
}

func newRouter(s *Simulator) router {
	return router{
		openai: newOpenAI(s, llm.OpenAI), responses: newOpenAI(s, llm.Responses),
		anthropic: newAnthropic(s), gemini: newGemini(s), kiro: newKiro(s),
	}
}

func (rt router) find(r *http.Request) (dialect, func(*exchange) error) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, kiroBase+"/"):
		p := rt.kiro.plane(path)
		return p, p.route(r)
	case isGemini(r):
		return rt.gemini, rt.gemini.route(r)
	case strings.HasPrefix(path, openAIAdmin):
		return rt.openai, rt.openai.route(r)
	case strings.HasPrefix(path, "/v1/messages"), strings.HasPrefix(path, anthropicAdmin):
		return rt.anthropic, rt.anthropic.route(r)
	case path == "/v1/models" || strings.HasPrefix(path, "/v1/models/"):
		if r.Header.Get("Anthropic-Version") != "" {
			return rt.anthropic, rt.anthropic.route(r)
		}
	case strings.HasPrefix(path, "/v1/responses"):
		return rt.responses, rt.responses.route(r)
	case r.Header.Get("Anthropic-Version") != "":
		return rt.anthropic, rt.anthropic.route(r)
	}
	return rt.openai, rt.openai.route(r)
}

// isGemini reports whether a request is for Gemini: by its version, by the
// verb behind the model's name, or for the shared model list by its key.
func isGemini(r *http.Request) bool {
	path := r.URL.Path
	if strings.HasPrefix(path, "/v1beta/") || strings.HasPrefix(path, "/v1alpha/") {
		return true
	}
	rest, models := strings.CutPrefix(path, "/v1/models")
	if !models {
		return strings.HasPrefix(path, "/v1/tunedModels/") || strings.HasPrefix(path, "/v1/publishers/")
	}
	if strings.Contains(rest, ":") && r.Method == http.MethodPost {
		return true
	}
	q := r.URL.Query()
	return r.Header.Get("X-Goog-Api-Key") != "" || q.Has("key") || q.Has("pageSize")
}
