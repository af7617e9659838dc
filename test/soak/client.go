package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// seen is what a client has got.
type seen struct {
	status int    // 0 = no answer came
	row    string // the id that the answer names
	whole  bool   // the answer came to its end
}

// patience is how long a client waits for an answer: some hang.
const patience = 6 * time.Second

// send lets the clients work until all requests are sent, and returns what each
// has got.
func (s *soak) send(ctx context.Context) []seen {
	got := make([]seen, s.requests)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range s.clients {
		wg.Go(func() {
			for n := int(next.Add(1) - 1); n < s.requests; n = int(next.Add(1) - 1) {
				url, ok := s.hub.address(ctx)
				if !ok {
					return
				}
				if s.kills[n] {
					s.hub.askKill()
				}
				got[n] = s.ask(ctx, url, newPlan(s.seed, n))
				if n%s.step() == 0 {
					s.log("%d requests, %d kills", n, s.hub.killed.Load())
				}
			}
		})
	}
	wg.Wait()
	return got
}

func (s *soak) step() int { return max(1, s.requests/10) }

// ask sends one request and reads its answer as far as the plan says.
func (s *soak) ask(ctx context.Context, url string, p plan) seen {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if p.leaves && p.at == 0 {
		defer time.AfterFunc(p.leave, cancel).Stop()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+p.path, strings.NewReader(p.body))
	if err != nil {
		return seen{}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.users[p.user].key)
	req.Header.Set("User-Agent", tag(p.n))
	res, err := s.http.Do(req)
	if err != nil {
		return seen{}
	}
	defer res.Body.Close()
	got := seen{status: res.StatusCode, row: res.Header.Get("X-Aihub-Request-Id")}
	if p.leaves && p.at > 0 {
		_, _ = io.CopyN(io.Discard, res.Body, int64(p.at)) // the answer may be shorter
		return got
	}
	body, err := io.ReadAll(res.Body)
	got.whole = err == nil && (res.StatusCode != http.StatusOK || bytes.Contains(body, []byte(p.end)))
	return got
}
