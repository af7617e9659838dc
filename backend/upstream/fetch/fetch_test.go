package fetch

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

func TestIsPublic(t *testing.T) {
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false,
		"::1": false, "fe80::1": false, "fd00::1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false,
	} {
		if got := isPublic(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("connected") }))
	defer srv.Close()
	f := New()
	defer f.Close()
	for _, url := range []string{srv.URL, strings.Replace(srv.URL, "127.0.0.1", "localhost", 1), strings.Replace(srv.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1)} {
		if _, err := f.Get(t.Context(), url); core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestGet(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png; x=1")
		_, _ = w.Write([]byte("png"))
	})
	mux.HandleFunc("/missing", http.NotFound)
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, MaxBytes+1)) })
	mux.Handle("/away", http.RedirectHandler("/ok", http.StatusFound))
	mux.Handle("/file", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	srv := httptest.NewServer(mux)
	defer srv.Close()
	f := newFetcher(func(a netip.Addr) bool { return a.IsLoopback() })
	defer f.Close()
	for path, want := range map[string]string{
		"/ok": "image/png", "/away": "image/png", "/missing": "", "/big": "", "/file": "", "/loop": "",
	} {
		got, err := f.Get(t.Context(), srv.URL+path)
		if want == "" {
			if core.CodeOf(err) != core.CodeInvalid {
				t.Errorf("%s: %v", path, err)
			}
			continue
		}
		if err != nil || got.MIME != want || got.Data != base64.StdEncoding.EncodeToString([]byte("png")) {
			t.Errorf("%s: %+v %v", path, got, err)
		}
	}
	for _, url := range []string{"ftp://host/x", "::", "file:///etc/passwd"} {
		if _, err := f.Get(t.Context(), url); core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%s: %v", url, err)
		}
	}
}
