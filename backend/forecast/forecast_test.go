package forecast

import (
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

var noon = time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)

func in(d time.Duration) *time.Time {
	at := noon.Add(d)
	return &at
}

func TestProject(t *testing.T) {
	tests := []struct {
		name   string
		limit  Limit
		pace   Pace
		gap    core.ForecastGap
		at     time.Duration // from noon; 0 = years
		before bool
		sure   core.Confidence
	}{
		{"before the reset", Limit{Used: 500, Limit: 1000, ResetsAt: in(240 * time.Hour)}, Pace{Used: 240, Over: 24 * time.Hour}, "", 50 * time.Hour, true, core.ConfidenceMedium},
		{"after the reset", Limit{Used: 500, Limit: 1000, ResetsAt: in(40 * time.Hour)}, Pace{Used: 240, Over: 24 * time.Hour}, "", 50 * time.Hour, false, core.ConfidenceMedium},
		{"without a reset", Limit{Used: 990, Limit: 1000}, Pace{Used: 240, Over: 24 * time.Hour}, "", time.Hour, true, core.ConfidenceHigh},
		{"far beyond what was seen", Limit{Used: 0, Limit: 1000}, Pace{Used: 10, Over: time.Hour}, "", 100 * time.Hour, true, core.ConfidenceLow},
		{"in many years", Limit{Used: 0, Limit: 1e12}, Pace{Used: 1, Over: 24 * time.Hour}, "", 0, false, core.ConfidenceLow},
		{"no limit", Limit{Used: 5}, Pace{Used: 1, Over: time.Hour}, core.GapNoLimit, 0, false, ""},
		{"used up", Limit{Used: 6, Limit: 5}, Pace{Used: 1, Over: time.Hour}, core.GapUsedUp, 0, false, ""},
		{"not used", Limit{Used: 1, Limit: 5}, Pace{Over: time.Hour}, core.GapNoUse, 0, false, ""},
		{"hardly seen", Limit{Used: 1, Limit: 5}, Pace{Used: 1, Over: time.Minute}, core.GapTooLittle, 0, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, gap := Project(tt.limit, tt.pace, noon)
			if gap != tt.gap || (f == nil) != (tt.gap != "") {
				t.Fatalf("%+v, %q", f, gap)
			}
			if f == nil {
				return
			}
			if (f.ExhaustedAt == nil) != (tt.at == 0) || f.ExhaustedAt != nil && !f.ExhaustedAt.Equal(noon.Add(tt.at)) {
				t.Errorf("at %v, want in %v", f.ExhaustedAt, tt.at)
			}
			if f.BeforeReset != tt.before || f.Confidence != tt.sure || f.Per != "hour" {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestFirst(t *testing.T) {
	late := &core.Forecast{ExhaustedAt: in(9 * time.Hour), BeforeReset: true}
	soon := &core.Forecast{ExhaustedAt: in(time.Hour)}
	never := &core.Forecast{}
	if got := First([]*core.Forecast{nil, never, soon, late}); got != late {
		t.Errorf("what is used up before its reset comes first: %+v", got)
	}
	if got := First([]*core.Forecast{never, soon}); got != soon {
		t.Errorf("got %+v", got)
	}
	if got := First(nil); got != nil {
		t.Errorf("got %+v", got)
	}
	if got := Gap([]core.ForecastGap{core.GapNoLimit, core.GapNoUse, core.GapTooLittle}); got != core.GapTooLittle {
		t.Errorf("got %s", got)
	}
}

func TestTrail(t *testing.T) {
	var trail Trail
	for i := range 10 {
		trail = trail.Add(noon.Add(time.Duration(i)*time.Hour), float64(10*i))
	}
	now := noon.Add(9*time.Hour + 30*time.Minute)
	if used, over := trail.Over(5*time.Hour, now, 95); used != 45 || over != 4*time.Hour+30*time.Minute {
		t.Errorf("%v over %v", used, over)
	}
	if used, over := trail.Over(10*time.Minute, now, 95); used != 0 || over != 0 {
		t.Errorf("without a sample: %v over %v", used, over)
	}
	trail = trail.Add(noon.Add(10*time.Hour), 1)
	if len(trail) != 1 {
		t.Errorf("a count that begins anew keeps %d samples", len(trail))
	}
}

// However often and however long, a trail stays short, and keeps its ends.
func TestTrailIsBounded(t *testing.T) {
	var trail Trail
	for i := range 20_000 {
		trail = trail.Add(noon.Add(time.Duration(i)*time.Minute), float64(i))
	}
	last := noon.Add(19_999 * time.Minute)
	if n := len(trail); n > maxSamples+1 || n < maxSamples/3 || trail[n-1].Used != 19_999 {
		t.Errorf("%d samples, the last %+v", n, trail[n-1])
	}
	if used, over := trail.Over(7*24*time.Hour, last, 19_999); over < 6*24*time.Hour || used/over.Minutes() != 1 {
		t.Errorf("%v over %v", used, over)
	}
	if trail = trail.Add(last.Add(30*24*time.Hour), 20_000); len(trail) != 1 {
		t.Errorf("after a month of silence: %d samples", len(trail))
	}
}
