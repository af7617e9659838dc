package catalog

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// SurveyDeps is what a survey works with.
type SurveyDeps struct {
	Store  core.ConfigStore
	States core.StateStore
	Offers *Offers
	// Lists reports whether a provider lists the models of each account, Ask
	// asks it.
	Lists  func(core.Provider) bool
	Ask    func(context.Context, *core.Account) ([]llm.ModelInfo, error)
	Health func(accountID string) core.Health
	Now    func() time.Time
	Log    *slog.Logger
}

// Survey keeps Offers up to date: it asks the providers when an account is new
// or was changed, and every few hours.
type Survey struct {
	SurveyDeps
	flight singleflight.Group
	asking sync.WaitGroup

	mu       sync.Mutex
	accounts map[string]*surveyed
}

// surveyed is when an account was asked for.
type surveyed struct {
	fetched  time.Time // zero = never
	retryAt  time.Time
	failures int
}

// surveyDoc is what is stored of an account.
type surveyDoc struct {
	FetchedAt time.Time       `json:"fetched_at"`
	Models    []llm.ModelInfo `json:"models"`
}

const (
	surveyTick  = 15 * time.Second
	surveyTime  = 30 * time.Second // one question
	surveyKept  = 6 * time.Hour    // and up to an hour more, each account its own
	surveyRetry = time.Minute      // doubled with each failure in a row
	surveyMost  = time.Hour
)

// NewSurvey returns a survey that knows what an earlier one has stored.
func NewSurvey(ctx context.Context, d SurveyDeps) (*Survey, error) {
	s := &Survey{SurveyDeps: d, accounts: map[string]*surveyed{}}
	docs, err := d.States.ListStates(ctx, core.StateModels)
	for id, raw := range docs {
		var doc surveyDoc
		if json.Unmarshal(raw, &doc) == nil && len(doc.Models) > 0 {
			s.accounts[id] = &surveyed{fetched: doc.FetchedAt}
			d.Offers.Set(id, doc.Models)
		}
	}
	return s, err
}

// Run asks for all enabled accounts whose turn it is until ctx ends.
func (s *Survey) Run(ctx context.Context) {
	ticker := time.NewTicker(surveyTick)
	defer ticker.Stop()
	for {
		s.sweep(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sweep asks for one account after the other: nobody waits for it.
func (s *Survey) sweep(ctx context.Context) {
	snap := s.Store.Snapshot()
	s.forget(snap)
	for _, ch := range snap.Channels() {
		if !ch.Enabled || !s.Lists(ch.Provider) {
			continue
		}
		for _, a := range snap.AccountsOf(ch.ID) {
			if ctx.Err() == nil && a.Enabled && s.isDue(a) {
				s.ask(ctx, a)
			}
		}
	}
}

// ask is Refresh for an account that nobody waits for.
func (s *Survey) ask(ctx context.Context, a *core.Account) {
	if _, err := s.Refresh(ctx, a); err != nil && ctx.Err() == nil {
		s.Log.Info("models: an account's models are not known", "account", a.ID, "err", err)
	}
}

func (s *Survey) isDue(a *core.Account) bool {
	switch s.Health(a.ID).State {
	case core.StateSuspended, core.StateNeedsLogin:
		return false
	}
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.accounts[a.ID]
	switch {
	case st == nil:
		return true
	case now.Before(st.retryAt):
		return false
	}
	return st.fetched.IsZero() || st.failures > 0 || a.UpdatedAt.After(st.fetched) || now.Sub(st.fetched) > surveyKept+jitter(a.ID)
}

func jitter(id string) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(id))
	return time.Duration(h.Sum32()%3600) * time.Second
}

// Models returns the account's models, asking for them when they are not known.
func (s *Survey) Models(ctx context.Context, a *core.Account) ([]llm.ModelInfo, error) {
	if list, ok := s.Offers.List(a.ID); ok {
		return list, nil
	}
	return s.Refresh(ctx, a)
}

// Refresh asks for the account's models now. Several at once are one question,
// which does not end with the first who asks.
func (s *Survey) Refresh(ctx context.Context, a *core.Account) ([]llm.ModelInfo, error) {
	s.asking.Add(1)
	defer s.asking.Done()
	done := s.flight.DoChan(a.ID, func() (any, error) {
		s.asking.Add(1)
		defer s.asking.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), surveyTime)
		defer cancel()
		models, err := s.Ask(ctx, a)
		if err == nil && len(models) == 0 {
			err = core.Errorf(core.CodeUpstream, "the provider lists no model for the account")
		}
		s.note(ctx, a, models, err)
		return models, err
	})
	select {
	case res := <-done:
		models, _ := res.Val.([]llm.ModelInfo)
		return models, res.Err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Close waits for the questions under way. Nobody may ask any more.
func (s *Survey) Close() { s.asking.Wait() }

// note keeps what came of a question. A failure leaves the old list in place.
func (s *Survey) note(ctx context.Context, a *core.Account, models []llm.ModelInfo, err error) {
	now := s.Now()
	s.mu.Lock()
	st := s.accounts[a.ID]
	if st == nil {
		st = &surveyed{}
		s.accounts[a.ID] = st
	}
	if err != nil {
		st.failures++
		st.retryAt = now.Add(min(surveyMost, surveyRetry<<min(st.failures-1, 10)))
	} else {
		*st = surveyed{fetched: now}
	}
	s.mu.Unlock()
	if err != nil || a.ID == "" {
		return
	}
	s.Offers.Set(a.ID, models)
	doc, err := json.Marshal(surveyDoc{FetchedAt: now.UTC(), Models: models})
	if err == nil {
		err = s.States.PutStates(context.WithoutCancel(ctx), core.StateModels, map[string][]byte{a.ID: doc})
	}
	if err != nil {
		s.Log.Warn("models: a list was not stored", "account", a.ID, "err", err)
	}
}

// forget drops what is known of deleted accounts.
func (s *Survey) forget(snap *core.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.accounts {
		if snap.Account(id) == nil {
			delete(s.accounts, id)
			s.Offers.Set(id, nil)
		}
	}
}
