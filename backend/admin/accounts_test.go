package admin

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func TestCreateAccountFillsInDefaults(t *testing.T) {
	h := newHub(t)
	c := h.channel(t, core.ProviderOpenAI)
	a := h.account(t, c.ID, " sk-0123456789abcdef\n")
	want := Account{
		ID: a.ID, ChannelID: c.ID, Name: "openai cdef", CredentialHint: "cdef", Weight: 1, Models: []string{}, Tags: []string{},
		Enabled: true, Health: core.Health{State: core.StateReady, Cooldowns: []core.Cooldown{}},
		CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("got %+v\nwant %+v", a, want)
	}
	if stored := h.store.Snapshot().Account(a.ID); stored.Credential.APIKey != "sk-0123456789abcdef" {
		t.Errorf("stored with the spaces around it: %q", stored.Credential.APIKey)
	}
	if shown, err := json.Marshal(a); err != nil || strings.Contains(string(shown), "0123456789") {
		t.Errorf("%s, %v", shown, err)
	}
	_, err := h.CreateAccount(t.Context(), "chn_none", AccountInput{})
	wantCode(t, err, core.CodeNotFound)
}

func TestCredentials(t *testing.T) {
	kiro, openai := core.ProviderKiro, core.ProviderOpenAI
	tests := []struct {
		name     string
		provider core.Provider
		c        *core.Credential
		field    string // "" means accepted
	}{
		{"none", openai, nil, "credential"},
		{"an empty one", openai, &core.Credential{}, "credential.api_key"},
		{"a key", core.ProviderAnthropic, &core.Credential{APIKey: "sk-ant-1"}, ""},
		{"a key with a space", openai, &core.Credential{APIKey: "sk 1"}, "credential.api_key"},
		{"a key with a line break", openai, &core.Credential{APIKey: "sk-1\nsk-2"}, "credential.api_key"},
		{"a key of other characters", openai, &core.Credential{APIKey: "sk-…"}, "credential.api_key"},
		{"an endless key", openai, &core.Credential{APIKey: strings.Repeat("a", maxSecret+1)}, "credential.api_key"},
		{"a token where a key belongs", openai, &core.Credential{RefreshToken: "r"}, "credential.refresh_token"},
		{"a region for a key", core.ProviderGemini, &core.Credential{APIKey: "k", Region: "us-east-1"}, "credential.region"},
		{"a key for reports beside it", openai, &core.Credential{APIKey: "k", AdminKey: "sk-admin-1"}, ""},
		{"a key for reports of a compatible service", openai, &core.Credential{APIKey: "k", AdminKey: "reader-1"}, ""},
		{"an ordinary key for reports", openai, &core.Credential{APIKey: "k", AdminKey: "sk-proj-1"}, "credential.admin_key"},
		{"the other provider's key for reports", core.ProviderAnthropic, &core.Credential{APIKey: "k", AdminKey: "sk-admin-1"}, "credential.admin_key"},
		{"a key for reports where there are none", core.ProviderGemini, &core.Credential{APIKey: "k", AdminKey: "x"}, "credential.admin_key"},
		{"a key for reports of kiro", kiro, &core.Credential{APIKey: "ksk_1", AdminKey: "x"}, "credential.admin_key"},
		{"a key for reports with a space", openai, &core.Credential{APIKey: "k", AdminKey: "sk-admin 1"}, "credential.admin_key"},
		{"a key for reports alone", openai, &core.Credential{AdminKey: "sk-admin-1"}, "credential.api_key"},
		{"a key for reports in the wrong place", core.ProviderAnthropic, &core.Credential{APIKey: "sk-ant-admin01-1"}, "credential.api_key"},
		{"a key of kiro", kiro, &core.Credential{APIKey: "ksk_1"}, ""},
		{"a token of kiro", kiro, &core.Credential{RefreshToken: "aor"}, ""},
		{"nothing of kiro", kiro, &core.Credential{AccessToken: "a"}, "credential.refresh_token"},
		{"both of kiro", kiro, &core.Credential{APIKey: "ksk_1", RefreshToken: "aor"}, "credential.api_key"},
		{"half a client", kiro, &core.Credential{RefreshToken: "aor", ClientID: "c"}, "credential.client_id"},
		{"a whole sign-in", kiro, &core.Credential{
			RefreshToken: "aor", AccessToken: "aoa", ClientID: "c", ClientSecret: "s", AuthMethod: "idc", Region: "eu-west-1",
			StartURL: "https://example.awsapps.com/start", ProfileARN: "arn:aws:codewhisperer:us-east-1:1:profile/A",
		}, ""},
		{"an identity provider of one's own", kiro, &core.Credential{
			RefreshToken: "r", ClientID: "c", AuthMethod: core.AuthExternalIDP, Scopes: "openid offline_access",
			IssuerURL: "https://idp.example/x", TokenEndpoint: "https://idp.example/token",
		}, ""},
		{"an endpoint on another host", kiro, &core.Credential{
			RefreshToken: "r", IssuerURL: "https://idp.example/x", TokenEndpoint: "https://evil.example/token",
		}, "credential.token_endpoint"},
		{"an endpoint without an issuer", kiro, &core.Credential{RefreshToken: "r", TokenEndpoint: "https://evil.example/token"}, "credential.issuer_url"},
		{"a file of the machine", kiro, &core.Credential{
			RefreshToken: "r", Source: core.CredentialSource{Kind: core.SourceKiroIDE, Path: "/etc/passwd"},
		}, "credential.source"},
		{"an API region that leads elsewhere", kiro, &core.Credential{RefreshToken: "r", APIRegion: "a.b"}, "credential.api_region"},
		{"a region that leads elsewhere", kiro, &core.Credential{RefreshToken: "aor", Region: "evil.example/"}, "credential.region"},
		{"a start page without encryption", kiro, &core.Credential{RefreshToken: "aor", StartURL: "http://a"}, "credential.start_url"},
		{"a wrong ARN", kiro, &core.Credential{RefreshToken: "aor", ProfileARN: "profile"}, "credential.profile_arn"},
	}
	h := newHub(t)
	channels := map[core.Provider]string{}
	for _, p := range core.Providers() {
		channels[p] = h.channel(t, p).ID
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := h.CreateAccount(t.Context(), channels[test.provider], AccountInput{Credential: test.c})
			if test.field != "" {
				wantInvalid(t, err, test.field)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAccountInput(t *testing.T) {
	tests := []struct {
		name  string
		in    AccountInput
		field string
	}{
		{"weight 0", AccountInput{Weight: ptr(0)}, "weight"},
		{"a negative limit", AccountInput{MaxConcurrency: ptr(-1)}, "max_concurrency"},
		{"a negative rate", AccountInput{RPM: ptr(-1)}, "rpm"},
		{"a wrong proxy", AccountInput{ProxyURL: ptr("proxy")}, "proxy_url"},
		{"a wrong model", AccountInput{Models: []string{"a b"}}, "models"},
		{"a wrong tag", AccountInput{Tags: []string{"a\nb"}}, "tags"},
		{"an empty name", AccountInput{Name: ptr("")}, "name"},
	}
	h := newHub(t)
	a := h.account(t, h.channel(t, core.ProviderOpenAI).ID, "sk-1")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := h.UpdateAccount(t.Context(), a.ID, test.in)
			wantInvalid(t, err, test.field)
		})
	}
}

func TestUpdateAccount(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	a := h.account(t, h.channel(t, core.ProviderOpenAI).ID, "sk-0123456789abcdef")
	got := must(h.UpdateAccount(ctx, a.ID, AccountInput{
		Name: ptr("work"), Priority: ptr(2), Tags: []string{"x", " x", ""}, Models: []string{"gpt-*"}, RPM: ptr(60),
	}))(t)
	if got.Name != "work" || got.Priority != 2 || !slices.Equal(got.Tags, []string{"x"}) || got.RPM != 60 || got.CredentialHint != "cdef" {
		t.Errorf("got %+v", got)
	}
	got = must(h.UpdateAccount(ctx, a.ID, AccountInput{Credential: &core.Credential{APIKey: "sk-0123456789abzzzz"}}))(t)
	if got.CredentialHint != "zzzz" || got.Name != "work" {
		t.Errorf("got %+v", got)
	}
	_, err := h.UpdateAccount(ctx, "acc_none", AccountInput{})
	wantCode(t, err, core.CodeNotFound)
	if err := h.DeleteAccount(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, h.DeleteAccount(ctx, a.ID), core.CodeNotFound)
}

func TestAccountHealth(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	a := h.account(t, h.channel(t, core.ProviderOpenAI).ID, "sk-1")
	until := time.Date(2026, 3, 10, 16, 0, 0, 0, time.UTC)
	h.health[a.ID] = core.Health{
		State: core.StateCooling, Reason: "rate limit", Until: &until, InFlight: 2, LastError: "429",
		Cooldowns: []core.Cooldown{{Model: "m", Until: until, Reason: "rate limit"}},
	}
	got := must(h.FindAccount(ctx, a.ID))(t)
	if !reflect.DeepEqual(got.Health, h.health[a.ID]) {
		t.Errorf("health %+v", got.Health)
	}
	got = must(h.UpdateAccount(ctx, a.ID, AccountInput{Enabled: ptr(false)}))(t)
	if got.State != core.StateDisabled || got.Until != nil || got.InFlight != 2 {
		t.Errorf("health %+v", got.Health)
	}
	must(h.ResetAccount(ctx, a.ID))(t)
	if want := []string{a.ID, a.ID}; !slices.Equal(h.reset, want) { // once for its credential
		t.Errorf("reset %q, want %q", h.reset, want)
	}
	test := must(h.TestAccount(ctx, a.ID))(t)
	if test.OK || test.TestResult.Error != "refused" || test.ID != a.ID {
		t.Errorf("test %+v", test)
	}
	_, err := h.ResetAccount(ctx, "acc_none")
	wantCode(t, err, core.CodeNotFound)
	_, err = h.TestAccount(ctx, "acc_none")
	wantCode(t, err, core.CodeNotFound)
}

func TestRefreshAccount(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	a := h.account(t, h.channel(t, core.ProviderKiro).ID, "ksk_1")
	if a.Usage != nil {
		t.Errorf("usage before it was asked for: %+v", a.Usage)
	}
	if got := must(h.RefreshUsage(ctx, a.ID))(t); got.Usage == nil || got.Usage.Remaining != 7 {
		t.Errorf("usage %+v", got.Usage)
	}
	_, err := h.RefreshToken(ctx, a.ID)
	wantCode(t, err, core.CodeUnsupported)
	_, err = h.RefreshUsage(ctx, "acc_none")
	wantCode(t, err, core.CodeNotFound)
}

func TestListAccounts(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	first, second := h.channel(t, core.ProviderOpenAI), h.channel(t, core.ProviderKiro)
	h.account(t, first.ID, "sk-1")
	h.account(t, second.ID, "ksk_1")
	if all := must(h.ListAccounts(ctx, ""))(t); len(all.Items) != 2 {
		t.Errorf("%+v", all)
	}
	if one := must(h.ListAccounts(ctx, second.ID))(t); len(one.Items) != 1 || one.Items[0].ChannelID != second.ID {
		t.Errorf("%+v", one)
	}
	_, err := h.ListAccounts(ctx, "chn_none")
	wantCode(t, err, core.CodeNotFound)
}

func TestImportAccounts(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	c := h.channel(t, core.ProviderOpenAI)
	h.account(t, c.ID, "sk-known")
	in := ImportRequest{Content: "sk-known\nwork,sk-new\nsk-new\nANTHROPIC_API_KEY=x\nsk with spaces\nlast: sk-last", DryRun: true}
	dry := must(h.ImportAccounts(ctx, c.ID, in))(t)
	if dry.Created != 2 || dry.Skipped != 2 || dry.Failed != 2 || len(dry.Rows) != 6 {
		t.Errorf("%+v", dry)
	}
	if len(h.store.Snapshot().AccountsOf(c.ID)) != 1 {
		t.Error("a dry run changed something")
	}
	if dry.Rows[0].DuplicateOf != "openai wn" || dry.Rows[2].DuplicateOf != "line 2" || dry.Rows[4].Problem == "" {
		t.Errorf("%+v", dry.Rows)
	}
	in.DryRun = false
	done := must(h.ImportAccounts(ctx, c.ID, in))(t)
	if done.ImportID == "" {
		t.Error("an import that cannot be undone")
	}
	if done.ImportID = ""; !reflect.DeepEqual(done, dry) {
		t.Errorf("the dry run told something else: %+v", done)
	}
	if n := len(h.store.Snapshot().AccountsOf(c.ID)); n != 3 {
		t.Errorf("%d accounts", n)
	}
	again := must(h.ImportAccounts(ctx, c.ID, in))(t)
	if again.Created != 0 || again.Skipped != 4 {
		t.Errorf("%+v", again)
	}
	_, err := h.ImportAccounts(ctx, c.ID, ImportRequest{})
	wantInvalid(t, err, "content")
	_, err = h.ImportAccounts(ctx, "chn_none", in)
	wantCode(t, err, core.CodeNotFound)
}

func TestImportAccountsOfFiles(t *testing.T) {
	h := newHub(t)
	c := h.channel(t, core.ProviderKiro)
	token := "aor" + strings.Repeat("1", 150)
	got := must(h.ImportAccounts(t.Context(), c.ID, ImportRequest{Files: []ImportFile{
		{Name: "a.json", Content: `[{"name":"a","credential":{"refresh_token":"` + token + `"},"enabled":false}]`},
		{Name: "b.txt", Content: "ksk_1\n" + token},
	}}))(t)
	if got.Created != 2 || got.Skipped != 1 || got.Rows[2].DuplicateOf != "a.json, line 1" {
		t.Errorf("%+v", got)
	}
	for _, a := range h.store.Snapshot().AccountsOf(c.ID) {
		if a.Enabled == (a.Name == "a") {
			t.Errorf("%s: enabled = %v", a.Name, a.Enabled)
		}
	}
}
