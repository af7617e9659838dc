package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/simulator"
)

// withKiro adds a channel of Kiro with so many accounts, and leaves all of
// Claude's models to it.
func withKiro(t *testing.T, accounts int) *world {
	t.Helper()
	w := newWorld(t)
	w.update(core.ProviderAnthropic, `{"enabled":false}`)
	name, p, base := "Kiro", core.ProviderKiro, w.upstream.URL+"/kiro"
	ch, err := w.hub.Service().CreateChannel(t.Context(), admin.ChannelInput{Name: &name, Provider: &p, BaseURL: &base})
	w.must(err)
	w.channels[p] = ch.ID
	for i := range accounts {
		_, cred, err := w.sim.AddKiroAccount(simulator.KiroAccount{Kind: simulator.KiroGoogle, Plan: simulator.KiroPower})
		w.must(err)
		name := string(rune('a' + i))
		_, err = w.hub.Service().CreateAccount(t.Context(), ch.ID, admin.AccountInput{Name: &name, Credential: &cred})
		w.must(err)
	}
	return w
}

// Two models of Kiro: one that thinks in tags of its text, one that has
// parameters for it.
const (
	kiroOld = "claude-sonnet-4-5"
	kiroNew = "claude-opus-5"
)

// put sends the question.
func (w *world) put(a asker, model, text, image string, tools, think bool) reply {
	w.t.Helper()
	path, body := a.ask(model, text, image, a.stream, tools, think)
	raw, err := json.Marshal(body)
	w.must(err)
	return w.post(path, string(raw))
}

// kiroRow checks what holds for every answer of Kiro, and returns its row.
func (w *world) kiroRow(got reply) *core.Record {
	w.t.Helper()
	if got.status != http.StatusOK || got.err != nil {
		w.t.Fatalf("%d %v %s", got.status, got.err, got.body)
	}
	row := w.record(got.row())
	if row.Outcome != core.OutcomeOK || row.UpstreamProtocol != llm.Kiro || row.ChannelID != w.channels[core.ProviderKiro] {
		w.t.Errorf("row %s in %s by %s: %s", row.Outcome, row.UpstreamProtocol, row.ChannelName, row.Error)
	}
	if row.Usage.Source != llm.Estimated || row.Usage.Input == 0 || row.ResponseBytes != int64(len(got.body)) {
		w.t.Errorf("usage %+v, %d of %d bytes", row.Usage, row.ResponseBytes, len(got.body))
	}
	return row
}

const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// every runs a check for every client against both kinds of models.
func every(t *testing.T, check func(t *testing.T, w *world, a asker, model string)) {
	t.Helper()
	w := withKiro(t, 2)
	for _, a := range askers() {
		for _, model := range []string{kiroOld, kiroNew} {
			t.Run(a.name+" "+model, func(t *testing.T) {
				at := *w
				at.t = t
				check(t, &at, a, model)
				if n := w.sim.Stats().Total.Refused; n > 0 {
					t.Fatalf("Kiro has refused %d requests", n)
				}
			})
		}
	}
}

func TestKiroAnswersEveryClient(t *testing.T) {
	every(t, func(t *testing.T, w *world, a asker, model string) {
		got := w.put(a, model, "Say it: [sim:text=Good day]", "", false, false)
		row := w.kiroRow(got)
		if !strings.Contains(string(got.body), "Good") || !strings.Contains(string(got.body), "day") {
			t.Errorf("%s", got.body)
		}
		if row.Usage.Credits <= 0 || row.Usage.Output == 0 || row.Usage.Input < 2000 {
			t.Errorf("usage %+v", row.Usage)
		}
		if want := strings.Replace(model, "4-5", "4.5", 1); row.UpstreamModel != want {
			t.Errorf("asked for %s", row.UpstreamModel)
		}
	})
}

func TestKiroCallsToolsForEveryClient(t *testing.T) {
	every(t, func(t *testing.T, w *world, a asker, model string) {
		one := `[sim:tool=get_weather args={"city":"Bonn"}]`
		for n, text := range map[int]string{1: one, 2: one + strings.Replace(one, "Bonn", "Ulm", 1)} {
			got := w.put(a, model, text, "", true, false)
			w.kiroRow(got)
			calls := strings.Count(string(got.body), a.call)
			if strings.HasPrefix(a.name, "responses") && a.stream {
				calls /= 3 // when it begins, when it ends, and in the whole answer
			}
			if calls != n || n == 2 && !strings.Contains(string(got.body), "Ulm") {
				t.Errorf("%d calls, want %d: %s", calls, n, got.body)
			}
		}
	})
}

func TestKiroThinksForEveryClient(t *testing.T) {
	every(t, func(t *testing.T, w *world, a asker, model string) {
		got := w.put(a, model, "Think. [sim:reason]", "", false, true)
		row := w.kiroRow(got)
		body := string(got.body)
		if !strings.Contains(body, a.thought) || strings.Contains(body, "thinking_mode") || strings.Contains(body, "<thinking>") {
			t.Errorf("%s", body)
		}
		if native := strings.Contains(w.lastSent(), `"additionalModelRequestFields":{"output_config":{"effort":`); native != (model == kiroNew) {
			t.Errorf("Kiro was sent %s", w.lastSent())
		}
		if row.Usage.Reasoning == 0 || row.Usage.Reasoning > row.Usage.Output {
			t.Errorf("usage %+v", row.Usage)
		}
	})
}

func TestKiroSeesImagesOfEveryClient(t *testing.T) {
	every(t, func(t *testing.T, w *world, a asker, model string) {
		w.kiroRow(w.put(a, model, "What is this?", onePixel, false, false))
		if last := w.lastSent(); !strings.Contains(last, `"format":"png"`) || !strings.Contains(last, onePixel) {
			t.Errorf("Kiro was sent %s", last)
		}
	})
}

// lastSent is the last request that reached the simulated providers.
func (w *world) lastSent() string {
	requests := w.sim.Requests()
	return string(requests[len(requests)-1].Body)
}

// What a model has thought goes back to it in the next turn, by its account and
// with the signature that the service checks.
func TestKiroGetsItsReasoningBack(t *testing.T) {
	w := withKiro(t, 1)
	for _, stream := range []bool{false, true} {
		path, body := askMessages(kiroNew, `Think. [sim:reason][sim:tool=get_weather args={"city":"Bonn"}]`, "", stream, true, true)
		raw, err := json.Marshal(body)
		w.must(err)
		got := w.post(path, string(raw))
		w.kiroRow(got)
		blocks := blocksOf(t, got.body, stream)
		var result array
		for _, b := range blocks {
			if block, _ := b.(object); block["type"] == "tool_use" {
				result = append(result, object{"type": "tool_result", "tool_use_id": block["id"], "content": "sunny"})
			}
		}
		messages, _ := body["messages"].(array)
		body["messages"] = append(messages, object{"role": "assistant", "content": blocks}, object{"role": "user", "content": result})
		raw, err = json.Marshal(body)
		w.must(err)
		w.kiroRow(w.post(path, string(raw)))
		if last := w.lastSent(); !strings.Contains(last, `"reasoningContent":{"reasoningText":{"text":`) || strings.Contains(last, "gw1:") {
			t.Errorf("Kiro was sent %s", last)
		}
		if n := w.sim.Stats().Total.Refused; n > 0 {
			t.Fatalf("Kiro has refused %d requests", n)
		}
	}
}

// blocksOf reads the content of an answer in Anthropic's format.
func blocksOf(t *testing.T, body []byte, stream bool) array {
	t.Helper()
	if !stream {
		content, _ := decode(t, body)["content"].(array)
		return content
	}
	var out array
	for line := range strings.Lines(string(body)) {
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		e := decode(t, []byte(data))
		switch e["type"] {
		case "content_block_start":
			out = append(out, e["content_block"])
		case "content_block_delta":
			block, _ := out[len(out)-1].(object)
			addTo(t, block, e["delta"].(object))
		}
	}
	return out
}

func addTo(t *testing.T, block, delta object) {
	t.Helper()
	switch delta["type"] {
	case "thinking_delta":
		block["thinking"] = block["thinking"].(string) + delta["thinking"].(string)
	case "signature_delta":
		block["signature"] = delta["signature"]
	case "text_delta":
		block["text"] = block["text"].(string) + delta["text"].(string)
	case "input_json_delta":
		if text := delta["partial_json"].(string); text != "" {
			block["input"] = decode(t, []byte(text))
		}
	}
}
