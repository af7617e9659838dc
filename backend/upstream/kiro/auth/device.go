package auth

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Ask is what a device sign-in begins with.
type Ask struct {
	Kind     Kind   `json:"kind"`                // BuilderID, IdentityCenter, Google or GitHub
	StartURL string `json:"start_url,omitempty"` // of the organisation, IdentityCenter alone
	Region   string `json:"region,omitempty"`    // of the organisation; "" = found out
}

// Device is a device sign-in under way. Its code and client secret are secrets:
// whoever has them receives the tokens once the person has agreed.
type Device struct {
	Ask
	ClientID     string        `json:"client_id,omitempty"`
	ClientSecret string        `json:"client_secret,omitempty"`
	Code         string        `json:"code"`
	UserCode     string        `json:"user_code"`
	URL          string        `json:"url"`          // where the person goes
	URLComplete  string        `json:"url_complete"` // the same with the user code in it; may be ""
	ExpiresAt    time.Time     `json:"expires_at"`
	Interval     time.Duration `json:"interval"` // between two polls
}

// What Poll answers while the person has not decided.
var (
	ErrPending  = errors.New("the person has not decided yet")
	ErrSlowDown = errors.New("polled too often")
)

// The ends of a device sign-in without tokens.
var (
	ErrDenied  = errors.New("the sign-in was denied")
	ErrExpired = errors.New("the code has expired")
)

// What is assumed where an answer names no times, and the bounds of what it may
// name.
const (
	defaultInterval = 5 * time.Second
	minInterval     = time.Second
	maxInterval     = time.Minute
	defaultExpiry   = 10 * time.Minute
	maxExpiry       = time.Hour
)

// Start begins a device sign-in. It fails with a core.Error that says what to
// change, or with *Later when the service cannot be used now.
func (c *Client) Start(ctx context.Context, ask Ask) (Device, error) {
	var d Device
	var err error
	switch ask.Kind {
	case BuilderID:
		ask.StartURL, ask.Region = BuilderIDStartURL, DefaultRegion
		d, err = c.startOIDC(ctx, ask)
	case IdentityCenter:
		d, err = c.startOrganisation(ctx, ask)
	case Google, GitHub:
		ask.StartURL, ask.Region = "", ""
		d, err = c.startSocial(ctx, ask)
	default:
		return d, core.Invalid("kind", "kind is one of builder_id, identity_center, google, github")
	}
	if err != nil {
		return Device{}, startError(err)
	}
	return d, c.check(&d)
}

// startError is why a sign-in could not begin, in the words of the API.
func startError(err error) error {
	if _, ok := errors.AsType[*core.Error](err); ok {
		return err
	}
	r, ok := errors.AsType[*refusal](err)
	if !ok || r.page || r.isTrouble() {
		return failure(err)
	}
	return &core.Error{Code: core.CodeUpstream, Message: "the sign-in service refuses to begin: " + r.words, Err: err}
}

// check refuses a device that cannot be used: nobody is sent to a page that is
// not the provider's, whatever an answer says.
func (c *Client) check(d *Device) error {
	if d.Code == "" || d.UserCode == "" {
		return &Later{Reason: "its answer holds no code"}
	}
	if !c.mayOpen(d.Kind, d.URL) {
		return core.Errorf(core.CodeUpstream, "the sign-in service names a page outside the provider's hosts, so it is not opened")
	}
	if d.URLComplete != "" && !c.mayOpen(d.Kind, d.URLComplete) {
		d.URLComplete = ""
	}
	return nil
}

// mayOpen reports whether a verification page is where it has to be: on the
// provider's hosts, or for a channel that points at this machine (the
// simulator), on the channel's own host.
func (c *Client) mayOpen(kind Kind, page string) bool {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	if base, err := url.Parse(c.Base); err == nil && c.Base != "" && isLoopback(base.Hostname()) && u.Host == base.Host {
		return u.Scheme == base.Scheme
	}
	hosts := []string{".amazonaws.com", ".awsapps.com", ".signin.aws"}
	if kind == Google || kind == GitHub {
		hosts = []string{".kiro.dev"}
	}
	for _, suffix := range hosts {
		if u.Scheme == "https" && u.Port() == "" && strings.HasSuffix(strings.ToLower(u.Hostname()), suffix) {
			return true
		}
	}
	return false
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Poll asks once whether the person has agreed, and returns the credential if
// so. It fails with ErrPending, ErrSlowDown, ErrDenied or ErrExpired, with *Later
// when nothing is known, and else with a core.Error that ends the sign-in.
func (c *Client) Poll(ctx context.Context, d Device) (core.Credential, error) {
	cred := core.Credential{ClientID: d.ClientID, ClientSecret: d.ClientSecret, Region: d.Region, StartURL: d.StartURL}
	var t tokens
	var err error
	switch d.Kind {
	case Google, GitHub:
		cred.AuthMethod, cred.IDP = core.AuthSocial, loginProvider(d.Kind)
		t, err = c.pollSocial(ctx, d)
	case IdentityCenter:
		cred.AuthMethod = core.AuthIDC
		t, err = c.pollOIDC(ctx, d)
	default:
		cred.AuthMethod = core.AuthBuilderID
		t, err = c.pollOIDC(ctx, d)
	}
	if err == nil && t.refresh == "" {
		err = core.Errorf(core.CodeUpstream, "the sign-in service handed out no refresh token, so the account would end within hours; sign in again")
	}
	if err != nil {
		return core.Credential{}, scrub(pollError(err), d.Code, d.ClientSecret)
	}
	return t.into(cred, c.Now()), nil
}

// pollError reads a refusal of a poll by the words of OAuth's device flow, in
// both of their spellings.
func pollError(err error) error {
	r, ok := errors.AsType[*refusal](err)
	if ok && (r.code == "slow_down" || r.code == "SlowDownException") {
		return ErrSlowDown
	}
	if !ok || r.page || r.isTrouble() {
		return failure(err)
	}
	switch r.code {
	case "authorization_pending", "AuthorizationPendingException":
		return ErrPending
	case "access_denied", "AccessDeniedException":
		return ErrDenied
	case "expired_token", "ExpiredTokenException":
		return ErrExpired
	}
	return core.Errorf(core.CodeUpstream, "the sign-in service ended the sign-in: %s", r.words)
}

// times fills in when the device expires and how often to poll.
func (d *Device) times(now time.Time, expires, interval time.Duration) {
	if expires <= 0 {
		expires = defaultExpiry
	}
	if interval <= 0 {
		interval = defaultInterval
	}
	d.ExpiresAt = now.Add(min(expires, maxExpiry)).UTC().Truncate(time.Second)
	d.Interval = min(max(interval, minInterval), maxInterval)
}
