package forecast

import (
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Limit is something that can be used up.
type Limit struct {
	Name, Unit  string
	Used, Limit float64
	ResetsAt    *time.Time // nil = it does not come back, as far as is known
}

// Pace is how much was used over a stretch of time, and who has counted it.
type Pace struct {
	Used  float64
	Over  time.Duration
	Basis core.UsageSource
}

const (
	// Less than this tells nothing of a pace.
	leastTime = 5 * time.Minute
	// What lasts longer is not forecast to a day.
	horizon = 5 * 365 * 24 * time.Hour
)

// Project carries a pace on until the limit is reached. Without a forecast it
// says why.
func Project(l Limit, p Pace, now time.Time) (*core.Forecast, core.ForecastGap) {
	left := l.Limit - l.Used
	switch {
	case l.Limit <= 0:
		return nil, core.GapNoLimit
	case left <= 0:
		return nil, core.GapUsedUp
	case p.Over < leastTime:
		return nil, core.GapTooLittle
	case p.Used <= 0:
		return nil, core.GapNoUse
	}
	f := &core.Forecast{
		Limit: l.Name, Unit: l.Unit, Remaining: left, Rate: p.Used / p.Over.Hours(), Per: "hour",
		Basis: p.Basis, MeasuredHours: p.Over.Hours(), ResetsAt: l.ResetsAt, Confidence: core.ConfidenceLow,
	}
	hours := left / f.Rate
	if hours > horizon.Hours() {
		return f, ""
	}
	at := now.Add(time.Duration(hours * float64(time.Hour))).UTC().Truncate(time.Second)
	f.ExhaustedAt, f.BeforeReset = &at, l.ResetsAt == nil || at.Before(*l.ResetsAt)
	f.Confidence = confidence(p.Over.Hours(), hours)
	return f, ""
}

// confidence is the better the less a pace is carried beyond what was seen of it.
func confidence(seen, ahead float64) core.Confidence {
	switch {
	case seen >= ahead:
		return core.ConfidenceHigh
	case seen*4 >= ahead:
		return core.ConfidenceMedium
	}
	return core.ConfidenceLow
}

// First returns the forecast of what is used up first: of those that end before
// their reset, else of all. It is nil for none.
func First(list []*core.Forecast) *core.Forecast {
	var best *core.Forecast
	for _, f := range list {
		if f != nil && (best == nil || sooner(f, best)) {
			best = f
		}
	}
	return best
}

func sooner(a, b *core.Forecast) bool {
	switch {
	case a.BeforeReset != b.BeforeReset:
		return a.BeforeReset
	case a.ExhaustedAt == nil || b.ExhaustedAt == nil:
		return a.ExhaustedAt != nil
	}
	return a.ExhaustedAt.Before(*b.ExhaustedAt)
}

// Gap returns what weighs most among the reasons why limits have no forecast.
func Gap(list []core.ForecastGap) core.ForecastGap {
	for _, gap := range []core.ForecastGap{core.GapUsedUp, core.GapTooLittle, core.GapNoUse} {
		for _, g := range list {
			if g == gap {
				return gap
			}
		}
	}
	return core.GapNoLimit
}
