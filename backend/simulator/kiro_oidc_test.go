package simulator_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc/types"

	"github.com/aihub/aihub/backend/simulator"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// sso is AWS' own client against the simulator.
type sso struct {
	*service
	*clock
	api *ssooidc.Client
}

func startSSO(t *testing.T) *sso {
	t.Helper()
	c := newClock()
	s := startService(t, simulator.Options{Now: c.now})
	base := s.url + "/kiro/oidc"
	return &sso{s, c, ssooidc.New(ssooidc.Options{
		Region: "us-east-1", Credentials: aws.AnonymousCredentials{}, Retryer: aws.NopRetryer{}, BaseEndpoint: &base,
	})}
}

func (s *sso) register() *ssooidc.RegisterClientOutput {
	s.Helper()
	out, err := s.api.RegisterClient(s.Context(), &ssooidc.RegisterClientInput{
		ClientName: aws.String("AiHub"), ClientType: aws.String("public"),
		Scopes:     []string{"codewhisperer:completions", "codewhisperer:analysis", "codewhisperer:conversations"},
		GrantTypes: []string{deviceGrant, "refresh_token"},
	})
	if err != nil {
		s.Fatal(err)
	}
	return out
}

func (s *sso) begin(c *ssooidc.RegisterClientOutput, startURL string) *ssooidc.StartDeviceAuthorizationOutput {
	s.Helper()
	out, err := s.api.StartDeviceAuthorization(s.Context(), &ssooidc.StartDeviceAuthorizationInput{
		ClientId: c.ClientId, ClientSecret: c.ClientSecret, StartUrl: &startURL,
	})
	if err != nil {
		s.Fatal(err)
	}
	return out
}

func (s *sso) poll(c *ssooidc.RegisterClientOutput, device *string) (*ssooidc.CreateTokenOutput, error) {
	return s.api.CreateToken(s.Context(), &ssooidc.CreateTokenInput{
		ClientId: c.ClientId, ClientSecret: c.ClientSecret, GrantType: aws.String(deviceGrant), DeviceCode: device,
	})
}

func (s *sso) refresh(clientID, secret, token string) (*ssooidc.CreateTokenOutput, error) {
	return s.api.CreateToken(s.Context(), &ssooidc.CreateTokenInput{
		ClientId: &clientID, ClientSecret: &secret, GrantType: aws.String("refresh_token"), RefreshToken: &token,
	})
}

// refused tests that AWS' client sees an exception of type E.
func refused[E error](t *testing.T, err error) {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Errorf("got %v, want %T", err, want)
	}
}

const builderURL = "https://view.awsapps.com/start"

// TestDeviceFlow signs in with AWS' own client: it waits, polls too fast, is
// allowed, and gets tokens that work.
func TestDeviceFlow(t *testing.T) {
	s := startSSO(t)
	client := s.register()
	if life := time.Unix(client.ClientSecretExpiresAt, 0).Sub(s.now()); life != 90*24*time.Hour {
		t.Errorf("the registration lasts %v", life)
	}
	device := s.begin(client, builderURL)
	if device.ExpiresIn != 600 || device.Interval != 1 || *device.VerificationUriComplete != s.url+"/kiro/device?user_code="+*device.UserCode {
		t.Errorf("device authorization: %+v", device)
	}
	_, err := s.poll(client, device.DeviceCode)
	refused[*types.AuthorizationPendingException](t, err)
	_, err = s.poll(client, device.DeviceCode)
	refused[*types.SlowDownException](t, err)
	s.move(2 * time.Second) // the interval is 6 seconds by now
	_, err = s.poll(client, device.DeviceCode)
	refused[*types.SlowDownException](t, err)
	s.move(time.Minute)
	_, err = s.poll(client, device.DeviceCode)
	refused[*types.AuthorizationPendingException](t, err)

	if _, err := s.sim.DecideKiroCode(*device.UserCode, simulator.KiroDecision{Decision: "allow"}); err != nil {
		t.Fatal(err)
	}
	tokens, err := s.poll(client, device.DeviceCode)
	if err != nil || tokens.ExpiresIn != 28_800 || *tokens.TokenType != "Bearer" || len(*tokens.RefreshToken) < 100 {
		t.Fatalf("tokens %+v, error %v", tokens, err)
	}
	_, err = s.poll(client, device.DeviceCode)
	refused[*types.InvalidGrantException](t, err)
	again, err := s.refresh(*client.ClientId, *client.ClientSecret, *tokens.RefreshToken)
	if err != nil || *again.RefreshToken == *tokens.RefreshToken || *again.AccessToken == *tokens.AccessToken {
		t.Errorf("refreshed %+v, error %v", again, err)
	}
	account := s.sim.KiroAccounts()[0]
	if account.Kind != simulator.KiroBuilderID || len(s.sim.KiroCodes()) != 1 || s.sim.KiroCodes()[0].Account != account.ID {
		t.Errorf("account %+v, codes %+v", account, s.sim.KiroCodes())
	}
}

// TestDeviceFlowEnds shows the ends that a sign-in can have besides success.
func TestDeviceFlowEnds(t *testing.T) {
	s := startSSO(t)
	client := s.register()
	denied := s.begin(client, builderURL)
	if _, err := s.sim.DecideKiroCode(*denied.UserCode, simulator.KiroDecision{Decision: "deny"}); err != nil {
		t.Fatal(err)
	}
	_, err := s.poll(client, denied.DeviceCode)
	refused[*types.AccessDeniedException](t, err)

	dropped := s.begin(client, builderURL)
	if _, err := s.sim.DecideKiroCode(*dropped.UserCode, simulator.KiroDecision{Decision: "expire"}); err != nil {
		t.Fatal(err)
	}
	_, err = s.poll(client, dropped.DeviceCode)
	refused[*types.ExpiredTokenException](t, err)

	late := s.begin(client, builderURL)
	s.move(10 * time.Minute)
	_, err = s.poll(client, late.DeviceCode)
	refused[*types.ExpiredTokenException](t, err)
	if _, err := s.sim.DecideKiroCode(*late.UserCode, simulator.KiroDecision{Decision: "allow"}); err == nil {
		t.Error("an expired code was allowed")
	}

	_, err = s.poll(client, aws.String("nonsense"))
	refused[*types.InvalidGrantException](t, err)
	other := s.register()
	_, err = s.poll(other, s.begin(client, builderURL).DeviceCode)
	refused[*types.InvalidGrantException](t, err)
}

// TestOIDCRefuses shows what SSO OIDC does not take.
func TestOIDCRefuses(t *testing.T) {
	s := startSSO(t)
	client := s.register()
	_, err := s.refresh(*client.ClientId, "wrong", "aor")
	refused[*types.InvalidClientException](t, err)
	_, err = s.refresh(*client.ClientId, *client.ClientSecret, "aor-never-given")
	refused[*types.InvalidGrantException](t, err)
	owner := s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID})
	_, err = s.refresh(*client.ClientId, *client.ClientSecret, owner.cred.RefreshToken)
	refused[*types.InvalidGrantException](t, err) // bound to another client
	social := s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle})
	_, err = s.refresh(*client.ClientId, *client.ClientSecret, social.cred.RefreshToken)
	refused[*types.InvalidGrantException](t, err)

	_, err = s.api.CreateToken(s.Context(), &ssooidc.CreateTokenInput{ClientId: client.ClientId, ClientSecret: client.ClientSecret, GrantType: aws.String("password")})
	refused[*types.UnsupportedGrantTypeException](t, err)
	_, err = s.api.RegisterClient(s.Context(), &ssooidc.RegisterClientInput{ClientName: aws.String("x"), ClientType: aws.String("secret")})
	refused[*types.InvalidClientMetadataException](t, err)
	_, err = s.api.RegisterClient(s.Context(), &ssooidc.RegisterClientInput{ClientName: aws.String("x"), ClientType: aws.String("public"), Scopes: []string{"sso:account:access"}})
	refused[*types.InvalidScopeException](t, err)
	_, err = s.api.StartDeviceAuthorization(s.Context(), &ssooidc.StartDeviceAuthorizationInput{ClientId: client.ClientId, ClientSecret: client.ClientSecret, StartUrl: aws.String("no url")})
	refused[*types.InvalidRequestException](t, err)
	refresher, err := s.api.RegisterClient(s.Context(), &ssooidc.RegisterClientInput{ClientName: aws.String("x"), ClientType: aws.String("public"), GrantTypes: []string{"refresh_token"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.api.StartDeviceAuthorization(s.Context(), &ssooidc.StartDeviceAuthorizationInput{ClientId: refresher.ClientId, ClientSecret: refresher.ClientSecret, StartUrl: aws.String(builderURL)})
	refused[*types.UnauthorizedClientException](t, err)

	s.move(90 * 24 * time.Hour)
	_, err = s.refresh(*client.ClientId, *client.ClientSecret, "aor")
	refused[*types.InvalidClientException](t, err)
}

// TestOIDCWithoutTheSDK shows the bodies and the status of refusals.
func TestOIDCWithoutTheSDK(t *testing.T) {
	s := startSSO(t)
	cases := []struct {
		name, path, body string
		status           int
		code, exception  string
	}{
		{"no JSON", "/oidc/token", "grant_type=refresh_token", 400, "invalid_request", "InvalidRequestException"},
		{"unknown field", "/oidc/token", `{"clientId":"a","clientSecret":"b","grantType":"refresh_token","refresh_token":"c"}`, 400, "invalid_request", "InvalidRequestException"},
		{"no client", "/oidc/device_authorization", `{"startUrl":"https://view.awsapps.com/start"}`, 400, "invalid_request", "InvalidRequestException"},
		{"unknown client", "/oidc/device_authorization", `{"clientId":"a","clientSecret":"b","startUrl":"https://view.awsapps.com/start"}`, 401, "invalid_client", "InvalidClientException"},
	}
	for _, c := range cases {
		a := s.sign(c.path, c.body)
		if a.status != c.status || a.header.Get("X-Amzn-ErrorType") != c.exception {
			t.Errorf("%s: status %d, %s", c.name, a.status, a.header.Get("X-Amzn-ErrorType"))
		}
		checkBody(t, c.name, a.body, map[string]string{"error": c.code, "error_description": ""})
	}
	if a := s.sign("/oidc/authorize", `{}`); a.status != 404 {
		t.Errorf("unknown path: %d", a.status)
	}
	if a := s.do(call{method: "GET", path: "/kiro/oidc/token", key: "-"}); a.status != 405 || a.header.Get("Allow") != "POST" {
		t.Errorf("GET: %d", a.status)
	}
}
