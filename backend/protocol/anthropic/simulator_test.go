package anthropic

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/simulator"
)

func post(sim http.Handler, path string, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(body)))
	r.Header.Set("X-Api-Key", "sk-test")
	r.Header.Set("Anthropic-Version", "2023-06-01")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	sim.ServeHTTP(w, r)
	return w
}

// Whatever a client of another format asks for, every model takes the request
// that is made of it, and the answer can be read.
func TestEveryModelTakesEveryRequest(t *testing.T) {
	sim := simulator.New(simulator.Options{})
	models := []string{
		opus55, sonnet55, "claude-haiku-5-5", "claude-fable-5", "claude-fable-5-1", opus5, "claude-sonnet-5", "claude-opus-4-8",
		"claude-opus-4-7", opus46, "claude-sonnet-4-6", "claude-opus-4-5", sonnet45, "claude-haiku-4-5", "claude-opus-4-1",
		"claude-sonnet-4-0", "claude-3-7-sonnet-latest", haiku35, "claude-3-haiku",
	}
	for _, tt := range encodeCases() {
		t.Run(tt.name, func(t *testing.T) {
			for _, model := range models {
				for _, stream := range []bool{false, true} {
					tryModel(t, sim, tt, model, stream)
				}
			}
		})
	}
}

func tryModel(t *testing.T, sim http.Handler, tt encodeCase, model string, stream bool) {
	t.Helper()
	r := tt.request()
	// The signatures of the cases are invented; the service knows its own.
	for i := range r.Turns {
		for j := range r.Turns[i].Blocks {
			if s := r.Turns[i].Blocks[j].Signature; s != nil {
				r.Turns[i].Blocks[j].Signature = &llm.Signature{Origin: llm.Gemini, Value: s.Value}
			}
		}
	}
	r.Stream = stream
	e, err := Format{}.EncodeRequest(r, protocol.Target{Model: model})
	if err != nil {
		t.Fatal(err)
	}
	w := post(sim, e.Path, e.Body)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s\n%s", model, w.Code, w.Body, e.Body)
	}
	if stream {
		collect(t, decodeStream(t, w.Body.Bytes(), e, 4096))
	} else if _, err := (Format{}).DecodeResponse(w.Body.Bytes(), e); err != nil {
		t.Fatal(err)
	}
	count, ok := Format{}.EncodeCountRequest(r, protocol.Target{Model: model})
	if !ok {
		t.Fatal("cannot be counted")
	}
	if w := post(sim, count.Path, count.Body); w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s\n%s", model, w.Code, w.Body, count.Body)
	}
}

// A thought of the service comes back to it through a foreign client, is
// refused nowhere, and is dropped for another account.
func TestThoughtsComeBack(t *testing.T) {
	sim := simulator.New(simulator.Options{})
	target := protocol.Target{Model: opus5, AccountID: "acc"}
	r := encodeCase{make: all(reasoning("high", 0), func(r *llm.Request) {
		r.Tools = []llm.Tool{tool("look")}
		r.ToolChoice.Mode = llm.ChoiceAny
	})}.request()
	e, err := Format{}.EncodeRequest(r, target)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := Format{}.DecodeResponse(post(sim, e.Path, e.Body).Body.Bytes(), e)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Stop.Reason != llm.StopToolUse || resp.Blocks[0].Kind != llm.Thinking || resp.Blocks[0].Signature == nil {
		t.Fatalf("%s", protocoltest.Dump(t, resp))
	}
	r.ToolChoice = llm.ToolChoice{}
	r.Turns = append(r.Turns, assistant(resp.Blocks...))
	results := user()
	for _, b := range resp.Blocks {
		if b.Kind == llm.ToolUse {
			results.Blocks = append(results.Blocks, result(b.Call.ID, text("found")))
		}
	}
	r.Turns = append(r.Turns, results)
	for _, account := range []string{"acc", "other"} {
		target.AccountID = account
		e, err := Format{}.EncodeRequest(r, target)
		if err != nil {
			t.Fatal(err)
		}
		if sent := strings.Contains(string(e.Body), `"type":"thinking"`); sent != (account == "acc") {
			t.Errorf("account %s: thought sent %v", account, sent)
		}
		if w := post(sim, e.Path, e.Body); w.Code != http.StatusOK {
			t.Errorf("account %s: %s", account, w.Body)
		}
	}
}
