package gateway

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/anthropic"
	"github.com/aihub/aihub/backend/protocol/gemini"
	"github.com/aihub/aihub/backend/protocol/openai"
	"github.com/aihub/aihub/backend/protocol/responses"
)

// dialect guesses in which format a client wants its error, from the path and,
// where several clients share one, from the headers that only one of them sends.
func dialect(r *http.Request) protocol.Format {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/v1/messages"):
		return anthropic.Format{}
	case strings.HasPrefix(path, "/v1/responses"):
		return responses.Format{}
	case strings.HasPrefix(path, "/v1beta"), strings.HasPrefix(path, "/v1alpha"),
		strings.HasPrefix(path, "/v1/models/") && strings.Contains(path, ":"),
		r.Header.Get("X-Goog-Api-Key") != "":
		return gemini.Format{}
	case r.Header.Get("Anthropic-Version") != "":
		return anthropic.Format{}
	}
	return openai.Format{}
}

func (s *Server) notFound(c *gin.Context) {
	if isAPI(c.Request.URL.Path) {
		writeProblem(c, core.Errorf(core.CodeNotFound, "there is no %s", clipText(c.Request.URL.Path)))
		return
	}
	s.refuse(c, dialect(c.Request), &llm.Error{
		Kind: llm.NotFound, NoRetry: true,
		Message: "there is no " + c.Request.Method + " " + clipText(c.Request.URL.Path) + " here; the paths are listed in AiHub's manual",
	})
}

func (s *Server) badMethod(c *gin.Context) {
	s.refuse(c, dialect(c.Request), &llm.Error{
		Kind: llm.BadMethod, NoRetry: true,
		Message: clipText(c.Request.URL.Path) + " does not take " + c.Request.Method,
	})
}
