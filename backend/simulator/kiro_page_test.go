package simulator_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/simulator"
)

// press sends the form of the page.
func (s *service) press(form url.Values) (int, string) {
	s.Helper()
	res, err := http.PostForm(s.url+"/kiro/device", form)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return res.StatusCode, string(page)
}

// TestKiroPage allows and denies as a person with a browser does.
func TestKiroPage(t *testing.T) {
	s := startSSO(t)
	a := s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID, Email: "<me>@example.org"})
	s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle, Email: "other@example.org"})
	client := s.register()
	first, second := s.begin(client, builderURL), s.begin(client, builderURL)

	for url, want := range map[string]string{
		*first.VerificationUri:                                                    `name="user_code"`,
		*first.VerificationUri + "?user_code=NOPE":                                "no sign-in with this code",
		*first.VerificationUriComplete:                                            *first.UserCode,
		*first.VerificationUri + "?user_code=" + strings.ToLower(*first.UserCode): "&lt;me&gt;@example.org",
	} {
		if _, page := s.visit(url); !strings.Contains(page, want) || strings.Contains(page, "other@example.org") {
			t.Errorf("%s: %s", url, page)
		}
	}
	if _, page := s.visit(*s.begin(client, "https://d-1.awsapps.com/start").VerificationUriComplete); !strings.Contains(page, "a new Identity Center account") {
		t.Errorf("nobody of the organisation yet: %s", page)
	}
	if status, page := s.press(url.Values{"user_code": {*first.UserCode}, "decision": {"allow"}, "account": {a.account.ID}}); status != 200 || !strings.Contains(page, "Request approved") {
		t.Errorf("allowing: %d %s", status, page)
	}
	if status, page := s.press(url.Values{"user_code": {*second.UserCode}, "decision": {"deny"}}); status != 200 || !strings.Contains(page, "Request denied") {
		t.Errorf("denying: %d %s", status, page)
	}
	if status, page := s.press(url.Values{"user_code": {*second.UserCode}, "decision": {"allow"}}); status != 400 || !strings.Contains(page, "denied already") {
		t.Errorf("changing the mind: %d %s", status, page)
	}
	if status, _ := s.press(url.Values{"user_code": {"NOPE"}, "decision": {"allow"}}); status != 404 {
		t.Errorf("unknown code: %d", status)
	}
	if _, page := s.visit(*first.VerificationUriComplete); !strings.Contains(page, "is allowed") {
		t.Errorf("used code: %s", page)
	}
	if tokens, err := s.poll(client, first.DeviceCode); err != nil || *tokens.RefreshToken == "" {
		t.Errorf("tokens: %v", err)
	}
	if len(s.sim.KiroAccounts()) != 2 {
		t.Errorf("accounts: %+v", s.sim.KiroAccounts())
	}
}

// TestKiroSigners picks who allows: an account of the kind and start URL.
func TestKiroSigners(t *testing.T) {
	s := startSSO(t)
	mine := s.person(simulator.KiroAccount{Kind: simulator.KiroIdentityCenter, StartURL: "https://mine.awsapps.com/start"})
	builder := s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID})
	client := s.register()
	code := *s.begin(client, "https://other.awsapps.com/start").UserCode
	for _, id := range []string{mine.account.ID, builder.account.ID, "nobody"} {
		if _, err := s.sim.DecideKiroCode(code, simulator.KiroDecision{Decision: "allow", Account: id}); err == nil {
			t.Errorf("%s allowed", id)
		}
	}
	if _, err := s.sim.DecideKiroCode(code, simulator.KiroDecision{Decision: "maybe"}); err == nil {
		t.Error("maybe is no decision")
	}
	for _, c := range []struct{ start, account string }{{"https://mine.awsapps.com/start/", mine.account.ID}, {"https://other.awsapps.com/start", "kiro-3"}, {builderURL, builder.account.ID}} {
		got, err := s.sim.DecideKiroCode(*s.begin(client, c.start).UserCode, simulator.KiroDecision{Decision: "allow"})
		if err != nil || got.Account != c.account {
			t.Errorf("%s: %+v, %v", c.start, got, err)
		}
	}
}

// TestKiroAdmin arranges the simulator over HTTP.
func TestKiroAdmin(t *testing.T) {
	s := startService(t, simulator.Options{Seed: 7})
	do := func(method, path, body string, status int) gjson.Result {
		t.Helper()
		a := s.do(call{method: method, path: "/sim/kiro" + path, body: body, key: "-"})
		if a.status != status {
			t.Errorf("%s %s: %d %s", method, path, a.status, a.body)
		}
		return gjson.Parse(a.body)
	}
	made := do("POST", "/accounts", `{"id":"ann","kind":"api_key","plan":"pro","trial":{"used":1,"limit":500}}`, 200)
	key := made.Get("credential.api_key").Str
	if !strings.HasPrefix(key, "ksk_") || made.Get("account.api_key").Exists() || made.Get("account.region").Str != "us-east-1" {
		t.Errorf("made: %s", made.Raw)
	}
	if list := do("GET", "/accounts", "", 200); strings.Contains(list.Raw, key) || list.Get("0.id").Str != "ann" {
		t.Errorf("listed: %s", list.Raw)
	}
	if got := do("PATCH", "/accounts/ann", `{"suspended":true,"used":3}`, 200); !got.Get("suspended").Bool() || got.Get("used").Num != 3 || got.Get("plan").Str != "pro" {
		t.Errorf("changed: %s", got.Raw)
	}
	builder := do("POST", "/accounts", `{"kind":"builder_id","rotation":"single_use"}`, 200)
	if builder.Get("credential.client_id").Str == "" || builder.Get("credential.start_url").Str != builderURL || builder.Get("credential.expires_at").Str != "2026-11-23T20:00:00Z" {
		t.Errorf("builder: %s", builder.Raw)
	}
	if got := do("GET", "/tokens", "", 200); len(got.Array()) != 1 || got.Get("0.state").Str != "live" || got.Get("0.id").Str != simulator.AccountID(builder.Get("credential.refresh_token").Str) {
		t.Errorf("tokens: %s", got.Raw)
	}
	for _, what := range []string{"access", "refresh", "client"} {
		do("POST", "/accounts/"+builder.Get("account.id").Str+"/expire/"+what, "", 204)
	}
	if got := do("GET", "/tokens", "", 200); got.Get("0.state").Str != "revoked" {
		t.Errorf("revoked: %s", got.Raw)
	}
	device := s.sign("/auth/oauth/device/authorization", `{"clientId":"kiro-cli","loginProvider":"Google"}`).body
	code := gjson.Get(device, "userCode").Str
	if got := do("GET", "/codes", "", 200); got.Get("0.user_code").Str != code || got.Get("0.state").Str != "pending" || strings.Contains(got.Raw, gjson.Get(device, "deviceCode").Str) {
		t.Errorf("codes: %s", got.Raw)
	}
	do("POST", "/codes/"+code, `{"decision":"allow"}`, 200)
	do("PUT", "/settings", `{"poll_ms":200,"no_rest":true}`, 200)
	if got := do("GET", "/settings", "", 200); got.Get("poll_ms").Int() != 200 || !got.Get("no_rest").Bool() {
		t.Errorf("settings: %s", got.Raw)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/accounts", `{"kind":"pharaoh"}`, 400},
		{"POST", "/accounts", `{"kind":"google","plan":"gold"}`, 400},
		{"POST", "/accounts", `{"kind":"google","region":"us-west-2"}`, 400},
		{"POST", "/accounts", `{"kind":"google","rotation":"backwards"}`, 400},
		{"POST", "/accounts", `{"kind":"builder_id","arn":"some"}`, 400},
		{"POST", "/accounts", `{"knd":"google"}`, 400},
		{"POST", "/accounts", `{"id":"ann","kind":"google"}`, 400},
		{"PATCH", "/accounts/bob", `{}`, 404},
		{"PATCH", "/accounts/ann", `{"plan":7}`, 400},
		{"PATCH", "/accounts/ann", `{"plan":"gold"}`, 400},
		{"POST", "/codes/NOPE", `{"decision":"allow"}`, 404},
		{"POST", "/accounts/bob/expire/access", "", 404},
		{"POST", "/accounts/" + builder.Get("account.id").Str + "/expire/mind", "", 400},
		{"PUT", "/settings", `{"poll":1}`, 400},
	} {
		do(c.method, c.path, c.body, c.status)
	}
	if a := s.do(call{path: "/sim/reset", key: "-"}); a.status != 204 {
		t.Fatal(a.status)
	}
	if got := do("GET", "/accounts", "", 200); got.Raw != "[]\n" && got.Raw != "[]" {
		t.Errorf("after a reset: %s", got.Raw)
	}
	if again := do("POST", "/accounts", `{"id":"ann","kind":"api_key"}`, 200); again.Get("credential.api_key").Str != key {
		t.Error("the seed does not decide the key")
	}
}
