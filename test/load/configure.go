package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

const adminKey = "load-admin-key"

// configure makes a channel toward the upstream, an account and a user, and
// returns the user's key.
func configure(ctx context.Context, hub, upstream string) (key string, err error) {
	var channel struct{ ID string }
	if err := post(ctx, hub+"/api/channels", map[string]any{"name": "load", "provider": "openai", "base_url": upstream}, &channel); err != nil {
		return "", err
	}
	account := map[string]any{"name": "a", "credential": map[string]string{"api_key": "load-account-key"}}
	if err := post(ctx, hub+"/api/channels/"+channel.ID+"/accounts", account, &struct{}{}); err != nil {
		return "", err
	}
	var user struct{ Key string }
	err = post(ctx, hub+"/api/users", map[string]any{"name": "load"}, &user)
	return user.Key, err
}

func post(ctx context.Context, url string, in, out any) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
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
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s answers with status %d", url, res.StatusCode)
	}
	return json.NewDecoder(res.Body).Decode(out)
}
