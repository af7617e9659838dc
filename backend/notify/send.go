package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// The headers of a webhook. The signature is "sha256=" and the hex HMAC-SHA256
// of the body with the secret of the settings; it is missing without a secret.
const (
	headerEvent     = "X-AiHub-Event"
	headerSignature = "X-AiHub-Signature"
)

// sendTime bounds one try.
const sendTime = 10 * time.Second

// tell publishes news and sends them to the webhook, if there is one.
func (n *Notifier) tell(ctx context.Context, news News) {
	news.ID, news.Time = core.NewID("evt", n.Now()), n.Now().UTC()
	n.Publish(news)
	set := n.Store.Snapshot().Settings
	if set.WebhookURL == "" {
		return
	}
	if err := n.send(ctx, set.WebhookURL, set.WebhookSecret, news); err != nil {
		n.Log.Warn("notify: the webhook did not take the news", "event", news.Event, "host", host(set.WebhookURL), "err", err)
	}
}

// Test sends news that say they are a test.
func (n *Notifier) Test(ctx context.Context, target, secret string) error {
	return n.post(ctx, target, secret, News{
		ID: core.NewID("evt", n.Now()), Event: "test", Time: n.Now().UTC(), Text: "AiHub can reach this webhook",
	})
}

// send tries again what may heal by itself.
func (n *Notifier) send(ctx context.Context, target, secret string, news News) (err error) {
	for try := 0; ; try++ {
		if err = n.post(ctx, target, secret, news); err == nil || permanent(err) || try == len(n.Waits) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(n.Waits[try]):
		}
	}
}

func (n *Notifier) post(ctx context.Context, target, secret string, news News) error {
	body, err := json.Marshal(news)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return refusal("the address of the webhook cannot be read")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "aihub")
	req.Header.Set(headerEvent, string(news.Event))
	if secret != "" {
		req.Header.Set(headerSignature, "sha256="+sign(secret, body))
	}
	res, err := n.Client.Do(req)
	if err != nil {
		return bare(err)
	}
	defer res.Body.Close()
	// The answer is of no interest, but the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	switch {
	case res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return fmt.Errorf("it answered with status %d", res.StatusCode)
	}
	return refusal(fmt.Sprintf("it refused with status %d", res.StatusCode))
}

// refusal is an error that another try does not heal.
type refusal string

func (r refusal) Error() string { return string(r) }

func permanent(err error) bool {
	_, ok := err.(refusal) //nolint:errorlint // it is never wrapped
	return ok
}

// bare drops the address from an error of net/http: it often holds a token.
func bare(err error) error {
	if u, ok := err.(*url.Error); ok { //nolint:errorlint // http.Client returns exactly this
		return u.Err
	}
	return err
}

func host(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Host
}

func sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
