package kiro

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
)

// generatePath is the path on the gateway's own surface that stands for the one
// operation by which models answer.
const generatePath = "/kiro/generateAssistantResponse"

// The names of that operation, of today and before.
const (
	targetGenerate    = "KiroRuntimeService.GenerateAssistantResponse"
	targetGenerateOld = "AmazonCodeWhispererStreamingService.GenerateAssistantResponse"
)

// Send implements upstream.Sender. The body is that of the wire format, without
// a profile, which each account has its own of.
func (p *Provider) Send(ctx context.Context, via http.RoundTripper, r *upstream.Request) (*http.Response, error) {
	body := &bodies{first: r.Body, again: r.GetBody}
	defer body.close()
	if r.Path != generatePath || r.Body == nil || r.GetBody == nil {
		return nil, core.Errorf(core.CodeUnsupported, "Kiro has no operation %s", r.Path)
	}
	invocation := uuid.NewString()
	return p.reach(ctx, via, r.Channel, r.Account, planeRuntime, func(w way, try int) (*http.Response, error) {
		return p.generate(ctx, via, r, w, body, invocation, try)
	})
}

// bodies hands out the body of a request once for each try.
type bodies struct {
	first io.ReadCloser
	again func() (io.ReadCloser, error)
}

func (b *bodies) next() (io.ReadCloser, error) {
	if body := b.first; body != nil {
		b.first = nil
		return body, nil
	}
	return b.again()
}

// close gives back a body that nobody has taken.
func (b *bodies) close() {
	if b.first != nil {
		b.first.Close()
	}
}

func (p *Provider) generate(ctx context.Context, via http.RoundTripper, r *upstream.Request, w way, bodies *bodies, invocation string, try int) (*http.Response, error) {
	address, target, err := generateAt(r.Channel, w)
	if err != nil {
		return nil, err
	}
	h, err := p.header(r.Channel, r.Account, "kiroruntime", invocation, try)
	if err != nil {
		return nil, err
	}
	w.content(h, target)
	h.Set("Accept", "application/vnd.amazon.eventstream")
	h.Set("X-Amzn-Codewhisperer-Optout", "true") // what is asked is not for training
	if w.Form == formREST || w.Form == formLegacy {
		h.Set("X-Amzn-Kiro-Agent-Mode", "vibe")
	}
	body, err := bodies.next()
	if err != nil {
		return nil, err
	}
	req := &http.Request{
		Method: http.MethodPost, URL: address, Host: address.Host, Header: h, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: withProfile(body, w.Profile), ContentLength: r.ContentLength + int64(len(profileMember(w.Profile))),
	}
	req.GetBody = func() (io.ReadCloser, error) {
		again, err := r.GetBody()
		return withProfile(again, w.Profile), err
	}
	return via.RoundTrip(req.WithContext(ctx))
}

func generateAt(ch *core.Channel, w way) (address *url.URL, target string, err error) {
	base, err := host(ch, planeRuntime, w.Form, w.Region)
	if err != nil {
		return nil, "", err
	}
	path, target := "/", targetGenerate
	switch w.Form {
	case formOldTarget:
		target = targetGenerateOld
	case formREST, formLegacy:
		path = "/generateAssistantResponse"
	}
	address, err = url.Parse(base + path)
	return address, target, err
}

// profileMember is what goes behind the opening brace of a body.
func profileMember(arn string) string {
	if arn == "" {
		return ""
	}
	return `"profileArn":"` + arn + `",`
}

// withProfile puts the profile into a body, which is an object with members,
// without reading it.
func withProfile(body io.ReadCloser, arn string) io.ReadCloser {
	if arn == "" || body == nil {
		return body
	}
	return &profiled{ReadCloser: body, head: strings.NewReader("{" + profileMember(arn))}
}

type profiled struct {
	io.ReadCloser
	head  *strings.Reader
	begun bool // the brace that head has brought is skipped
}

// Read returns io.EOF together with the last byte as the body below does.
func (b *profiled) Read(p []byte) (int, error) {
	if b.head.Len() > 0 {
		return b.head.Read(p)
	}
	if b.begun || len(p) == 0 {
		return b.ReadCloser.Read(p)
	}
	var brace [1]byte
	if _, err := io.ReadFull(b.ReadCloser, brace[:]); err != nil {
		return 0, err
	}
	b.begun = true
	return b.ReadCloser.Read(p)
}
