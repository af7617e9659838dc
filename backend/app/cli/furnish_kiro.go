package cli

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// demoKiro are people at the simulated Kiro: one on the free plan with a trial
// and a bonus that end some day, one who pays and has used much, and a key.
func demoKiro(now time.Time) []struct {
	name    string
	account simulator.KiroAccount
} {
	day := 24 * time.Hour
	return []struct {
		name    string
		account simulator.KiroAccount
	}{
		{"Builder ID", simulator.KiroAccount{
			Kind: simulator.KiroBuilderID, Email: "you@example.org", Used: 31.4,
			Trial:   &simulator.KiroPart{Used: 120.5, Limit: 500, Expires: now.Add(12 * day)},
			Bonuses: []simulator.KiroPart{{Name: "Welcome", Limit: 100, Expires: now.Add(40 * day)}},
		}},
		{"Google", simulator.KiroAccount{Kind: simulator.KiroGoogle, Email: "me@example.org", Plan: simulator.KiroPro, Used: 912.37, Overage: true}},
		{"Team key", simulator.KiroAccount{Kind: simulator.KiroAPIKey, Email: "team@example.org", Plan: simulator.KiroProPlus, Used: 640}},
	}
}

// furnishKiro makes a channel of Kiro, whose accounts the simulator must know.
func furnishKiro(ctx context.Context, s *admin.Service, sim *simulation) error {
	name, provider, base := "AWS Kiro", core.ProviderKiro, sim.url+"/kiro"
	ch, err := s.CreateChannel(ctx, admin.ChannelInput{Name: &name, Provider: &provider, BaseURL: &base})
	if err != nil {
		return err
	}
	for _, person := range demoKiro(time.Now()) {
		_, cred, err := sim.sim.AddKiroAccount(person.account)
		if err != nil {
			return err
		}
		if _, err := s.CreateAccount(ctx, ch.ID, admin.AccountInput{Name: &person.name, Credential: &cred}); err != nil {
			return err
		}
	}
	return nil
}
