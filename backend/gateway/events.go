package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/aihub/aihub/backend/core"
)

const (
	// heartbeat is how often a silent stream is written to, so that both sides
	// notice when the other is gone.
	heartbeat = 15 * time.Second
	// eventWrite bounds one write to a client that does not read.
	eventWrite = 20 * time.Second
)

type eventsInput struct {
	Since  string `query:"since" doc:"the last sequence number that was seen; without it, events from now on"`
	LastID string `header:"Last-Event-ID" doc:"the same, as browsers send it when they connect again"`
}

// registerEvents serves the live event log as server-sent events.
func (a *api) registerEvents() {
	o := operation{
		id: "stream-events", method: http.MethodGet, path: "/api/events", tag: tagProgram,
		summary: "Follow the live event log (server-sent events; \"reset\" means that events were missed)",
	}
	op := o.describe()
	event := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[core.Event](), true, "")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "Each event's data is an Event; its id is the sequence number.",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: event}},
	}}
	huma.Register(a.huma, op, func(ctx context.Context, in *eventsInput) (*huma.StreamResponse, error) {
		since, err := in.since(a.Events.Last())
		if err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) { a.streamEvents(ctx, since) }}, nil
	})
}

// since is the number after which the stream begins.
func (in *eventsInput) since(last uint64) (uint64, error) {
	text := in.LastID
	if text == "" {
		text = in.Since
	}
	if text == "" {
		return last, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, core.Invalid("since", "since is the sequence number of an event, a whole number")
	}
	return n, nil
}

// streamEvents writes events until the client leaves or the server shuts down.
func (a *api) streamEvents(ctx huma.Context, since uint64) {
	c := humagin.Unwrap(ctx)
	w := &eventWriter{w: c.Writer, rc: http.NewResponseController(c.Writer)}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // proxies must not hold events back
	c.Status(http.StatusOK)
	w.comment("ready")
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for w.err == nil {
		events, changed, ok := a.Events.Since(since)
		if !ok {
			since = a.Events.Last()
			w.reset(since)
			continue
		}
		for _, e := range events {
			w.event(e)
			since = e.Seq
		}
		w.flush()
		select {
		case <-changed:
		case <-tick.C:
			w.comment("heartbeat")
		case <-c.Request.Context().Done():
			return
		case <-a.Done:
			return
		}
	}
}

// eventWriter writes frames and remembers the first error.
type eventWriter struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	err error
}

func (w *eventWriter) event(e core.Event) {
	data, err := json.Marshal(e)
	if err != nil {
		w.err = err
		return
	}
	w.write(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", e.Seq, e.Type, data))
}

// reset says that events were missed, and from which number the stream goes
// on.
func (w *eventWriter) reset(seq uint64) {
	w.write(fmt.Sprintf("id: %d\nevent: reset\ndata: {\"seq\":%d}\n\n", seq, seq))
	w.flush()
}

func (w *eventWriter) comment(text string) {
	w.write(": " + text + "\n\n")
	w.flush()
}

func (w *eventWriter) write(frame string) {
	if w.err != nil {
		return
	}
	// A writer that has no deadlines (in a test) blocks no longer than its reader.
	_ = w.rc.SetWriteDeadline(time.Now().Add(eventWrite))
	_, w.err = w.w.Write([]byte(frame))
}

func (w *eventWriter) flush() {
	if w.err == nil {
		w.err = w.rc.Flush()
	}
}
