package cli

import (
	"context"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// demoWorld is what the demo's store is filled with.
type demoWorld struct {
	keys []string // of the users, the first for the person who tries the demo
}

// furnish makes one channel of each provider with a few accounts, and a few
// users, by the same operations that a person uses.
func furnish(ctx context.Context, s *admin.Service, sim *simulation) (*demoWorld, error) {
	for _, ch := range []struct {
		name     string
		provider core.Provider
		base     string
		models   []string
		accounts []string
	}{
		{"OpenAI", core.ProviderOpenAI, sim.url + "/v1", demoOpenAI(), []string{"Work", "Personal", "Side project"}},
		{"Anthropic", core.ProviderAnthropic, sim.url, nil, []string{"Team", "Personal"}},
		{"Google Gemini", core.ProviderGemini, sim.url, nil, []string{"Studio", "Free tier"}},
	} {
		if err := furnishChannel(ctx, s, admin.ChannelInput{Name: &ch.name, Provider: &ch.provider, BaseURL: &ch.base, Models: ch.models}, ch.accounts); err != nil {
			return nil, err
		}
	}
	if err := furnishKiro(ctx, s, sim); err != nil {
		return nil, err
	}
	w := &demoWorld{}
	limit, small := int64(2_000_000), int64(60_000)
	for _, u := range []admin.UserInput{
		{Name: ptr("You"), Quota: &admin.QuotaInput{Period: core.PeriodMonth, Tokens: &limit}},
		{Name: ptr("Claude Code"), Quota: &admin.QuotaInput{Period: core.PeriodDay, Tokens: &limit}},
		{Name: ptr("Codex")},
		{Name: ptr("Nightly scripts"), Quota: &admin.QuotaInput{Period: core.PeriodDay, Tokens: &small}},
	} {
		made, err := s.CreateUser(ctx, u)
		if err != nil {
			return nil, err
		}
		w.keys = append(w.keys, made.Secret)
	}
	return w, nil
}

// demoOpenAI are the models of the channel that would else be tried for the
// names that only Kiro knows.
func demoOpenAI() []string {
	return []string{"gpt-*", "o1*", "o3*", "o4*", "codex-*", "text-*", "dall-e-*", "tts-*", "whisper-*", "omni-*", "rerank-*"}
}

func furnishChannel(ctx context.Context, s *admin.Service, in admin.ChannelInput, accounts []string) error {
	ch, err := s.CreateChannel(ctx, in)
	if err != nil {
		return err
	}
	for i, account := range accounts {
		in := admin.AccountInput{Name: &account, Credential: &core.Credential{APIKey: demoKey(ch.Provider, i)}}
		if i == 0 {
			in.Credential.AdminKey = demoAdminKey(ch.Provider)
		} else {
			in.Budget = demoBudget()
		}
		if _, err := s.CreateAccount(ctx, ch.ID, in); err != nil {
			return err
		}
	}
	return nil
}

// demoKey invents an API key; the simulator takes any.
func demoKey(provider core.Provider, i int) string {
	return "demo-" + string(provider) + "-account-" + string(rune('a'+i))
}

// demoAdminKey is one with which the simulator reports what it has served; "" of
// a provider without reports.
func demoAdminKey(provider core.Provider) string {
	switch provider {
	case core.ProviderOpenAI:
		return "sk-admin-demo-organisation"
	case core.ProviderAnthropic:
		return "sk-ant-admin01-demo-organisation"
	}
	return ""
}

// demoBudget is small enough to be seen moving.
func demoBudget() *core.Quota {
	dollars := 2.0
	return &core.Quota{Period: core.PeriodWeek, CostUSD: &dollars}
}

func ptr(s string) *string { return &s }
