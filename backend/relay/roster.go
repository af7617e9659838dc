package relay

import (
	"context"
	"slices"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// byAccount reports whether the provider's models differ from account to
// account, so that the survey knows them.
func (m *Models) byAccount(p core.Provider) bool {
	return m.survey != nil && m.upstream.ListsModels(p)
}

// Learn sees to it that Info knows the models of an account, where the provider
// tells them by account. A provider that does not answer is not waited for long.
func (m *Models) Learn(ctx context.Context, ch *core.Channel, a *core.Account) {
	if !m.byAccount(ch.Provider) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, modelsWait)
	defer cancel()
	if _, err := m.survey.Models(ctx, a); err != nil {
		m.log.Info("models: an account's models are not known", "account", a.ID, "err", err)
	}
}

// Info returns what the provider has said of a model to an account; nil when
// nothing is known.
func (m *Models) Info(accountID, model string) *llm.ModelInfo {
	if m.survey == nil {
		return nil
	}
	info, _, offered := m.survey.Offers.Find(accountID, model)
	if !offered {
		return nil
	}
	return &info
}

// union lists the models that any enabled account of a channel has.
func (m *Models) union(ctx context.Context, s *core.Snapshot, ch *core.Channel) ([]string, error) {
	err := error(core.Errorf(core.CodeNotFound, "the channel has no enabled account"))
	var names []string
	for _, a := range s.AccountsOf(ch.ID) {
		if !a.Enabled {
			continue
		}
		found, failed := m.namesOf(ctx, a)
		if names = append(names, found...); failed != nil {
			err = failed
		}
	}
	if len(names) == 0 {
		return nil, err
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// namesOf are the names of an account's models.
func (m *Models) namesOf(ctx context.Context, a *core.Account) ([]string, error) {
	list, err := m.survey.Models(ctx, a)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(list))
	for i := range list {
		names = append(names, list[i].ID)
	}
	return names, nil
}
