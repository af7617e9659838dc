package ledger_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/llm"
)

// checkpoints is a store that notes what is stored of open rows.
type checkpoints struct {
	core.RecordStore
	mu   sync.Mutex
	rows []*core.Record
}

func (c *checkpoints) CheckpointRecords(ctx context.Context, rows []*core.Record) error {
	c.mu.Lock()
	c.rows = append(c.rows, rows...)
	c.mu.Unlock()
	return c.RecordStore.CheckpointRecords(ctx, rows)
}

func (c *checkpoints) take() []*core.Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	rows := c.rows
	c.rows = nil
	return rows
}

// keeping runs a ledger with its Keep over a real store, in synthetic time.
func keeping(t *testing.T, test func(*testing.T, *ledger.Ledger, *checkpoints)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := &checkpoints{RecordStore: openStore(t, dir)}
		l, err := ledger.Open(t.Context(), s, ledger.NewEvents(time.Now), nil, time.Now, quietLog)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { l.Keep(ctx) })
		test(t, l, s)
		stop()
		wg.Wait()
	})
}

// wait lets time pass.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func starting() *core.Record {
	r := request(0)
	r.Time = time.Time{} // now
	r.ID = core.NewID("req", time.Now())
	return r
}

func TestWhatIsKnownOfOpenRowsIsStored(t *testing.T) {
	keeping(t, func(t *testing.T, l *ledger.Ledger, s *checkpoints) {
		wait(time.Millisecond)
		e := begin(t, l, starting())
		e.Count(llm.Usage{Input: 7, Output: 3, Source: llm.Estimated})
		wait(2 * time.Second)
		if rows := s.take(); len(rows) != 0 {
			t.Errorf("%d rows were stored of a request that may end at once", len(rows))
		}
		wait(2 * time.Second)
		rows := s.take()
		if len(rows) != 1 || rows[0].Usage.Output != 3 || rows[0].DurationMS != 3999 || rows[0].ID != e.ID() {
			t.Fatalf("stored %+v", rows)
		}
		if got := find(t, l, e.ID()); got.Usage.Output != 3 || got.Outcome != core.OutcomeInFlight {
			t.Errorf("in flight it is %+v", got)
		}
		wait(4 * time.Second)
		if rows := s.take(); len(rows) != 0 {
			t.Errorf("%d rows were stored without news", len(rows))
		}
		next := answered(rows[0])
		next.AccountID = "acc_2"
		e.Update(next)
		if got := find(t, l, e.ID()); got.AccountID != "acc_2" || got.Outcome != core.OutcomeInFlight {
			t.Errorf("updated it is %+v", got)
		}
		wait(2 * time.Second)
		if rows := s.take(); len(rows) != 1 || rows[0].AccountID != "acc_2" || rows[0].Usage != next.Usage {
			t.Errorf("stored %+v", rows)
		}
		e.Count(llm.Usage{Output: 99})
		if err := e.End(answered(rows[0])); err != nil {
			t.Fatal(err)
		}
		e.Update(next) // too late
		wait(4 * time.Second)
		if rows, open := s.take(), l.InFlight(); len(rows)+len(open) != 0 {
			t.Errorf("behind the end: stored %v, in flight %v", rows, open)
		}
	})
}

// What was stored of a request is in the row of one that was interrupted, in the
// sums, and priced.
func TestOrphansHaveTheTokensSeen(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	l, _ := openLedger(t, db)
	seen, unseen := request(0), request(1)
	unseen.Usage = llm.Usage{}
	begin(t, l, seen)
	begin(t, l, unseen)
	later := *seen
	later.Outcome, later.DurationMS, later.Usage = core.OutcomeInFlight, 4000, llm.Usage{Input: 7, Output: 40, Source: llm.Estimated}
	if err := db.CheckpointRecords(t.Context(), []*core.Record{&later}); err != nil {
		t.Fatal(err)
	}
	price := func(r *core.Record) { r.CostUSD = new(float64(r.Usage.Output)) }
	l, err := ledger.Open(t.Context(), db, ledger.NewEvents(now), price, now, quietLog)
	if err != nil {
		t.Fatal(err)
	}
	got := find(t, l, seen.ID)
	if got.Outcome != core.OutcomeInterrupted || got.Usage != later.Usage || got.DurationMS != 4000 || got.CostUSD == nil || *got.CostUSD != 40 {
		t.Errorf("the row is %+v", got)
	}
	if got := find(t, l, unseen.ID); got.Outcome != core.OutcomeInterrupted || got.CostUSD != nil {
		t.Errorf("the row of nothing is %+v", got)
	}
	sums, err := db.ListRollups(t.Context(), core.RollupFilter{})
	if err != nil || len(sums) != 1 || sums[0].Output != 40 || sums[0].CostUSD != 40 || sums[0].Requests != 2 {
		t.Errorf("the sums say %+v (%v)", sums, err)
	}
}
