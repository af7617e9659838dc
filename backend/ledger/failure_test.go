package ledger_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
)

// outage is a store that goes away and comes back: closed, it refuses everything,
// and restore opens the same folder again.
type outage struct {
	core.RecordStore
	dir string
}

func newOutage(t *testing.T) (*outage, *ledger.Ledger, *bytes.Buffer) {
	t.Helper()
	o := &outage{dir: t.TempDir()}
	o.restore(t)
	var log bytes.Buffer
	l, err := ledger.Open(context.Background(), o, ledger.NewEvents(now), nil, now, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return o, l, &log
}

func (o *outage) begin(t *testing.T) {
	t.Helper()
	if err := o.RecordStore.(core.Store).Close(); err != nil {
		t.Fatal(err)
	}
}

func (o *outage) restore(t *testing.T) {
	t.Helper()
	o.RecordStore = openStore(t, o.dir)
}

func (o *outage) requests(t *testing.T) (n int64) {
	t.Helper()
	sums, err := o.ListRollups(t.Context(), core.RollupFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sums {
		n += s.Requests
	}
	return n
}

func TestBeginFailsWithTheStore(t *testing.T) {
	o, l, log := newOutage(t)
	o.begin(t)
	if _, err := l.Begin(t.Context(), request(0)); core.CodeOf(err) != core.CodeUnavailable {
		t.Errorf("Begin: %v, want unavailable", err)
	}
	if rows := l.InFlight(); len(rows) > 0 {
		t.Errorf("a request that was refused is in flight: %v", rows)
	}
	if !strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("log: %s", log.String())
	}
}

func TestEndedRowsOutliveAnOutage(t *testing.T) {
	o, l, _ := newOutage(t)
	r := []*core.Record{request(0), request(1), request(2)}
	first, second := begin(t, l, r[0]), begin(t, l, r[1])
	o.begin(t)
	if err := first.End(answered(r[0])); err == nil {
		t.Error("End returns no error while the store refuses")
	}
	if err := second.End(answered(r[1])); err == nil {
		t.Error("End returns no error while the store refuses")
	}
	if got := find(t, l, r[0].ID); got.Outcome != core.OutcomeOK {
		t.Errorf("during the outage the row is %+v", got)
	}
	if rows := l.InFlight(); len(rows) != 0 {
		t.Errorf("ended rows are in flight: %v", ids(rows))
	}
	o.restore(t)
	// The refusal may have been an error after the fact: the row is there already.
	if err := o.CommitRecords(t.Context(), nil, []*core.Record{answered(r[1])}); err != nil {
		t.Fatal(err)
	}
	if err := begin(t, l, r[2]).End(answered(r[2])); err != nil {
		t.Fatalf("after the outage: %v", err)
	}
	for _, row := range r {
		if _, err := o.FindRecord(t.Context(), row.ID); err != nil {
			t.Errorf("after the outage: %v", err)
		}
	}
	if n := o.requests(t); n != 3 {
		t.Errorf("the sums say %d requests, want 3", n)
	}
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestCloseSavesWhatIsLeft(t *testing.T) {
	o, l, _ := newOutage(t)
	r := request(0)
	e := begin(t, l, r)
	o.begin(t)
	if err := e.End(answered(r)); err == nil {
		t.Fatal("End returns no error while the store refuses")
	}
	o.restore(t)
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, err := o.FindRecord(t.Context(), r.ID); err != nil {
		t.Errorf("after Close: %v", err)
	}
}

func TestUnsavedRowsAreBounded(t *testing.T) {
	const most, over = 10_000, 3
	o, l, log := newOutage(t)
	o.begin(t)
	for n := range most + over {
		r := request(n)
		r.Outcome = core.OutcomeRejected
		if l.Reject(t.Context(), r) == nil {
			t.Fatal("Reject returns no error while the store refuses")
		}
	}
	if n := strings.Count(log.String(), "a ledger row is lost"); n != over {
		t.Errorf("%d rows went to the log, want %d", n, over)
	}
	if err := l.Close(); err == nil || !strings.Contains(err.Error(), "10000 ledger rows") {
		t.Errorf("Close: %v", err)
	}
}
