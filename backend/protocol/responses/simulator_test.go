package responses

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

func post(sim http.Handler, e *protocol.Encoded) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, e.Path, strings.NewReader(string(e.Body)))
	r.Header.Set("Authorization", "Bearer sk-test")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	sim.ServeHTTP(w, r)
	return w
}

// Whatever a client asks for, every model takes the request that is made of it,
// and the answer can be read.
func TestEveryModelTakesEveryRequest(t *testing.T) {
	sim := simulator.New(simulator.Options{})
	models := []string{gpt6, "gpt-6-codex", "gpt-5.6", "gpt-5.2", "gpt-5.1-codex", gpt5, "gpt-5-pro", gpt41, "gpt-4o", "o3", "gpt-4"}
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
	if tt.name == "opaque of its own" {
		return // its items are invented, also the one of a kind that is to come
	}
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
	w := post(sim, e)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s\n%s", model, w.Code, w.Body, e.Body)
	}
	if stream {
		check(t, decodeStream(w.Body.Bytes(), e, 4096))
	} else if _, err := (Format{}).DecodeResponse(w.Body.Bytes(), e); err != nil {
		t.Fatal(err)
	}
	count, ok := Format{}.EncodeCountRequest(r, protocol.Target{Model: model})
	if !ok {
		t.Fatal("cannot be counted")
	}
	w = post(sim, count)
	if n, ok := (Format{}).DecodeCount(w.Body.Bytes()); !ok || n == 0 {
		t.Fatalf("%s: %d %s\n%s", model, w.Code, w.Body, count.Body)
	}
}

// Encrypted reasoning comes back to its account through a client of this format,
// and is left out for another one.
func TestReasoningComesBack(t *testing.T) {
	sim := simulator.New(simulator.Options{})
	target := protocol.Target{Model: gpt6, AccountID: "acc"}
	r := encodeCase{make: all(effort("high", llm.ShowSummary), choose(llm.ChoiceAny, "look"))}.request()
	r.Stream = true
	e, err := Format{}.EncodeRequest(r, target)
	if err != nil {
		t.Fatal(err)
	}
	events := decodeStream(post(sim, e).Body.Bytes(), e, 100)
	check(t, events)
	resp := protocoltest.Collect(events)
	if resp.Stop.Reason != llm.StopToolUse || resp.Blocks[0].Signature == nil {
		t.Fatalf("%s", protocoltest.Dump(t, resp))
	}
	// The client keeps the items that it was given, and sends them back.
	out := Format{}.EncodeResponse(resp, r)
	kept := out[strings.Index(string(out), `"output":[`)+len(`"output":[`) : strings.Index(string(out), `],"usage"`)]
	body := `{"model":"m","input":[{"role":"user","content":"hi"},` + string(kept) + `,{"type":"function_call_output","call_id":"` + resp.Blocks[len(resp.Blocks)-1].Call.ID + `","output":"found"}]}`
	again, err := Format{}.DecodeRequest([]byte(body), protocol.Head{})
	if err != nil {
		t.Fatal(err, body)
	}
	for _, account := range []string{"acc", "other"} {
		target.AccountID = account
		e, err := Format{}.EncodeRequest(again, target)
		if err != nil {
			t.Fatal(err)
		}
		if sent := strings.Contains(string(e.Body), `"type":"reasoning"`); sent != (account == "acc") {
			t.Errorf("account %s: reasoning sent %v", account, sent)
		}
		if w := post(sim, e); w.Code != http.StatusOK {
			t.Errorf("account %s: %s", account, w.Body)
		}
	}
}
