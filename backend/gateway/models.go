package gateway

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// listedModel is one entry in the shapes of all three SDK families at once:
// each reads its own members and ignores the others.
type listedModel struct {
	ID          string `json:"id"`
	Object      string `json:"object"`
	Type        string `json:"type"`
	Created     int64  `json:"created"`
	CreatedAt   string `json:"created_at"`
	DisplayName string `json:"display_name"`
	OwnedBy     string `json:"owned_by"`
	// Gemini's members.
	Name    string   `json:"name"`
	Display string   `json:"displayName"`
	Methods []string `json:"supportedGenerationMethods"`
}

// modelList is the merged answer of GET /v1/models. It satisfies the list calls
// of the OpenAI, Anthropic and Gemini SDKs alike.
type modelList struct {
	Object  string        `json:"object"`
	Data    []listedModel `json:"data"`
	HasMore bool          `json:"has_more"`
	FirstID *string       `json:"first_id"`
	LastID  *string       `json:"last_id"`
	Models  []listedModel `json:"models"`
}

// listed dates models to the day on which the oldest API began: no real date is
// known here, and clients only need one that parses.
var listed = time.Date(2023, 3, 1, 0, 0, 0, 0, time.UTC)

func entry(name string) listedModel {
	return listedModel{
		ID: name, Object: "model", Type: "model", Created: listed.Unix(), CreatedAt: listed.Format(time.RFC3339),
		DisplayName: name, OwnedBy: "aihub", Name: "models/" + name, Display: name,
		Methods: []string{"generateContent", "streamGenerateContent", "countTokens"},
	}
}

// visible returns the models that the client's user may ask for, or answers and
// returns false.
func (s *Server) visible(c *gin.Context) ([]string, bool) {
	snap := s.Store.Snapshot()
	user, _, err := authenticate(c.Request, snap, s.Now())
	if err != nil {
		s.refuse(c, dialect(c.Request), err)
		return nil, false
	}
	c.Header("X-Aihub-Request-Id", core.NewID("req", s.Now()))
	names := s.Models.List(c.Request.Context(), snap)
	if len(user.Models) == 0 {
		return names, true
	}
	kept := names[:0:0]
	for _, n := range names {
		if core.MatchAny(user.Models, n) {
			kept = append(kept, n)
		}
	}
	return kept, true
}

func (s *Server) listModels(c *gin.Context) {
	names, ok := s.visible(c)
	if !ok {
		return
	}
	list := modelList{Object: "list", Data: make([]listedModel, 0, len(names))}
	for _, n := range names {
		list.Data = append(list.Data, entry(n))
	}
	list.Models = list.Data
	if len(names) > 0 {
		list.FirstID, list.LastID = &names[0], &names[len(names)-1]
	}
	c.JSON(http.StatusOK, list)
}

func (s *Server) findModel(c *gin.Context) {
	names, ok := s.visible(c)
	if !ok {
		return
	}
	want := strings.TrimPrefix(c.Param("model"), "/")
	for _, n := range names {
		if n == want {
			c.JSON(http.StatusOK, entry(n))
			return
		}
	}
	s.refuse(c, dialect(c.Request), &llm.Error{
		Kind: llm.NotFound, Code: "model_not_found", Param: "model", NoRetry: true,
		Message: "model: " + clipText(want) + " is not offered by any enabled channel",
	})
}
