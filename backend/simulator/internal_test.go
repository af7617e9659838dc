package simulator

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// FuzzTokens checks that tokens are whole runes, never empty, and make the
// text again.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", "one two", "  lead", "naïve ✅ 关于%，", "a\xffb", "averyveryverylongword", "\n\n\t x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		pieces := splitTokens(s, 1)
		if strings.Join(pieces, "") != s {
			t.Fatalf("%q became %q", s, pieces)
		}
		if len(pieces) != countTokens(s) {
			t.Fatalf("%d pieces, %d counted", len(pieces), countTokens(s))
		}
		for _, p := range pieces {
			if p == "" || utf8.ValidString(s) && !utf8.ValidString(p) {
				t.Fatalf("piece %q of %q", p, s)
			}
		}
	})
}

// FuzzDirectives checks that any text is read to its end.
func FuzzDirectives(f *testing.F) {
	for _, s := range []string{`[sim:tool=a args={"b":[1]}]`, "[sim:", "[sim:tool=", "[sim:tokens=x]", "[sim:text=[sim:echo]]", "[sim:next][sim:tool=a]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := findDirectives(s)
		if d.tokens > 100_000 {
			t.Fatal(d.tokens)
		}
		stripDirectives(s)
		topic(s)
	})
}

// FuzzJSON checks that what is written is JSON and means the same text.
func FuzzJSON(f *testing.F) {
	f.Add("a\"b\\c\n\t\x01 é 世")
	f.Fuzz(func(t *testing.T, s string) {
		var got struct{ Text string }
		if err := json.Unmarshal(encode(obj{{"text", s}}), &got); err != nil {
			t.Fatal(err)
		}
		if got.Text != strings.ToValidUTF8(s, "\uFFFD") && utf8.ValidString(s) {
			t.Fatalf("%q became %q", s, got.Text)
		}
	})
}

// FuzzServe sends any bytes to any endpoint: the answer is one of the
// service's own, never a panic.
func FuzzServe(f *testing.F) {
	paths := []string{
		"/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1beta/models/gemini-3-pro:generateContent", "/v1/embeddings", "/v1/completions",
		"/v1/messages/count_tokens", "/v1beta/models/gemini-2.5-flash:streamGenerateContent", "/v1beta/models/gemini-embedding-001:batchEmbedContents",
		"/v1/images/generations", "/v1/moderations", "/v1/rerank", "/v1/audio/speech", "/v1/audio/transcriptions", "/v1beta/models/gemini-pro:countTokens",
	}
	for i := range paths {
		f.Add(i, []byte(`{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"stream":true}`))
		f.Add(i, []byte(`{"model":"claude-opus-4-5","max_tokens":10,"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]},{"role":"assistant","content":[]}]}`))
		f.Add(i, []byte(`{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT"}}]}]}`))
		f.Add(i, []byte(`{"model":"gpt-5","input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":[]}]}`))
	}
	sim := New(Options{})
	f.Fuzz(func(t *testing.T, i int, body []byte) {
		r := httptest.NewRequest(http.MethodPost, paths[uint(i)%uint(len(paths))], bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer k")
		if strings.HasPrefix(r.URL.Path, "/v1/messages") {
			r.Header.Set("Anthropic-Version", "2023-06-01")
		}
		w := httptest.NewRecorder()
		sim.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError && !bytes.Contains(body, []byte("sim:status")) {
			t.Fatalf("status %d for %q", w.Code, body)
		}
	})
}

// TestInventor checks instances against their schemas.
func TestInventor(t *testing.T) {
	cases := []struct{ name, schema string }{
		{"object", `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a","b"]}`},
		{"optional only", `{"type":"object","properties":{"a":{"type":"number"}}}`},
		{"capitals", `{"type":"OBJECT","properties":{"a":{"type":"ARRAY","items":{"type":"STRING","enum":["x","y"]},"minItems":2}},"required":["a"]}`},
		{"bounds", `{"type":"integer","minimum":7,"maximum":9}`},
		{"open bounds", `{"type":"integer","exclusiveMinimum":7,"exclusiveMaximum":9}`},
		{"multiple", `{"type":"integer","multipleOf":5,"minimum":11}`},
		{"negative", `{"type":"number","maximum":-3}`},
		{"length", `{"type":"string","minLength":20,"maxLength":25}`},
		{"pattern", `{"type":"string","pattern":"^[A-Z]{2,3}-(\\d{4}|none)$"}`},
		{"const", `{"const":{"a":1}}`},
		{"nullable", `{"type":["null","boolean"]}`},
		{"reference", `{"$defs":{"n":{"type":"object","properties":{"v":{"type":"string"},"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["v","next"]}},"$ref":"#/$defs/n"}`},
		{"all of", `{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"type":"boolean"}},"required":["b"]}]}`},
		{"format", `{"type":"string","format":"date"}`},
		{"endless", `{"type":"object","properties":{"self":{"$ref":"#"}},"required":[]}`},
	}
	for _, c := range cases {
		for seed := range uint64(20) {
			schema := gjson.Parse(c.schema)
			got := newInventor(rand.New(rand.NewPCG(seed, 1)), schema, []string{"Paris"}).json()
			if !gjson.Valid(got) {
				t.Fatalf("%s: %s", c.name, got)
			}
			if problem := misfit(schema, schema, gjson.Parse(got)); problem != "" {
				t.Errorf("%s: %s: %s", c.name, got, problem)
			}
		}
	}
}

// misfit says where a value breaks the keywords that TestInventor uses.
func misfit(root, s, v gjson.Result) (problem string) {
	switch s.Get("$ref").String() {
	case "#":
		s = root
	case "#/$defs/n":
		s = root.Get("$defs.n")
	}
	for _, alt := range s.Get("anyOf").Array() {
		if problem = misfit(root, alt, v); problem == "" {
			return ""
		}
	}
	for _, part := range s.Get("allOf").Array() {
		if problem = misfit(root, part, v); problem != "" {
			return problem
		}
	}
	if c := s.Get("const"); c.Exists() && c.Raw != v.Raw {
		return "is not the constant"
	}
	fits := map[string]bool{
		"object": v.IsObject(), "array": v.IsArray(), "string": v.Type == gjson.String, "boolean": v.IsBool(),
		"integer": v.Type == gjson.Number && v.Num == float64(v.Int()), "number": v.Type == gjson.Number, "null": v.Type == gjson.Null,
	}
	typed := len(s.Get("type").Array()) == 0
	for _, name := range s.Get("type").Array() {
		typed = typed || fits[strings.ToLower(name.String())]
	}
	low, high := s.Get("minimum"), s.Get("maximum")
	switch n := utf8.RuneCountInString(v.String()); {
	case !typed:
		return "has a wrong type"
	case low.Exists() && v.Num < low.Num, high.Exists() && v.Num > high.Num:
		return "is out of bounds"
	case s.Get("exclusiveMinimum").Exists() && (v.Num <= s.Get("exclusiveMinimum").Num || v.Num >= s.Get("exclusiveMaximum").Num):
		return "is out of the open bounds"
	case s.Get("multipleOf").Exists() && v.Int()%s.Get("multipleOf").Int() != 0:
		return "is no multiple"
	case s.Get("maxLength").Exists() && (n > int(s.Get("maxLength").Int()) || n < int(s.Get("minLength").Int())):
		return "has a wrong length"
	case s.Get("minItems").Exists() && len(v.Array()) < int(s.Get("minItems").Int()):
		return "has too few items"
	case s.Get("pattern").Exists() && !regexp.MustCompile(s.Get("pattern").String()).MatchString(v.String()):
		return "does not match"
	}
	for _, name := range s.Get("required").Array() {
		if !v.Get(name.String()).Exists() {
			return "lacks " + name.String()
		}
	}
	s.Get("properties").ForEach(func(name, sub gjson.Result) bool {
		if one := v.Get(name.String()); one.Exists() {
			problem = misfit(root, sub, one)
		}
		return problem == ""
	})
	return problem
}

// TestCacheBound keeps the prompt cache from growing without end.
func TestCacheBound(t *testing.T) {
	c := newPromptCache()
	now := New(Options{}).options.Now()
	for i := range cacheEntries + 100 {
		c.put(uint64(i), now)
	}
	if len(c.expires) != cacheEntries || len(c.order) != cacheEntries {
		t.Errorf("%d entries, %d in order", len(c.expires), len(c.order))
	}
}
