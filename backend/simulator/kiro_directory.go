package simulator

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// kiroDirectory is everything that the simulated Kiro remembers: who there is,
// which programs registered, and which tokens and codes are about.
type kiroDirectory struct {
	mu       sync.Mutex
	mint     mint
	now      func() time.Time
	serial   int
	settings KiroSettings
	accounts []*KiroAccount // in the order in which they came
	clients  map[string]*kiroClient
	access   map[string]*kiroAccess
	grants   map[string]*kiroGrant
	order    []string // the grants, oldest first
	codes    []*kiroCode
}

// The bounds of a directory's memory.
const (
	mostKiroAccounts = 10_000
	mostKiroTokens   = 20_000
	mostKiroCodes    = 1_000
)

func newKiroDirectory(m mint, now func() time.Time) *kiroDirectory {
	d := &kiroDirectory{mint: m, now: now}
	d.clear()
	return d
}

func (d *kiroDirectory) clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.serial, d.settings, d.accounts, d.order, d.codes = 0, KiroSettings{}, nil, nil, nil
	d.clients, d.access, d.grants = map[string]*kiroClient{}, map[string]*kiroAccess{}, map[string]*kiroGrant{}
}

// next returns an id that was not given before. It wants the lock.
func (d *kiroDirectory) next(prefix string, n int, what string) string {
	d.serial++
	return d.mint.id(prefix, n, "kiro", what, strconv.Itoa(d.serial))
}

// seed adds an account and signs it in.
func (d *kiroDirectory) seed(a KiroAccount) (KiroAccount, core.Credential, error) {
	if err := a.check(); err != nil {
		return a, core.Credential{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.accounts) >= mostKiroAccounts {
		return a, core.Credential{}, core.Errorf(core.CodeTooLarge, "there are %d Kiro accounts already", mostKiroAccounts)
	}
	if a.ID != "" && d.find(a.ID) != nil {
		return a, core.Credential{}, core.Errorf(core.CodeConflict, "there is a Kiro account %q already", a.ID)
	}
	kept := d.add(a)
	cred := kept.credential()
	if kept.Kind != KiroAPIKey {
		d.signIn(kept, &cred)
	}
	return kept.public(), cred, nil
}

// add completes an account and keeps it. It wants the lock.
func (d *kiroDirectory) add(a KiroAccount) *KiroAccount {
	kept := a
	kept.complete(d.mint, strconv.Itoa(len(d.accounts)+1))
	d.accounts = append(d.accounts, &kept)
	return &kept
}

// signIn puts fresh tokens into a credential, and the client that SSO binds
// them to. It wants the lock.
func (d *kiroDirectory) signIn(a *KiroAccount, cred *core.Credential) {
	var client *kiroClient
	if a.Kind.sso() {
		client = d.register("AiHub", kiroGrantTypes())
		cred.ClientID, cred.ClientSecret = client.id, client.secret
	}
	if a.Kind == KiroExternal {
		cred.ClientID = d.mint.id("", 32, "kiro external client", a.ID)
		client = &kiroClient{id: cred.ClientID}
	}
	t := d.issue(a, client, nil)
	cred.AccessToken, cred.RefreshToken = t.access, t.refresh
	cred.ExpiresAt = t.expires.UTC().Truncate(time.Second)
}

// public is a copy without the secret.
func (a *KiroAccount) public() KiroAccount {
	c := *a
	c.APIKey = ""
	c.Bonuses, c.Packs = slices.Clone(a.Bonuses), slices.Clone(a.Packs)
	if a.Trial != nil {
		trial := *a.Trial
		c.Trial = &trial
	}
	return c
}

// find returns an account by its id. It wants the lock.
func (d *kiroDirectory) find(id string) *KiroAccount {
	for _, a := range d.accounts {
		if a.ID == id {
			return a
		}
	}
	return nil
}

func (d *kiroDirectory) list() []KiroAccount {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]KiroAccount, len(d.accounts))
	for i, a := range d.accounts {
		out[i] = a.public()
	}
	return out
}

// change lets do work on an account and returns what it became.
func (d *kiroDirectory) change(id string, do func(*KiroAccount)) (KiroAccount, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.find(id)
	if a == nil {
		return KiroAccount{}, core.Errorf(core.CodeNotFound, "there is no Kiro account %q", id)
	}
	do(a)
	return a.public(), nil
}

// owner returns the id of the account that a credential belongs to, "" when
// nobody's.
func (d *kiroDirectory) owner(secret string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.access[secret]; t != nil {
		return t.account.ID
	}
	if g := d.grants[secret]; g != nil {
		return g.account.ID
	}
	for _, a := range d.accounts {
		if secret != "" && a.APIKey == secret {
			return a.ID
		}
	}
	return ""
}
