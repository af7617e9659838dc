package auth_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

func TestRefreshNeedsSomethingToRefresh(t *testing.T) {
	c := &auth.Client{HTTP: &http.Client{Transport: unreachable{t}}, Now: now}
	bad := oidcCredential()
	bad.Region = "evil.example/"
	for _, cred := range []core.Credential{
		{},
		{APIKey: "ksk_1"},
		{RefreshToken: secretToken, AuthMethod: "idc", StartURL: "https://d-1.awsapps.com/start"},
		{RefreshToken: secretToken, AuthMethod: "builder-id"},
		bad,
	} {
		if _, err := c.Refresh(t.Context(), cred); core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%s: %v", auth.KindOf(cred), err)
		}
	}
}

func TestRefreshGoesToTheRealHosts(t *testing.T) {
	tests := []struct {
		cred core.Credential
		want string
	}{
		{oidcCredential(), "https://oidc.eu-west-1.amazonaws.com/token"},
		{core.Credential{RefreshToken: secretToken, ClientID: "c", ClientSecret: "s"}, "https://oidc.us-east-1.amazonaws.com/token"},
		{core.Credential{RefreshToken: secretToken}, "https://prod.us-east-1.auth.desktop.kiro.dev/refreshToken"},
	}
	for _, tt := range tests {
		var got string
		c := &auth.Client{Now: now, HTTP: &http.Client{Transport: noting(func(r *http.Request) { got = r.URL.String() })}}
		if _, err := c.Refresh(t.Context(), tt.cred); err == nil || got != tt.want {
			t.Errorf("went to %q, want %q (%v)", got, tt.want, err)
		}
	}
}

// noting sees where a request would go, and goes nowhere.
type noting func(*http.Request)

func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	n(r)
	return nil, errors.New("not sent")
}

func TestKindOf(t *testing.T) {
	tests := []struct {
		cred core.Credential
		want auth.Kind
	}{
		{core.Credential{APIKey: "ksk_1"}, auth.APIKey},
		{core.Credential{AuthMethod: "social"}, auth.Social},
		{core.Credential{AuthMethod: "Google", ClientID: "a", ClientSecret: "b"}, auth.Google},
		{core.Credential{AuthMethod: "IdC", ClientID: "a", ClientSecret: "b"}, auth.BuilderID},
		{core.Credential{AuthMethod: "IdC", ClientID: "a", ClientSecret: "b", StartURL: "https://view.awsapps.com/start/"}, auth.BuilderID},
		{core.Credential{AuthMethod: "idc", ClientID: "a", ClientSecret: "b", StartURL: "https://d-1.awsapps.com/start"}, auth.IdentityCenter},
		{core.Credential{AuthMethod: "IdC", ClientID: "a", ClientSecret: "b", ProfileARN: "arn:aws:codewhisperer:eu-central-1:1:profile/A"}, auth.IdentityCenter},
		{core.Credential{AuthMethod: "IdC"}, auth.BuilderID},
		{core.Credential{AuthMethod: "builder-id"}, auth.BuilderID},
		{core.Credential{AuthMethod: "AWSIdC"}, auth.IdentityCenter},
		{core.Credential{AuthMethod: "external_idp"}, auth.External},
		{core.Credential{TokenEndpoint: "https://x"}, auth.External},
		{core.Credential{ClientID: "a", ClientSecret: "b"}, auth.BuilderID},
		{core.Credential{}, auth.Social},
	}
	for _, tt := range tests {
		if got := auth.KindOf(tt.cred); got != tt.want {
			t.Errorf("%q %q: got %s, want %s", tt.cred.AuthMethod, tt.cred.StartURL, got, tt.want)
		}
	}
}
