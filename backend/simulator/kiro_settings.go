package simulator

import "github.com/aihub/aihub/backend/core"

// KiroSettings say which of the services' manners, that differ between hosts
// and dates, the simulator has.
type KiroSettings struct {
	// PollMS is the pace of polling for a device code; 0 = 1 s for SSO, 5 s for
	// Google and GitHub.
	PollMS int `json:"poll_ms"`
	// PollErrors lets the polls of Google and GitHub be refused with an error
	// while they wait, instead of answered with a status.
	PollErrors bool `json:"poll_errors"`
	// NoLegacy switches the old host, targets and paths off.
	NoLegacy bool `json:"no_legacy"`
	// NoREST switches the REST twins off.
	NoREST bool `json:"no_rest"`
	// NoMetadata leaves the metadataEvent out, as old hosts do.
	NoMetadata bool `json:"no_metadata"`
	// AnySchema lets also the models with open weights take every keyword of
	// JSON Schema in a tool.
	AnySchema bool `json:"any_schema"`
	// MaxTools is how many tools a request may have; 0 = 128.
	MaxTools int `json:"max_tools"`
}

func (d *kiroDirectory) set() KiroSettings {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settings
}

// SetKiro changes the manners of the simulated Kiro.
func (s *Simulator) SetKiro(to KiroSettings) {
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	s.directory.settings = to
}

// AddKiroAccount adds an account and signs it in. The credential is what a
// client needs to be it.
func (s *Simulator) AddKiroAccount(a KiroAccount) (KiroAccount, core.Credential, error) {
	return s.directory.seed(a)
}

// KiroAccounts lists the accounts with what they used, oldest first.
func (s *Simulator) KiroAccounts() []KiroAccount { return s.directory.list() }

// ChangeKiroAccount lets change work on an account: its plan, its usage, a
// suspension, the life and rotation of its next tokens.
func (s *Simulator) ChangeKiroAccount(id string, change func(*KiroAccount)) error {
	_, err := s.directory.change(id, change)
	return err
}

// KiroTokens lists the refresh tokens that were given out, oldest first.
func (s *Simulator) KiroTokens() []KiroToken { return s.directory.tokens() }

// KiroCodes lists the sign-ins by a code, oldest first.
func (s *Simulator) KiroCodes() []KiroCode { return s.directory.listCodes() }

// DecideKiroCode lets a person allow, deny or forget a sign-in by its user code.
func (s *Simulator) DecideKiroCode(code string, by KiroDecision) (KiroCode, error) {
	return s.directory.decide(code, by)
}

// ExpireKiro ends what an account holds at once: "access" its access tokens,
// "refresh" its refresh tokens, "client" the registration that they are bound
// to.
func (s *Simulator) ExpireKiro(account, what string) error { return s.directory.expire(account, what) }

// expire ends tokens or the client of an account.
func (d *kiroDirectory) expire(id, what string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.find(id) == nil {
		return core.Errorf(core.CodeNotFound, "there is no Kiro account %q", id)
	}
	switch what {
	case "access":
		for _, t := range d.access {
			if t.account.ID == id {
				t.expires = d.now()
			}
		}
	case "refresh", "client":
		for _, g := range d.grants {
			if g.account.ID == id {
				d.end(g, what)
			}
		}
	default:
		return core.Invalid("what", "%q cannot expire; take access, refresh or client", what)
	}
	return nil
}

// end revokes a refresh token, or ends the client that it is bound to.
func (d *kiroDirectory) end(g *kiroGrant, what string) {
	if client := d.clients[g.client]; what == "client" && client != nil {
		client.expires = d.now()
	}
	if what == "refresh" && g.state == grantLive {
		g.state = grantRevoked
	}
}
