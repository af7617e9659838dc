package gateway

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/aihub/aihub/backend/llm"
)

func packed(t *testing.T, text string, open func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var buf bytes.Buffer
	w := open(&buf)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestEncodings(t *testing.T) {
	const text = `{"model":"m"}`
	zip := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	br := func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }
	zst := func(w io.Writer) io.WriteCloser {
		e, err := zstd.NewWriter(w)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	tests := []struct {
		name      string
		encodings []string // header lines
		body      string
		fails     bool
	}{
		{"none", nil, text, false},
		{"identity", []string{"identity"}, text, false},
		{"zstd", []string{"zstd"}, packed(t, text, zst), false},
		{"brotli with bytes behind it", []string{"br"}, packed(t, text, br) + "\n", true},
		{"two", []string{"gzip, br"}, packed(t, packed(t, text, zip), br), false},
		{"two lines", []string{"gzip", "br"}, packed(t, packed(t, text, zip), br), false},
		{"three", []string{"gzip,br,zstd"}, packed(t, packed(t, packed(t, text, zip), br), zst), false},
		{"four", []string{"identity,identity,identity,identity"}, text, true},
		{"a chain", []string{strings.Repeat("br,", 20000) + "br"}, text, true},
		{"many lines", []string{"br", "br", "br", "br"}, text, true},
		{"unknown", []string{"compress"}, text, true},
		{"cut", []string{"gzip"}, packed(t, text, zip)[:12], true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tt.body))
			if tt.encodings != nil {
				r.Header["Content-Encoding"] = tt.encodings
			}
			got, err := readWhole(r, 1<<20)
			switch {
			case tt.fails && (err == nil || err.Kind != llm.InvalidRequest):
				t.Errorf("error %v", err)
			case !tt.fails && (err != nil || string(got.Bytes()) != text):
				t.Errorf("%q, %v", got.Bytes(), err)
			}
			if n, _ := r.Body.Read(make([]byte, 1)); !tt.fails && n > 0 {
				t.Error("the body has not been read to its end")
			}
		})
	}
}

// A body that never comes is not waited for, whoever refuses the request.
func TestRefusalsDoNotWaitForTheBody(t *testing.T) {
	d := newDoor(t)
	s := New(Config{
		Metrics: noMetrics(),
		Store:   d.store, Service: d.service(slog.New(slog.DiscardHandler)), Events: d.events,
		AdminKey: func() string { return testAdminKey }, Files: fstest.MapFS{}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	s.guestTime = 20 * time.Millisecond
	if err := s.Start(t.Context(), "127.0.0.1", 0); err != nil {
		t.Fatal(err)
	}
	defer s.Stop(t.Context())
	address := strings.TrimPrefix(s.Status().URL, "http://")
	tests := []struct {
		path, host string
		status     int
	}{
		{"/v1/chat/completions", "localhost", 401},
		{"/v1/chat/completions", "evil.example", 403},
		{"/v1beta/models/m:generateContent", "localhost", 401},
		{"/nowhere", "localhost", 404},
		{"/api/channels", "localhost", 401},
		{"/api/nowhere", "localhost", 404},
		{"/api/gateway/start", "evil.example", 403},
	}
	for _, tt := range tests {
		for _, length := range []string{"Content-Length: 10", "Transfer-Encoding: chunked"} {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n", tt.path, tt.host, length)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("%s: %v", tt.path, err)
			}
			if res.StatusCode != tt.status || !res.Close {
				t.Errorf("%s of %s, %s: %d, closed: %v", tt.path, tt.host, length, res.StatusCode, res.Close)
			}
			conn.Close()
		}
	}
}

func TestQueryWithoutKey(t *testing.T) {
	for raw, want := range map[string]string{
		"":                               "",
		"alt=sse":                        "alt=sse",
		"key=k&alt=sse":                  "alt=sse",
		"alt=sse&api_key=k":              "alt=sse",
		"%6bey=k&api%5Fkey=k&monkey=%7e": "monkey=%7e",
	} {
		if got := queryWithoutKey(raw); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
}
