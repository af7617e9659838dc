package app_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

func TestStopAndStartFromTheDashboard(t *testing.T) {
	w := newWorld(t)
	if got := w.admin(http.MethodPost, "/api/gateway/stop", ""); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	stopped := w.post(plain()[0].path, plain()[0].body)
	if stopped.status != 503 || stopped.header.Get("Retry-After") == "" {
		t.Errorf("stopped: %d %s", stopped.status, stopped.body)
	}
	if row := w.record(stopped.row()); row.Outcome != core.OutcomeRejected || row.Status != 503 {
		t.Errorf("row %+v", row)
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

// A stop that waits for open requests hinders nobody from asking for the state;
// a start waits for its end, and a further stop can cut it short.
func TestWhileTheGatewayStops(t *testing.T) {
	w := newWorld(t)
	w.fault(simulator.Fault{Kind: simulator.FaultHang, Chunks: 2})
	var wg sync.WaitGroup
	wg.Go(func() {
		if got := w.post(streams()[0].path, streams()[0].body); !bytes.Contains(got.body, []byte(`"error"`)) {
			t.Errorf("a cut stream does not say so: %v %s", got.err, got.body)
		}
	})
	for w.hub.Gateway().InFlight == 0 {
		time.Sleep(time.Millisecond)
	}
	wg.Go(func() { w.hub.StopGateway(t.Context()) })
	for w.hub.Gateway().Running {
		time.Sleep(time.Millisecond)
	}
	if got := w.hub.Gateway(); got.InFlight != 1 {
		t.Errorf("%d requests in flight while it stops", got.InFlight)
	}
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.hub.StartGateway(impatient); err == nil {
		t.Error("it started while the old listener was draining")
	}
	wg.Go(func() {
		if err := w.hub.StartGateway(t.Context()); err != nil {
			t.Error(err)
		}
	})
	w.must(w.hub.StopGateway(impatient))
	wg.Wait()
	if got := w.hub.Gateway(); !got.Running || got.Error != "" {
		t.Errorf("%+v", got)
	}
}

// The desktop app's port stays open when the order to stop came in through it;
// the window's order closes it.
func TestStopOfTheDesktopApp(t *testing.T) {
	cfg := config(t.TempDir())
	cfg.Desktop, cfg.MasterKey = true, strings.Repeat("5a", 32)
	hub, err := app.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, hub: hub}
	t.Cleanup(w.close)
	w.must(hub.StartGateway(t.Context()))
	w.url = hub.Gateway().URL
	got := w.admin(http.MethodPost, "/api/gateway/stop", "")
	if got.status != http.StatusOK || decode(t, got.body)["running"] != false {
		t.Errorf("stop: %d %s", got.status, got.body)
	}
	if got = w.admin(http.MethodPost, "/api/gateway/start", ""); got.status != http.StatusOK || decode(t, got.body)["running"] != true {
		t.Errorf("start: %d %s", got.status, got.body)
	}
	st, err := hub.Service().StopGateway(t.Context())
	w.must(err)
	if res, err := http.Get(w.url + "/healthz"); err == nil {
		res.Body.Close()
		t.Errorf("the window's stop left the port open: %d, %+v", res.StatusCode, st)
	}
}
