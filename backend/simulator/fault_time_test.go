package simulator_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/simulator"
)

// TestHang shows both ends of a silence: the client leaves, or the faults are
// deleted.
func TestHang(t *testing.T) {
	s := startService(t, simulator.Options{})
	for _, chunks := range []int{-1, 0, 3} {
		s.add(simulator.Fault{Kind: simulator.FaultHang, Chunks: chunks, Times: 2})
		ctx, leave := context.WithCancel(t.Context())
		r, err := streams()["chat"].request(ctx, s.url)
		if err != nil {
			t.Fatal(err)
		}
		failed := make(chan error, 1)
		go func() {
			res, err := http.DefaultClient.Do(r)
			if err == nil {
				_, err = readAll(res)
			}
			failed <- err
		}()
		s.until(func(t simulator.Tally) bool { return s.sim.Faults()[0].Hits == 1 && (chunks < 0 || t.StreamsBegun > 0) })
		leave()
		if err := <-failed; err == nil {
			t.Errorf("after %d: no error", chunks)
		}
		done := make(chan answer, 1)
		go func() { done <- s.do(streams()["chat"]) }()
		s.until(func(simulator.Tally) bool { return s.sim.Faults()[0].Hits == 2 })
		s.sim.ClearFaults()
		if a := <-done; a.err == nil {
			t.Errorf("after %d: freed with status %d", chunks, a.status)
		}
	}
}

// until waits for a state of the counts.
func (s *service) until(reached func(simulator.Tally) bool) {
	s.Helper()
	for !reached(s.sim.Stats().Total) {
		if s.Context().Err() != nil {
			s.Fatal("the test ended first")
		}
		time.Sleep(time.Millisecond)
	}
}

// TestLatency measures the pace on a clock that only moves when all wait.
func TestLatency(t *testing.T) {
	took := func(o simulator.Options, f simulator.Fault, c call) time.Duration {
		var d time.Duration
		synctest.Test(t, func(t *testing.T) {
			sim := simulator.New(o)
			if f.Kind != "" {
				if _, err := sim.AddFault(f); err != nil {
					t.Fatal(err)
				}
			}
			r, err := c.request(t.Context(), "http://sim.test")
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			sim.ServeHTTP(httptest.NewRecorder(), r)
			d = time.Since(start)
		})
		return d
	}
	pace := simulator.Options{Latency: simulator.Latency{FirstByte: time.Second, Chunk: 10 * time.Millisecond}}
	stream := streams()["chat"]
	cases := []struct {
		name string
		o    simulator.Options
		f    simulator.Fault
		c    call
		want time.Duration
	}{
		{"none", simulator.Options{}, simulator.Fault{}, stream, 0},
		{"stream", pace, simulator.Fault{}, stream, time.Second + 80*time.Millisecond},
		{"whole", pace, simulator.Fault{}, chatCall("[sim:tokens=8]", ""), time.Second + 80*time.Millisecond},
		{"slow start", pace, simulator.Fault{Kind: simulator.FaultSlowStart, DelayMS: 500}, stream, 1580 * time.Millisecond},
		{"slow chunks", pace, simulator.Fault{Kind: simulator.FaultSlowChunks, DelayMS: 90}, stream, 1800 * time.Millisecond},
		{"directive", simulator.Options{}, simulator.Fault{}, chatCall("[sim:tokens=8][sim:delay=5]", `,"stream":true`), 40 * time.Millisecond},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if d := took(c.o, c.f, c.c); d != c.want {
				t.Errorf("took %v, want %v", d, c.want)
			}
		})
	}
}
