package protocol

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"github.com/aihub/aihub/backend/llm"
)

// Head is what the relay must know of a request before it can choose an
// account, and where in the body it stands.
type Head struct {
	Model  string
	Stream bool
	// MaxTokens is the limit that the client set to the answer; 0 = none.
	MaxTokens int64
	// ModelAt is where the model's name stands in the body, quotes included. It
	// is zero when the name came from the path.
	ModelAt Field
	// StreamOptionsAt is where Chat Completions' stream_options stands.
	StreamOptionsAt Field
	// Plain says that the model stands in the body as it is, not as a JSON
	// string (a multipart form).
	Plain bool
	// Parts tell the conversation.
	Parts Parts
}

var headNames = append([]string{"model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "max_output_tokens"}, partNames...)

// Inspect finds the head of a JSON request that carries its model in the body.
func Inspect(body []byte) (Head, *llm.Error) {
	var at [15]Field
	if err := Scan(body, headNames, at[:]); err != nil {
		return Head{}, badJSON(err)
	}
	h := Head{ModelAt: at[0], StreamOptionsAt: at[2], Parts: partsOf(at[6:])}
	for _, limit := range at[3:6] {
		// What is no number is the upstream's to refuse.
		if n, err := strconv.ParseInt(string(limit.Of(body)), 10, 64); err == nil {
			h.MaxTokens = max(h.MaxTokens, n)
		}
	}
	if !at[0].Found() {
		return h, &llm.Error{Kind: llm.InvalidRequest, Param: "model", Message: "`model` is missing: name the model to use"}
	}
	if err := json.Unmarshal(at[0].Of(body), &h.Model); err != nil || h.Model == "" {
		return h, &llm.Error{Kind: llm.InvalidRequest, Param: "model", Message: "`model` must be a non-empty string"}
	}
	if err := checkModel(h.Model); err != nil {
		return h, err
	}
	if at[1].Found() {
		switch string(at[1].Of(body)) {
		case "true":
			h.Stream = true
		case "false", "null":
		default:
			return h, &llm.Error{Kind: llm.InvalidRequest, Param: "stream", Message: "`stream` must be true or false"}
		}
	}
	return h, nil
}

// checkModel refuses names that no model has: they would reach logs, patterns
// and the addresses of upstreams.
func checkModel(name string) *llm.Error {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return &llm.Error{Kind: llm.InvalidRequest, Param: "model", Message: "`model` must not hold control characters"}
	}
	return nil
}

// CheckJSON refuses a body that is not one JSON object.
func CheckJSON(body []byte) *llm.Error {
	if err := Scan(body, nil, nil); err != nil {
		return badJSON(err)
	}
	return nil
}

func badJSON(err error) *llm.Error {
	return &llm.Error{Kind: llm.InvalidRequest, Message: "could not read the request body: " + err.Error()}
}

// SetModel returns the body with another model name. It returns body itself
// when nothing changes, so that an unchanged request stays byte-identical.
func (h Head) SetModel(body []byte, model string) []byte {
	if model == h.Model || !h.ModelAt.Found() {
		return body
	}
	if h.Plain {
		return Splice(body, h.ModelAt, []byte(model))
	}
	return Splice(body, h.ModelAt, Quote(model))
}
