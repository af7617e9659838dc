package app_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

func TestStopAndStartFromTheDashboard(t *testing.T) {
	w := newWorld(t)
	if got := w.admin(http.MethodPost, "/api/gateway/stop", ""); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := w.post(plain()[0].path, plain()[0].body); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("stopped: %d %s", got.status, got.body)
	}
	if got := w.admin(http.MethodPost, "/api/gateway/start", ""); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := w.post(plain()[0].path, plain()[0].body); got.status != 200 {
		t.Errorf("started: %d %s", got.status, got.body)
	}
}

func TestRestartKeepsEverything(t *testing.T) {
	w := newWorld(t)
	got := w.post(plain()[0].path, plain()[0].body)
	w.close()
	w.open()
	if row := w.record(got.row()); row.Outcome != core.OutcomeOK {
		t.Errorf("row %+v", row)
	}
	if again := w.post(plain()[0].path, plain()[0].body); again.status != 200 {
		t.Errorf("%d %s", again.status, again.body)
	}
	stats, err := w.hub.Service().FindStats(t.Context(), admin.StatsRequest{Days: 1})
	w.must(err)
	if stats.Totals.Requests != 2 {
		t.Errorf("%d requests", stats.Totals.Requests)
	}
}

// Open streams end by themselves while the gateway stops.
func TestStopDrainsStreams(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	for _, tr := range streams() {
		wg.Go(func() {
			body := strings.ReplaceAll(tr.body, "[sim:tokens=30]", "[sim:tokens=30] [sim:delay=20]")
			got := w.post(tr.path, body)
			if got.status != 200 || got.err != nil || bytes.Contains(got.body, []byte(`"error":{`)) {
				t.Errorf("%s: %d %v %s", tr.name, got.status, got.err, got.body)
			}
		})
	}
	for w.hub.Gateway().InFlight < len(streams()) {
		time.Sleep(time.Millisecond)
	}
	w.must(w.hub.StopGateway(t.Context()))
	wg.Wait()
}
