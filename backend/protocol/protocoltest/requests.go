package protocoltest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// requests checks that what the upstream side writes, the client side reads as
// the same request.
func (s *suite) requests(t *testing.T) {
	for _, tt := range requestCases() {
		if slices.Contains(tt.not, s.codec.ID()) {
			continue
		}
		s.run(t, "requests", tt.name, func(t *testing.T) {
			req := tt.req
			req.Origin, req.Model = s.profile.other, "client-model"
			s.request(t, &req, s.profile.target(tt.reasoner))
		})
	}
}

// target is the model that a case is sent to.
func (p *profile) target(reasoner bool) string {
	if reasoner {
		return p.reasoner
	}
	return p.model
}

// request checks one request; the format may refuse it with good reason.
func (s *suite) request(t *testing.T, req *llm.Request, model string) {
	t.Helper()
	before := describe(req)
	want := factsOf(req)
	x, e := send(s.codec, req, model)
	if e != nil {
		if slices.ContainsFunc(s.profile.refuses, want.has) && e.Message != "" {
			return
		}
		t.Fatalf("refused: %v", e)
	}
	if after := describe(req); after != before {
		t.Errorf("the request was changed\nfrom %s\nto   %s", before, after)
	}
	s.wellFormed(t, req, x, model)
	for _, kind := range s.profile.drops {
		if want.has(kind) && !isDropped(x.enc.Dropped, kind) {
			t.Errorf("%s is lost, but dropped is only %q", kind, x.enc.Dropped)
		}
	}
	got := s.answerable(req, x)
	for _, kind := range s.profile.either {
		if !want.has(kind) || got.has(kind) {
			continue
		}
		if want = want.without([]string{kind}); !isDropped(x.enc.Dropped, kind) {
			t.Errorf("%s is lost, but dropped is only %q", kind, x.enc.Dropped)
		}
	}
	compare(t, "the request", want.without(s.refused(want)), got, s.profile)
}

// refused lists what the format may refuse and has dropped instead.
func (s *suite) refused(want facts) []string {
	var list []string
	for _, kind := range s.profile.refuses {
		if want.has(kind) {
			list = append(list, kind)
		}
	}
	return list
}

// answerable lists what the upstream understood, but for what every request of
// the format must say.
func (s *suite) answerable(req *llm.Request, x *exchange) facts {
	got := x.restored(req)
	if req.MaxTokens == nil {
		got.MaxTokens = nil
	}
	want := factsOf(req)
	var added []string // where a client marks nothing, a codec may mark for it
	if !want.has("cache.block") && !want.has("cache.tool") {
		added = []string{"cache.block", "cache.tool"}
	}
	return factsOf(got).without(s.refused(want), added)
}

// wellFormed checks what holds for every encoded request.
func (s *suite) wellFormed(t *testing.T, req *llm.Request, x *exchange, model string) {
	t.Helper()
	if !json.Valid(x.enc.Body) {
		t.Fatalf("not JSON: %s", x.enc.Body)
	}
	again, e := s.codec.EncodeRequest(req, protocol.Target{Model: model, AccountID: account})
	if e != nil || !bytes.Equal(again.Body, x.enc.Body) {
		t.Errorf("the second time the request is another\n%s\n%s", x.enc.Body, again.Body)
	}
	if !strings.HasPrefix(x.enc.Path, "/") || headOf(x.enc).Model != model {
		t.Errorf("path %q, model %q", x.enc.Path, headOf(x.enc).Model)
	}
	if x.enc.Request == nil || x.enc.Target.Model != model {
		t.Error("what was encoded does not tell the request or the target")
	}
	if x.seen.Stream != req.Stream || headOf(x.enc).Stream != req.Stream {
		t.Errorf("stream is %v, want %v", x.seen.Stream, req.Stream)
	}
	if req.UserID != "" && req.Origin != s.codec.ID() && bytes.Contains(x.enc.Body, []byte(req.UserID)) {
		t.Errorf("the user's name reaches another provider: %s", x.enc.Body)
	}
	if req.Origin == s.codec.ID() {
		return // the client's own names for its tools are its own affair
	}
	for _, tool := range x.seen.Tools {
		if tool.Raw == nil && (tool.Name == "" || len(tool.Name) > 128 || strings.ContainsAny(tool.Name, " ./:")) {
			t.Errorf("the tool's name %q is not one that the format takes", tool.Name)
		}
	}
}

// counts checks the requests and answers that count tokens.
func (s *suite) counts(t *testing.T) {
	req := &llm.Request{Origin: s.profile.other, Model: "client-model", System: []llm.Block{text("rules")}, Turns: hi(), Tools: []llm.Tool{weather()}}
	enc, ok := s.codec.EncodeCountRequest(req, protocol.Target{Model: s.profile.model, AccountID: account})
	if !ok {
		return
	}
	if !json.Valid(enc.Body) || !strings.HasPrefix(enc.Path, "/") {
		t.Errorf("%s: %s", enc.Path, enc.Body)
	}
	answer := s.codec.EncodeCount(4711)
	if tokens, ok := s.codec.DecodeCount(answer); !ok || tokens != 4711 || !json.Valid(answer) {
		t.Errorf("%s was read as %d, %v", answer, tokens, ok)
	}
	for _, bad := range []string{"", "{}", "null", `{"error":{"message":"no"}}`, "x"} {
		if tokens, ok := s.codec.DecodeCount([]byte(bad)); ok {
			t.Errorf("%q was read as %d", bad, tokens)
		}
	}
}
