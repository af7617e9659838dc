package app_test

import (
	"net/http"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// slow lets every answer begin late and go on slowly, so that the points of the
// time line lie apart.
func (w *world) slow() {
	w.fault(simulator.Fault{Kind: simulator.FaultSlowStart, DelayMS: 40})
	w.fault(simulator.Fault{Kind: simulator.FaultSlowChunks, DelayMS: 3})
}

func TestAttemptsHaveATimeLine(t *testing.T) {
	w := newWorld(t)
	w.slow()
	for _, tr := range append(plain(), streams()...) {
		t.Run(tr.name, func(t *testing.T) {
			got := w.post(tr.path, tr.body)
			if got.status != http.StatusOK {
				t.Fatalf("%d %s", got.status, got.body)
			}
			wantTimeLine(t, w.record(got.row()).Attempts[0])
		})
	}
	for _, model := range []string{"claude-sonnet-4-5", "gemini-2.5-flash"} {
		for _, stream := range []string{"true", "false"} {
			got := w.post("/v1/chat/completions", `{"model":"`+model+`","stream":`+stream+`,"messages":[{"role":"user","content":"Hi [sim:tokens=30]"}]}`)
			if got.status != http.StatusOK {
				t.Fatalf("%d %s", got.status, got.body)
			}
			wantTimeLine(t, w.record(got.row()).Attempts[0])
		}
	}
}

func wantTimeLine(t *testing.T, a core.Attempt) {
	t.Helper()
	if a.ConnectMS < 1 || a.FirstByteMS < max(40, a.ConnectMS) || a.ContentMS < a.FirstByteMS || a.DurationMS < a.ContentMS {
		t.Errorf("time line %+v", a)
	}
}

// An attempt that got nowhere shows how far it came.
func TestFailedAttemptsHaveATimeLine(t *testing.T) {
	for _, test := range []struct {
		name          string
		fault         simulator.Fault
		head, content bool
	}{
		{"refused", simulator.Fault{Kind: simulator.FaultStatus, Status: 500}, true, false},
		{"dropped", simulator.Fault{Kind: simulator.FaultDrop}, false, false},
		{"failed inside the stream", simulator.Fault{Kind: simulator.FaultStreamError}, true, false},
	} {
		w := newWorld(t)
		test.fault.Times = 1
		w.fault(test.fault)
		got := w.post(streams()[0].path, streams()[0].body)
		row := w.record(got.row())
		if len(row.Attempts) != 2 {
			t.Fatalf("%s: %d attempts: %s", test.name, len(row.Attempts), got.body)
		}
		a := row.Attempts[0]
		if a.ConnectMS < 1 || (a.FirstByteMS > 0) != test.head || (a.ContentMS > 0) != test.content || a.DurationMS < 1 {
			t.Errorf("%s: time line %+v", test.name, a)
		}
	}
}
