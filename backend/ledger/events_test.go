package ledger_test

import (
	"encoding/json"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
)

func TestEventsAreNumberedFromOne(t *testing.T) {
	e := ledger.NewEvents(now)
	if events, _, ok := e.Since(0); !ok || len(events) > 0 || e.Last() != 0 {
		t.Errorf("an empty log: %v, %v", events, ok)
	}
	for i := range 5 {
		e.Publish(core.EventConfig, map[string]int{"n": i})
	}
	events, _, ok := e.Since(2)
	if !ok || len(events) != 3 || e.Last() != 5 {
		t.Fatalf("Since(2): %v, %v", events, ok)
	}
	for i, ev := range events {
		var data struct{ N int }
		if err := json.Unmarshal(ev.Data, &data); err != nil || ev.Seq != uint64(i+3) || data.N != i+2 ||
			ev.Type != core.EventConfig || !ev.Time.Equal(noon) {
			t.Errorf("event %+v (%s, %v)", ev, ev.Data, err)
		}
	}
	if events, _, ok := e.Since(5); !ok || len(events) > 0 {
		t.Errorf("Since(5): %v, %v", events, ok)
	}
	if _, _, ok := e.Since(6); ok {
		t.Error("a number of the future is answered; it is of an earlier run")
	}
}

func TestEventsAreBounded(t *testing.T) {
	tests := []struct {
		name string
		data any
		n    int
		most int
	}{
		{"in number", "x", 5000, 2048},
		{"in bytes", &core.Record{Error: string(make([]byte, 1<<20))}, 20, 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := ledger.NewEvents(now)
			for range test.n {
				e.Publish(core.EventRequest, test.data)
			}
			if _, _, ok := e.Since(1); ok {
				t.Error("the first events are still there")
			}
			first := e.Last()
			for ; first > 0; first-- {
				if _, _, ok := e.Since(first - 1); !ok {
					break
				}
			}
			if kept := int(e.Last() - first); kept == 0 || kept > test.most {
				t.Errorf("%d events are kept, want up to %d", kept, test.most)
			}
		})
	}
}

func TestDataThatIsNoJSON(t *testing.T) {
	e := ledger.NewEvents(now)
	e.Publish(core.EventAccount, math.NaN())
	if events, _, ok := e.Since(0); !ok || len(events) != 1 || string(events[0].Data) != "null" {
		t.Errorf("Since: %v, %v", events, ok)
	}
}

func TestReadersWakeUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := ledger.NewEvents(time.Now)
		began := time.Now()
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for seq := uint64(0); seq < 10; {
					events, changed, ok := e.Since(seq)
					if !ok {
						t.Error("a reader that keeps up was told to reload")
						return
					}
					for _, ev := range events {
						if seq++; ev.Seq != seq || ev.Time.Sub(began) != time.Duration(seq)*time.Minute {
							t.Errorf("event %d at %v", ev.Seq, ev.Time.Sub(began))
						}
					}
					if len(events) == 0 {
						<-changed
					}
				}
			})
		}
		for i := range 10 {
			time.Sleep(time.Minute)
			e.Publish(core.EventGateway, i)
		}
		wg.Wait()
	})
}

func TestRequestsArePublished(t *testing.T) {
	l, events := openLedger(t, openStore(t, t.TempDir()))
	r, rejected := request(0), request(1)
	if err := begin(t, l, r).End(answered(r)); err != nil {
		t.Fatal(err)
	}
	rejected.Outcome = core.OutcomeRejected
	if err := l.Reject(t.Context(), rejected); err != nil {
		t.Fatal(err)
	}
	got, _, _ := events.Since(0)
	want := []struct {
		id      string
		outcome core.Outcome
	}{{r.ID, core.OutcomeInFlight}, {r.ID, core.OutcomeOK}, {rejected.ID, core.OutcomeRejected}}
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i, w := range want {
		var row core.Record
		if err := json.Unmarshal(got[i].Data, &row); err != nil || got[i].Type != core.EventRequest || row.ID != w.id || row.Outcome != w.outcome {
			t.Errorf("event %d: %+v (%v)", i, row, err)
		}
	}
}
