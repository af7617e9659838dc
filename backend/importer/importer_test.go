package importer

import (
	"strconv"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// token makes a refresh token of the right length.
func token(seed string) string { return "aor" + seed + strings.Repeat("x", 150) }

// found is what a table row expects of an entry.
type found struct {
	line   int
	name   string
	kind   Kind
	secret string // of an entry without a reason
	reason Reason
}

func TestReadForAChannel(t *testing.T) {
	one, two := token("one"), token("two")
	tests := []struct {
		name     string
		provider core.Provider
		text     string
		want     []found
	}{
		{"one key per line", core.ProviderOpenAI, "sk-one\n\n  sk-two  \r\n", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {3, "", KindAPIKey, "sk-two", ""},
		}},
		{"lines that end as on an old Mac", core.ProviderOpenAI, "sk-one\rsk-two", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {2, "", KindAPIKey, "sk-two", ""},
		}},
		{"comments are skipped", core.ProviderOpenAI, "# mine\nsk-one\n// his\nsk-two", []found{
			{2, "", KindAPIKey, "sk-one", ""}, {4, "", KindAPIKey, "sk-two", ""},
		}},
		{"a comment behind a key is its name", core.ProviderOpenAI, "sk-one # at work", []found{{1, "at work", KindAPIKey, "sk-one", ""}}},
		{"a byte order mark", core.ProviderOpenAI, "\ufeffsk-one", []found{{1, "", KindAPIKey, "sk-one", ""}}},
		{"quotes and commas of a list in code", core.ProviderOpenAI, "\"sk-one\",\n'sk-two';\n", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {2, "", KindAPIKey, "sk-two", ""},
		}},
		{"name,key with a heading", core.ProviderAnthropic, "Name, API_Key\nwork,sk-ant-1\n\"at home\", sk-ant-2", []found{
			{2, "work", KindAPIKey, "sk-ant-1", ""}, {3, "at home", KindAPIKey, "sk-ant-2", ""},
		}},
		{"key,name", core.ProviderOpenAI, "sk-one,work", []found{{1, "work", KindAPIKey, "sk-one", ""}}},
		{"only words", core.ProviderOpenAI, "a,b,c", []found{{1, "", KindUnknown, "", ReasonBadLine}}},
		{"a name without a key", core.ProviderOpenAI, "work, \nsk-one", []found{
			{1, "", KindAPIKey, "work", ""}, {2, "", KindAPIKey, "sk-one", ""},
		}},
		{"name: key", core.ProviderGemini, "work: AIzaOne\nhome: AIzaTwo", []found{
			{1, "work", KindAPIKey, "AIzaOne", ""}, {2, "home", KindAPIKey, "AIzaTwo", ""},
		}},
		{"tokens of kiro may hold colons", core.ProviderKiro, one + ":MGUC", []found{{1, "", KindRefreshToken, one + ":MGUC", ""}}},
		{"an API key of kiro", core.ProviderKiro, "ksk_abc", []found{{1, "", KindAPIKey, "ksk_abc", ""}}},
		{"a variable of no known tool", core.ProviderOpenAI, "MY_TOKEN=\"sk-three\"", []found{{1, "MY_TOKEN", KindAPIKey, "sk-three", ""}}},
		{"variables without a key", core.ProviderOpenAI, "DEBUG=1\nPORT=80", []found{
			{1, "DEBUG", KindUnknown, "", ReasonNoKeyVariable}, {2, "PORT", KindUnknown, "", ReasonNoKeyVariable},
		}},
		{"a variable of another provider", core.ProviderAnthropic, "OPENAI_API_KEY=sk-one", []found{
			{1, "OPENAI_API_KEY", KindAPIKey, "", ReasonOtherProvider},
		}},
		{"kiro in an .env file", core.ProviderKiro, "KIRO_API_KEY=abc\nKIRO_REFRESH_TOKEN=" + one, []found{
			{1, "KIRO_API_KEY", KindAPIKey, "abc", ""}, {2, "KIRO_REFRESH_TOKEN", KindRefreshToken, one, ""},
		}},
		{"a key that ends like base64", core.ProviderOpenAI, "QUJDREVG==", []found{{1, "", KindAPIKey, "QUJDREVG==", ""}}},
		{"a JSON list", core.ProviderOpenAI, "[\n  {\"name\": \"a\", \"api_key\": \"sk-one\"},\n  \"sk-two\",\n\n  {\"name\": \"c\", \"credential\": {\"api_key\": \"sk-three\"}}\n]", []found{
			{2, "a", KindAPIKey, "sk-one", ""}, {3, "", KindAPIKey, "sk-two", ""}, {5, "c", KindAPIKey, "sk-three", ""},
		}},
		{"one JSON object", core.ProviderKiro, `{"refresh_token":"` + one + `","client_id":"i","client_secret":"s","region":"us-east-1"}`, []found{
			{1, "", KindRefreshToken, one, ""},
		}},
		{"an object with lists", core.ProviderOpenAI, "{\"accounts\":[\n{\"api_key\":\"sk-one\"}],\n\"items\":[\n{\"api_key\":\"sk-two\"}]}", []found{
			{2, "", KindAPIKey, "sk-one", ""}, {4, "", KindAPIKey, "sk-two", ""},
		}},
		{"lines in a list", core.ProviderKiro, `["ann@example.com----pw----` + one + `", "` + two + `"]`, []found{
			{1, "ann@example.com", KindRefreshToken, one, ""}, {1, "", KindRefreshToken, two, ""},
		}},
		{"an empty object", core.ProviderOpenAI, "[{}]", []found{{1, "", KindUnknown, "", ReasonNoCredential}}},
		{"not an account", core.ProviderOpenAI, "[7,\n{\"api_key\":3}]", []found{
			{1, "", KindUnknown, "", ReasonNotAccount}, {2, "", KindUnknown, "", ReasonNotAccount},
		}},
		{"JSON that breaks", core.ProviderOpenAI, "[{\"api_key\":\"sk-one\"},\n{\"api_key\":\"sk-two\"", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {2, "", KindUnknown, "", ReasonBadJSON},
		}},
		{"JSON that breaks deep inside", core.ProviderOpenAI, "{\"accounts\":[\n{\"api_key\":\"sk-one\"},\n{\"api_key\" \"sk-two\"}]}", []found{
			{3, "", KindUnknown, "", ReasonBadJSON},
		}},
		{"a list without its end", core.ProviderOpenAI, "[{\"api_key\":\"sk-one\"}", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {1, "", KindUnknown, "", ReasonBadJSON},
		}},
		{"a heading in brackets is no JSON", core.ProviderOpenAI, "[work]\nOPENAI_API_KEY=sk-one", []found{
			{1, "", KindAPIKey, "[work]", ""}, {2, "OPENAI_API_KEY", KindAPIKey, "sk-one", ""},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, err := Read(t.Context(), paste(test.text), Options{Provider: test.provider, Now: testNow()})
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != len(test.want) {
				t.Fatalf("%d entries, want %d: %+v", len(entries), len(test.want), entries)
			}
			for i := range entries {
				compare(t, &entries[i], test.want[i])
			}
		})
	}
}

func paste(text string) []Source { return []Source{{Content: []byte(text)}} }

func compare(t *testing.T, e *Entry, want found) {
	t.Helper()
	secret := e.Credential.APIKey + e.Credential.RefreshToken
	if e.Reason != "" {
		secret = ""
	}
	if e.Line != want.line || e.Name != want.name || e.Kind != want.kind || secret != want.secret || e.Reason != want.reason {
		t.Errorf("got line %d, name %q, %s, %q, %q; want %+v", e.Line, e.Name, e.Kind, secret, e.Reason, want)
	}
	if (e.Problem == "") != (e.Reason == "") || strings.Contains(e.Problem, "%") {
		t.Errorf("problem %q of reason %q", e.Problem, e.Reason)
	}
}

// At another address than the provider's own, a key may look like anything.
func TestChannelsElsewhere(t *testing.T) {
	tests := []struct {
		name string
		o    Options
		text string
		want Reason
	}{
		{"a key of Google at its OpenAI address", Options{Provider: core.ProviderOpenAI, BaseURL: "https://generativelanguage.googleapis.com/v1beta/openai"}, "AIzaSyOne", ""},
		{"a key of Google at OpenAI", Options{Provider: core.ProviderOpenAI, BaseURL: "https://api.openai.com/v1/"}, "AIzaSyOne", ReasonOtherProvider},
		{"AiHub behind AiHub", Options{Provider: core.ProviderOpenAI, BaseURL: "http://10.0.0.7:8000"}, "sk-aihub-0123456789", ""},
		{"AiHub as OpenAI", Options{Provider: core.ProviderOpenAI}, "sk-aihub-0123456789", ReasonOwnKey},
		{"a relay of Anthropic", Options{Provider: core.ProviderAnthropic, BaseURL: "https://relay.example"}, "sk-relay", ""},
		{"a key of OpenAI at Anthropic", Options{Provider: core.ProviderAnthropic}, "sk-relay", ReasonOtherProvider},
		{"a short token of a stand-in for Kiro", Options{Provider: core.ProviderKiro, BaseURL: "http://127.0.0.1:9000"}, "aorShort", ""},
		{"a short token of Kiro", Options{Provider: core.ProviderKiro}, "aorShort", ReasonTruncated},
		{"an elided token of a stand-in for Kiro", Options{Provider: core.ProviderKiro, BaseURL: "http://127.0.0.1:9000"}, "aorSho...rt", ReasonTruncated},
		{"a key that could be anybody's", Options{}, "0123456789abcdef", ReasonUnknownProvider},
		{"a key that is said to be somebody's", Options{Fallback: core.ProviderGemini}, "0123456789abcdef", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, err := Read(t.Context(), paste(test.text), test.o)
			if err != nil || len(entries) != 1 || entries[0].Reason != test.want {
				t.Errorf("%+v, %v; want %q", entries, err, test.want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, text string }{
		{"nothing", " \n # a comment\n"},
		{"an empty list", "[]"},
		{"too many lines", strings.Repeat("sk-a\n", MaxRows+1)},
		{"too many variables", strings.Repeat("OPENAI_API_KEY=sk-a\n", MaxRows+1)},
		{"too many keys of one variable", "OPENAI_API_KEYS=" + strings.Repeat("sk-a,", MaxRows+1)},
		{"too many rows", "name,key\n" + strings.Repeat("a,sk-a\n", MaxRows+1)},
		{"too many elements", "[" + strings.Repeat("\"sk-a\",", MaxRows) + "\"sk-b\"]"},
		{"too many elements inside", "{\"accounts\":[" + strings.Repeat("\"sk-a\",", MaxRows) + "\"sk-b\"]}"},
		{"too many keys of a channel", `{"type":1,"models":"","key":"` + strings.Repeat(`sk-a\n`, MaxRows+1) + `"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, err := Read(t.Context(), paste(test.text), Options{Provider: core.ProviderOpenAI})
			if core.CodeOf(err) != core.CodeInvalid {
				t.Errorf("err = %v with %d entries, want one of code invalid", err, len(entries))
			}
		})
	}
}

func TestReadTakesTheMostRows(t *testing.T) {
	var text strings.Builder
	for i := range MaxRows {
		text.WriteString("name" + strconv.Itoa(i) + ",sk-" + strconv.Itoa(i) + "\n")
	}
	entries, err := Read(t.Context(), paste(text.String()), Options{Provider: core.ProviderOpenAI})
	if err != nil || len(entries) != MaxRows || entries[MaxRows-1].Line != MaxRows {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
}

func TestReadKeepsFilesApart(t *testing.T) {
	entries, err := Read(t.Context(), []Source{
		{Name: "a.json", Content: []byte(`[{"api_key":"sk-one"}]`)},
		{Name: "b.txt", Content: []byte("\nsk-two")},
		{Name: "b.txt-wal", Content: []byte("7\x7f\x06\x82")},
		{Name: "c.bin", Content: []byte("sk-\x00\x01")},
		{Name: "d.bin", Content: []byte("sk-\xff\xfe")},
	}, Options{Provider: core.ProviderOpenAI})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range entries {
		got = append(got, entries[i].Place()+" "+string(entries[i].Reason))
	}
	if want := "a.json, line 1 |b.txt, line 2 |c.bin, line 1 unreadable|d.bin, line 1 unreadable"; strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
}

// TestRowsHoldNoSecret feeds every way to write a secret down a recognisable
// one.
func TestRowsHoldNoSecret(t *testing.T) {
	const secret = "sEcReT7"
	for _, text := range []string{
		secret, "a," + secret, "a: " + secret, "OPENAI_API_KEY=" + secret, "DEBUG=" + secret, "a," + secret + ",c",
		`[{"api_key":"` + secret + `"}]`, `[{"api_key":["` + secret + `"]}]`, `[{"api_key":"` + secret + `"`, "ann@example.com----" + secret,
		"ann@example.com----" + secret + "----" + token("a"), "name,key\na," + secret, `{"type":36,"models":"","key":"` + secret + `"}`,
		`{"type":"claude","refresh_token":"` + secret + `"}`, `{"password":"` + secret + `","key":"x"}`, "KIRO_AUTH_TOKEN=/" + secret,
		`{"clientId":"a","clientSecret":"` + secret + `"}`, `{"clientIdHash":"` + secret + `","refreshToken":"` + token("a") + `"}`,
	} {
		for _, p := range append(core.Providers(), "") {
			entries, err := Read(t.Context(), paste(text), Options{Provider: p})
			if err != nil {
				t.Fatalf("%q for %q: %v", text, p, err)
			}
			for i := range entries {
				e := &entries[i]
				if strings.Contains(e.Name+e.Problem+e.Detail+e.Channel+e.BaseURL, secret) {
					t.Errorf("%q: %+v repeats the secret", text, e)
				}
			}
		}
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	for _, r := range Reasons() {
		if r != ReasonInvalid && words()[r] == "" {
			t.Errorf("%s says nothing", r)
		}
	}
}
