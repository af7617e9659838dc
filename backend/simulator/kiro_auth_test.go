package simulator_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/simulator"
)

// checkBody looks for texts at places of a JSON body.
func checkBody(t *testing.T, name, body string, want map[string]string) {
	t.Helper()
	for path, part := range want {
		if got := gjson.Get(body, path); !got.Exists() || !strings.Contains(got.String(), part) {
			t.Errorf("%s: %s is %q, want something with %q\n%.500s", name, path, got.String(), part, body)
		}
	}
}

// TestSocialRefresh shows the four ways of rotation.
func TestSocialRefresh(t *testing.T) {
	refresh := func(s *service, token string) answer {
		return s.sign("/auth/refreshToken", `{"refreshToken":"`+token+`"}`)
	}
	t.Run("keep", func(t *testing.T) {
		s := startService(t, simulator.Options{})
		p := s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle, Rotation: simulator.KiroKeep})
		for range 2 {
			a := refresh(s, p.cred.RefreshToken)
			checkBody(t, "keep", a.body, map[string]string{"accessToken": "aoa", "profileArn": socialARN, "expiresIn": "3600"})
			if gjson.Get(a.body, "refreshToken").Exists() {
				t.Error("a token that stays was given again")
			}
		}
	})
	t.Run("rotate", func(t *testing.T) {
		s := startService(t, simulator.Options{})
		p := s.person(simulator.KiroAccount{Kind: simulator.KiroGitHub})
		for range 2 {
			checkBody(t, "rotate", refresh(s, p.cred.RefreshToken).body, map[string]string{"refreshToken": "aorAAAAAG"})
		}
	})
	t.Run("single use", func(t *testing.T) {
		s := startService(t, simulator.Options{})
		p := s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle, Rotation: simulator.KiroSingleUse})
		next := gjson.Get(refresh(s, p.cred.RefreshToken).body, "refreshToken").Str
		a := refresh(s, p.cred.RefreshToken)
		if a.status != 400 {
			t.Errorf("a spent token: status %d", a.status)
		}
		checkBody(t, "spent", a.body, map[string]string{"message": "Invalid refresh token provided"})
		if a := refresh(s, next); a.status != 200 {
			t.Errorf("the successor: %s", a.body)
		}
		list := s.sim.KiroTokens()
		if len(list) != 3 || list[0].Uses != 1 || list[0].Refused != 1 || list[0].State != "spent" || list[2].State != "live" || list[0].ID != simulator.AccountID(p.cred.RefreshToken) {
			t.Errorf("tokens: %+v", list)
		}
	})
	t.Run("overlap", func(t *testing.T) {
		s := startService(t, simulator.Options{})
		p := s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle, Rotation: simulator.KiroOverlap})
		lost := gjson.Get(refresh(s, p.cred.RefreshToken).body, "refreshToken").Str
		a := refresh(s, p.cred.RefreshToken) // the first answer never arrived
		if a.status != 200 {
			t.Fatalf("the old token before the new one was used: %s", a.body)
		}
		if b := refresh(s, lost); b.status != 400 || gjson.Get(b.body, "error").Str != "invalid_grant" {
			t.Errorf("the token that got lost: %d %s", b.status, b.body)
		}
		p.cred.AccessToken = gjson.Get(a.body, "accessToken").Str
		s.good(p.ask("claude-sonnet-4.5", "hi", "", ""))
		if b := refresh(s, p.cred.RefreshToken); b.status != 400 {
			t.Errorf("the old token after what came with the new one was used: %d", b.status)
		}
	})
}

// TestSocialRefuses shows the refusals of Kiro's own sign-in.
func TestSocialRefuses(t *testing.T) {
	s := startService(t, simulator.Options{})
	p := s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle})
	sso := s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID})
	revoked := s.person(simulator.KiroAccount{Kind: simulator.KiroGitHub})
	if err := s.sim.ExpireKiro(revoked.account.ID, "refresh"); err != nil {
		t.Fatal(err)
	}
	fault := func(status int, reason string) {
		if _, err := s.sim.AddFault(simulator.Fault{Key: p.cred.RefreshToken, Path: "*/refreshToken", Kind: simulator.FaultStatus, Status: status, Reason: reason, Times: 1}); err != nil {
			t.Fatal(err)
		}
	}
	fault(403, "html")
	fault(503, "")
	mine := `{"refreshToken":"` + p.cred.RefreshToken + `"}`
	for _, c := range []struct {
		name, path, body string
		status           int
		text             string
	}{
		{"blocked on the way", "/auth/refreshToken", mine, 403, "<title>403 Forbidden</title>"},
		{"out of order", "/auth/refreshToken", mine, 503, "Service Unavailable"},
		{"then well", "/auth/refreshToken", mine, 200, "accessToken"},
		{"unknown token", "/auth/refreshToken", `{"refreshToken":"aorAAAA"}`, 401, `{"message":"Bad credentials"}`},
		{"token of SSO", "/auth/refreshToken", `{"refreshToken":"` + sso.cred.RefreshToken + `"}`, 401, "Bad credentials"},
		{"revoked token", "/auth/refreshToken", `{"refreshToken":"` + revoked.cred.RefreshToken + `"}`, 400, `"error":"invalid_grant"`},
		{"no token", "/auth/refreshToken", `{}`, 400, "refreshToken"},
		{"foreign program", "/auth/oauth/device/authorization", `{"clientId":"other","loginProvider":"Google"}`, 400, "clientId"},
		{"unknown provider", "/auth/oauth/device/authorization", `{"clientId":"kiro-cli","loginProvider":"Facebook"}`, 400, "loginProvider"},
		{"unknown device", "/auth/oauth/device/poll", `{"clientId":"kiro-cli","deviceCode":"x"}`, 400, "invalid_grant"},
	} {
		if a := s.sign(c.path, c.body); a.status != c.status || !strings.Contains(a.body, c.text) {
			t.Errorf("%s: %d %s", c.name, a.status, a.body)
		}
	}
}

// TestSocialDeviceFlow signs in by Kiro's own device flow.
func TestSocialDeviceFlow(t *testing.T) {
	c := newClock()
	s := startService(t, simulator.Options{Now: c.now})
	begin := func() gjson.Result {
		a := s.sign("/auth/oauth/device/authorization", `{"clientId":"kiro-cli","loginProvider":"Github"}`)
		checkBody(t, "begin", a.body, map[string]string{
			"verificationUri": s.url + "/kiro/device", "verificationUriComplete": "&login_provider=Github", "intervalInMilliseconds": "5000", "expiresInMilliseconds": "300000",
		})
		return gjson.Parse(a.body)
	}
	poll := func(d gjson.Result) string {
		return s.sign("/auth/oauth/device/poll", `{"clientId":"kiro-cli","deviceCode":"`+d.Get("deviceCode").Str+`"}`).body
	}
	device := begin()
	for _, want := range []string{"authorization_pending", "slow_down"} {
		checkBody(t, want, poll(device), map[string]string{"status": want})
	}
	s.sim.SetKiro(simulator.KiroSettings{PollErrors: true})
	c.move(time.Minute)
	checkBody(t, "as error", poll(device), map[string]string{"error": "authorization_pending"})
	s.sim.SetKiro(simulator.KiroSettings{})
	if _, err := s.sim.DecideKiroCode(strings.ToLower(device.Get("userCode").Str), simulator.KiroDecision{Decision: "allow"}); err != nil {
		t.Fatal(err)
	}
	checkBody(t, "done", poll(device), map[string]string{"accessToken": "aoa", "refreshToken": "aor", "profileArn": socialARN, "identityProvider": "Github"})
	checkBody(t, "twice", poll(device), map[string]string{"error": "invalid_grant"})

	late := begin()
	c.move(5 * time.Minute)
	checkBody(t, "late", poll(late), map[string]string{"status": "expired_token"})
	denied := begin()
	if _, err := s.sim.DecideKiroCode(denied.Get("userCode").Str, simulator.KiroDecision{Decision: "deny"}); err != nil {
		t.Fatal(err)
	}
	checkBody(t, "denied", poll(denied), map[string]string{"status": "access_denied"})
}

// TestExternalRefresh is plain OAuth at an organisation's own provider.
func TestExternalRefresh(t *testing.T) {
	s := startService(t, simulator.Options{})
	p := s.person(simulator.KiroAccount{Kind: simulator.KiroExternal, Rotation: simulator.KiroSingleUse})
	form := func(grant, client, token string) answer {
		v := url.Values{"grant_type": {grant}, "client_id": {client}, "refresh_token": {token}, "scope": {"api://x/.default"}}
		return s.do(call{path: "/kiro/idp/token", body: v.Encode(), key: "-", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
	}
	checkBody(t, "other grant", form("password", p.cred.ClientID, p.cred.RefreshToken).body, map[string]string{"error": "unsupported_grant_type"})
	checkBody(t, "other client", form("refresh_token", "other", p.cred.RefreshToken).body, map[string]string{"error": "invalid_grant"})
	a := form("refresh_token", p.cred.ClientID, p.cred.RefreshToken)
	checkBody(t, "refreshed", a.body, map[string]string{"access_token": "aoa", "refresh_token": "aor", "expires_in": "3600", "token_type": "Bearer", "scope": "api://x/.default"})
	checkBody(t, "spent", form("refresh_token", p.cred.ClientID, p.cred.RefreshToken).body, map[string]string{"error": "invalid_grant"})
	if a := s.sign("/idp/token", `{"grant_type":"refresh_token"}`); a.status != 400 || gjson.Get(a.body, "error").Str != "invalid_request" {
		t.Errorf("JSON: %d %s", a.status, a.body)
	}
	p.cred.AccessToken = gjson.Get(a.body, "access_token").Str
	s.good(p.ask("claude-sonnet-4.5", "hi", "", ""))
}

// TestSignInsAreRecordedWithoutSecrets looks into the journal.
func TestSignInsAreRecordedWithoutSecrets(t *testing.T) {
	s := startService(t, simulator.Options{})
	p := s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle})
	x := s.person(simulator.KiroAccount{Kind: simulator.KiroExternal})
	s.sign("/auth/refreshToken", `{"refreshToken":"`+p.cred.RefreshToken+`"}`)
	s.sign("/idp/token", "grant_type=refresh_token&refresh_token="+x.cred.RefreshToken)
	s.settle()
	for _, r := range s.sim.Requests() {
		if strings.Contains(string(r.Body), "aorAAAAAG") || !strings.Contains(string(r.Body), "acct_") {
			t.Errorf("%s: %s", r.Path, r.Body)
		}
		if r.Account != p.account.ID && r.Account != x.account.ID {
			t.Errorf("%s is of account %q", r.Path, r.Account)
		}
	}
}
