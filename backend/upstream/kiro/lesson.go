package kiro

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// lesson is what was learned about an account.
type lesson struct {
	// About says what the account was like: another sign-in, or another base
	// URL, makes the lesson void.
	About   string          `json:"about"`
	Profile string          `json:"profile,omitempty"` // found by asking
	None    bool            `json:"none,omitempty"`    // the service says that it has no profile
	Ways    map[plane]way   `json:"ways,omitempty"`
	Since   map[plane]int64 `json:"since,omitempty"` // Unix seconds
}

// lessonTime is how long a way is remembered that is not the first to try: the
// trouble with that one may be over.
const lessonTime = 24 * time.Hour

func about(ch *core.Channel, c core.Credential) string {
	return strings.Join([]string{string(auth.KindOf(c)), c.StartURL, c.Region, c.APIRegion, c.ProfileARN, ch.BaseURL}, " ")
}

// lessonOf returns what was learned about the account as it is now.
func (p *Provider) lessonOf(ch *core.Channel, a *core.Account) lesson {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.learned[a.ID]
	if now := about(ch, a.Credential); l.About != now {
		return lesson{About: now}
	}
	return l
}

// remembered is the way to a plane that worked last; empty when it is not known
// or too old to rely on.
func (l lesson) remembered(pl plane, now time.Time) way {
	if now.Sub(time.Unix(l.Since[pl], 0)) > lessonTime {
		return way{}
	}
	return l.Ways[pl]
}

// learn remembers that a way works. isFirst says that it would have been tried
// first anyway, so that there is nothing to write down.
func (p *Provider) learn(ctx context.Context, ch *core.Channel, a *core.Account, pl plane, w way, isFirst bool) {
	l := p.lessonOf(ch, a)
	_, known := l.Ways[pl]
	if isFirst && !known || !isFirst && l.remembered(pl, p.Now()) == w {
		return
	}
	l.Ways, l.Since = maps.Clone(l.Ways), maps.Clone(l.Since)
	if isFirst {
		delete(l.Ways, pl)
		delete(l.Since, pl)
	} else {
		if l.Ways == nil {
			l.Ways, l.Since = map[plane]way{}, map[plane]int64{}
		}
		l.Ways[pl], l.Since[pl] = w, p.Now().Unix()
	}
	p.write(ctx, a.ID, l)
}

// learnProfile remembers the profile that an account turned out to have; "" is
// none.
func (p *Provider) learnProfile(ctx context.Context, ch *core.Channel, a *core.Account, arn string) {
	l := p.lessonOf(ch, a)
	l.Profile, l.None = arn, arn == ""
	p.write(ctx, a.ID, l)
}

func (p *Provider) write(ctx context.Context, id string, l lesson) {
	if id == "" {
		return // an account that is only being tried out
	}
	p.mu.Lock()
	p.learned[id] = l
	p.mu.Unlock()
	if p.States == nil {
		return
	}
	doc, err := json.Marshal(l)
	if err == nil {
		// The request may end with its client; what it has taught stays.
		err = p.States.PutStates(context.WithoutCancel(ctx), core.StateRoute, map[string][]byte{id: doc})
	}
	if err != nil {
		p.Log.Warn("kiro: what was learned about an account was not stored", "account", id, "err", err)
	}
}

// recall reads what was learned before the last end of the program.
func (p *Provider) recall(ctx context.Context) error {
	if p.States == nil {
		return nil
	}
	docs, err := p.States.ListStates(ctx, core.StateRoute)
	if err != nil {
		return err
	}
	for id, doc := range docs {
		var l lesson
		if json.Unmarshal(doc, &l) == nil { // one of another version is learned anew
			p.learned[id] = l
		}
	}
	return nil
}
