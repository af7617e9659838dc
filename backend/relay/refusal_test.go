package relay

import (
	"testing"

	"github.com/aihub/aihub/backend/core"
)

func TestRedact(t *testing.T) {
	cred := core.Credential{APIKey: "sk-secret-secret", RefreshToken: "short"}
	tests := []struct{ name, in, want string }{
		{"credential", `bad key sk-secret-secret, sk-secret-secret`, `bad key [credential], [credential]`},
		{"what is too short to be one", `a short one`, `a short one`},
		{"OpenAI", `Rate limit reached for gpt-4.1 in organization org-66tr5xhH5yhaqZAy6PAIy1Xi on tokens`, `Rate limit reached for gpt-4.1 in organization [account] on tokens`},
		{"a project", "Project `proj_abcdefgh12345678` has no access", "Project `[account]` has no access"},
		{"Groq", "in organization `org_01kgg5588eftc8k70aes4864eb` service tier", "in organization `[account]` service tier"},
		{"Anthropic", `(org: f1c66ceb-0643-47cc-9937-23647fff5a04, model: claude)`, `([account], model: claude)`},
		{"Kiro", `your account (d-9067c98495.14587448-10a1-7060-ffe6-d163472b8f81) can send`, `your account ([account]) can send`},
		{"words that look like it", `an org-chart of d-day and project`, `an org-chart of d-day and project`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(redact([]byte(tt.in), cred)); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}
