package gateway

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/anthropic"
	"github.com/aihub/aihub/backend/protocol/gemini"
	"github.com/aihub/aihub/backend/protocol/openai"
	"github.com/aihub/aihub/backend/protocol/responses"
	"github.com/aihub/aihub/backend/relay"
)

// jsonRoutes are the paths whose body is JSON with the model in it.
var jsonRoutes = []struct {
	path   string
	format protocol.Format
	op     protocol.Operation
}{
	{"/v1/chat/completions", openai.Format{}, protocol.Chat},
	{"/v1/completions", openai.Format{}, protocol.Completions},
	{"/v1/embeddings", openai.Format{}, protocol.Embeddings},
	{"/v1/images/generations", openai.Format{}, protocol.Images},
	{"/v1/audio/speech", openai.Format{}, protocol.Speech},
	{"/v1/moderations", openai.Format{}, protocol.Moderations},
	{"/v1/rerank", openai.Format{}, protocol.Rerank},
	{"/v1/responses", responses.Format{}, protocol.Chat},
	{"/v1/responses/input_tokens", responses.Format{}, protocol.CountTokens},
	{"/v1/messages", anthropic.Format{}, protocol.Chat},
	{"/v1/messages/count_tokens", anthropic.Format{}, protocol.CountTokens},
}

// geminiVerbs are the operations behind the last colon of a Gemini path.
var geminiVerbs = map[string]protocol.Operation{
	"generateContent":       protocol.Chat,
	"streamGenerateContent": protocol.Chat,
	"countTokens":           protocol.CountTokens,
	"embedContent":          protocol.Embeddings,
	"batchEmbedContents":    protocol.Embeddings,
}

func (s *Server) mountClient(e *gin.Engine) {
	for _, r := range jsonRoutes {
		e.POST(r.path, func(c *gin.Context) { s.serveJSON(c, r.format, r.op) })
	}
	e.POST("/v1/audio/transcriptions", s.serveForm)
	for _, version := range []string{"/v1", "/v1beta", "/v1alpha"} {
		e.GET(version+"/models", s.listModels)
		e.GET(version+"/models/*model", s.findModel)
		for _, kind := range []string{"/models/", "/tunedModels/", "/publishers/"} {
			e.POST(version+kind+"*call", s.serveGemini)
		}
	}
	e.GET("/v1/responses", s.upgradeResponses)
	e.GET("/healthz", s.health)
	e.HEAD("/healthz", s.health)
}

func (s *Server) health(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) }

// upgradeResponses answers Codex, which tries a WebSocket first: 426 makes it
// use plain HTTP at once, any other status makes it wait or give up.
func (s *Server) upgradeResponses(c *gin.Context) {
	if !strings.EqualFold(c.GetHeader("Upgrade"), "websocket") {
		s.badMethod(c)
		return
	}
	c.Header("Upgrade", "HTTP/1.1")
	c.Header("Connection", "Upgrade")
	e := &llm.Error{Kind: llm.InvalidRequest, Message: "this path is served over plain HTTP: send POST /v1/responses"}
	_, body := responses.Format{}.Error(e, "")
	relay.WriteError(c.Writer, http.StatusUpgradeRequired, body, e)
}

func (s *Server) serveJSON(c *gin.Context, f protocol.Format, op protocol.Operation) {
	call := s.admit(c, f, op)
	if call == nil {
		return
	}
	defer s.release(call)
	var err *llm.Error
	if call.Body, err = s.readBody(c, call); err == nil {
		call.Head, err = protocol.Inspect(call.Body.Bytes())
	}
	s.serve(c, call, err)
}

func (s *Server) serveForm(c *gin.Context) {
	call := s.admit(c, openai.Format{}, protocol.Transcriptions)
	if call == nil {
		return
	}
	defer s.release(call)
	var err *llm.Error
	if call.Body, err = s.readBody(c, call); err == nil {
		call.Head, err = protocol.InspectForm(c.GetHeader("Content-Type"), call.Body.Bytes())
	}
	s.serve(c, call, err)
}

// serveGemini takes /{version}/models/{model}:{verb}. The model may hold
// slashes, so the verb is behind the last colon.
func (s *Server) serveGemini(c *gin.Context) {
	path := c.Request.URL.Path
	colon := strings.LastIndexByte(path, ':')
	verb := path[colon+1:]
	op, known := geminiVerbs[verb]
	prefix, model, ok := splitModel(path[:max(colon, 0)])
	if !known || !ok {
		s.notFound(c)
		return
	}
	call := s.admit(c, gemini.Format{}, op)
	if call == nil {
		return
	}
	defer s.release(call)
	call.Path, call.Head.Model = prefix, model
	call.PathTail = path[colon:]
	call.Head.Stream = verb == "streamGenerateContent"
	err := checkModelPath(path[:colon])
	if err == nil {
		call.Body, err = s.readBody(c, call)
	}
	if err == nil {
		call.Head.Parts, err = protocol.InspectParts(call.Body.Bytes())
	}
	s.serve(c, call, err)
}

// splitModel cuts a Gemini path before the model. Tuned models and Vertex's
// publisher paths keep their prefix as part of the path. ok is false for a path
// without a model.
func splitModel(path string) (prefix, model string, ok bool) {
	for _, kind := range []string{"/tunedModels/", "/models/"} {
		if i := strings.LastIndex(path, kind); i >= 0 {
			i += len(kind)
			return path[:i], path[i:], true
		}
	}
	return "", "", false
}

// checkModelPath refuses what would lead to another place at the upstream than
// the path says: the model becomes part of the upstream's address.
func checkModelPath(path string) *llm.Error {
	bad := strings.ContainsFunc(path, unicode.IsControl) || strings.ContainsAny(path, `?#\`)
	for segment := range strings.SplitSeq(path[1:], "/") {
		bad = bad || segment == "" || segment == "." || segment == ".."
	}
	if !bad {
		return nil
	}
	return &llm.Error{Kind: llm.InvalidRequest, Param: "model", NoRetry: true, Message: "the model's name in the path is not a valid one"}
}

func (s *Server) serve(c *gin.Context, call *relay.Call, err *llm.Error) {
	if err != nil {
		s.Relay.Refuse(c.Writer, call, err)
		return
	}
	s.Relay.Serve(c.Request.Context(), c.Writer, call)
}

func (s *Server) release(call *relay.Call) {
	call.Body.Release()
	s.open.Add(-1)
}

// admit authenticates the client and begins a call, or answers and returns nil.
func (s *Server) admit(c *gin.Context, f protocol.Format, op protocol.Operation) *relay.Call {
	now := s.Now()
	id := core.NewID("req", now)
	c.Writer.Header()[relay.HeaderRequestID] = []string{id}
	snap := s.Store.Snapshot()
	user, key, err := authenticate(c.Request, snap, now)
	if err != nil {
		s.refuse(c, f, err)
		return nil
	}
	call := &relay.Call{
		ID: id, Start: now, Snapshot: snap, User: user, Key: key, Format: f, Op: op,
		Method: c.Request.Method, Path: c.Request.URL.Path, Query: queryWithoutKey(c.Request.URL.RawQuery),
		Header: c.Request.Header, ClientIP: c.RemoteIP(), AtCut: atCut(c.Request.Context()),
	}
	if s.paused.Load() {
		s.Relay.Refuse(c.Writer, call, &llm.Error{
			Kind: llm.Overloaded, RetryAfter: 5, Message: "the gateway is stopped; start it in the AiHub dashboard",
		})
		return nil
	}
	s.open.Add(1)
	return call
}

// refuse answers a request that has no row in the ledger.
func (s *Server) refuse(c *gin.Context, f protocol.Format, e *llm.Error) {
	id := c.Writer.Header().Get(relay.HeaderRequestID)
	if id == "" {
		id = core.NewID("req", s.Now())
		c.Header(relay.HeaderRequestID, id)
	}
	status, body := f.Error(e, id)
	relay.WriteError(c.Writer, status, body, e)
	c.Abort()
}
