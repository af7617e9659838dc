package notify

import (
	"fmt"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Event names what news are about.
type Event string

// The events of webhooks.
const (
	AccountNeedsLogin Event = "account.needs_login"
	AccountSuspended  Event = "account.suspended"
	AccountExhausted  Event = "account.exhausted"
	AccountReady      Event = "account.ready" // after one of those
	UserQuota         Event = "user.quota"    // 80 % or 100 % of it is used
)

// News is what a webhook gets, as JSON.
type News struct {
	ID      string       `json:"id"`
	Event   Event        `json:"event"`
	Time    time.Time    `json:"time"`
	Text    string       `json:"text"` // one sentence; chat services show it
	Account *AccountNews `json:"account,omitempty"`
	User    *UserNews    `json:"user,omitempty"`
}

// AccountNews says how an account fares.
type AccountNews struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	ChannelID   string     `json:"channel_id"`
	ChannelName string     `json:"channel_name"`
	State       core.State `json:"state"`
	Reason      string     `json:"reason,omitempty"`
	Until       *time.Time `json:"until,omitempty"`
	Link        string     `json:"link,omitempty"`
}

// UserNews says how much of a quota is used.
type UserNews struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Percent  int        `json:"percent"` // 80 or 100
	Limit    string     `json:"limit"`   // tokens, requests or cost_usd
	Period   string     `json:"period"`
	ResetsAt *time.Time `json:"resets_at,omitempty"`
}

// judgeAccount has news when an account gets into a state that needs a person,
// and when it has left it. Cooling is no news: it ends by itself within minutes.
func (n *Notifier) judgeAccount(id string, before memo) (*News, memo) {
	snap := n.Store.Snapshot()
	a := snap.Account(id)
	if a == nil {
		return nil, memo{}
	}
	h := n.Health(id)
	event, alarming := alarms[h.State]
	switch {
	case alarming && h.State == before.State:
		return nil, before
	case alarming:
	case before.State != "" && h.State == core.StateReady && a.Enabled:
		event = AccountReady
	case before.State != "" && a.Enabled:
		return nil, before // cooling: it is not well yet
	default:
		return nil, memo{}
	}
	about := &AccountNews{
		ID: id, Name: a.Name, ChannelID: a.ChannelID, State: h.State, Reason: h.Reason, Until: h.Until, Link: h.Link,
	}
	if ch := snap.Channel(a.ChannelID); ch != nil {
		about.ChannelName = ch.Name
	}
	now := memo{State: h.State}
	if event == AccountReady {
		now = memo{}
	}
	return &News{Event: event, Text: about.sentence(), Account: about}, now
}

// alarms are the states that need a person.
var alarms = map[core.State]Event{
	core.StateNeedsLogin: AccountNeedsLogin,
	core.StateSuspended:  AccountSuspended,
	core.StateExhausted:  AccountExhausted,
}

func (a *AccountNews) sentence() string {
	what := map[core.State]string{
		core.StateNeedsLogin: "needs a new sign-in",
		core.StateSuspended:  "was suspended by the provider",
		core.StateExhausted:  "has used up its quota",
		core.StateReady:      "is ready again",
	}[a.State]
	text := fmt.Sprintf("Account %q of channel %q %s", a.Name, a.ChannelName, what)
	if a.State != core.StateReady && a.Reason != "" {
		text += ": " + a.Reason
	}
	if a.Until != nil && a.State != core.StateReady {
		text += " (until " + a.Until.UTC().Format(time.RFC3339) + ")"
	}
	return text
}

// The shares of a quota, in percent, that are news.
const (
	nearly = 80
	wholly = 100
)

// judgeUser has news when a user passes 80 % and 100 % of the limit that is
// nearest to its end, once in each period.
func (n *Notifier) judgeUser(id string, before memo) (*News, memo) {
	u := n.Store.Snapshot().User(id)
	if u == nil {
		return nil, memo{}
	}
	used := n.Used(u)
	percent, limit := share(&u.Quota, used)
	now := memo{Period: periodOf(u, used)}
	switch {
	case percent >= wholly:
		now.Level = wholly
	case percent >= nearly:
		now.Level = nearly
	default:
		return nil, memo{}
	}
	if now.Period == before.Period && now.Level <= before.Level {
		return nil, before
	}
	about := &UserNews{
		ID: id, Name: u.Name, Percent: now.Level, Limit: limit, Period: string(u.Quota.Period), ResetsAt: used.ResetsAt,
	}
	text := fmt.Sprintf("User %q has used %d %% of the quota of %s", u.Name, now.Level, limit)
	if used.ResetsAt != nil {
		text += "; it resets at " + used.ResetsAt.UTC().Format(time.RFC3339)
	}
	return &News{Event: UserQuota, Text: text, User: about}, now
}

// periodOf tells the periods of a quota apart. The rolling window never begins
// anew; its level falls by itself when it empties.
func periodOf(u *core.User, used core.Used) string {
	if u.Quota.Period == core.Period5h || used.ResetsAt == nil {
		return string(u.Quota.Period)
	}
	return used.ResetsAt.UTC().Format(time.RFC3339)
}

// share is how much of the limit nearest to its end is used, in percent.
func share(q *core.Quota, used core.Used) (percent float64, limit string) {
	of := func(spent, most float64, name string) {
		p := 100.0
		if most > 0 {
			p = 100 * spent / most
		}
		if p > percent {
			percent, limit = p, name
		}
	}
	if q.Tokens != nil {
		of(float64(used.Tokens), float64(*q.Tokens), "tokens")
	}
	if q.Requests != nil {
		of(float64(used.Requests), float64(*q.Requests), "requests")
	}
	if q.CostUSD != nil {
		of(used.CostUSD, *q.CostUSD, "cost_usd")
	}
	return percent, limit
}
