package auth

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/aihub/aihub/backend/core"
)

// The grants of SSO OIDC that are used here.
const (
	grantDevice  = "urn:ietf:params:oauth:grant-type:device_code"
	grantRefresh = "refresh_token"
)

// oidc returns the SDK's client for a region. It is made of nothing but what is
// given here: no shared configuration, no credentials, and no retries of its
// own, which would hide a slow_down and repeat the use of a one-time token.
func (c *Client) oidc(region string) (*ssooidc.Client, error) {
	if region == "" {
		region = DefaultRegion
	}
	if !isRegion(region) {
		return nil, core.Invalid("region", "%q is not the name of an AWS region, such as us-east-1", region)
	}
	o := ssooidc.Options{
		Region:      region,
		Credentials: aws.AnonymousCredentials{},
		Retryer:     aws.NopRetryer{},
		HTTPClient:  c.door(),
	}
	if base := c.plane("oidc"); base != "" {
		o.BaseEndpoint = &base
	}
	return ssooidc.New(o), nil
}

// isRegion keeps a region, which becomes part of a host name, to what one can
// consist of.
func isRegion(s string) bool {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789-"
	return len(s) <= 32 && strings.Trim(s, alphabet) == "" && strings.Contains(s, "-") && strings.Trim(s, "-") == s
}

func (c *Client) refreshOIDC(ctx context.Context, cred core.Credential) (tokens, error) {
	if cred.ClientID == "" || cred.ClientSecret == "" {
		return tokens{}, core.Invalid("credential.client_id",
			"a refresh token of AWS SSO works only with the client_id and client_secret that it was issued to; add both or sign in again")
	}
	return c.createToken(ctx, cred.Region, &ssooidc.CreateTokenInput{
		ClientId: &cred.ClientID, ClientSecret: &cred.ClientSecret,
		GrantType: aws.String(grantRefresh), RefreshToken: &cred.RefreshToken,
	})
}

func (c *Client) createToken(ctx context.Context, region string, in *ssooidc.CreateTokenInput) (tokens, error) {
	api, err := c.oidc(region)
	if err != nil {
		return tokens{}, err
	}
	out, err := api.CreateToken(ctx, in)
	if err != nil {
		return tokens{}, err
	}
	return checked(tokens{
		access: aws.ToString(out.AccessToken), refresh: aws.ToString(out.RefreshToken),
		lifetime: time.Duration(out.ExpiresIn) * time.Second,
	})
}

// checked refuses a success that holds no token.
func checked(t tokens) (tokens, error) {
	if t.access == "" {
		return t, &Later{Reason: "its answer holds no access token"}
	}
	return t, nil
}
