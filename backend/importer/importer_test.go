package importer

import (
	"strconv"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// found is what a table row expects of an entry.
type found struct {
	line    int
	name    string
	kind    Kind
	secret  string
	problem string // a part of it
}

func TestRead(t *testing.T) {
	tests := []struct {
		name     string
		provider core.Provider
		text     string
		want     []found
	}{
		{"one key per line", core.ProviderOpenAI, "sk-one\n\n  sk-two  \r\n", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {3, "", KindAPIKey, "sk-two", ""},
		}},
		{"comments are skipped", core.ProviderOpenAI, "# mine\nsk-one\n// his\nsk-two", []found{
			{2, "", KindAPIKey, "sk-one", ""}, {4, "", KindAPIKey, "sk-two", ""},
		}},
		{"a byte order mark", core.ProviderOpenAI, "\ufeffsk-one", []found{{1, "", KindAPIKey, "sk-one", ""}}},
		{"quotes and commas of a list in code", core.ProviderOpenAI, "\"sk-one\",\n'sk-two';\n", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {2, "", KindAPIKey, "sk-two", ""},
		}},
		{"name,key with a heading", core.ProviderAnthropic, "Name, API_Key\nwork,sk-ant-1\n\"at home\", sk-ant-2", []found{
			{2, "work", KindAPIKey, "sk-ant-1", ""}, {3, "at home", KindAPIKey, "sk-ant-2", ""},
		}},
		{"too many commas", core.ProviderOpenAI, "a,b,c", []found{{1, "a", KindUnknown, "", "too many commas"}}},
		{"a name without a key", core.ProviderOpenAI, "work, \nsk-one", []found{
			{1, "", KindAPIKey, "work", ""}, {2, "", KindAPIKey, "sk-one", ""},
		}},
		{"name: key", core.ProviderGemini, "work: AIzaOne\nhome:\tAIzaTwo", []found{
			{1, "work", KindAPIKey, "AIzaOne", ""}, {2, "home", KindAPIKey, "AIzaTwo", ""},
		}},
		{"a token with a colon inside", core.ProviderKiro, "aorAAAA:MGUCMQ\nwork: aorBBBB:MGUC", []found{
			{1, "", KindRefreshToken, "aorAAAA:MGUCMQ", ""}, {2, "work", KindRefreshToken, "aorBBBB:MGUC", ""},
		}},
		{"an API key of kiro", core.ProviderKiro, "ksk_abc", []found{{1, "", KindAPIKey, "ksk_abc", ""}}},
		{"an .env file", core.ProviderOpenAI, "export OPENAI_API_KEY=sk-one # mine\nOPENAI_API_KEY_2='sk-two' # his\nDEBUG=1\nMY_TOKEN=\"sk-three\"", []found{
			{1, "OPENAI_API_KEY", KindAPIKey, "sk-one", ""},
			{2, "OPENAI_API_KEY_2", KindAPIKey, "sk-two", ""},
			{3, "DEBUG", KindUnknown, "", "holds no key"},
			{4, "MY_TOKEN", KindAPIKey, "sk-three", ""},
		}},
		{"a key of another provider", core.ProviderAnthropic, "OPENAI_API_KEY=sk-one", []found{
			{1, "OPENAI_API_KEY", KindUnknown, "", "a key of openai"},
		}},
		{"kiro in an .env file", core.ProviderKiro, "KIRO_API_KEY=abc\nKIRO_REFRESH_TOKEN=aor1", []found{
			{1, "KIRO_API_KEY", KindAPIKey, "abc", ""}, {2, "KIRO_REFRESH_TOKEN", KindRefreshToken, "aor1", ""},
		}},
		{"a key that ends like base64", core.ProviderOpenAI, "QUJDREVG==", []found{{1, "", KindAPIKey, "QUJDREVG==", ""}}},
		{"a JSON list", core.ProviderOpenAI, "[\n  {\"name\": \"a\", \"api_key\": \"sk-one\"},\n  \"sk-two\",\n\n  {\"name\": \"c\", \"credential\": {\"api_key\": \"sk-three\"}}\n]", []found{
			{2, "a", KindAPIKey, "sk-one", ""}, {3, "", KindAPIKey, "sk-two", ""}, {5, "c", KindAPIKey, "sk-three", ""},
		}},
		{"one JSON object", core.ProviderKiro, `{"refresh_token":"aor1","client_id":"i","client_secret":"s","region":"us-east-1"}`, []found{
			{1, "", KindRefreshToken, "aor1", ""},
		}},
		{"an object with a list", core.ProviderOpenAI, `{"accounts":[{"api_key":"sk-one"}],"items":[{"api_key":"sk-two"}]}`, []found{
			{1, "", KindAPIKey, "sk-one", ""}, {1, "", KindAPIKey, "sk-two", ""},
		}},
		{"JSON lines", core.ProviderOpenAI, "{\"api_key\":\"sk-one\"}\n{\"api_key\":\"sk-two\"}\n", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {2, "", KindAPIKey, "sk-two", ""},
		}},
		{"an empty object", core.ProviderOpenAI, "[{}]", []found{{1, "", KindUnknown, "", "no key here"}}},
		{"not an account", core.ProviderOpenAI, "[7,\n{\"api_key\":3}]", []found{
			{1, "", KindUnknown, "", "not an account"}, {2, "", KindUnknown, "", "not an account"},
		}},
		{"JSON that breaks", core.ProviderOpenAI, "[{\"api_key\":\"sk-one\"},\n{\"api_key\":\"sk-two\"", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {2, "", KindUnknown, "", "not valid JSON"},
		}},
		{"a list without its end", core.ProviderOpenAI, "[{\"api_key\":\"sk-one\"}", []found{
			{1, "", KindAPIKey, "sk-one", ""}, {1, "", KindUnknown, "", "not valid JSON"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, err := Read([]Source{{Content: test.text}}, test.provider)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != len(test.want) {
				t.Fatalf("%d entries, want %d: %+v", len(entries), len(test.want), entries)
			}
			for i, e := range entries {
				compare(t, e, test.want[i])
			}
		})
	}
}

func compare(t *testing.T, e Entry, want found) {
	t.Helper()
	secret := e.Credential.APIKey + e.Credential.RefreshToken
	if e.Problem != "" {
		secret = ""
	}
	if e.Line != want.line || e.Name != want.name || e.Kind != want.kind || secret != want.secret {
		t.Errorf("got line %d, name %q, %s, %q; want %+v", e.Line, e.Name, e.Kind, secret, want)
	}
	if (e.Problem == "") != (want.problem == "") || !strings.Contains(e.Problem, want.problem) {
		t.Errorf("problem %q, want %q", e.Problem, want.problem)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, text string }{
		{"nothing", " \n # a comment\n"},
		{"an empty list", "[]"},
		{"what is not text", "sk-\xff\xfe"},
		{"zero bytes", "sk-\x00"},
		{"too many lines", strings.Repeat("sk-a\n", MaxRows+1)},
		{"too many elements", "[" + strings.Repeat("\"sk-a\",", MaxRows) + "\"sk-b\"]"},
		{"too many elements inside", "{\"accounts\":[" + strings.Repeat("\"sk-a\",", MaxRows) + "\"sk-b\"]}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, err := Read([]Source{{Content: test.text}}, core.ProviderOpenAI)
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
	entries, err := Read([]Source{{Content: text.String()}}, core.ProviderOpenAI)
	if err != nil || len(entries) != MaxRows || entries[MaxRows-1].Line != MaxRows {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
}

func TestReadKeepsFilesApart(t *testing.T) {
	entries, err := Read([]Source{
		{Name: "a.json", Content: `[{"api_key":"sk-one"}]`},
		{Name: "b.txt", Content: "\nsk-two"},
	}, core.ProviderOpenAI)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 || entries[0].Place() != "a.json, line 1" || entries[1].Place() != "b.txt, line 2" {
		t.Errorf("entries = %+v", entries)
	}
}

// TestNamesAndProblemsHoldNoSecret feeds every dialect a recognisable secret.
func TestNamesAndProblemsHoldNoSecret(t *testing.T) {
	const secret = "sEcReT"
	for _, text := range []string{
		secret, "a," + secret, "a: " + secret, "OPENAI_API_KEY=" + secret, "DEBUG=" + secret,
		`[{"api_key":"` + secret + `"}]`, `[{"api_key":["` + secret + `"]}]`, `[{"api_key":"` + secret + `"`, "a," + secret + ",c",
	} {
		entries, err := Read([]Source{{Content: text}}, core.ProviderAnthropic)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.Contains(e.Name+e.Problem, secret) {
				t.Errorf("%q: %+v repeats the secret", text, e)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"sk-a\n", "a,b", "A=b", `{"accounts":["x"]}`, "[1,{}]\n[", "x: y"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := Read([]Source{{Content: text}}, core.ProviderKiro)
		if err != nil {
			return
		}
		lines := strings.Count(text, "\n") + 1
		for _, e := range entries {
			if e.Line < 1 || e.Line > lines {
				t.Fatalf("line %d of %d", e.Line, lines)
			}
			if e.Problem == "" && e.Kind == KindUnknown {
				t.Fatalf("an entry without credential and problem: %+v", e)
			}
		}
	})
}
