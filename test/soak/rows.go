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

// settled waits until no request is in flight any more.
func (s *soak) settled(ctx context.Context) error {
	for {
		var p page
		if err := s.admin(ctx, http.MethodGet, "/api/logs?limit=1&outcome=in_flight", nil, &p); err != nil || len(p.Items) == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
