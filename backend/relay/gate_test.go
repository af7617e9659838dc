package relay

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/anthropic"
)

// opening is what Anthropic sends before the first content.
var opening = [][]byte{
	[]byte("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-sonnet-4-5\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":25,\"output_tokens\":1}}}\n\n"),
	[]byte("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"),
	[]byte("event: ping\ndata: {\"type\":\"ping\"}\n\n"),
}

// BenchmarkGate is what a healthy stream pays for being held until its first
// content: its opening events are read and kept.
func BenchmarkGate(b *testing.B) {
	x := streaming(httptest.NewRecorder())
	x.Now = time.Now
	b.ReportAllocs()
	for b.Loop() {
		x.rec, x.trip = &core.Record{}, newTrip(time.Now, time.Now())
		d := &delivery{exchange: x, res: &http.Response{}, began: time.Now(), events: true, live: true}
		d.meter = anthropic.Format{}.Meter(protocol.Chat, protocol.Events)
		for _, p := range opening {
			d.take(p)
		}
		if d.sent || len(d.out) == 0 {
			b.Fatal("the gate has let something through")
		}
	}
}
