package relay

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// accountModels is what a provider lists for one account.
type accountModels struct {
	list  []llm.ModelInfo
	until time.Time
}

// rosterKept is how long a list of an account counts. Plans change by the month,
// and what a list lacks the provider's own answer tells.
const rosterKept = time.Hour

// Learn sees to it that Info knows the models of an account, where the provider
// tells them by account. A provider that does not answer is not waited for long.
func (m *Models) Learn(ctx context.Context, ch *core.Channel, a *core.Account) {
	if !m.upstream.ListsModels(ch.Provider) {
		return
	}
	if _, err := m.ofAccount(ctx, ch, a); err != nil {
		m.log.Info("models: an account's models are not known", "account", a.ID, "err", err)
	}
}

// Info returns what the provider has said of a model to an account; nil when
// nothing is known.
func (m *Models) Info(accountID, model string) *llm.ModelInfo {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := m.accounts[accountID].list
	for i := range list {
		if list[i].ID == model {
			return &list[i] // a list is never changed, only replaced
		}
	}
	return nil
}

// ofAccount returns the models that the provider lists for an account. Behind a
// failure the last list goes on to count.
func (m *Models) ofAccount(ctx context.Context, ch *core.Channel, a *core.Account) ([]llm.ModelInfo, error) {
	m.mu.Lock()
	known := m.accounts[a.ID]
	m.mu.Unlock()
	if m.now().Before(known.until) {
		return known.list, nil
	}
	res, err, _ := m.flight.Do("account "+a.ID, func() (any, error) {
		// The flight serves several requests, so it must not end with one of them.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), modelsWait)
		defer cancel()
		return m.askAccount(ctx, ch, a, known.list)
	})
	list, _ := res.([]llm.ModelInfo)
	return list, err
}

func (m *Models) askAccount(ctx context.Context, ch *core.Channel, a *core.Account, before []llm.ModelInfo) ([]llm.ModelInfo, error) {
	entry := accountModels{until: m.now().Add(rosterKept)}
	var err error
	if entry.list, err = m.upstream.ListModels(ctx, ch, a); err != nil {
		entry = accountModels{list: before, until: m.now().Add(modelsRetry)}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.accounts[a.ID] = entry
	return entry.list, err
}

// namesOf are the names of an account's models.
func (m *Models) namesOf(ctx context.Context, ch *core.Channel, a *core.Account) ([]string, error) {
	list, err := m.ofAccount(ctx, ch, a)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(list))
	for i := range list {
		names = append(names, list[i].ID)
	}
	return names, nil
}
