package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// wire is the connection of the bad accounts: a proxy of their own, which breaks
// in the way that it is told.
type wire struct {
	t    *testing.T
	ln   net.Listener
	mu   sync.Mutex
	how  breakage
	open sync.WaitGroup
}

// breakage is one way in which a connection fails.
type breakage struct {
	name string
	// answer is written once the request's head has come; %s in it stands for the
	// content type of a stream.
	answer string
	reset  bool // with RST, instead of in order
	tls    bool // the host behind it has TLS
}

const (
	streamHead = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
	nonsense   = "data: {nonsense\n\n"
)

func breakages() []breakage {
	chunk := fmt.Sprintf("%x\r\n%s\r\n", len(nonsense), nonsense)
	return []breakage{
		{name: "closed before the head"},
		{name: "reset before the head", reset: true},
		{name: "closed in the head", answer: "HTTP/1.1 200 OK\r\nContent-Ty"},
		{name: "reset in the head", answer: "HTTP/1.1 200 OK\r\nContent-Ty", reset: true},
		{name: "no HTTP", answer: "\x00\x01 nonsense\r\n\r\n"},
		{name: "closed behind the head", answer: streamHead},
		{name: "reset behind the head", answer: streamHead, reset: true},
		{name: "closed behind nonsense", answer: streamHead + chunk},
		{name: "nonsense, whole", answer: streamHead + chunk + "0\r\n\r\n"},
		{name: "closed in the handshake of TLS", answer: "HTTP/1.1 200 Connection established\r\n\r\n", tls: true},
		{name: "reset in the handshake of TLS", answer: "HTTP/1.1 200 Connection established\r\n\r\n", tls: true, reset: true},
		{name: "no way to the host", answer: "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", tls: true},
	}
}

func newWire(t *testing.T) *wire {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, ln: ln}
	w.open.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			w.open.Go(func() { w.serve(conn) })
		}
	})
	t.Cleanup(func() { ln.Close(); w.open.Wait() })
	return w
}

func (w *wire) serve(conn net.Conn) {
	defer conn.Close()
	w.mu.Lock()
	how := w.how
	w.mu.Unlock()
	from := bufio.NewReader(conn)
	r, err := http.ReadRequest(from)
	if err != nil {
		return
	}
	if r.Method != http.MethodConnect {
		_, _ = io.Copy(io.Discard, r.Body) // so that a close is in order
	}
	kind := "text/event-stream"
	if strings.Contains(r.URL.Path, "/kiro") {
		kind = "application/vnd.amazon.eventstream"
	}
	_, _ = io.WriteString(conn, strings.Replace(how.answer, "%s", kind, 1))
	if how.reset {
		_ = conn.(*net.TCPConn).SetLinger(0)
	}
}

// The connection of one of three accounts breaks in every way before the first
// content, for every pair of protocols: the client sees one clean answer.
func TestABrokenConnectionIsNotSeen(t *testing.T) {
	for name, model := range everywhere() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := core.Provider(name)
			w, bad := newTrio(t, func(*app.Config) {}), newWire(t)
			base := map[bool]string{false: w.upstream.URL, true: w.behindTLS()}
			w.setProxy(w.bad[p], "http://"+bad.ln.Addr().String())
			for _, how := range breakages() {
				bad.mu.Lock()
				bad.how = how
				bad.mu.Unlock()
				w.update(p, fmt.Sprintf(`{"base_url":%q}`, base[how.tls]+map[bool]string{true: "/kiro"}[name == "kiro"]))
				for _, tr := range append(streams(), plain()...) {
					w.checkBroken(tr, name, model, how)
				}
			}
			bad.ln.Close()
			for _, tr := range append(streams(), plain()...) {
				w.checkBroken(tr, name, model, breakage{name: "nobody listens"})
			}
		})
	}
}

// isStreamed tells the streams from the plain requests of the same name.
func isStreamed(tr traffic) bool { return strings.Contains(tr.body, "tokens=30") }

func (w *trio) checkBroken(tr traffic, name, model string, how breakage) {
	w.t.Helper()
	at := fmt.Sprintf("%s to %s, %s", tr.name, name, how.name)
	_, err := w.hub.Service().ResetAccount(w.t.Context(), w.bad[core.Provider(name)]) // as if it had never failed
	w.must(err)
	path, body := onto(tr, model)
	got := w.post(path, body)
	text := squeeze(got.body)
	if got.status != http.StatusOK || got.err != nil || strings.Contains(text, `"error":{`) || strings.Contains(text, "nonsense") {
		w.t.Errorf("%s: %d %v %s", at, got.status, got.err, got.body)
		return
	}
	if end := ending(tr); end != "" && isStreamed(tr) && strings.Count(text, end) != 1 {
		w.t.Errorf("%s: %d ends in %s", at, strings.Count(text, end), got.body)
	}
	row := w.record(got.row())
	if row.Outcome != core.OutcomeOK || len(row.Attempts) != 2 || row.Attempts[0].AccountID != w.bad[core.Provider(name)] || row.Attempts[0].Reason == "" {
		w.t.Errorf("%s: %s %+v", at, row.Outcome, row.Attempts)
	}
}

// A silent account is left, wherever it falls silent before the first content,
// for every pair of protocols.
func TestSilenceIsLeftEverywhere(t *testing.T) {
	for name, model := range everywhere() {
		for _, chunks := range []int{-1, 0} {
			t.Run(fmt.Sprintf("%s at %d", name, chunks), func(t *testing.T) {
				t.Parallel()
				w := newTrio(t, func(*app.Config) {})
				if got := w.admin(http.MethodPut, "/api/settings", `{"first_byte_timeout_s":1}`); got.status != http.StatusOK {
					t.Fatalf("%d %s", got.status, got.body)
				}
				w.fault(simulator.Fault{Kind: simulator.FaultHang, Chunks: chunks, Key: w.keys[core.Provider(name)]})
				var all sync.WaitGroup
				for _, tr := range streams() { // at the same time: each waits for its second
					all.Go(func() {
						path, body := onto(tr, model)
						got := w.post(path, body)
						text := squeeze(got.body)
						row := w.record(got.row())
						if got.status != http.StatusOK || got.err != nil || strings.Contains(text, `"error":{`) || strings.Count(text, ending(tr)) != 1 {
							t.Errorf("%s: %d %v %s", tr.name, got.status, got.err, got.body)
						}
						if row.Outcome != core.OutcomeOK || len(row.Attempts) != 2 || row.Attempts[0].AccountID != w.bad[core.Provider(name)] {
							t.Errorf("%s: %s %+v", tr.name, row.Outcome, row.Attempts)
						}
					})
				}
				all.Wait()
			})
		}
	}
}

// An answer with nothing in it is one clean answer too.
func TestAnEmptyAnswerIsClean(t *testing.T) {
	w := newTrio(t, func(*app.Config) {})
	for name, model := range everywhere() {
		for _, tr := range append(streams(), plain()...) {
			w.spoil(core.Provider(name), simulator.Fault{Kind: simulator.FaultEmpty})
			path, body := onto(tr, model)
			got := w.post(path, body)
			text := squeeze(got.body)
			if got.status != http.StatusOK || got.err != nil || strings.Contains(text, `"error":{`) {
				t.Errorf("%s to %s: %d %v %s", tr.name, name, got.status, got.err, got.body)
			}
			if end := ending(tr); end != "" && isStreamed(tr) && strings.Count(text, end) != 1 {
				t.Errorf("%s to %s: %d ends in %s", tr.name, name, strings.Count(text, end), got.body)
			}
			if row := w.record(got.row()); row.Outcome != core.OutcomeOK {
				t.Errorf("%s to %s: %s %+v", tr.name, name, row.Outcome, row.Attempts)
			}
		}
	}
}
