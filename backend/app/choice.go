package app

import "time"

// quotaLeft is what is left of an account by its provider's own count, for the
// balancer.
func (a *App) quotaLeft(id string) (remaining, limit float64, resetsAt time.Time, known bool) {
	u := a.board.Find(id)
	if u == nil || u.Limit <= 0 {
		return 0, 0, time.Time{}, false
	}
	if u.ResetsAt != nil {
		resetsAt = *u.ResetsAt
	}
	return u.Remaining, u.Limit, resetsAt, true
}
