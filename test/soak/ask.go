package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// admin asks the gateway's management, simulator the simulator's own paths. body
// is JSON or nil; what is answered goes to out, unless that is nil.

func (s *soak) admin(ctx context.Context, method, path string, body, out any) error {
	url, ok := s.hub.address(ctx)
	if !ok {
		return ctx.Err()
	}
	return ask(ctx, method, url+path, body, out)
}

func (s *soak) simulator(ctx context.Context, method, path string, body, out any) error {
	return ask(ctx, method, s.sim.URL+path, body, out)
}

func ask(ctx context.Context, method, url string, body, out any) error {
	var in io.Reader
	if text, ok := body.(string); ok {
		in = strings.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, in)
	if err != nil {
		return err
	}
	req.Header.Set("X-Admin-Key", adminKey)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d %.300s", method, url, res.StatusCode, raw)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}
