package simulator_test

import (
	"net/http"
	"testing"

	"github.com/aihub/aihub/backend/simulator"
)

// The journal tells how each request has ended, and what its answer told.
func TestJournalTellsTheEnd(t *testing.T) {
	s := startService(t, simulator.Options{})
	s.do(chatCall("Tell me about rivers", ""))
	s.do(chatCall("Tell me about rivers", `,"stream":true,"stream_options":{"include_usage":true}`))
	s.do(chatCall("Tell me about rivers", `,"temperature":9`))
	for _, f := range []simulator.Fault{
		{Kind: simulator.FaultStatus, Status: http.StatusServiceUnavailable, Times: 1},
		{Kind: simulator.FaultNoEnd, Chunks: 2, Times: 1},
	} {
		if _, err := s.sim.AddFault(f); err != nil {
			t.Fatal(err)
		}
		s.do(chatCall("Tell me about rivers", `,"stream":true`))
	}
	list, told := s.sim.Requests(), s.sim.Stats().Total.Usage
	want := []simulator.Ending{simulator.Answered, simulator.Answered, simulator.Refused, simulator.Faulted, simulator.Faulted}
	if len(list) != len(want) {
		t.Fatalf("%d requests", len(list))
	}
	for i, r := range list {
		if r.End != want[i] || (r.End == simulator.Answered) != (r.Usage.Output > 0) {
			t.Errorf("request %d: %q with %+v, want %q", i, r.End, r.Usage, want[i])
		}
		told.Input -= r.Usage.Input
		told.Output -= r.Usage.Output
	}
	if told.Input != 0 || told.Output != 0 {
		t.Errorf("%d in and %d out were told besides", told.Input, told.Output)
	}
}
