package simulator

import (
	"math"
	"slices"
	"time"
)

// planRow is what a plan gives.
type planRow struct {
	kind, title string
	limit       float64 // credits a month
}

func planOf(p KiroPlan) planRow {
	return map[KiroPlan]planRow{
		KiroFree:    {"Q_DEVELOPER_STANDALONE_FREE", "KIRO FREE", 50},
		KiroPro:     {"Q_DEVELOPER_STANDALONE_PRO", "KIRO PRO", 1000},
		KiroProPlus: {"Q_DEVELOPER_STANDALONE_PRO_PLUS", "KIRO PRO+", 2000},
		KiroPower:   {"Q_DEVELOPER_STANDALONE_POWER", "KIRO POWER", 10_000},
	}[p]
}

const (
	overageCap  = 10_000.0 // credits
	overageRate = 0.04     // dollars for each
)

// expires is when the part ends.
func (c *KiroPart) expires(now time.Time) time.Time {
	const usual = 30 * 24 * time.Hour
	if c.Expires.IsZero() {
		return now.Add(usual)
	}
	return c.Expires
}

// left is what remains of the part.
func (c *KiroPart) left(now time.Time) float64 {
	if c == nil || !now.Before(c.expires(now)) {
		return 0
	}
	return max(c.Limit-c.Used, 0)
}

// remaining is all the credit that costs nothing more.
func (a *KiroAccount) remaining(now time.Time) float64 {
	sum := max(planOf(a.Plan).limit-a.Used, 0)
	for _, c := range a.parts() {
		sum += c.left(now)
	}
	return sum
}

// parts are the credits beside the plan's, in the order in which they are spent.
func (a *KiroAccount) parts() []*KiroPart {
	var list []*KiroPart
	if a.Trial != nil {
		list = append(list, a.Trial)
	}
	for i := range a.Bonuses {
		list = append(list, &a.Bonuses[i])
	}
	for i := range a.Packs {
		list = append(list, &a.Packs[i])
	}
	return list
}

// charge spends credits of an account: of the trial and the bonuses first, then
// of the plan, of packs, and at last beyond.
func (d *kiroDirectory) charge(id string, credits float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.find(id)
	if a == nil {
		return // forgotten by a reset in the meantime
	}
	plan := &KiroPart{Used: a.Used, Limit: planOf(a.Plan).limit}
	order := a.parts()
	order = slices.Insert(order, len(order)-len(a.Packs), plan)
	for _, c := range order {
		part := min(credits, c.left(d.now()))
		c.Used, credits = round4(c.Used+part), round4(credits-part)
	}
	a.Used = plan.Used
	if a.Overage {
		a.Overused = round4(a.Overused + credits)
	}
}

// round4 keeps sums of credits as exact as their parts.
func round4(f float64) float64 { return math.Round(f*1e4) / 1e4 }
