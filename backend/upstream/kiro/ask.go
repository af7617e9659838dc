package kiro

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/upstream"
)

// origin names the kind of client; it must be the same in all that is asked.
const origin = "AI_EDITOR"

// question is an operation of the management plane by its names in each form.
type question struct {
	target, rest, legacy string
	post                 bool // the path takes a body too
}

var (
	listModels   = question{target: "ListAvailableModels", rest: "/List-Available-Models", legacy: "/ListAvailableModels"}
	readUsage    = question{target: "GetUsageLimits", rest: "/Get-Usage-Limits", legacy: "/getUsageLimits"}
	listProfiles = question{target: "ListAvailableProfiles", rest: "/List-Available-Profiles", legacy: "/ListAvailableProfiles", post: true}
)

// member is one thing that is asked with; raw says that the value is JSON and
// no text.
type member struct {
	name, value string
	raw         bool
}

const (
	maxAnswer = 8 << 20
	// askTime bounds one question with all its tries.
	askTime = 30 * time.Second
)

// ask asks the management plane. A refusal is an *upstream.Refusal.
func (p *Provider) ask(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account, q question, with ...member) (gjson.Result, error) {
	res, err := p.reach(ctx, via, ch, a, planeManagement, p.asking(ctx, via, ch, a, q, with...)) //nolint:bodyclose // settle reads and closes it
	return answer(res, err, a.Credential)
}

// asking puts a question by one way after the other.
func (p *Provider) asking(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account, q question, with ...member) func(way, int) (*http.Response, error) {
	invocation := uuid.NewString()
	return func(w way, try int) (*http.Response, error) {
		return p.askBy(ctx, via, ch, a, q, w, invocation, try, with)
	}
}

func answer(res *http.Response, err error, cred core.Credential) (gjson.Result, error) {
	if err != nil {
		return gjson.Result{}, upstream.Unreached("Kiro", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return gjson.Result{}, upstream.Unreached("Kiro", err)
	}
	if res.StatusCode != http.StatusOK {
		return gjson.Result{}, upstream.NewRefusal(res, cred.Redact(body), "message")
	}
	doc := gjson.ParseBytes(body)
	if !gjson.ValidBytes(body) || !doc.IsObject() {
		return gjson.Result{}, &upstream.Later{Reason: "something on the way to Kiro answers in its place"}
	}
	return doc, nil
}

func (p *Provider) askBy(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account, q question, w way, invocation string, try int, with []member) (*http.Response, error) {
	base, err := host(ch, planeManagement, w.Form, w.Region)
	if err != nil {
		return nil, err
	}
	h, err := p.header(ch, a, "kirocontrolplanebearer", invocation, try)
	if err != nil {
		return nil, err
	}
	if w.Profile != "" && q.target != listProfiles.target {
		with = append(with[:len(with):len(with)], member{name: "profileArn", value: w.Profile})
	}
	method, address, body := q.at(w.Form, base, with)
	w.content(h, "KiroControlPlaneBearerService."+q.target)
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return nil, core.Invalid("base_url", "the base URL of channel %q is not a URL", ch.Name)
	}
	req.Header = h
	return via.RoundTrip(req)
}

// at words a question in one of the forms.
func (q question) at(f form, base string, with []member) (method, address, body string) {
	path := q.rest
	switch f {
	case formTarget:
		return http.MethodPost, base + "/", object(with)
	case formLegacy:
		path = q.legacy
	}
	if q.post {
		return http.MethodPost, base + path, object(with)
	}
	query := url.Values{}
	for _, m := range with {
		query.Set(m.name, m.value)
	}
	return http.MethodGet, base + path + "?" + query.Encode(), ""
}

func object(with []member) string {
	o := protocol.BeginObject(nil)
	for _, m := range with {
		if m.raw {
			o.Raw(m.name, []byte(m.value))
		} else {
			o.String(m.name, m.value)
		}
	}
	return string(o.End())
}
