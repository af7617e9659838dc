package simulator

import (
	"slices"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// codeState is how far a sign-in by a code has come.
type codeState string

const (
	codePending codeState = "pending"
	codeAllowed codeState = "allowed"
	codeDenied  codeState = "denied"
	codeExpired codeState = "expired"
	codeUsed    codeState = "used"
)

// kiroCode is a device code and the user code that goes with it.
type kiroCode struct {
	device, user string
	client       string // id of the client that asked
	program      string // and its name, for people
	kind         KiroKind
	startURL     string
	region       string
	expires      time.Time
	interval     time.Duration
	polled       time.Time // last, by the client
	state        codeState
	account      *KiroAccount // who allowed it
}

// The lives of codes and the pace of polling, as the services have them.
const (
	ssoCodeLife    = 10 * time.Minute
	ssoInterval    = time.Second
	socialCodeLife = 5 * time.Minute
	socialInterval = 5 * time.Second
	slowDown       = 5 * time.Second
)

// start begins a sign-in by a code.
func (d *kiroDirectory) start(c kiroCode, life, interval time.Duration) kiroCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.settings.PollMS; n > 0 {
		interval = time.Duration(n) * time.Millisecond
	}
	c.device, c.user = d.next("", 43, "device code"), userCode(d.next("", 32, "user code"))
	c.expires, c.interval, c.state = d.now().Add(life), interval, codePending
	kept := c
	d.codes = append(d.codes, &kept)
	if n := len(d.codes) - mostKiroCodes; n > 0 {
		d.codes = d.codes[n:]
	}
	return c
}

// userCode makes a code that people can read out: no vowels, no digits.
func userCode(random string) string {
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	b := make([]byte, 0, 9)
	for i := range 8 {
		if i == 4 {
			b = append(b, '-')
		}
		b = append(b, letters[(int(random[i])*31+int(random[i+8]))%len(letters)])
	}
	return string(b)
}

// poll answers a client that asks what became of its code: with tokens when
// the state is codeUsed for the first time, which ok tells. tooFast is true
// when it did not wait.
func (d *kiroDirectory) poll(device, client string) (t kiroTokens, state codeState, tooFast, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.byDevice(device)
	if c == nil || c.client != client {
		return t, "", false, false
	}
	d.age(c)
	if c.state == codePending {
		return t, codePending, d.isTooFast(c), false
	}
	if c.state != codeAllowed {
		return t, c.state, false, false
	}
	c.state = codeUsed
	t = d.issue(c.account, d.clientOf(c), nil)
	return t, codeUsed, false, true
}

// isTooFast notes a poll, and makes the client wait longer when it came too
// early.
func (d *kiroDirectory) isTooFast(c *kiroCode) bool {
	const grace = 50 * time.Millisecond // for the client's own clock
	early := !c.polled.IsZero() && d.now().Sub(c.polled) < c.interval-grace
	c.polled = d.now()
	if early {
		c.interval += slowDown
	}
	return early
}

// clientOf is who the tokens of a code are bound to: only SSO binds them.
func (d *kiroDirectory) clientOf(c *kiroCode) *kiroClient {
	if c.kind.sso() {
		return d.clients[c.client]
	}
	return nil
}

func (d *kiroDirectory) age(c *kiroCode) {
	if !d.now().Before(c.expires) && (c.state == codePending || c.state == codeAllowed) {
		c.state = codeExpired
	}
}

func (d *kiroDirectory) byDevice(device string) *kiroCode {
	for _, c := range d.codes {
		if device != "" && c.device == device {
			return c
		}
	}
	return nil
}

// byUser finds a code as people type it: in any case, with or without the dash.
func (d *kiroDirectory) byUser(code string) *kiroCode {
	plain := func(s string) string { return strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(s)), "-", "") }
	for _, c := range slices.Backward(d.codes) {
		if plain(c.user) == plain(code) {
			return c
		}
	}
	return nil
}

// KiroDecision is what a person does with a user code.
type KiroDecision struct {
	Decision string `json:"decision" enum:"allow,deny,expire"`
	// Account is who allows; empty = the first account of the kind that the
	// sign-in is for, made when there is none.
	Account string `json:"account,omitempty"`
}

// decide lets a person allow, deny or forget a code.
func (d *kiroDirectory) decide(code string, by KiroDecision) (KiroCode, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.byUser(code)
	if c == nil {
		return KiroCode{}, core.Errorf(core.CodeNotFound, "there is no sign-in with the code %q", code)
	}
	d.age(c)
	if c.state != codePending {
		return KiroCode{}, core.Errorf(core.CodeConflict, "the sign-in is %s already", c.state)
	}
	switch by.Decision {
	case "allow":
		a, err := d.signer(c, by.Account)
		if err != nil {
			return KiroCode{}, err
		}
		c.state, c.account = codeAllowed, a
	case "deny":
		c.state = codeDenied
	case "expire":
		c.state = codeExpired
	default:
		return KiroCode{}, core.Invalid("decision", "a decision is allow, deny or expire, not %q", by.Decision)
	}
	return c.public(), nil
}

// signer is the account that allows a code.
func (d *kiroDirectory) signer(c *kiroCode, id string) (*KiroAccount, error) {
	if id != "" {
		a := d.find(id)
		if a == nil || !c.fits(a) {
			return nil, core.Invalid("account", "the account %q does not sign in this way", id)
		}
		return a, nil
	}
	for _, a := range d.accounts {
		if c.fits(a) {
			return a, nil
		}
	}
	return d.add(KiroAccount{Kind: c.kind, StartURL: c.startURL, SSORegion: c.region}), nil
}

// fits reports whether an account can allow a code.
func (c *kiroCode) fits(a *KiroAccount) bool {
	return a.Kind == c.kind && (c.kind != KiroIdentityCenter || a.StartURL == c.startURL)
}

// KiroCode is a sign-in under way, as its person sees it.
type KiroCode struct {
	UserCode string    `json:"user_code"`
	Kind     KiroKind  `json:"kind"`
	Program  string    `json:"program"` // that asks
	StartURL string    `json:"start_url,omitempty"`
	Expires  time.Time `json:"expires_at"`
	State    string    `json:"state"` // pending, allowed, denied, expired, used
	Account  string    `json:"account,omitempty"`
}

func (c *kiroCode) public() KiroCode {
	out := KiroCode{UserCode: c.user, Kind: c.kind, Program: c.program, StartURL: c.startURL, Expires: c.expires, State: string(c.state)}
	if c.account != nil {
		out.Account = c.account.ID
	}
	return out
}

// listCodes returns the sign-ins, oldest first.
func (d *kiroDirectory) listCodes() []KiroCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]KiroCode, len(d.codes))
	for i, c := range d.codes {
		d.age(c)
		out[i] = c.public()
	}
	return out
}
