package admin

import (
	"math"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func (in *AccountInput) applyHours(a *core.Account) error {
	if in.ActiveHours == nil {
		return nil
	}
	h := *in.ActiveHours
	if h.TimeZone = strings.TrimSpace(h.TimeZone); h.From == "" && h.To == "" {
		a.ActiveHours = nil
		return nil
	}
	if _, _, ok := h.Span(); !ok {
		return core.Invalid("active_hours", "the hours are two different times of the day, such as 08:00 and 18:30")
	}
	if _, err := time.LoadLocation(h.TimeZone); err != nil || h.TimeZone == "Local" {
		return core.Invalid("active_hours.time_zone", "%q is not a time zone; write it like Europe/Berlin, or leave it empty for UTC", h.TimeZone)
	}
	a.ActiveHours = &h
	return nil
}

func (in *AccountInput) applyBudget(a *core.Account) error {
	if in.Budget == nil {
		return nil
	}
	q := *in.Budget
	if q.Tokens == nil && q.Requests == nil && q.CostUSD == nil {
		a.Budget = nil
		return nil
	}
	if err := oneOf("budget.period", q.Period, []core.Period{core.PeriodDay, core.PeriodWeek, core.PeriodMonth}); err != nil {
		return err
	}
	switch {
	case q.Tokens != nil && *q.Tokens < 0:
		return core.Invalid("budget.tokens", "the tokens of a budget are a number of 0 or more")
	case q.Requests != nil && *q.Requests < 0:
		return core.Invalid("budget.requests", "the requests of a budget are a number of 0 or more")
	case q.CostUSD != nil && (*q.CostUSD < 0 || math.IsNaN(*q.CostUSD) || math.IsInf(*q.CostUSD, 0)):
		return core.Invalid("budget.cost_usd", "the dollars of a budget are a number of 0 or more")
	}
	a.Budget = &q
	return nil
}
