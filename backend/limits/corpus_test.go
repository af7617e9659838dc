package limits

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/anthropic"
	"github.com/aihub/aihub/backend/protocol/gemini"
	"github.com/aihub/aihub/backend/protocol/kiro"
	"github.com/aihub/aihub/backend/protocol/openai"
	"github.com/aihub/aihub/backend/protocol/responses"
)

// specimen is one error as a provider has sent it, with what it means.
type specimen struct {
	Name     string            `json:"name"`
	Source   string            `json:"source"` // where the error was seen
	Provider core.Provider     `json:"provider"`
	Protocol llm.Protocol      `json:"protocol"`
	Status   int               `json:"status"`
	Header   map[string]string `json:"header"`
	Body     json.RawMessage   `json:"body"` // JSON as it came
	Text     string            `json:"text"` // a body that is no JSON
	InStream bool              `json:"in_stream"`
	// Refreshable and Want are the two inputs and outputs that are ours.
	Refreshable bool   `json:"refreshable"`
	Now         string `json:"now"` // RFC 3339; empty = noon of a day in December
	Want        want   `json:"want"`
}

// want is an expected finding. Until is a duration from now ("34s"), a moment,
// or "" where no time is known.
type want struct {
	Rule  string        `json:"rule"`
	Scope Scope         `json:"scope"`
	State core.State    `json:"state"`
	Until string        `json:"until"`
	Named bool          `json:"named"`
	Retry Retry         `json:"retry"`
	Kind  llm.ErrorKind `json:"kind"`
	Link  string        `json:"link"`
}

func corpus(t testing.TB) []specimen {
	t.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no test data: ", err)
	}
	var all []specimen
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var list []specimen
		if err := json.Unmarshal(raw, &list); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, s := range list {
			s.Name = filepath.Base(name) + "/" + s.Name
			all = append(all, s)
		}
	}
	return all
}

func formats() map[llm.Protocol]protocol.UpstreamFormat {
	return map[llm.Protocol]protocol.UpstreamFormat{
		llm.OpenAI: openai.Format{}, llm.Responses: responses.Format{}, llm.Anthropic: anthropic.Format{}, llm.Gemini: gemini.Format{},
		llm.Kiro: kiro.Format{},
	}
}

func (s *specimen) now(t testing.TB) time.Time {
	t.Helper()
	if s.Now == "" {
		return time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)
	}
	at, err := time.Parse(time.RFC3339, s.Now)
	if err != nil {
		t.Fatalf("%s: %v", s.Name, err)
	}
	return at.UTC()
}

// answer is the specimen as the relay would hand it over.
func (s *specimen) answer(t testing.TB) Answer {
	t.Helper()
	body := []byte(s.Body)
	if s.Text != "" {
		body = []byte(s.Text)
	}
	h := http.Header{}
	for name, v := range s.Header {
		h.Set(name, v)
	}
	a := Answer{
		Provider: s.Provider, Protocol: s.Protocol, Model: "m", Status: s.Status, Header: h, Body: body,
		InStream: s.InStream, Refreshable: s.Refreshable, Now: s.now(t),
	}
	a.Err = formats()[s.Protocol].ParseError(s.Status, body)
	if s.InStream {
		a.Body, a.Status = nil, http.StatusOK
	}
	return a
}

func (w *want) until(t testing.TB, now time.Time) time.Time {
	t.Helper()
	if w.Until == "" {
		return time.Time{}
	}
	if d, err := time.ParseDuration(w.Until); err == nil {
		return now.Add(d)
	}
	at, err := time.Parse(time.RFC3339Nano, w.Until)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestErrorsOfTheWorld(t *testing.T) {
	all := corpus(t)
	seen := map[string]bool{}
	for _, s := range all {
		if s.Source == "" || seen[s.Name] {
			t.Errorf("%s: without a source, or twice", s.Name)
		}
		seen[s.Name] = true
		t.Run(s.Name, func(t *testing.T) {
			got := Classify(s.answer(t))
			until := s.Want.until(t, s.now(t))
			if !got.Until.Equal(until) || got.Until.IsZero() != until.IsZero() {
				t.Errorf("until %s, want %s", got.Until, until)
			}
			as := want{got.Rule, got.Scope, got.State, s.Want.Until, got.Named, got.Retry, got.Kind, got.Link}
			if as != s.Want {
				t.Errorf("\n got %+v\nwant %+v", as, s.Want)
			}
			if got.Message == "" {
				t.Error("nothing is said to a person")
			}
		})
	}
}

// Every row has a specimen, and no specimen of a row fits one before it: a row
// is reached, and the order of the rows does not decide by accident.
func TestEveryRowIsReached(t *testing.T) {
	reached := map[string]int{}
	for _, s := range corpus(t) {
		reached[Classify(s.answer(t)).Rule]++
	}
	for _, c := range lostCases() {
		reached[Classify(c.answer).Rule]++
	}
	names := map[string]bool{}
	for _, row := range append(table, unknown) {
		if names[row.name] {
			t.Errorf("two rows are called %s", row.name)
		}
		names[row.name] = true
		if reached[row.name] == 0 {
			t.Errorf("no specimen reaches %s", row.name)
		}
	}
}
