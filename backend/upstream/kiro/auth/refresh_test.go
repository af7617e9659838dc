package auth_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// seen is a request as a service got it.
type seen struct {
	path, kind, agent, body string
}

// service answers every request alike and keeps what it was sent.
type service struct {
	*httptest.Server
	status int
	header map[string]string
	body   string
	got    []seen
}

func newService(t *testing.T, status int, body string) *service {
	s := &service{status: status, body: body}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.got = append(s.got, seen{r.URL.Path, r.Header.Get("Content-Type"), r.Header.Get("User-Agent"), string(body)})
		for name, value := range s.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(s.status)
		io.WriteString(w, s.body)
	}))
	t.Cleanup(s.Close)
	return s
}

func now() time.Time { return time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC) }

func (s *service) client() *auth.Client {
	return &auth.Client{HTTP: s.Client(), Base: s.URL, Agent: "AiHub/1", Now: now}
}

const secretToken = "aorAAAAAG-refresh"

func oidcCredential() core.Credential {
	return core.Credential{
		RefreshToken: secretToken, ClientID: "cid", ClientSecret: "csecret",
		Region: "eu-west-1", StartURL: "https://d-1234567890.awsapps.com/start",
	}
}

func TestRefreshBySSO(t *testing.T) {
	s := newService(t, 200, `{"accessToken":"aoaNew","refreshToken":"aorNew","tokenType":"Bearer","expiresIn":28800}`)
	got, err := s.client().Refresh(t.Context(), oidcCredential())
	if err != nil {
		t.Fatal(err)
	}
	want := oidcCredential()
	want.AccessToken, want.RefreshToken, want.ExpiresAt = "aoaNew", "aorNew", now().Add(8*time.Hour)
	if got != want {
		t.Errorf("got %#v", got)
	}
	if len(s.got) != 1 || s.got[0].path != "/oidc/token" || s.got[0].agent != "AiHub/1" {
		t.Fatalf("sent %+v", s.got)
	}
	checkJSON(t, s.got[0].body, `{"clientId":"cid","clientSecret":"csecret","grantType":"refresh_token","refreshToken":"aorAAAAAG-refresh"}`)
}

func checkJSON(t *testing.T, got, want string) {
	t.Helper()
	var g, w map[string]any
	if json.Unmarshal([]byte(got), &g) != nil || json.Unmarshal([]byte(want), &w) != nil || len(g) != len(w) {
		t.Fatalf("got %s, want %s", got, want)
	}
	for name, value := range w {
		if g[name] != value {
			t.Errorf("%s: got %v, want %v", name, g[name], value)
		}
	}
}

// What an answer leaves out stays as it was.
func TestRefreshSocial(t *testing.T) {
	tests := []struct {
		name, body, refresh, arn string
		lifetime                 time.Duration
	}{
		{"rotated", `{"accessToken":"aoaNew","refreshToken":"aorNew","expiresIn":1800,"profileArn":"arn:new"}`, "aorNew", "arn:new", 30 * time.Minute},
		{"kept", `{"accessToken":"aoaNew","expiresIn":1800}`, secretToken, "arn:old", 30 * time.Minute},
		{"no lifetime", `{"accessToken":"aoaNew"}`, secretToken, "arn:old", time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newService(t, 200, tt.body)
			got, err := s.client().Refresh(t.Context(), core.Credential{RefreshToken: secretToken, AuthMethod: "social", ProfileARN: "arn:old"})
			if err != nil {
				t.Fatal(err)
			}
			if got.AccessToken != "aoaNew" || got.RefreshToken != tt.refresh || got.ProfileARN != tt.arn || got.ExpiresAt != now().Add(tt.lifetime) {
				t.Errorf("got %#v %+v", got, got.ExpiresAt)
			}
			if s.got[0].path != "/auth/refreshToken" || s.got[0].body != `{"refreshToken":"`+secretToken+`"}` {
				t.Errorf("sent %+v", s.got)
			}
		})
	}
}

func TestRefreshExternal(t *testing.T) {
	s := &service{status: 200, body: `{"access_token":"new","refresh_token":"next","expires_in":600}`}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.got = append(s.got, seen{r.URL.Path, r.Header.Get("Content-Type"), "", string(body)})
		io.WriteString(w, s.body)
	}))
	t.Cleanup(s.Close)
	cred := core.Credential{
		RefreshToken: secretToken, AuthMethod: "external_idp", ClientID: "cid", Scopes: "openid offline_access", Audience: "api",
		TokenEndpoint: s.URL + "/oauth2/token", IssuerURL: s.URL,
	}
	got, err := s.client().Refresh(t.Context(), cred)
	if err != nil || got.AccessToken != "new" || got.RefreshToken != "next" || got.ExpiresAt != now().Add(10*time.Minute) {
		t.Fatalf("got %#v, %v", got, err)
	}
	want := seen{"/oauth2/token", "application/x-www-form-urlencoded", "", "audience=api&client_id=cid&grant_type=refresh_token&refresh_token=" + secretToken + "&scope=openid+offline_access"}
	if s.got[0] != want {
		t.Errorf("sent %+v", s.got)
	}
}

// A refresh token goes nowhere but to its issuer.
func TestRefreshExternalKnowsItsHost(t *testing.T) {
	for _, endpoint := range []string{
		"", "http://idp.example/token", "https://evil.example/token", "https://login.microsoftonline.com.evil.example/token",
		"https://user@idp.example/token", "https://idp.example:444/token",
	} {
		c := &auth.Client{HTTP: &http.Client{Transport: unreachable{t}}, Now: now}
		_, err := c.Refresh(t.Context(), core.Credential{
			RefreshToken: secretToken, AuthMethod: "external_idp", TokenEndpoint: endpoint, IssuerURL: "https://idp.example/",
		})
		if core.CodeOf(err) != core.CodeInvalid || strings.Contains(err.Error(), secretToken) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

// unreachable fails the test when it is used.
type unreachable struct{ t *testing.T }

func (u unreachable) RoundTrip(r *http.Request) (*http.Response, error) {
	u.t.Errorf("a request went to %s", r.URL)
	return nil, errors.New("unreachable")
}

// Each row of what a sign-in service says and what it means for the account.
func TestRefreshFails(t *testing.T) {
	tests := []struct {
		name   string
		status int
		header string // X-Amzn-ErrorType
		body   string
		dead   bool
		words  string
	}{
		{"invalid_grant", 400, "", `{"error":"invalid_grant","error_description":"Refresh token is void"}`, true, "Refresh token is void"},
		{"exception by header", 400, "InvalidGrantException:http://internal/", `{"message":"void"}`, true, "void"},
		{"exception by type", 400, "", `{"__type":"com.amazonaws.ssooidc#ExpiredTokenException","message":"old"}`, true, "old"},
		{"client expired", 400, "", `{"message":"Client is expired"}`, true, "Client is expired"},
		{"client unknown", 401, "", `{"error":"invalid_client","error_description":"Invalid client"}`, true, "Invalid client"},
		{"social 400", 400, "", `{"message":"Invalid refresh token provided"}`, true, "Invalid refresh token provided"},
		{"social 401", 401, "", `{"message":"Bad credentials"}`, true, "Bad credentials"},
		{"401 without words", 401, "", ``, true, "Unauthorized"},
		{"CDN", 403, "", `<html><body>Request blocked</body></html>`, false, "Forbidden"},
		{"401 of a portal on the way", 401, "", `<!doctype html><title>Sign in to the hotel</title>`, false, "Unauthorized"},
		{"busy", 429, "", `{"error":"invalid_grant"}`, false, "invalid_grant"},
		{"broken", 500, "", `{"message":"Bad credentials"}`, false, "Bad credentials"},
		{"unavailable", 503, "", `upstream connect error`, false, "upstream connect error"},
		{"unknown refusal", 400, "", `{"error":"invalid_request","error_description":"shape"}`, false, "shape"},
		{"redirect", 307, "", ``, false, "Temporary Redirect"},
		{"echo", 400, "", `{"error":"invalid_grant","error_description":"` + secretToken + ` csecret are void"}`, true, "*** *** are void"},
		{"success without token", 200, "", `{}`, false, "no access token"},
		{"success that is no JSON", 200, "", `<html>`, false, "in its place"},
	}
	for _, cred := range []core.Credential{oidcCredential(), {RefreshToken: secretToken, ClientSecret: "csecret"}} {
		for _, tt := range tests {
			t.Run(string(auth.KindOf(cred))+"/"+tt.name, func(t *testing.T) {
				s := newService(t, tt.status, tt.body)
				s.header = map[string]string{"X-Amzn-ErrorType": tt.header, "Retry-After": "7", "Location": "/elsewhere"}
				got, err := s.client().Refresh(t.Context(), cred)
				dead, isDead := errors.AsType[*auth.Dead](err)
				later, isLater := errors.AsType[*auth.Later](err)
				if isDead != tt.dead || isLater == tt.dead || got != cred {
					t.Fatalf("got %#v", err)
				}
				words := err.Error()
				if isDead {
					words = dead.Reason
				} else if tt.status == 429 && later.After != 7*time.Second {
					t.Errorf("waits %s", later.After)
				}
				if !strings.Contains(words, tt.words) || strings.Contains(words, secretToken) {
					t.Errorf("says %q", words)
				}
				if len(s.got) != 1 {
					t.Errorf("%d requests; a token must not be tried twice behind the caller's back", len(s.got))
				}
			})
		}
	}
}

func TestRefreshWithoutNetwork(t *testing.T) {
	s := newService(t, 200, "")
	s.Close()
	for _, cred := range []core.Credential{oidcCredential(), {RefreshToken: secretToken}} {
		_, err := s.client().Refresh(t.Context(), cred)
		if later, ok := errors.AsType[*auth.Later](err); !ok || later.Err == nil || strings.Contains(err.Error(), secretToken) {
			t.Errorf("%s: %v", auth.KindOf(cred), err)
		}
	}
}

// The machine's own AWS configuration has no part in Kiro's sign-in.
func TestRefreshIgnoresTheEnvironment(t *testing.T) {
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSO_OIDC"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_REGION", "mars-north-1")
	t.Setenv("AWS_MAX_ATTEMPTS", "9")
	s := newService(t, 503, "")
	_, err := s.client().Refresh(t.Context(), oidcCredential())
	if _, ok := errors.AsType[*auth.Later](err); !ok || len(s.got) != 1 {
		t.Errorf("%v, %d requests", err, len(s.got))
	}
}
