package desktop

import (
	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// Quota is the short form of everybody's quotas that the tray shows.
type Quota struct {
	User     string  // whose quota has the least left; "" when nobody has one
	Used     float64 // the used part of it: 0.5 is half, 1 and more is used up
	Ready    int     // accounts that can serve now
	Accounts int     // all that nobody has switched off
}

// SumUp makes the short form.
func SumUp(users []admin.User, accounts []admin.Account) Quota {
	var q Quota
	for _, u := range users {
		used, limited := usedPart(u.Quota, u.Used)
		if u.Enabled && limited && (q.User == "" || used > q.Used) {
			q.User, q.Used = u.Name, used
		}
	}
	for _, a := range accounts {
		if a.State != core.StateDisabled {
			q.Accounts++
		}
		if a.State == core.StateReady {
			q.Ready++
		}
	}
	return q
}

// usedPart returns how much of a quota is used, by the limit that is nearest to
// its end. limited is false for a quota without limits.
func usedPart(q core.Quota, used core.Used) (part float64, limited bool) {
	reach := func(used, limit float64) {
		limited = true
		if limit <= 0 {
			part = max(part, 1)
			return
		}
		part = max(part, used/limit)
	}
	if q.Tokens != nil {
		reach(float64(used.Tokens), float64(*q.Tokens))
	}
	if q.Requests != nil {
		reach(float64(used.Requests), float64(*q.Requests))
	}
	if q.CostUSD != nil {
		reach(used.CostUSD, *q.CostUSD)
	}
	return part, limited
}

// lowFrom is the used part of a quota from which the tray warns.
const lowFrom = 0.9

func (q Quota) percent() int { return int(q.Used * 100) }

func (q Quota) low() bool {
	return q.User != "" && q.Used >= lowFrom || q.Accounts > 0 && q.Ready == 0
}
