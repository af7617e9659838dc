package relay

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/aihub/aihub/backend/capture"
	"github.com/aihub/aihub/backend/core"
)

// Whoever does not keep bodies pays nothing for those who do.
func TestWithoutCaptureThereIsNoTape(t *testing.T) {
	r := New(Deps{Bodies: capture.New(nil, slog.New(slog.DiscardHandler))})
	w := httptest.NewRecorder()
	for _, mode := range []core.CaptureMode{core.CaptureOff, ""} {
		c := &Call{Snapshot: core.NewSnapshot(core.Settings{Capture: mode}, nil, nil, nil, nil, nil), Body: NewPayload([]byte("{}"))}
		x := &exchange{Relay: r, call: c, rec: &core.Record{}}
		allocs := testing.AllocsPerRun(100, func() {
			x.tape = r.newTape(w, c)
			x.tape.shipped(c, nil)
			x.tape.admit(c, x.rec)
			x.hand()
		})
		if x.tape != nil || allocs > 0 || x.rec.Captured {
			t.Errorf("capture %q: a tape %v, %v allocations", mode, x.tape, allocs)
		}
	}
}

func TestATapeKeepsWhatWentOut(t *testing.T) {
	r := New(Deps{Bodies: capture.New(nil, slog.New(slog.DiscardHandler))})
	set := core.Settings{Capture: core.CaptureErrors, CaptureKB: 1}
	c := &Call{Snapshot: core.NewSnapshot(set, nil, nil, nil, nil, nil), Body: NewPayload([]byte("as it came"))}
	w := httptest.NewRecorder()
	tape := r.newTape(w, c)
	for range 5 {
		if n, err := tape.Write(make([]byte, 300)); n != 300 || err != nil {
			t.Fatal(n, err)
		}
	}
	if len(tape.response) != 1024 || !tape.cut || w.Body.Len() != 1500 || tape.Unwrap() != w {
		t.Errorf("%d bytes on the tape, cut %v, %d went out", len(tape.response), tape.cut, w.Body.Len())
	}
	tape.shipped(c, c.Body.Bytes())
	if tape.upstream != nil {
		t.Error("the same bytes are kept twice")
	}
	tape.shipped(c, []byte("as it came"))
	if string(tape.upstream) != "as it came" {
		t.Error("what was sent instead is missing")
	}
	ok := &core.Record{Outcome: core.OutcomeOK}
	if tape.admit(c, ok); ok.Captured {
		t.Error("a request without an error is kept")
	}
}
