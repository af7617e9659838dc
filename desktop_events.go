//go:build desktop && !bindings

package main

import (
	"context"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/aihub/aihub/backend/core"
)

const (
	// eventName is that of the page's subscription (frontend/src/api/wails.ts).
	eventName = "aihub:event"
	// Each event is a script that the window's loop runs. A gateway under load
	// makes thousands a second; of more than mostEvents within eventRest only the
	// last is sent. The page sees the gap in the numbers and loads anew.
	mostEvents = 200
	eventRest  = 500 * time.Millisecond
)

// forward hands the live event log to the page until ctx ends.
func (w *window) forward(ctx context.Context) {
	events := w.hub.Events()
	for seq := events.Last(); ctx.Err() == nil; {
		list, changed, ok := events.Since(seq)
		if !ok {
			seq = events.Last() // too far behind: the next event comes after a gap
			continue
		}
		seq = w.send(list, seq)
		await(ctx, changed)
		await(ctx, time.After(eventRest))
	}
}

// await returns when something comes from the channel, or when ctx ends.
func await[T any](ctx context.Context, channel <-chan T) {
	select {
	case <-ctx.Done():
	case <-channel:
	}
}

func (w *window) send(list []core.Event, seq uint64) uint64 {
	if len(list) > mostEvents {
		list = list[len(list)-1:]
	}
	for _, e := range list {
		runtime.EventsEmit(w.wails, eventName, e)
		seq = e.Seq
	}
	return seq
}

// changed returns a channel that is closed at the next event.
func (w *window) changed() <-chan struct{} {
	_, changed, _ := w.hub.Events().Since(w.hub.Events().Last())
	return changed
}
