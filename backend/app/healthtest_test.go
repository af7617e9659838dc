package app

import (
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func TestWhichAccountsAreTested(t *testing.T) {
	now := time.Now()
	recent, long := now.Add(-time.Minute), now.Add(-time.Hour)
	tests := []struct {
		name string
		h    core.Health
		want bool
	}{
		{"in use", core.Health{State: core.StateReady, LastUsed: &recent}, false},
		{"idle", core.Health{State: core.StateReady, LastUsed: &long}, true},
		{"never used", core.Health{State: core.StateReady}, true},
		{"a model rests", core.Health{State: core.StateReady, LastUsed: &recent, Cooldowns: []core.Cooldown{{Model: "m"}}}, true},
		{"cooling", core.Health{State: core.StateCooling, LastUsed: &recent}, true},
		{"exhausted", core.Health{State: core.StateExhausted, LastUsed: &recent}, true},
		{"refused for a while", core.Health{State: core.StateNeedsLogin, Until: &now}, true},
		{"signed out", core.Health{State: core.StateNeedsLogin}, false},
		{"locked", core.Health{State: core.StateSuspended, LastUsed: &long}, false},
	}
	for _, tt := range tests {
		if got := isDue(tt.h, now, 10*time.Minute); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
