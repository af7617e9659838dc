package kiro

import (
	"net/url"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// The regions in which Kiro's own services live.
const (
	regionUS = "us-east-1"
	regionEU = "eu-central-1"
)

func regions() []string { return []string{regionUS, regionEU} }

// The profiles that all accounts of a kind share. Builder ID's is the service's
// own and never part of an account (captures of the official clients, 2026).
const (
	profileBuilderID = "arn:aws:codewhisperer:us-east-1:638616132270:profile/AAAACCCCXXXX"
	profileSocial    = "arn:aws:codewhisperer:us-east-1:699475941385:profile/EHGA3GRVQMUK"
)

// plane is one of the services behind a channel.
type plane string

const (
	planeRuntime    plane = "runtime"
	planeManagement plane = "management"
)

// form is how a plane is spoken to.
type form string

// The forms, in the order in which they are tried. All lead to the same
// operations.
const (
	formTarget    form = "target"     // awsJson on the root path, the operation in a header
	formOldTarget form = "old_target" // the same under the service's former name
	formREST      form = "rest"       // a path of its own
	formLegacy    form = "legacy"     // the path of the former host
)

func formsOf(p plane) []form {
	if p == planeRuntime {
		return []form{formTarget, formOldTarget, formREST, formLegacy}
	}
	return []form{formTarget, formREST, formLegacy}
}

// regionOf is the fourth part of a profile's ARN, "" when it names none of
// Kiro's regions.
func regionOf(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 || !slices.Contains(regions(), parts[3]) {
		return ""
	}
	return parts[3]
}

// homes lists the regions in which an account may be at home, the likeliest
// first: only one when it is known. The region of the sign-in is another thing,
// and only hints at it.
func homes(c core.Credential, arn string) []string {
	if slices.Contains(regions(), c.APIRegion) {
		return []string{c.APIRegion}
	}
	if r := regionOf(arn); r != "" && arn != profileBuilderID && arn != profileSocial {
		return []string{r}
	}
	switch auth.KindOf(c) {
	case auth.IdentityCenter, auth.External, auth.APIKey:
		return near(c.Region)
	}
	return []string{regionUS}
}

// near lists Kiro's regions, first the one that serves those who sign in in a
// region of AWS.
func near(region string) []string {
	if strings.HasPrefix(region, "eu-") {
		return []string{regionEU, regionUS}
	}
	return regions()
}

// host returns the base of the URL under which a plane is reached.
func host(ch *core.Channel, p plane, f form, region string) (string, error) {
	if ch.BaseURL != "" {
		return below(ch, p, f)
	}
	if f == formLegacy {
		return "https://q." + region + ".amazonaws.com", nil
	}
	return "https://" + string(p) + "." + region + ".kiro.dev", nil
}

// Home implements upstream.Homed.
func (*Provider) Home(ch *core.Channel, a *core.Account) (string, error) {
	return host(ch, planeRuntime, formTarget, homes(a.Credential, a.Credential.ProfileARN)[0])
}

// below is a plane of a channel that has one host for all of them.
func below(ch *core.Channel, p plane, f form) (string, error) {
	u, err := url.Parse(ch.BaseURL)
	if err != nil || u.Host == "" {
		return "", core.Invalid("base_url", "the base URL of channel %q is not a URL", ch.Name)
	}
	name := string(p)
	if f == formLegacy {
		name = "q"
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.Path, "/") + "/" + name, nil
}

// tokenType names the kind of a token where the service does not tell it by
// itself.
func tokenType(c core.Credential) string {
	switch auth.KindOf(c) {
	case auth.APIKey:
		return "API_KEY"
	case auth.External:
		return "EXTERNAL_IDP"
	}
	return ""
}
