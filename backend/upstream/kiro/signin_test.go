package kiro

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/simulator"
	"github.com/aihub/aihub/backend/upstream"
)

// The profile of an organisation's member is found in whichever region it is.
func TestListProfiles(t *testing.T) {
	tests := []struct {
		name, region string
		closed       []string
		n            int
		fails        bool
	}{
		{"in the near region", "us-east-1", nil, 1, false},
		{"in the other region", "eu-central-1", nil, 1, false},
		{"while the other cannot be reached", "us-east-1", []string{"management.eu-central-1.kiro.dev", "q.eu-central-1.amazonaws.com"}, 1, false},
		{"nothing is known of the only one that counts", "us-east-1", []string{"management.us-east-1.kiro.dev", "q.us-east-1.amazonaws.com", "codewhisperer.us-east-1.amazonaws.com"}, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroIdentityCenter, StartURL: "https://d-1.awsapps.com/start", Region: tt.region})
			for _, host := range tt.closed {
				w.closed[host] = true
			}
			w.account.Credential.ProfileARN = ""
			w.account.Credential.Region = "us-west-2"
			var _ upstream.Profiler = w.Provider
			got, err := w.ListProfiles(t.Context(), w.via, w.channel, w.account)
			if len(got) != tt.n || (err != nil) != tt.fails {
				t.Fatalf("got %v %v", got, err)
			}
			if tt.n > 0 && !strings.Contains(got[0], ":"+tt.region+":") {
				t.Errorf("got %v", got)
			}
		})
	}
}
