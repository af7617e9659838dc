package auth

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/aihub/aihub/backend/core"
)

// clientName is what the provider's consent page shows.
const clientName = "AiHub"

// scopes are those of the provider's own command line.
func scopes() []string {
	return []string{"codewhisperer:completions", "codewhisperer:analysis", "codewhisperer:conversations"}
}

// regions are where organisations keep their directory, the likeliest first.
func regions() []string {
	return []string{
		"us-east-1", "eu-west-1", "eu-central-1", "us-east-2", "eu-west-2",
		"eu-west-3", "eu-north-1", "ap-southeast-1", "ap-northeast-1", "us-west-2",
	}
}

// startOrganisation finds the region of the organisation's directory by asking
// one after the other, unless it is given or there is only one host to ask.
func (c *Client) startOrganisation(ctx context.Context, ask Ask) (Device, error) {
	if err := checkStartURL(ask.StartURL); err != nil {
		return Device{}, err
	}
	if ask.Region == "" && c.Base != "" {
		ask.Region = DefaultRegion
	}
	if ask.Region != "" {
		return c.startOIDC(ctx, ask)
	}
	var unknown error
	for _, region := range regions() {
		ask.Region = region
		d, err := c.startOIDC(ctx, ask)
		r, refused := errors.AsType[*refusal](err)
		if !refused || r.page || r.isTrouble() {
			return d, err // it has begun, or nothing was learned
		}
		unknown = core.Invalid("start_url", "no region of AWS that was asked knows this start URL (%s); check it, or name the region", r.words)
	}
	return Device{}, unknown
}

func checkStartURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return core.Invalid("start_url", "the start URL of your organisation is needed, such as https://d-1234567890.awsapps.com/start")
	}
	if isBuilderIDURL(s) {
		return core.Invalid("start_url", "this is the start URL of Builder ID; choose the kind builder_id")
	}
	return nil
}

// startOIDC registers a client and starts with it. A registration that the
// service does not know a moment later is made once more.
func (c *Client) startOIDC(ctx context.Context, ask Ask) (Device, error) {
	d, err := c.tryOIDC(ctx, ask)
	if r, ok := errors.AsType[*refusal](err); ok && (r.code == "invalid_client" || r.code == "InvalidClientException") {
		return c.tryOIDC(ctx, ask)
	}
	return d, err
}

func (c *Client) tryOIDC(ctx context.Context, ask Ask) (Device, error) {
	api, err := c.oidc(ask.Region)
	if err != nil {
		return Device{}, err
	}
	reg, err := api.RegisterClient(ctx, &ssooidc.RegisterClientInput{
		ClientName: aws.String(clientName), ClientType: aws.String("public"),
		Scopes: scopes(), GrantTypes: []string{grantDevice, grantRefresh},
	})
	if err != nil {
		return Device{}, err
	}
	out, err := api.StartDeviceAuthorization(ctx, &ssooidc.StartDeviceAuthorizationInput{
		ClientId: reg.ClientId, ClientSecret: reg.ClientSecret, StartUrl: &ask.StartURL,
	})
	if err != nil {
		return Device{}, err
	}
	d := Device{
		Ask: ask, ClientID: aws.ToString(reg.ClientId), ClientSecret: aws.ToString(reg.ClientSecret),
		Code: aws.ToString(out.DeviceCode), UserCode: aws.ToString(out.UserCode),
		URL: aws.ToString(out.VerificationUri), URLComplete: aws.ToString(out.VerificationUriComplete),
	}
	d.times(c.Now(), time.Duration(out.ExpiresIn)*time.Second, time.Duration(out.Interval)*time.Second)
	return d, nil
}

func (c *Client) pollOIDC(ctx context.Context, d Device) (tokens, error) {
	return c.createToken(ctx, d.Region, &ssooidc.CreateTokenInput{
		ClientId: &d.ClientID, ClientSecret: &d.ClientSecret,
		GrantType: aws.String(grantDevice), DeviceCode: &d.Code,
	})
}
