package usage

import (
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Known is what the different sources know of one account; nil = nothing.
type Known struct {
	Asked   *core.AccountUsage // the provider's own count or report
	Problem string             // why it could not be read lately
	Told    *core.AccountUsage // what answers have told
	Own     Own                // of this month
	Since   time.Time          // the month
}

// Combine puts together what is known of an account. What the provider was asked
// for stands for the whole, else the limits that its answers tell, else the own
// ledger; the others are parts, and each says where it comes from. It is nil when
// nothing is known.
func Combine(k Known, now time.Time) *core.AccountUsage {
	whole := k.Asked
	if whole == nil {
		whole = k.Told
	}
	if whole == nil && k.Own.Requests == 0 && k.Problem == "" {
		return nil
	}
	u := core.AccountUsage{Unit: core.UnitUSD, Source: core.UsageLedger, Used: k.Own.CostUSD, Unlimited: true, FetchedAt: now.UTC(), ResetsAt: nextMonth(k.Since)}
	if whole != nil {
		u = *whole
		u.Parts = append([]core.UsagePart(nil), whole.Parts...)
	}
	if k.Asked != nil && k.Told != nil {
		u.Parts = append(u.Parts, from(k.Told)...)
	}
	u.Parts = append(u.Parts, ownParts(&k, now)...)
	if u.Parts == nil {
		u.Parts = []core.UsagePart{}
	}
	if k.Problem != "" {
		u.Error = k.Problem
	}
	return &u
}

func nextMonth(month time.Time) *time.Time {
	next := month.AddDate(0, 1, 0)
	return &next
}

// from lists the parts of a usage with what else would be lost of them.
func from(u *core.AccountUsage) []core.UsagePart {
	parts := append([]core.UsagePart(nil), u.Parts...)
	for i := range parts {
		p := &parts[i]
		if p.Unit == "" {
			p.Unit = u.Unit
		}
		if p.Source == "" {
			p.Source = u.Source
		}
		if p.FetchedAt == nil {
			p.FetchedAt = &u.FetchedAt
		}
	}
	return parts
}

// ownParts are what the ledger counts, none of an account without use.
func ownParts(k *Known, now time.Time) []core.UsagePart {
	if k.Own.Requests == 0 {
		return nil
	}
	resets, at := nextMonth(k.Since), now.UTC()
	var parts []core.UsagePart
	for _, p := range []struct {
		name, unit string
		used       float64
	}{
		{core.PartCost, core.UnitUSD, k.Own.CostUSD},
		{core.PartRequests, core.UnitRequests, float64(k.Own.Requests)},
		{core.PartInput, core.UnitTokens, float64(k.Own.Input)},
		{core.PartCacheRead, core.UnitTokens, float64(k.Own.CacheRead)},
		{core.PartCacheWrite, core.UnitTokens, float64(k.Own.CacheWrite)},
		{core.PartOutput, core.UnitTokens, float64(k.Own.Output)},
	} {
		if p.used > 0 || p.name == core.PartCost {
			parts = append(parts, core.UsagePart{Name: p.name, Unit: p.unit, Used: p.used, Source: core.UsageLedger, ResetsAt: resets, FetchedAt: &at})
		}
	}
	return parts
}
