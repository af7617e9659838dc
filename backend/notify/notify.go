// Package notify tells people what needs them: an account that needs a new
// sign-in, is exhausted or suspended, and a user whose quota is nearly or wholly
// used up. It sends each news once to the webhook of the settings and to the live
// event log.
//
// It stands beside the way of a request: it is told what has changed, never
// waits, and asks the parts that know for the rest.
package notify

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Deps is what a Notifier works with. Every field must be set.
type Deps struct {
	Store core.Store
	// Health tells the state of an account, Used what a user has consumed.
	Health func(accountID string) core.Health
	Used   func(*core.User) core.Used
	// Publish puts news into the live event log.
	Publish func(News)
	Client  *http.Client
	Now     func() time.Time
	Log     *slog.Logger
	// Waits are the pauses before the second and further tries at a webhook.
	Waits []time.Duration
}

// queueLimit bounds what waits to be looked at; what changes beyond it is looked
// at with the next change of the same account or user.
const queueLimit = 1024

// Notifier watches accounts and users. Its methods may be called concurrently.
type Notifier struct {
	Deps
	changes chan change
	told    map[string]memo // by kind and id; of Run alone

	mu      sync.Mutex
	pending map[change]bool // what is in changes already
}

// change names what is to be looked at.
type change struct {
	kind subject
	id   string
}

type subject string

const (
	account subject = "account"
	user    subject = "user"
)

// memo is what was told last of an account or a user. It is kept over restarts.
type memo struct {
	State core.State `json:"state,omitempty"`
	Level int        `json:"level,omitempty"`
	// Period tells one period of a quota from the next.
	Period string `json:"period,omitempty"`
}

// New returns a notifier; Run makes it work.
func New(d Deps) *Notifier {
	return &Notifier{Deps: d, changes: make(chan change, queueLimit), pending: map[change]bool{}}
}

// AccountChanged says that the state of an account may have changed.
func (n *Notifier) AccountChanged(id string) { n.note(change{account, id}) }

// Observe says that a row has ended: its user has consumed something.
func (n *Notifier) Observe(r *core.Record) {
	if r.UserID != "" && !r.Usage.IsZero() {
		n.note(change{user, r.UserID})
	}
}

// note queues a change once, and never waits.
func (n *Notifier) note(c change) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.pending[c] {
		return
	}
	select {
	case n.changes <- c:
		n.pending[c] = true
	default:
	}
}

// Run looks at what changes and tells the news, until ctx ends.
func (n *Notifier) Run(ctx context.Context) {
	if err := n.remember(ctx); err != nil {
		n.Log.Error("notify: what was told before cannot be read", "err", err)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-n.changes:
			n.mu.Lock()
			delete(n.pending, c)
			n.mu.Unlock()
			n.look(ctx, c)
		}
	}
}

func (n *Notifier) remember(ctx context.Context) error {
	n.told = map[string]memo{}
	docs, err := n.Store.ListStates(ctx, core.StateAlert)
	if err != nil {
		return err
	}
	for key, doc := range docs {
		var m memo
		if json.Unmarshal(doc, &m) == nil {
			n.told[key] = m
		}
	}
	return nil
}

// look compares what is with what was told last.
func (n *Notifier) look(ctx context.Context, c change) {
	key := string(c.kind) + "/" + c.id
	before := n.told[key]
	news, now := n.judge(c, before)
	if now == before {
		return
	}
	n.told[key] = now
	doc, err := json.Marshal(now)
	if now == (memo{}) {
		delete(n.told, key)
		doc = nil
	}
	if err == nil {
		err = n.Store.PutStates(ctx, core.StateAlert, map[string][]byte{key: doc})
	}
	if err != nil {
		n.Log.Error("notify: what was told cannot be stored", "err", err)
	}
	if news != nil {
		n.tell(ctx, *news)
	}
}

func (n *Notifier) judge(c change, before memo) (*News, memo) {
	if c.kind == account {
		return n.judgeAccount(c.id, before)
	}
	return n.judgeUser(c.id, before)
}
