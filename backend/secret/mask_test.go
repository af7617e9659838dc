package secret_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/secret"
)

// The keys are made up; each has the shape of a real one.
const (
	openAI    = "sk-proj-T3BlbkFJ0123456789abcdefghijkl"
	anthropic = "sk-ant-api03-AbCdEfGhIjKlMnOp_qrstuvwx-yz0123456789AA"
	google    = "AIzaSyA0123456789abcdefghijklmnopqrstu"
	kiro      = "ksk_0123456789abcdefABCDEF"
	sso       = "aorAAAAAGk9876543210abcDEF:MGUCMQDxyz/+abc0123456789=="
	jwt       = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
	aws       = "AKIAIOSFODNN7EXAMPLE"
	ours      = "sk-aihub-Zx81Kd02mmQpLw73TtYrEe55GgHhJj11"
	opaque    = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

func TestMask(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"alone", openAI, "[secret]"},
		{"in a sentence", "my key is " + anthropic + ".", "my key is [secret]."},
		{"in JSON", `{"key":"` + google + `","n":1}`, `{"key":"[secret]","n":1}`},
		{"behind an escape", `{"content":"run\n` + openAI + `\nnow"}`, `{"content":"run\n[secret]\nnow"}`},
		{"in JSON inside JSON", `{"arguments":"{\"text\":\"a\\n` + kiro + `\\n\"}"}`, `{"arguments":"{\"text\":\"a\\n[secret]\\n\"}"}`},
		{"behind an escaped character", `{"url":"http://x/?a=1\u0026key=abcdefgh12"}`, `{"url":"http://x/?a=1\u0026key=[secret]"}`},
		{"several", openAI + "," + kiro + " " + aws, "[secret],[secret] [secret]"},
		{"a token of AWS", "token=" + sso + "\n", "token=[secret]\n"},
		{"a JWT", `"id":"` + jwt + `"`, `"id":"[secret]"`},
		{"a key of the gateway", "curl -H 'x-api-key: " + ours + "'", "curl -H 'x-api-key: [secret]'"},
		{"bearer", "Authorization: Bearer abcdef-0123456789", "Authorization: [secret]"},
		{"bearer of letters", "authorization: bearer abcdefghijklmnopqrst", "authorization: [secret]"},
		{"in a URL", "GET https://h/v1beta/models?key=abcdefgh&alt=sse", "GET https://h/v1beta/models?key=[secret]&alt=sse"},
		{"in an escaped URL", "next=%3Fkey%3D" + google, "next=%3Fkey%3D[secret]"},
		{"by its name in JSON", `{"refresh_token": "1aB` + opaque + `"}`, `{"refresh_token": "[secret]"}`},
		{"by its name in escaped JSON", `"{\"secretAccessKey\":\"` + opaque + `\"}"`, `"{\"secretAccessKey\":\"[secret]\"}"`},
		{"by its name in a shell", "export ANTHROPIC_AUTH_TOKEN=abc123def456", "export ANTHROPIC_AUTH_TOKEN=[secret]"},
		{"a private key", "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb", "a\n[secret]\nb"},
		{"a private key that is cut", "-----BEGIN PRIVATE KEY-----\nMIIE", "[secret]"},
		{"at the end of cut text", `{"a":"` + openAI[:20], `{"a":"[secret]`},
		{"two in a row", openAI + "\\n" + openAI, "[secret]\\n[secret]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, n := secret.Mask([]byte(tt.text))
			if string(got) != tt.want || n != strings.Count(tt.want, secret.Mark) {
				t.Errorf("%d in %s\n  want %s", n, got, tt.want)
			}
		})
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	for _, text := range []string{
		"",
		"task-management-system-2000 and risk-free-0123456789",
		"sk-learn sk-short1",
		"Bearer authentication is used; the bearer of news",
		`{"max_tokens":4096,"model":"claude-sonnet-4-5-20250929","id":"req_0123456789abcdefghij"}`,
		`apiKey: process.env.OPENAI_API_KEY, api_key=os.environ["KEY"]`,
		`{"password":{"type":"string"},"access_token":null}`,
		`key=value&x=1; ?key=short`,
		"AKIA is a prefix, eyJ another, AIza a third",
		`\\server\nshare \u00e9 %zz %`,
		"-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
		"日本語 密钥 ключ",
	} {
		in := []byte(text)
		got, n := secret.Mask(in)
		if n != 0 || string(got) != text || len(in) > 0 && &got[0] != &in[0] {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func FuzzMask(f *testing.F) {
	for _, seed := range []string{openAI, `\n` + google, `"refresh_token":"` + sso, "Bearer " + jwt, "%%%", `\\\`, "-----BEGIN PRIVATE KEY"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, n := secret.Mask(text)
		if n == 0 && !bytes.Equal(got, text) {
			t.Fatalf("changed without a secret: %q", got)
		}
		if n != bytes.Count(got, []byte(secret.Mark))-bytes.Count(text, []byte(secret.Mark)) && !bytes.Contains(text, []byte(secret.Mark[:1])) {
			t.Fatalf("%d secrets in %q", n, got)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	text := bytes.Repeat([]byte(`{"role":"user","content":"please look at the file src/main.go and fix the error in line 42\n"},`), 2000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, n := secret.Mask(text); n != 0 {
			b.Fatal(n)
		}
	}
}
