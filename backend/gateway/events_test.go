package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// frame is one server-sent event.
type frame struct{ id, event, data string }

// follow opens the event stream and returns a function that reads the next
// frame; it returns io.EOF when the server has ended the stream.
func (d *door) follow(t *testing.T, query string, headers ...string) func() (frame, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+"/api/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set(adminKeyHeader, testAdminKey)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := d.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	lines := bufio.NewReader(resp.Body)
	if first, err := lines.ReadString('\n'); err != nil || first != ": ready\n" {
		t.Fatalf("the stream begins with %q, %v", first, err)
	}
	return func() (frame, error) { return readFrame(lines) }
}

// readFrame skips comments.
func readFrame(r *bufio.Reader) (frame, error) {
	var f frame
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return f, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id":
			f.id = value
		case "event":
			f.event = value
		case "data":
			f.data = value
		case "":
			if f != (frame{}) {
				return f, nil
			}
		}
	}
}

// wantEvent checks the next frame.
func wantEvent(t *testing.T, next func() (frame, error), seq uint64, kind core.EventType, data string) {
	t.Helper()
	f, err := next()
	if err != nil {
		t.Fatal(err)
	}
	var e core.Event
	if err := json.Unmarshal([]byte(f.data), &e); err != nil {
		t.Fatalf("%v in %+v", err, f)
	}
	if f.id != strconv.FormatUint(seq, 10) || f.event != string(kind) || e.Seq != seq || e.Type != kind || string(e.Data) != data || e.Time.IsZero() {
		t.Errorf("got %+v, want %d %s %s", f, seq, kind, data)
	}
}

func TestEventsFromNowOn(t *testing.T) {
	d := newDoor(t)
	d.events.Publish(core.EventAccount, map[string]string{"id": "acc_old"})
	next := d.follow(t, "")
	id := d.create("/api/channels", `{"name":"main","provider":"openai"}`)
	wantEvent(t, next, 2, core.EventConfig, `{"kind":"channel","id":"`+id+`"}`)
	d.events.Publish(core.EventAccount, map[string]string{"id": "acc_1"})
	wantEvent(t, next, 3, core.EventAccount, `{"id":"acc_1"}`)
}

func TestEventsSince(t *testing.T) {
	d := newDoor(t)
	for _, id := range []string{"1", "2", "3"} {
		d.events.Publish(core.EventAccount, map[string]string{"id": id})
	}
	all := d.follow(t, "?since=0")
	wantEvent(t, all, 1, core.EventAccount, `{"id":"1"}`)
	wantEvent(t, all, 2, core.EventAccount, `{"id":"2"}`)
	again := d.follow(t, "?since=0", "Last-Event-ID", "2")
	wantEvent(t, again, 3, core.EventAccount, `{"id":"3"}`)
}

func TestEventsReset(t *testing.T) {
	d := newDoor(t)
	for range 3 {
		d.events.Publish(core.EventAccount, map[string]string{"id": "a"})
	}
	next := d.follow(t, "?since=900") // of an earlier run of the program
	f, err := next()
	if err != nil || f != (frame{id: "3", event: "reset", data: `{"seq":3}`}) {
		t.Fatalf("%+v, %v", f, err)
	}
	d.events.Publish(core.EventAccount, map[string]string{"id": "b"})
	wantEvent(t, next, 4, core.EventAccount, `{"id":"b"}`)
}

// TestEventsResetWhenTooSlow lets the reader's place fall out of the log.
func TestEventsResetWhenTooSlow(t *testing.T) {
	d := newDoor(t)
	d.events.Publish(core.EventAccount, "first")
	for _, _, ok := d.events.Since(0); ok; _, _, ok = d.events.Since(0) {
		d.events.Publish(core.EventAccount, "more")
	}
	f, err := d.follow(t, "?since=0")()
	last := strconv.FormatUint(d.events.Last(), 10)
	if err != nil || f.event != "reset" || f.id != last {
		t.Errorf("%+v, %v, want a reset to %s", f, err, last)
	}
}

func TestEventsRefuse(t *testing.T) {
	d := newDoor(t)
	got := d.call(http.MethodGet, "/api/events?since=yesterday", "")
	if got.status != http.StatusBadRequest || !strings.Contains(got.body, `"field":"since"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestEventsEndAtShutdown holds a stream open while the server shuts down.
func TestEventsEndAtShutdown(t *testing.T) {
	d := newDoor(t)
	next := d.follow(t, "")
	close(d.done)
	if f, err := next(); !errors.Is(err, io.EOF) {
		t.Errorf("%+v, %v", f, err)
	}
	if err := d.server.Config.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}
