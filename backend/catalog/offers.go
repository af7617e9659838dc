package catalog

import (
	"sync"

	"github.com/aihub/aihub/backend/llm"
)

// Offers knows the models of accounts whose providers list them for each. Its
// methods may be called concurrently.
type Offers struct {
	mu       sync.RWMutex
	accounts map[string]offer
}

// offer is the list of one account.
type offer struct {
	list   []llm.ModelInfo
	byName map[string]*llm.ModelInfo
}

// NewOffers returns an Offers that knows of nobody.
func NewOffers() *Offers { return &Offers{accounts: map[string]offer{}} }

// Set replaces what is known of an account. A nil list is not known.
func (o *Offers) Set(accountID string, models []llm.ModelInfo) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if models == nil {
		delete(o.accounts, accountID)
		return
	}
	next := offer{list: models, byName: make(map[string]*llm.ModelInfo, len(models))}
	for i := range models {
		next.byName[models[i].ID] = &models[i]
	}
	o.accounts[accountID] = next
}

// Find returns what the provider says of a model for an account. known says that
// the account's list is known at all, offered that the model is on it.
func (o *Offers) Find(accountID, model string) (info llm.ModelInfo, known, offered bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	account, known := o.accounts[accountID]
	if m := account.byName[model]; m != nil {
		return *m, true, true
	}
	return llm.ModelInfo{}, known, false
}

// Allows reports whether an account may be chosen for a model: it may while its
// list is not known.
func (o *Offers) Allows(accountID, model string) bool {
	_, known, offered := o.Find(accountID, model)
	return offered || !known
}

// List returns the account's models as its provider has listed them; ok is false
// while they are not known. The list must not be changed.
func (o *Offers) List(accountID string) (models []llm.ModelInfo, ok bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	account, ok := o.accounts[accountID]
	return account.list, ok
}
