package app_test

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// trusting runs the tests with the certificate of their own TLS servers among
// those that the system trusts.
func trusting(m *testing.M) int {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	srv.Close()
	dir, err := os.MkdirTemp("", "trust")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := errors.Join(os.WriteFile(file, block, 0o600), os.Setenv("SSL_CERT_FILE", file)); err != nil {
		log.Fatal(err)
	}
	return m.Run()
}

// proxied is a proxy on loopback.
type proxied struct {
	*simulator.Proxy
	address string // host and port
}

const (
	proxyUser     = "pat"
	proxyPassword = "proxy-passw0rd"
)

// startProxy starts one of the kinds: http, https, socks5, socks5h.
func startProxy(t *testing.T, scheme string, withPassword bool) *proxied {
	t.Helper()
	p := &proxied{Proxy: &simulator.Proxy{}}
	if withPassword {
		p.User, p.Password = proxyUser, proxyPassword
	}
	t.Cleanup(p.Close)
	if strings.HasPrefix(scheme, "socks5") {
		p.address = serveSOCKS(t, p.Proxy)
		return p
	}
	srv := httptest.NewUnstartedServer(p)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	if scheme == "https" {
		srv.EnableHTTP2 = true // as real ones do; CONNECT needs HTTP/1.1 all the same
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	p.address = srv.Listener.Addr().String()
	return p
}

func serveSOCKS(t *testing.T, p *simulator.Proxy) (address string) {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = p.ServeSOCKS(ln) // ends with the listener
	}()
	t.Cleanup(func() { ln.Close(); p.Close(); <-done })
	return ln.Addr().String()
}

// url is the proxy's address as a person enters it.
func (p *proxied) url(scheme, password string) string {
	if p.User == "" {
		return scheme + "://" + p.address
	}
	return fmt.Sprintf("%s://%s:%s@%s", scheme, p.User, password, p.address)
}

// behindTLS gives the simulator an address with TLS, as real providers have it.
func (w *world) behindTLS() string {
	srv := httptest.NewUnstartedServer(w.sim)
	srv.EnableHTTP2 = true
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	w.t.Cleanup(srv.Close)
	return srv.URL
}

// proxyTest asks the door for tests of proxies that are not saved.
func (w *world) proxyTest(in admin.ProxyTestRequest) core.ProxyTest {
	w.t.Helper()
	body, err := json.Marshal(in)
	w.must(err)
	got := w.admin(http.MethodPost, "/api/proxy/test", string(body))
	if got.status != http.StatusOK || strings.Contains(string(got.body), proxyPassword) {
		w.t.Fatalf("%d %s", got.status, got.body)
	}
	var out core.ProxyTest
	w.must(json.Unmarshal(got.body, &out))
	return out
}

// Every kind of proxy carries requests to hosts with and without TLS, plain and
// streamed, and its password is never shown.
func TestRequestsGoThroughProxies(t *testing.T) {
	w := newWorldWith(t, func(c *app.Config) { c.LogLevel = "debug" })
	hosts := map[string]string{"http": w.upstream.URL, "https": w.behindTLS()}
	for _, scheme := range []string{"http", "https", "socks5", "socks5h"} {
		for _, withPassword := range []bool{false, true} {
			for kind, base := range hosts {
				t.Run(fmt.Sprintf("%s to %s, password %v", scheme, kind, withPassword), func(t *testing.T) {
					p := startProxy(t, scheme, withPassword)
					w.through(t, p, p.url(scheme, proxyPassword), base)
				})
			}
		}
	}
	logged, err := os.ReadFile(filepath.Join(w.dir, "aihub.log"))
	w.must(err)
	if strings.Contains(string(logged), proxyPassword) {
		t.Error("the log holds the proxy's password")
	}
}

func (w *world) through(t *testing.T, p *proxied, proxy, base string) {
	t.Helper()
	id := w.channels[core.ProviderAnthropic]
	if res := w.proxyTest(admin.ProxyTestRequest{ProxyURL: proxy, ChannelID: id, BaseURL: &base}); !res.OK || res.Host == "" {
		t.Fatalf("before it is saved: %+v", res)
	}
	w.update(core.ProviderAnthropic, fmt.Sprintf(`{"base_url":%q,"proxy_url":%q}`, base, proxy))
	before := len(p.Hosts())
	for _, tr := range []traffic{plain()[2], streams()[2]} {
		got := w.post(tr.path, tr.body)
		if got.status != http.StatusOK || got.err != nil {
			t.Errorf("%s: %d %v %s", tr.name, got.status, got.err, got.body)
		}
	}
	if len(p.Hosts()) == before {
		t.Error("the requests did not go through the proxy")
	}
	shown := w.admin(http.MethodGet, "/api/channels/"+id, "")
	if strings.Contains(string(shown.body), proxyPassword) {
		t.Errorf("the password is shown: %s", shown.body)
	}
	if p.User == "" {
		return
	}
	// What is shown, sent back, stands for the stored password, here and there.
	masked, _ := decode(t, shown.body)["proxy_url"].(string)
	w.update(core.ProviderAnthropic, fmt.Sprintf(`{"proxy_url":%q}`, masked))
	if res := w.proxyTest(admin.ProxyTestRequest{ProxyURL: masked, ChannelID: id}); !res.OK {
		t.Errorf("after it is saved: %+v", res)
	}
	if got := w.post(plain()[2].path, plain()[2].body); got.status != http.StatusOK {
		t.Errorf("after the masked address was saved: %d %s", got.status, got.body)
	}
}

// A proxy that fails says nothing about the account behind it: another one
// answers, and the first is fit as soon as its proxy is.
func TestAFailingProxyIsNotTheAccountsFault(t *testing.T) {
	w := newTrio(t, func(*app.Config) {})
	p := startProxy(t, "http", true)
	hosts := map[string]string{"http": w.upstream.URL, "https": w.behindTLS()}
	id := w.bad[core.ProviderAnthropic]
	for kind, base := range hosts {
		w.update(core.ProviderAnthropic, fmt.Sprintf(`{"base_url":%q}`, base))
		w.setProxy(id, p.url("http", "wr0ng"))
		got := w.post(plain()[2].path, plain()[2].body)
		row := w.record(got.row())
		if got.status != http.StatusOK || len(row.Attempts) != 2 || row.Attempts[0].AccountID != id || !strings.Contains(row.Attempts[0].Reason, "proxy") {
			t.Errorf("%s: %d %s %+v", kind, got.status, got.body, row.Attempts)
		}
		if a, err := w.hub.Service().FindAccount(t.Context(), id); err != nil || a.State == core.StateNeedsLogin || strings.Contains(fmt.Sprint(a, row), "wr0ng") {
			t.Errorf("%s: %+v %v", kind, a, err)
		}
		res, err := w.hub.Service().TestAccountProxy(t.Context(), id)
		if err != nil || res.OK || res.Step != core.StepProxyAuth {
			t.Errorf("%s: %+v %v", kind, res, err)
		}
		w.setProxy(id, p.url("http", proxyPassword))
		if got := w.post(plain()[2].path, plain()[2].body); got.header.Get("X-Aihub-Account") != id {
			t.Errorf("%s: with the right password: %d by %s", kind, got.status, got.header.Get("X-Aihub-Account"))
		}
	}
}

func (w *world) setProxy(account, proxy string) {
	w.t.Helper()
	_, err := w.hub.Service().UpdateAccount(w.t.Context(), account, admin.AccountInput{ProxyURL: &proxy})
	w.must(err)
}
