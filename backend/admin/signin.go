package admin

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// SignIn tells how an account of Kiro was signed in, and holds what signing in
// again begins with. Nothing of it is secret.
type SignIn struct {
	Kind     string `json:"kind" enum:"builder_id,identity_center,google,github,social,external_idp,api_key"`
	StartURL string `json:"start_url,omitempty"`
	Region   string `json:"region,omitempty"`
}

// viewSignIn returns nil for providers that know API keys alone.
func (s *Service) viewSignIn(a *core.Account) *SignIn {
	c := s.snapshot().Channel(a.ChannelID)
	if c == nil || c.Provider != core.ProviderKiro {
		return nil
	}
	in := &SignIn{Kind: string(auth.KindOf(a.Credential))}
	if in.Kind == string(auth.IdentityCenter) {
		in.StartURL, in.Region = a.Credential.StartURL, a.Credential.Region
	}
	return in
}
