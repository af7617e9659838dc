package simulator

import (
	"slices"
	"time"
)

// kiroClient is a program that registered with SSO OIDC.
type kiroClient struct {
	id, secret, name string
	grants           []string
	expires          time.Time
}

// kiroClientLife is how long a registration lasts.
const kiroClientLife = 90 * 24 * time.Hour

// The grants of SSO OIDC.
const (
	grantDeviceCode = "urn:ietf:params:oauth:grant-type:device_code"
	grantRefresh    = "refresh_token"
	grantAuthCode   = "authorization_code"
)

func kiroGrantTypes() []string { return []string{grantDeviceCode, grantRefresh} }

// register adds a client. It wants the lock.
func (d *kiroDirectory) register(name string, grants []string) *kiroClient {
	c := &kiroClient{
		id: d.next("", 22, "client"), secret: "eyJraWQiOi" + d.next("", 180, "client secret"), name: name,
		grants: grants, expires: d.now().Add(kiroClientLife),
	}
	d.clients[c.id] = c
	return c
}

// kiroAccess is an access token that was given out.
type kiroAccess struct {
	account *KiroAccount
	expires time.Time
	grant   *kiroGrant // that came with it
}

// grantState is what became of a refresh token.
type grantState string

const (
	grantLive    grantState = "live"
	grantSpent   grantState = "spent"   // its successor is in use
	grantRevoked grantState = "revoked" // by the service, or by a person
)

// kiroGrant is a refresh token that was given out.
type kiroGrant struct {
	token     string
	account   *KiroAccount
	client    string // to which it is bound; "" = to none
	state     grantState
	born      time.Time
	uses      int // refreshes that it paid for
	refused   int // refreshes that it was refused
	before    *kiroGrant
	successor *kiroGrant
}

// kiroTokens is what a sign-in or a refresh yields. refresh is "" when the old
// one stays.
type kiroTokens struct {
	account         KiroAccount
	access, refresh string
	expires         time.Time
}

// issue makes a pair of tokens. before is the refresh token that paid for it.
// It wants the lock.
func (d *kiroDirectory) issue(a *KiroAccount, client *kiroClient, before *kiroGrant) kiroTokens {
	g := &kiroGrant{token: d.next("aorAAAAAG", 300, "refresh"), account: a, state: grantLive, born: d.now(), before: before}
	if client != nil {
		g.client = client.id
	}
	d.grants[g.token] = g
	d.order = append(d.order, g.token)
	d.forget()
	t := d.issueAccess(g)
	t.refresh = g.token
	return t
}

// issueAccess makes an access token that belongs to a refresh token.
func (d *kiroDirectory) issueAccess(g *kiroGrant) kiroTokens {
	life := time.Duration(g.account.TokenSeconds) * time.Second
	t := &kiroAccess{account: g.account, expires: d.now().Add(life), grant: g}
	token := d.next("aoaAAAAAG", 240, "access")
	d.access[token] = t
	return kiroTokens{account: g.account.public(), access: token, expires: t.expires}
}

// forget drops what is long dead when there is too much.
func (d *kiroDirectory) forget() {
	if len(d.order) <= mostKiroTokens {
		return
	}
	d.order = slices.DeleteFunc(d.order, func(token string) bool {
		dead := d.grants[token].state != grantLive
		if dead {
			delete(d.grants, token)
		}
		return dead
	})
	for token, t := range d.access {
		if t.expires.Before(d.now()) {
			delete(d.access, token)
		}
	}
}

// refresh trades a refresh token for new tokens. The state is grantLive when it
// did, and "" when the token was never given out, or not to this client.
func (d *kiroDirectory) refresh(token, client string, takes func(KiroKind) bool) (kiroTokens, grantState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.grants[token]
	if g == nil {
		return kiroTokens{}, ""
	}
	if g.client != client || !takes(g.account.Kind) {
		g.refused++
		return kiroTokens{}, ""
	}
	if g.state != grantLive {
		g.refused++
		return kiroTokens{}, g.state
	}
	g.uses++
	g.confirm()
	if g.account.Rotation == KiroKeep {
		return d.issueAccess(g), grantLive
	}
	return d.rotate(g), grantLive
}

// rotate gives out the successor of a refresh token.
func (d *kiroDirectory) rotate(g *kiroGrant) kiroTokens {
	if g.successor != nil && g.account.Rotation == KiroOverlap {
		g.successor.state = grantRevoked // it never arrived, else it would have been used
	}
	t := d.issue(g.account, &kiroClient{id: g.client}, g)
	g.successor = d.grants[t.refresh]
	if g.account.Rotation == KiroSingleUse {
		g.state = grantSpent
	}
	return t
}

// confirm notes that a refresh token, or what came with it, is in use: the one
// before it has served its time.
func (g *kiroGrant) confirm() {
	if g.state != grantLive {
		return
	}
	if g.before != nil && g.account.Rotation == KiroOverlap && g.before.state == grantLive {
		g.before.state = grantSpent
	}
	g.before = nil
}

// bearerState is what became of an access token.
type bearerState uint8

const (
	bearerUnknown bearerState = iota
	bearerGood
	bearerExpired
)

// bearer finds out whose an access token or API key is.
func (d *kiroDirectory) bearer(token string) (KiroAccount, bearerState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range d.accounts {
		if token != "" && a.APIKey == token {
			return a.public(), bearerGood
		}
	}
	t := d.access[token]
	switch {
	case t == nil:
		return KiroAccount{}, bearerUnknown
	case !d.now().Before(t.expires):
		return t.account.public(), bearerExpired
	}
	t.grant.confirm()
	return t.account.public(), bearerGood
}

// KiroToken is what became of a refresh token. ID is its AccountID, so that
// who holds the token finds it here and nobody else learns it.
type KiroToken struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	State   string    `json:"state"` // live, spent or revoked
	Issued  time.Time `json:"issued_at"`
	Uses    int       `json:"uses"`    // refreshes that it paid for
	Refused int       `json:"refused"` // refreshes that were tried with it after its end
}

func (d *kiroDirectory) tokens() []KiroToken {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]KiroToken, 0, len(d.order))
	for _, token := range d.order {
		g := d.grants[token]
		out = append(out, KiroToken{AccountID(token), g.account.ID, string(g.state), g.born, g.uses, g.refused})
	}
	return out
}

// registerNamed is register for who does not hold the lock.
func (d *kiroDirectory) registerNamed(name string, grants []string) kiroClient {
	d.mu.Lock()
	defer d.mu.Unlock()
	return *d.register(name, grants)
}

// client finds a registration by its id and secret.
func (d *kiroDirectory) client(id, secret string) (*kiroClient, bearerState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.clients[id]
	switch {
	case c == nil || c.secret != secret:
		return nil, bearerUnknown
	case !d.now().Before(c.expires):
		return nil, bearerExpired
	}
	found := *c
	return &found, bearerGood
}
