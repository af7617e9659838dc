package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// scenario is one kind of traffic.
type scenario struct {
	name     string
	body     string
	requests int
	limit    float64 // the ratio that the project promises
}

const parallel = 16

func scenarios() []scenario {
	prompt := strings.Repeat(`The quick brown fox said: \"jump\" and jumped over it.\n`, 3600)
	message := func(text string) string { return `"messages":[{"role":"user","content":"` + text + `"}]` }
	return []scenario{
		{"1 KB answers", `{"model":"gpt-5",` + message("Hi") + `}`, 6000, 2},
		{"streams of 200 chunks", `{"model":"gpt-5","stream":true,"stream_options":{"include_usage":true},` + message("Hi") + `}`, 800, 2},
		{"streams, usage added and hidden", `{"model":"gpt-5","stream":true,` + message("Hi") + `}`, 800, 2},
		{"200 KB prompts", `{"model":"gpt-5",` + message(prompt) + `}`, 1500, 2},
	}
}

// result is what one scenario cost, in CPU time per request.
type result struct {
	scenario
	proxy, aihub time.Duration
	ratio        float64 // the median of the rounds
}

func measure(ctx context.Context, aihub string, rounds, scale int, write string) (err error) {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	upstream, err := start(ctx, nil, self, "-role", "upstream")
	if err != nil {
		return err
	}
	defer upstream.stop()
	proxy, err := start(ctx, nil, self, "-role", "proxy", "-target", upstream.URL)
	if err != nil {
		return err
	}
	defer proxy.stop()
	dir, err := os.MkdirTemp("", "aihub-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	hub, err := start(ctx, []string{"ADMIN_KEY=" + adminKey, "AIHUB_LOG_LEVEL=error"}, aihub, "serve", "--ready-json", "--port", "0", "--database", dir)
	if err != nil {
		return err
	}
	defer hub.stop()
	key, err := configure(ctx, hub.URL, upstream.URL)
	if err != nil {
		return err
	}
	var results []result
	for _, s := range scenarios() {
		s.requests = max(parallel, s.requests*scale/100)
		r, err := compare(ctx, s, proxy, hub, key, rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		results = append(results, r)
	}
	mb, err := hub.memory()
	if err != nil {
		return err
	}
	return report(results, mb, write)
}

// compare runs the scenario through both in turn, so that a machine that gets
// slower meanwhile does so for both.
func compare(ctx context.Context, s scenario, proxy, hub *process, key string, rounds int) (result, error) {
	r := result{scenario: s}
	var ratios []float64
	var costs [2][]time.Duration
	for round := -1; round < rounds; round++ { // round -1 warms up
		var cost [2]time.Duration
		for i, p := range []*process{proxy, hub} {
			before, err := p.cpu()
			if err != nil {
				return r, err
			}
			if err := load(ctx, p.URL, key, s); err != nil {
				return r, err
			}
			after, err := p.cpu()
			if err != nil {
				return r, err
			}
			cost[i] = (after - before) / time.Duration(s.requests)
		}
		if round < 0 {
			continue
		}
		costs[0], costs[1] = append(costs[0], cost[0]), append(costs[1], cost[1])
		ratios = append(ratios, float64(cost[1])/float64(max(1, cost[0])))
	}
	slices.Sort(ratios)
	slices.Sort(costs[0])
	slices.Sort(costs[1])
	r.proxy, r.aihub, r.ratio = costs[0][rounds/2], costs[1][rounds/2], ratios[rounds/2]
	return r, nil
}

// load sends the scenario's requests, a few at a time, and fails with the first
// wrong answer.
func load(ctx context.Context, url, key string, s scenario) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallel}}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var left atomic.Int64
	left.Store(int64(s.requests))
	var wg sync.WaitGroup
	for range parallel {
		wg.Go(func() {
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				if err := ask(ctx, client, url, key, s.body); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func ask(ctx context.Context, client *http.Client, url, key, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !bytes.Contains(got, []byte(`"finish_reason":"stop"`)) {
		return fmt.Errorf("status %d: %.300s", res.StatusCode, got)
	}
	return nil
}
