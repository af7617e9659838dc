package admin

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// The admin key lives beside the credential: it is kept when the credential is
// replaced, replaced and removed by itself, and never shown.
func TestAdminKeyLivesBesideTheCredential(t *testing.T) {
	h := newHub(t)
	a := h.account(t, h.channel(t, core.ProviderOpenAI).ID, "sk-0123456789abcdef")
	key := func(s string) *string { return &s }
	steps := []struct {
		name             string
		in               AccountInput
		apiKey, adminKey string // as stored afterwards
		field            string // of the refusal
	}{
		{"given", AccountInput{AdminKey: key(" sk-admin-0123456789wxyz\n")}, "sk-0123456789abcdef", "sk-admin-0123456789wxyz", ""},
		{"a name alone", AccountInput{Name: key("x")}, "sk-0123456789abcdef", "sk-admin-0123456789wxyz", ""},
		{"another credential", AccountInput{Credential: &core.Credential{APIKey: "sk-2"}}, "sk-2", "sk-admin-0123456789wxyz", ""},
		{"an ordinary key", AccountInput{AdminKey: key("sk-proj-1")}, "sk-2", "sk-admin-0123456789wxyz", "admin_key"},
		{"both", AccountInput{Credential: &core.Credential{APIKey: "sk-3", AdminKey: "sk-admin-3"}}, "sk-3", "sk-admin-3", ""},
		{"removed", AccountInput{AdminKey: key("")}, "sk-3", "", ""},
	}
	for _, step := range steps {
		got, err := h.UpdateAccount(t.Context(), a.ID, step.in)
		if step.field != "" {
			wantInvalid(t, err, step.field)
		} else if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		c := h.store.Snapshot().Account(a.ID).Credential
		if c.APIKey != step.apiKey || c.AdminKey != step.adminKey {
			t.Errorf("%s: stored %q, %q", step.name, c.APIKey, c.AdminKey)
		}
		if step.field == "" && got.AdminKeyHint != c.AdminHint() {
			t.Errorf("%s: hint %q", step.name, got.AdminKeyHint)
		}
		if shown, err := json.Marshal(got); err != nil || strings.Contains(string(shown), "0123456789") {
			t.Errorf("%s: %s, %v", step.name, shown, err)
		}
	}
	file, err := h.configFile()
	if raw, _ := json.Marshal(file); err != nil || strings.Contains(string(raw), "sk-") {
		t.Errorf("exported %s, %v", raw, err)
	}
}
