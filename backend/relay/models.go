package relay

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/aihub/aihub/backend/catalog"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
)

// Models knows which models the channels offer. Channels with wildcards are
// asked, and the answer is kept for a while.
type Models struct {
	upstream *upstream.Client
	now      func() time.Time
	log      *slog.Logger
	flight   singleflight.Group
	mu       sync.Mutex
	known    map[string]modelNames // by channel
	survey   *catalog.Survey       // nil = nobody asks for the models of accounts
}

type modelNames struct {
	names   []string
	version time.Time // the channel's UpdatedAt
	until   time.Time
}

const (
	modelsKept  = 10 * time.Minute
	modelsRetry = 30 * time.Second // after a failure
	// modelsWait is below the three seconds that Claude Code waits for a list.
	modelsWait     = 2500 * time.Millisecond
	maxModelsBody  = 4 << 20
	maxModelsPages = 20
)

// NewModels returns an empty Models. survey may be nil.
func NewModels(u *upstream.Client, survey *catalog.Survey, now func() time.Time, log *slog.Logger) *Models {
	return &Models{upstream: u, survey: survey, now: now, log: log, known: map[string]modelNames{}}
}

// List returns the names of all models that a client can ask for, sorted. A
// channel that does not answer in time contributes what it said last.
func (m *Models) List(ctx context.Context, s *core.Snapshot) []string {
	names, wild := catalog.Names(s)
	ctx, cancel := context.WithTimeout(ctx, modelsWait)
	defer cancel()
	found := make([][]string, len(wild))
	var wg sync.WaitGroup
	for i, ch := range wild {
		wg.Go(func() { found[i] = m.of(ctx, s, ch) })
	}
	wg.Wait()
	for i, ch := range wild {
		for _, n := range found[i] {
			if _, ok := catalog.Resolve(ch, n); ok {
				names = append(names, n)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// of returns the models that a channel's upstream lists.
func (m *Models) of(ctx context.Context, s *core.Snapshot, ch *core.Channel) []string {
	m.mu.Lock()
	known, ok := m.known[ch.ID]
	m.mu.Unlock()
	if ok && known.version.Equal(ch.UpdatedAt) && m.now().Before(known.until) {
		return known.names
	}
	done := m.flight.DoChan(ch.ID, func() (any, error) {
		// The flight serves several clients, so it must not end with one of them.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), modelsWait)
		defer cancel()
		return m.refresh(ctx, s, ch, known.names), nil
	})
	select {
	case res := <-done:
		names, _ := res.Val.([]string)
		return names
	case <-ctx.Done():
		return known.names
	}
}

func (m *Models) refresh(ctx context.Context, s *core.Snapshot, ch *core.Channel, before []string) []string {
	entry := modelNames{version: ch.UpdatedAt, until: m.now().Add(modelsKept)}
	var err error
	if entry.names, err = m.ask(ctx, s, ch); err != nil {
		m.log.Info("models: a channel did not list its models", "channel", ch.ID, "err", err)
		entry.names, entry.until = before, m.now().Add(modelsRetry)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[ch.ID] = entry
	return entry.names
}

// ask lists the models with the first account that can be used.
func (m *Models) ask(ctx context.Context, s *core.Snapshot, ch *core.Channel) ([]string, error) {
	if m.byAccount(ch.Provider) {
		return m.union(ctx, s, ch)
	}
	err := error(core.Errorf(core.CodeNotFound, "the channel has no enabled account"))
	for _, a := range s.AccountsOf(ch.ID) {
		if !a.Enabled {
			continue
		}
		var names []string
		if names, err = m.askWith(ctx, ch, a); err == nil {
			return names, nil
		}
	}
	return nil, err
}

func (m *Models) askWith(ctx context.Context, ch *core.Channel, a *core.Account) ([]string, error) {
	p := m.upstream.Provider(ch.Provider)
	if p == nil {
		return nil, core.Errorf(core.CodeUnsupported, "provider %q is not built in", ch.Provider)
	}
	if m.byAccount(ch.Provider) {
		return m.namesOf(ctx, a)
	}
	var names []string
	query := ""
	for range maxModelsPages {
		body, err := m.get(ctx, ch, a, p.ModelsPath(), query)
		if err != nil {
			return nil, err
		}
		page, next := p.ParseModels(body)
		names = append(names, page...)
		if next == "" {
			break
		}
		query = next
	}
	return names, nil
}

func (m *Models) get(ctx context.Context, ch *core.Channel, a *core.Account, path, query string) ([]byte, error) {
	res, err := m.upstream.Do(ctx, &upstream.Request{
		Channel: ch, Account: a, Method: http.MethodGet, Path: path, Query: query, Header: http.Header{},
	})
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxModelsBody))
	if err == nil && res.StatusCode != http.StatusOK {
		err = &upstream.Refusal{
			Status: res.StatusCode, Header: res.Header, Body: redact(body, a.Credential), Message: http.StatusText(res.StatusCode),
		}
	}
	return body, err
}
