package limits

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/llm"
)

// FuzzClassify holds the promises of a finding against whatever a provider
// sends: there is a rule, a scope and a way on, and no state outlasts what any
// provider's quota lasts.
func FuzzClassify(f *testing.F) {
	for _, s := range corpus(f) {
		a := s.answer(f)
		f.Add(string(a.Protocol), a.Status, string(a.Body), a.Header.Get("Retry-After"), a.Header.Get("Anthropic-Ratelimit-Unified-Reset"))
	}
	now := time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, proto string, status int, body, after, reset string) {
		h := http.Header{"Retry-After": {after}, "Anthropic-Ratelimit-Unified-Reset": {reset}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {reset}}
		format := formats()[llm.Protocol(proto)]
		if format == nil {
			format = formats()[llm.OpenAI]
		}
		got := Classify(Answer{
			Protocol: llm.Protocol(proto), Status: status, Header: h, Body: []byte(body), Err: format.ParseError(status, []byte(body)), Now: now,
		})
		switch {
		case got.Rule == "" || got.Scope == "" || got.Retry == "" || got.Kind == "":
			t.Fatalf("unfinished: %+v", got)
		case got.Rest(now) > longest+24*time.Hour:
			t.Fatalf("rests for %s", got.Rest(now))
		case !got.Until.IsZero() && !got.Until.After(now):
			t.Fatalf("ended before it began: %+v", got)
		case got.Scope == ScopeRequest && got.Burns():
			t.Fatalf("a request's own fault burns: %+v", got)
		case len(got.Message) > maxMessage+200 || strings.ContainsAny(got.Link, " \n\""):
			t.Fatalf("message or link: %+v", got)
		}
	})
}
