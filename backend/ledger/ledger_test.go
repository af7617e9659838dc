package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/store"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func now() time.Time { return noon }

var quietLog = slog.New(slog.DiscardHandler)

func openStore(t testing.TB, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{Dir: dir, Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func openLedger(t testing.TB, s core.RecordStore) (*ledger.Ledger, *ledger.Events) {
	t.Helper()
	events := ledger.NewEvents(now)
	l, err := ledger.Open(context.Background(), s, events, nil, now, quietLog)
	if err != nil {
		t.Fatal(err)
	}
	return l, events
}

// request returns the n-th row of a test as it begins.
func request(n int) *core.Record {
	at := noon.Add(time.Duration(n) * time.Second)
	return &core.Record{
		ID: core.NewID("req", at), Time: at, UserID: "usr_1", KeyID: "key_1", ClientProtocol: llm.OpenAI,
		RequestedModel: "gpt-5", Attempts: []core.Attempt{}, Dropped: []string{}, Usage: llm.Usage{Input: 7, Source: llm.Estimated},
	}
}

// answered returns the row as a handler ends it.
func answered(r *core.Record) *core.Record {
	end := *r
	end.Outcome, end.Status, end.AccountID, end.DurationMS = core.OutcomeOK, 200, "acc_1", 1500
	end.Usage = llm.Usage{Input: 10, Output: 5, Source: llm.Reported}
	return &end
}

func begin(t *testing.T, l *ledger.Ledger, r *core.Record) *ledger.Entry {
	t.Helper()
	e, err := l.Begin(context.Background(), r)
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	return e
}

func find(t *testing.T, s interface {
	Find(context.Context, string) (*core.Record, error)
}, id string,
) *core.Record {
	t.Helper()
	r, err := s.Find(context.Background(), id)
	if err != nil {
		t.Fatalf("Find(%s): %v", id, err)
	}
	return r
}

func TestBeginAndEnd(t *testing.T) {
	s := openStore(t, t.TempDir())
	l, _ := openLedger(t, s)
	r := request(0)
	e := begin(t, l, r)
	if open, err := s.OpenRecords(t.Context()); err != nil || len(open) != 1 || open[0].ID != e.ID() {
		t.Errorf("after Begin the store has the open rows %v (%v)", open, err)
	}
	if got := find(t, l, r.ID); got.Outcome != core.OutcomeInFlight {
		t.Errorf("outcome %q while in flight", got.Outcome)
	}
	end := answered(r)
	end.ID, end.Time = "another", noon.AddDate(0, 0, 9) // End keeps those of Begin
	if err := e.End(end); err != nil {
		t.Fatalf("End: %v", err)
	}
	got, err := s.FindRecord(t.Context(), r.ID)
	if err != nil || got.Outcome != core.OutcomeOK || got.Usage.Output != 5 || !got.Time.Equal(r.Time) {
		t.Errorf("the store has %+v (%v)", got, err)
	}
	if rows := l.InFlight(); len(rows) != 0 {
		t.Errorf("%d rows in flight after End", len(rows))
	}
	for _, id := range []string{"key_1", "acc_1"} {
		if at, ok := l.LastUsed(id); !ok || !at.Equal(noon.Add(1500*time.Millisecond)) {
			t.Errorf("%s was last used at %v, %v", id, at, ok)
		}
	}
	if _, ok := l.LastUsed("acc_2"); ok {
		t.Error("an account that was never used has a last use")
	}
}

func TestEndCountsOnce(t *testing.T) {
	s := openStore(t, t.TempDir())
	l, _ := openLedger(t, s)
	r := request(0)
	e := begin(t, l, r)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if err := e.End(answered(r)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	sums, err := s.ListRollups(t.Context(), core.RollupFilter{})
	if err != nil || len(sums) != 1 || sums[0].Requests != 1 {
		t.Errorf("sums %+v (%v), want one request", sums, err)
	}
}

func TestEndWithoutAnOutcome(t *testing.T) {
	l, _ := openLedger(t, openStore(t, t.TempDir()))
	r := request(0)
	r.Outcome = core.OutcomeInFlight
	if err := begin(t, l, r).End(r); err != nil {
		t.Fatal(err)
	}
	if got := find(t, l, r.ID); got.Outcome != core.OutcomeInterrupted {
		t.Errorf("outcome %q, want interrupted", got.Outcome)
	}
}

func TestReject(t *testing.T) {
	l, _ := openLedger(t, openStore(t, t.TempDir()))
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // the client has left: the row is stored all the same
	r := request(0)
	r.Time, r.Outcome, r.Status = time.Time{}, core.OutcomeRejected, 429
	if err := l.Reject(ctx, r); err != nil {
		t.Fatal(err)
	}
	if got := find(t, l, r.ID); got.Outcome != core.OutcomeRejected || !got.Time.Equal(noon) {
		t.Errorf("row %+v", got)
	}
	if _, err := l.Begin(ctx, request(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("Begin under a cancelled context: %v", err)
	}
}

func TestOrphansAreInterrupted(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	l, _ := openLedger(t, s)
	r := request(0)
	begin(t, l, r)
	if err := s.Close(); err != nil { // the ledger never hears of it, as in a crash
		t.Fatal(err)
	}
	s = openStore(t, dir)
	l, _ = openLedger(t, s)
	got := find(t, l, r.ID)
	if got.Outcome != core.OutcomeInterrupted || got.DurationMS != 0 || got.Usage != r.Usage || got.Error == "" {
		t.Errorf("the orphan became %+v", got)
	}
	if open, err := s.OpenRecords(t.Context()); err != nil || len(open) > 0 {
		t.Errorf("still open: %v (%v)", open, err)
	}
	if at, ok := l.LastUsed("key_1"); !ok || !at.Equal(noon) {
		t.Errorf("last use after a restart: %v, %v", at, ok)
	}
}

func TestCloseWaits(t *testing.T) {
	const enough = 100
	s := openStore(t, t.TempDir())
	l, _ := openLedger(t, s)
	var wg sync.WaitGroup
	stored := make(chan string, 1<<16)
	for i := range 32 {
		wg.Go(func() {
			for n := 0; ; n++ {
				r := request(1000*i + n)
				if l.Reject(context.Background(), r) != nil {
					return
				}
				stored <- r.ID
			}
		})
	}
	var ids []string
	for len(ids) < enough {
		ids = append(ids, <-stored)
	}
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	wg.Wait()
	close(stored)
	for id := range stored {
		ids = append(ids, id)
	}
	for _, id := range ids {
		if _, err := s.FindRecord(context.Background(), id); err != nil {
			t.Errorf("a stored row is not there: %v", err)
		}
	}
	if _, err := l.Begin(context.Background(), request(0)); core.CodeOf(err) != core.CodeUnavailable {
		t.Errorf("Begin after Close: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestConcurrentRequests(t *testing.T) {
	const workers, each = 64, 25
	dir := t.TempDir()
	s := openStore(t, dir)
	l, events := openLedger(t, s)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for n := range each {
				r := request(w*each + n)
				e, err := l.Begin(context.Background(), r)
				if err != nil {
					t.Error(err)
					return
				}
				if err := e.End(answered(r)); err != nil {
					t.Error(err)
				}
				if _, err := s.FindRecord(context.Background(), r.ID); err != nil {
					t.Errorf("after End the store says: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if n := events.Last(); n != 2*workers*each {
		t.Errorf("%d events, want one per begin and end", n)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	var sum core.Counts
	sums, err := s.ListRollups(context.Background(), core.RollupFilter{})
	for _, r := range sums {
		sum.Add(r.Counts)
	}
	if err != nil || sum.Requests != workers*each {
		t.Errorf("the sums say %d requests (%v)", sum.Requests, err)
	}
}
