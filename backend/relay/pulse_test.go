package relay

import (
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/openai"
)

func streaming(w *httptest.ResponseRecorder) *exchange {
	call := &Call{ID: "req_1", Format: openai.Format{}, Op: protocol.Chat, Head: protocol.Head{Stream: true}}
	return &exchange{Relay: New(Deps{}), call: call, w: w}
}

func TestPulse(t *testing.T) {
	const beat = ": keep-alive\n\n"
	tests := []struct {
		name string
		do   func(p *pulse, w *httptest.ResponseRecorder)
		want string
	}{
		{"nothing for a while", func(*pulse, *httptest.ResponseRecorder) { time.Sleep(14 * time.Second) }, ""},
		{"nothing for long", func(*pulse, *httptest.ResponseRecorder) { time.Sleep(31 * time.Second) }, beat + beat},
		{"something in time", func(p *pulse, w *httptest.ResponseRecorder) {
			for range 5 {
				time.Sleep(10 * time.Second)
				say(p, w, "data: 1\n\n")
			}
		}, "data: 1\n\ndata: 1\n\ndata: 1\n\ndata: 1\n\ndata: 1\n\n"},
		{"silence behind it", func(p *pulse, w *httptest.ResponseRecorder) {
			say(p, w, "data: 1\n\n")
			time.Sleep(31 * time.Second)
		}, "data: 1\n\n" + beat},
		{"not into an event", func(p *pulse, w *httptest.ResponseRecorder) {
			say(p, w, "data: 1")
			time.Sleep(5 * time.Minute)
		}, "data: 1"},
		{"not behind the end", func(p *pulse, _ *httptest.ResponseRecorder) {
			p.silence()
			time.Sleep(time.Minute)
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := httptest.NewRecorder()
				p := streaming(w).startPulse()
				tt.do(p, w)
				p.silence()
				if got := w.Body.String(); got != tt.want || p.bytes > int64(len(got)) {
					t.Errorf("got %q", got)
				}
				if tt.want == beat+beat && (w.Header().Get(HeaderRequestID) != "req_1" || w.Header().Get("Content-Type") != "text/event-stream; charset=utf-8") {
					t.Errorf("head %v", w.Header())
				}
			})
		})
	}
}

func say(p *pulse, w *httptest.ResponseRecorder, text string) {
	p.lock()
	defer p.unlock()
	_, _ = w.WriteString(text)
	p.wrote([]byte(text))
}

// BenchmarkPulse is what a healthy stream pays for being looked after: once for
// itself, and for each piece.
func BenchmarkPulse(b *testing.B) {
	b.Run("stream", func(b *testing.B) {
		x := streaming(httptest.NewRecorder())
		b.ReportAllocs()
		for b.Loop() {
			x.startPulse().silence()
		}
	})
	b.Run("piece", func(b *testing.B) {
		p := streaming(httptest.NewRecorder()).startPulse()
		defer p.silence()
		piece := []byte("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n")
		b.ReportAllocs()
		for b.Loop() {
			p.lock()
			p.wrote(piece)
			p.unlock()
		}
	})
}
