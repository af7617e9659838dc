package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// The short form of the proof. AIHUB names the program, AIHUB_SOAK_SEED chooses
// other requests.
func TestSoak(t *testing.T) {
	o := options{aihub: os.Getenv("AIHUB"), requests: 1500, clients: 24, every: 300, seed: 1}
	if o.aihub == "" {
		o.aihub = filepath.Join("..", "..", "bin", "aihub")
	}
	if seed := os.Getenv("AIHUB_SOAK_SEED"); seed != "" {
		var err error
		if o.seed, err = strconv.ParseUint(seed, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	r, err := run(t.Context(), o, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", r)
	for kind, list := range r.differences {
		t.Errorf("%s: %d, the first: %s", kind, len(list), list[0])
	}
	if r.kills == 0 || r.told.CacheRead == 0 {
		t.Error("too little has happened: no kill, or no cached token")
	}
	for _, o := range []core.Outcome{core.OutcomeOK, core.OutcomeClientGone, core.OutcomeInterrupted, core.OutcomeUpstreamError} {
		if r.outcomes[o] == 0 {
			t.Errorf("no request is %s", o)
		}
	}
}
