package kiro

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// maxErrorBody bounds how much of an error answer is read.
const maxErrorBody = 256 << 10

// maxTries bounds the ways that are tried for one question.
const maxTries = 6

// outcome is what came of a question: an answer, or an error of the network or
// of AiHub's own.
type outcome struct {
	res *http.Response
	err error
	why trouble
}

// walk asks a plane by one way after the other until one leads to an answer, and
// remembers it. Only what a way can be blamed for leads to the next: a limit, or
// a refusal of the request itself, is an answer. Without one, the outcome is
// that of the first way that led to anybody.
func (p *Provider) walk(ctx context.Context, ch *core.Channel, a *core.Account, pl plane, ask func(way, int) (*http.Response, error)) outcome {
	l := p.lessonOf(ch, a)
	t := newTrail(pl, ch, a.Credential, l.Profile)
	first := t.left[0]
	w := t.begin(l.remembered(pl, p.Now()))
	var out outcome
	for n := 1; ; n++ {
		got := judged(ask(w, n))
		if n == 1 || out.res == nil && got.res != nil || got.why == fine {
			out = got
		}
		next, more := t.next(w, got.why)
		if got.why == fine || !more || n == maxTries || ctx.Err() != nil {
			break
		}
		p.Log.Info("kiro: a way to the service is closed", "account", a.ID, "plane", pl, "form", w.Form, "region", w.Region, "trouble", int(got.why))
		w = next
	}
	if out.res != nil && out.res.StatusCode < 300 {
		p.learn(ctx, ch, a, pl, w, w == first)
	}
	return out
}

// judged says whether another way could do better than what came of one. It
// reads an error answer to its end, so that its connection can be used again.
func judged(res *http.Response, err error) outcome {
	if err != nil {
		return outcome{err: err, why: troubleOf(err)}
	}
	if res.StatusCode < 300 {
		return outcome{res: res}
	}
	// What cannot be read of an error is no reason to go on.
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	return outcome{res: res, why: blame(res.StatusCode, res.Header, body)}
}

// troubleOf tells a host that cannot be reached from a connection that broke
// later: by then the request may have been served.
func troubleOf(err error) trouble {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return noHost
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return noHost
	}
	return fine
}

// blame says what of the way an error answer is about. The service tells a
// profile that does not fit in the words of a token that is not valid.
func blame(status int, h http.Header, body []byte) trouble {
	said := strings.ToLower(h.Get("X-Amzn-ErrorType") + " " + string(body))
	holds := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(said, w) {
				return true
			}
		}
		return false
	}
	switch {
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
		return noForm
	case status != http.StatusBadRequest && status != http.StatusForbidden, holds("suspended", "expired"):
		return fine
	case holds("unknownoperation", "unknown operation", "unknown endpoint", "could not find operation"):
		return noForm
	case holds("profilearn", "bearer token", "invalid token", "not authorized to make this call"):
		return noProfile
	}
	return fine
}

// IsExpired implements upstream.Refresher. A token that has ended early, or that
// was renewed elsewhere, is told as one that is not valid.
func (*Provider) IsExpired(status int, body []byte) bool {
	said := strings.ToLower(string(body))
	switch status {
	case http.StatusUnauthorized:
		return true
	case http.StatusForbidden:
		return !strings.Contains(said, "suspended") && (strings.Contains(said, "bearer token") || strings.Contains(said, "expired"))
	case http.StatusBadRequest:
		return strings.Contains(said, "invalid token") || strings.Contains(said, "token") && strings.Contains(said, "expired")
	}
	return false
}
