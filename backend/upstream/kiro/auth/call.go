package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 1 << 20

// door is the http.Client of all calls, also of those that the AWS SDK makes.
// It returns an answer that is not a success as a *refusal, so that there is one
// place that reads what a service says, whatever it is and in whatever form.
type door struct {
	client http.Client
	agent  string
}

func (c *Client) door() *door {
	d := &door{client: *c.HTTP, agent: c.Agent}
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return d
}

// Do implements the HTTPClient of the SDK.
func (d *door) Do(r *http.Request) (*http.Response, error) {
	if d.agent != "" {
		r.Header.Set("User-Agent", d.agent)
	}
	res, err := d.client.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	res.Body.Close()
	if err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		return nil, newRefusal(res.StatusCode, res.Header, body)
	}
	if !gjson.ValidBytes(body) {
		return nil, &Later{Reason: "something on the way to it answers in its place"}
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// postJSON sends in and reads the answer into out.
func (c *Client) postJSON(ctx context.Context, address string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return c.post(ctx, address, "application/json", body, out)
}

func (c *Client) postForm(ctx context.Context, address string, in url.Values, out any) error {
	return c.post(ctx, address, "application/x-www-form-urlencoded", []byte(in.Encode()), out)
}

func (c *Client) post(ctx context.Context, address, kind string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return core.Invalid("base_url", "the address of the sign-in service is not a URL")
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "application/json")
	res, err := c.door().Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(out)
}

// plane returns where a plane lives below the channel's base URL, "" when the
// channel has none.
func (c *Client) plane(name string) string {
	if c.Base == "" {
		return ""
	}
	return strings.TrimRight(c.Base, "/") + "/" + name
}
