package auth

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
)

// Dead says that a sign-in is over and only a new one helps.
type Dead struct {
	Reason string // the provider's words
}

// Error implements error.
func (e *Dead) Error() string { return "the sign-in is no longer valid: " + e.Reason }

// Later says that nothing is known of the sign-in: the service was not reached,
// was busy, or something on the way answered in its place.
type Later struct {
	Reason string        // the provider's words, or what happened
	After  time.Duration // how long the provider asks to wait; 0 = it did not say
	Err    error         // the cause, if the network failed
}

// Error implements error.
func (e *Later) Error() string { return "the sign-in service cannot be used now: " + e.Reason }

// Unwrap gives the network's error to errors.Is.
func (e *Later) Unwrap() error { return e.Err }

// refusal is an answer of a sign-in service that is not a success.
type refusal struct {
	status int
	code   string // OAuth's error, or the name of AWS' exception
	words  string // for people
	page   bool   // a web page: a gateway on the way answered, not the service
	after  time.Duration
}

// Error implements error.
func (r *refusal) Error() string { return r.words }

// maxWords bounds what is quoted of an answer.
const maxWords = 300

func newRefusal(status int, h http.Header, body []byte) *refusal {
	r := &refusal{status: status, after: retryAfter(h)}
	text := strings.TrimSpace(string(body))
	r.page = strings.HasPrefix(text, "<") || strings.Contains(h.Get("Content-Type"), "text/html")
	if gjson.Valid(text) {
		r.read(gjson.Parse(text))
	} else if !r.page {
		r.words = text
	}
	if name := h.Get("X-Amzn-ErrorType"); name != "" {
		r.code = exception(name)
	}
	if r.words == "" {
		r.words = strings.TrimSpace(r.code + " " + http.StatusText(status))
	}
	r.words = clip(r.words)
	return r
}

func (r *refusal) read(doc gjson.Result) {
	if doc.Type == gjson.String {
		r.words = doc.String()
		return
	}
	r.code = first(doc, "error", "__type", "code", "status")
	r.code = exception(r.code)
	r.words = first(doc, "error_description", "message", "Message", "errorMessage", "error.message", "error")
}

// first returns the first field that holds a text.
func first(doc gjson.Result, names ...string) string {
	for _, name := range names {
		if v := doc.Get(name); v.Type == gjson.String && v.Str != "" {
			return v.Str
		}
	}
	return ""
}

// exception cuts the namespace and the address off an exception's name, as in
// "com.amazonaws.ssooidc#InvalidGrantException:http://…".
func exception(name string) string {
	name, _, _ = strings.Cut(name, ":")
	return name[strings.LastIndexByte(name, '#')+1:]
}

func clip(s string) string {
	if len(s) <= maxWords {
		return s
	}
	return strings.ToValidUTF8(s[:maxWords], "") + "…"
}

// retryAfter reads the header's seconds; its other form, a date, no sign-in
// service sends.
func retryAfter(h http.Header) time.Duration {
	d, err := time.ParseDuration(strings.TrimSpace(h.Get("Retry-After")) + "s")
	if err != nil || d < 0 {
		return 0
	}
	return d
}

// deadMarkers are the words by which the services say that a refresh token, or
// the client that it is bound to, is void.
func deadMarkers() []string {
	return []string{
		"invalid_grant", "invalidgrantexception", "invalid refresh token", "bad credentials",
		"expired_token", "expiredtokenexception", "invalidtokenexception", "expiredclientexception",
		"client is expired", "invalid_client", "invalidclientexception",
	}
}

// isDead reports whether a refusal of a refresh is final. Only the service
// itself can say so, and not while it is in trouble.
func (r *refusal) isDead() bool {
	if r.page || r.isTrouble() {
		return false
	}
	said := strings.ToLower(r.code + " " + r.words)
	for _, marker := range deadMarkers() {
		if strings.Contains(said, marker) {
			return true
		}
	}
	return r.status == http.StatusUnauthorized
}

// isTrouble reports whether the service is busy or broken.
func (r *refusal) isTrouble() bool {
	return r.status == http.StatusTooManyRequests || r.status == http.StatusRequestTimeout || r.status >= 500
}

// failure turns the error of a refresh into Dead or Later.
func failure(err error) error {
	if _, ok := errors.AsType[*core.Error](err); ok {
		return err
	}
	if later, ok := errors.AsType[*Later](err); ok {
		return later
	}
	r, ok := errors.AsType[*refusal](err)
	switch {
	case !ok:
		return &Later{Reason: "it does not answer", Err: err}
	case r.isDead():
		return &Dead{Reason: r.words}
	case r.page:
		return &Later{Reason: "something on the way to it answers " + http.StatusText(r.status), After: r.after}
	}
	return &Later{Reason: r.words, After: r.after}
}

// scrub removes secrets from an error's words: a service may repeat what it was
// sent.
func scrub(err error, secrets ...string) error {
	clean := func(s string) string {
		for _, secret := range secrets {
			if secret != "" {
				s = strings.ReplaceAll(s, secret, "***")
			}
		}
		return s
	}
	switch e := err.(type) { //nolint:errorlint // made here, never wrapped
	case *Dead:
		return &Dead{Reason: clean(e.Reason)}
	case *Later:
		return &Later{Reason: clean(e.Reason), After: e.After, Err: e.Err}
	case *core.Error:
		return &core.Error{Code: e.Code, Message: clean(e.Message), Field: e.Field}
	}
	return err
}
