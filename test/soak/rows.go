package main

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/aihub/aihub/backend/core"
)

type page struct {
	Items []*core.Record `json:"items"`
	Next  string         `json:"next_cursor"`
}

// rows reads the whole ledger, newest first.
func (s *soak) rows(ctx context.Context) ([]*core.Record, error) {
	var all []*core.Record
	for cursor := ""; ; {
		var p page
		if err := s.admin(ctx, http.MethodGet, "/api/logs?limit=1000&cursor="+url.QueryEscape(cursor), nil, &p); err != nil {
			return nil, err
		}
		if all = append(all, p.Items...); p.Next == "" {
			return all, nil
		}
		cursor = p.Next
	}
}

// settled waits until the gateway works on no request any more. A row that is in
// flight behind that is a difference.
func (s *soak) settled(ctx context.Context) error {
	for {
		var status core.GatewayStatus
		if err := s.admin(ctx, http.MethodGet, "/api/gateway", nil, &status); err != nil || status.InFlight == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
