package limits

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

type lostCase struct {
	name   string
	answer Answer
	rule   string
	scope  Scope
	retry  Retry
}

func lost(err error, ownProxy bool) Answer {
	return Answer{Provider: core.ProviderOpenAI, Protocol: llm.OpenAI, Lost: err, OwnProxy: ownProxy}
}

type silent struct{ error }

func (silent) Timeout() bool { return true }

func lostCases() []lostCase {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connect: connection refused")}
	return []lostCase{
		{"no key", lost(core.Invalid("credential", "the account has no API key"), false), "lost.signing", ScopeAccount, RetryOther},
		{"bad proxy", lost(core.Invalid("proxy_url", "the proxy URL cannot be read"), false), "lost.proxy", ScopeProvider, RetryOther},
		{"proxy of the account is down", lost(&net.OpError{Op: "proxyconnect", Err: dial}, true), "lost.proxy", ScopeAccount, RetryOther},
		{"bad base URL", lost(core.Invalid("base_url", "not a URL"), false), "lost.address", ScopeProvider, RetryOther},
		{"unknown provider", lost(core.Errorf(core.CodeUnsupported, "not built in"), false), "lost.build", ScopeRequest, RetryOther},
		{"no such host", lost(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}, false), "lost.name", ScopeProvider, RetrySame},
		{"refused", lost(dial, false), "lost.dial", ScopeProvider, RetrySame},
		{"dial timed out", lost(&net.OpError{Op: "dial", Err: context.DeadlineExceeded}, false), "lost.dial", ScopeProvider, RetrySame},
		{"certificate", lost(&tls.CertificateVerificationError{Err: errors.New("x509: certificate has expired")}, false), "lost.tls", ScopeProvider, RetryOther},
		{"silence", lost(silent{errors.New("the provider did not answer in time")}, false), "lost.silence", ScopeModel, RetryOther},
		{"broken", lost(io.ErrUnexpectedEOF, false), "lost.break", ScopeProvider, RetrySame},
		{"broken behind the account's proxy", lost(io.ErrUnexpectedEOF, true), "lost.break", ScopeAccount, RetrySame},
	}
}

func TestLostAnswers(t *testing.T) {
	for _, c := range lostCases() {
		t.Run(c.name, func(t *testing.T) {
			got := Classify(c.answer)
			if got.Rule != c.rule || got.Scope != c.scope || got.Retry != c.retry || got.Message == "" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// The errors of a real network are told apart.
func TestLossesOfARealNetwork(t *testing.T) {
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	dropping := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer dropping.Close()
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of the mistrust
	defer untrusted.Close()
	proxy, err := url.Parse(dead.URL)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, url, rule string
		proxy           func(*http.Request) (*url.URL, error)
	}{
		{"nobody listens", dead.URL, "lost.dial", nil},
		{"dropped", dropping.URL, "lost.break", nil},
		{"not trusted", untrusted.URL, "lost.tls", nil},
		{"no TLS there", "https" + dropping.URL[len("http"):], "lost.tls", nil},
		{"proxy is down", untrusted.URL, "lost.proxy", http.ProxyURL(proxy)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := &http.Transport{Proxy: tt.proxy}
			defer tr.CloseIdleConnections()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tt.url, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			res, err := tr.RoundTrip(req)
			if err == nil {
				res.Body.Close()
				t.Fatal("an answer came")
			}
			if got := Classify(lost(err, false)); got.Rule != tt.rule {
				t.Errorf("%v (%T) is %s", err, err, got.Rule)
			}
		})
	}
}
