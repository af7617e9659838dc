package protocol

import (
	"hash/maphash"
	"strings"
	"testing"
)

func parts(t *testing.T, body string) Parts {
	t.Helper()
	p, err := InspectParts([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSessionID(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"cache key", `{"prompt_cache_key":"k1","metadata":{"user_id":"session_x"}}`, "k1"},
		{"Claude Code", `{"metadata":{"user_id":"{\"device\":1,\"session_id\":\"abc\"}"}}`, `{"device":1,"session_id":"abc"}`},
		{"Claude Code before", `{"metadata":{"user_id":"user_1_account__session_abc"}}`, "user_1_account__session_abc"},
		{"a person", `{"metadata":{"user_id":"ada@example.com"}}`, ""},
		{"not a string", `{"prompt_cache_key":7,"metadata":{"user_id":{"session":1}}}`, ""},
		{"no object", `{"metadata":"session"}`, ""},
		{"nothing", `{"messages":[]}`, ""},
	}
	for _, tt := range tests {
		if got := parts(t, tt.body).SessionID([]byte(tt.body)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestOpening(t *testing.T) {
	base := `{"system":"be brief","messages":[{"role":"user","content":"one"}]}`
	tests := []struct {
		name, a, b string
		same       bool
	}{
		{"a later turn", base, `{"system":"be brief","messages":[{"role":"user","content":"one"},{"role":"assistant","content":"x"},{"role":"user","content":"two"}]}`, true},
		{"other members", base, `{"model":"m","temperature":1,"messages":[{"role":"user","content":"one"}],"system":"be brief"}`, true},
		{"another first turn", base, `{"system":"be brief","messages":[{"role":"user","content":"two"}]}`, false},
		{"other instructions", base, `{"system":"be long","messages":[{"role":"user","content":"one"}]}`, false},
		{
			"another system turn",
			`{"messages":[{"role":"system","content":"a"},{"role":"user","content":"one"}]}`,
			`{"messages":[{"role":"system","content":"b"},{"role":"user","content":"one"}]}`, false,
		},
		{
			"marks of the cache",
			`{"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"cache_control":{"type":"ephemeral","ttl":"1h"}, "type":"text","text":"one"}]}]}`,
			`{"system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":[{"type":"text","text":"one"}]},{"role":"user","content":"two"}]}`, true,
		},
		{
			"Responses",
			`{"instructions":"i","input":[{"type":"message","role":"user","content":"one"}]}`,
			`{"instructions":"i","input":[{"type":"message","role":"user","content":"one"},{"type":"reasoning"}]}`, true,
		},
		{"Responses as a string", `{"input":"one"}`, `{"input":"two"}`, false},
		{
			"Gemini",
			`{"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"parts":[{"text":"one"}]}]}`,
			`{"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"parts":[{"text":"one"}]},{"role":"model","parts":[]}]}`, true,
		},
		{
			"what moves between the parts",
			`{"system":"a","messages":[{"role":"user","content":"b"}]}`, `{"system":"","messages":[{"role":"user","content":"ab"}]}`, false,
		},
	}
	for _, tt := range tests {
		var a, b maphash.Hash
		b.SetSeed(a.Seed())
		okA, okB := parts(t, tt.a).Opening(&a, []byte(tt.a)), parts(t, tt.b).Opening(&b, []byte(tt.b))
		if same := a.Sum64() == b.Sum64(); !okA || !okB || same != tt.same {
			t.Errorf("%s: %v %v, same %v", tt.name, okA, okB, same)
		}
	}
	if parts(t, `{"model":"m"}`).Opening(new(maphash.Hash), []byte(`{"model":"m"}`)) {
		t.Error("an opening without turns")
	}
}

// However long the first turns are, little of them is looked at.
func BenchmarkOpening(b *testing.B) {
	body := []byte(`{"system":"` + strings.Repeat("s", 200<<10) + `","messages":[{"role":"user","content":"` + strings.Repeat("u", 200<<10) + `"}]}`)
	p, err := InspectParts(body)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var h maphash.Hash
		p.Opening(&h, body)
	}
}
