package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// answer is one answer of a script.
type answer struct {
	status int
	body   string
}

// script answers each path by its own list, the last one for ever, and keeps
// what came.
type script struct {
	*httptest.Server
	answers map[string][]answer
	got     []string // path and body
}

func newScript(t *testing.T, answers map[string][]answer) *script {
	s := &script{answers: answers}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.got = append(s.got, r.Host+r.URL.Path+" "+string(body))
		list := s.answers[r.URL.Path]
		if len(list) == 0 {
			t.Errorf("%s is not in the script", r.URL.Path)
			return
		}
		if len(list) > 1 {
			s.answers[r.URL.Path] = list[1:]
		}
		w.WriteHeader(list[0].status)
		io.WriteString(w, strings.ReplaceAll(list[0].body, "HOST", s.URL))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *script) client() *auth.Client {
	return &auth.Client{HTTP: s.Client(), Base: s.URL, Now: now}
}

const (
	registered = `{"clientId":"cid","clientSecret":"csecret","clientIdIssuedAt":1,"clientSecretExpiresAt":1999999999}`
	started    = `{"deviceCode":"device-secret","userCode":"ABCD-EFGH","verificationUri":"HOST/oidc/device",
		"verificationUriComplete":"HOST/oidc/device?user_code=ABCD-EFGH","expiresIn":600,"interval":1}`
	handedOut = `{"accessToken":"aoaNew","refreshToken":"aorNew","tokenType":"Bearer","expiresIn":3600}`
)

func TestDeviceSignInWithBuilderID(t *testing.T) {
	s := newScript(t, map[string][]answer{
		"/oidc/client/register":      {{200, registered}},
		"/oidc/device_authorization": {{200, started}},
		"/oidc/token": {
			{400, `{"error":"authorization_pending","error_description":"wait"}`},
			{400, `{"__type":"SlowDownException","error":"slow_down"}`},
			{200, handedOut},
		},
	})
	c := s.client()
	d, err := c.Start(t.Context(), auth.Ask{Kind: auth.BuilderID, StartURL: "https://ignored.example", Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	if d.UserCode != "ABCD-EFGH" || d.URL != s.URL+"/oidc/device" || d.URLComplete != d.URL+"?user_code=ABCD-EFGH" ||
		d.Interval != time.Second || d.ExpiresAt != now().Add(10*time.Minute) || d.StartURL != auth.BuilderIDStartURL || d.Region != "us-east-1" {
		t.Errorf("got %+v", d)
	}
	d = throughJSON(t, d) // a sign-in goes on after a restart
	for _, want := range []error{auth.ErrPending, auth.ErrSlowDown} {
		if _, err := c.Poll(t.Context(), d); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	cred, err := c.Poll(t.Context(), d)
	if err != nil || auth.KindOf(cred) != auth.BuilderID {
		t.Fatalf("%#v %v", cred, err)
	}
	if cred.RefreshToken != "aorNew" || cred.AccessToken != "aoaNew" || cred.ClientID != "cid" || cred.ClientSecret != "csecret" ||
		cred.Region != "us-east-1" || cred.ExpiresAt != now().Add(time.Hour) {
		t.Errorf("got %#v", cred)
	}
	_, body, _ := strings.Cut(s.got[0], " ")
	if !strings.Contains(body, `"scopes":["codewhisperer:completions","codewhisperer:analysis","codewhisperer:conversations"]`) ||
		strings.Contains(body, "issuerUrl") {
		t.Errorf("registered with %s", body)
	}
	_, body, _ = strings.Cut(s.got[2], " ")
	checkJSON(t, body, `{"clientId":"cid","clientSecret":"csecret","grantType":"urn:ietf:params:oauth:grant-type:device_code","deviceCode":"device-secret"}`)
}

func throughJSON(t *testing.T, d auth.Device) auth.Device {
	t.Helper()
	doc, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var out auth.Device
	if err := json.Unmarshal(doc, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDeviceSignInSocial(t *testing.T) {
	for kind, provider := range map[auth.Kind]string{auth.Google: "Google", auth.GitHub: "Github"} {
		s := newScript(t, map[string][]answer{
			"/auth/oauth/device/authorization": {{200, `{"deviceCode":"dc","userCode":"WXYZ","verificationUri":"HOST/auth/device",
				"verificationUriComplete":"https://phish.example/device","intervalInMilliseconds":5000,"expiresInMilliseconds":300000}`}},
			"/auth/oauth/device/poll": {
				{200, `{"status":"authorization_pending"}`},
				{200, `{"error":"slow_down"}`},
				{400, `{"error":"authorization_pending"}`},
				{200, `{"status":"success","accessToken":"aoaNew","refreshToken":"aorNew","profileArn":"arn:x","identityProvider":"` + provider + `"}`},
			},
		})
		c := s.client()
		d, err := c.Start(t.Context(), auth.Ask{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		if d.Interval != 5*time.Second || d.ExpiresAt != now().Add(5*time.Minute) || d.URLComplete != "" {
			t.Errorf("got %+v", d)
		}
		for _, want := range []error{auth.ErrPending, auth.ErrSlowDown, auth.ErrPending} {
			if _, err := c.Poll(t.Context(), d); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		cred, err := c.Poll(t.Context(), d)
		if err != nil || cred.RefreshToken != "aorNew" || cred.ProfileARN != "arn:x" || cred.ExpiresAt != now().Add(time.Hour) || auth.KindOf(cred) != kind {
			t.Errorf("%#v %v", cred, err)
		}
		_, body, _ := strings.Cut(s.got[0], " ")
		checkJSON(t, body, `{"clientId":"kiro-cli","loginProvider":"`+provider+`"}`)
	}
}

func TestDeviceSignInEnds(t *testing.T) {
	tests := []struct {
		name   string
		answer answer
		want   error
		code   core.Code // when want is nil
	}{
		{"denied", answer{400, `{"error":"access_denied"}`}, auth.ErrDenied, ""},
		{"denied by exception", answer{400, `{"__type":"AccessDeniedException"}`}, auth.ErrDenied, ""},
		{"expired", answer{400, `{"error":"expired_token"}`}, auth.ErrExpired, ""},
		{"code used", answer{400, `{"error":"invalid_grant","error_description":"used device-secret csecret"}`}, nil, core.CodeUpstream},
		{"unknown", answer{400, `{"error":"server_upset"}`}, nil, core.CodeUpstream},
		{"no refresh token", answer{200, `{"accessToken":"aoa"}`}, nil, core.CodeUpstream},
		{"slow down by status", answer{429, `{"error":"slow_down"}`}, auth.ErrSlowDown, ""},
	}
	for _, kind := range []auth.Kind{auth.BuilderID, auth.Google} {
		for _, tt := range tests {
			s := newScript(t, map[string][]answer{"/oidc/token": {tt.answer}, "/auth/oauth/device/poll": {tt.answer}})
			d := auth.Device{Ask: auth.Ask{Kind: kind}, ClientID: "cid", ClientSecret: "csecret", Code: "device-secret"}
			_, err := s.client().Poll(t.Context(), d)
			if tt.want != nil && !errors.Is(err, tt.want) || tt.want == nil && core.CodeOf(err) != tt.code {
				t.Errorf("%s, %s: %v", kind, tt.name, err)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%s, %s tells a secret: %v", kind, tt.name, err)
			}
		}
	}
}

// What happens on the way does not end a sign-in.
func TestPollOutlivesTrouble(t *testing.T) {
	for _, a := range []answer{{500, ``}, {503, `{"error":"access_denied"}`}, {429, `{"message":"Rate exceeded"}`}, {403, `<html>`}, {200, `<html>`}, {200, `{}`}} {
		s := newScript(t, map[string][]answer{"/oidc/token": {a}, "/auth/oauth/device/poll": {a}})
		for _, kind := range []auth.Kind{auth.BuilderID, auth.GitHub} {
			d := auth.Device{Ask: auth.Ask{Kind: kind}, ClientID: "cid", ClientSecret: "csecret", Code: "dc"}
			_, err := s.client().Poll(t.Context(), d)
			if _, ok := errors.AsType[*auth.Later](err); !ok {
				t.Errorf("%s %v: %v", kind, a, err)
			}
		}
	}
}

func TestStartRegistersOnceMore(t *testing.T) {
	s := newScript(t, map[string][]answer{
		"/oidc/client/register":      {{200, registered}},
		"/oidc/device_authorization": {{401, `{"error":"invalid_client"}`}, {200, started}},
	})
	if _, err := s.client().Start(t.Context(), auth.Ask{Kind: auth.BuilderID}); err != nil || len(s.got) != 4 {
		t.Errorf("%v after %q", err, s.got)
	}
}

// A region that is not given is found by asking.
func TestStartFindsTheRegion(t *testing.T) {
	s := newScript(t, map[string][]answer{
		"/client/register": {{200, registered}},
		"/device_authorization": {
			{400, `{"error":"invalid_request","error_description":"unknown start URL"}`},
			{400, `{"error":"invalid_request"}`},
			{200, strings.ReplaceAll(started, "HOST/oidc", "https://device.sso.eu-central-1.amazonaws.com")},
		},
	})
	c := &auth.Client{HTTP: &http.Client{Transport: leadingTo(s)}, Now: now}
	d, err := c.Start(t.Context(), auth.Ask{Kind: auth.IdentityCenter, StartURL: "https://d-1.awsapps.com/start"})
	if err != nil || d.Region != "eu-central-1" {
		t.Fatalf("%+v %v", d, err)
	}
	var hosts []string
	for _, line := range s.got {
		host, _, _ := strings.Cut(line, "/")
		hosts = append(hosts, host)
	}
	want := []string{
		"oidc.us-east-1.amazonaws.com", "oidc.us-east-1.amazonaws.com", "oidc.eu-west-1.amazonaws.com", "oidc.eu-west-1.amazonaws.com",
		"oidc.eu-central-1.amazonaws.com", "oidc.eu-central-1.amazonaws.com",
	}
	if !slices.Equal(hosts, want) {
		t.Errorf("asked %q", hosts)
	}

	s.answers["/device_authorization"] = []answer{{400, `{"error":"invalid_request","error_description":"unknown start URL"}`}}
	_, err = c.Start(t.Context(), auth.Ask{Kind: auth.IdentityCenter, StartURL: "https://d-1.awsapps.com/start"})
	if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "unknown start URL") {
		t.Errorf("got %v", err)
	}
}

// leadingTo carries requests for any host to the script's server, which still
// sees the host that they were for.
func leadingTo(s *script) *http.Transport {
	return &http.Transport{DialTLSContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, s.Listener.Addr().String())
	}}
}

func TestStartRefuses(t *testing.T) {
	away := strings.ReplaceAll(started, "HOST/oidc", "https://evil-amazonaws.com")
	tests := []struct {
		name  string
		ask   auth.Ask
		start answer
		code  core.Code // "" = Later
	}{
		{"kind", auth.Ask{Kind: "magic"}, answer{}, core.CodeInvalid},
		{"no start URL", auth.Ask{Kind: auth.IdentityCenter}, answer{}, core.CodeInvalid},
		{"start URL without TLS", auth.Ask{Kind: auth.IdentityCenter, StartURL: "http://d-1.awsapps.com/start"}, answer{}, core.CodeInvalid},
		{"Builder ID's start URL", auth.Ask{Kind: auth.IdentityCenter, StartURL: auth.BuilderIDStartURL + "/"}, answer{}, core.CodeInvalid},
		{"region", auth.Ask{Kind: auth.IdentityCenter, StartURL: "https://d-1.awsapps.com/start", Region: "x.evil/"}, answer{}, core.CodeInvalid},
		{"page elsewhere", auth.Ask{Kind: auth.BuilderID}, answer{200, away}, core.CodeUpstream},
		{"refused", auth.Ask{Kind: auth.BuilderID}, answer{400, `{"error":"invalid_request"}`}, core.CodeUpstream},
		{"busy", auth.Ask{Kind: auth.BuilderID}, answer{503, ``}, ""},
		{"no code", auth.Ask{Kind: auth.BuilderID}, answer{200, `{}`}, ""},
	}
	for _, tt := range tests {
		s := newScript(t, map[string][]answer{"/oidc/client/register": {{200, registered}}, "/oidc/device_authorization": {tt.start}})
		_, err := s.client().Start(t.Context(), tt.ask)
		_, later := errors.AsType[*auth.Later](err)
		if later != (tt.code == "") || !later && core.CodeOf(err) != tt.code {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
