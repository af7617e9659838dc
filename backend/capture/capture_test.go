package capture

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/secret"
	"github.com/aihub/aihub/backend/store"
)

func openStore(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func newBodies(request, response string) *Bodies {
	now := time.Now()
	return &Bodies{ID: core.NewID("req", now), Time: now, Request: []byte(request), Response: []byte(response), Limit: 1 << 20}
}

// keep hands over bodies as the relay does.
func keep(t *testing.T, d *Desk, b *Bodies) {
	t.Helper()
	if !d.Reserve(b.ID, 100) {
		t.Fatal("no room")
	}
	d.Put(b, 100)
}

func TestBodiesAreKeptWithoutSecrets(t *testing.T) {
	d := New(openStore(t), slog.New(slog.DiscardHandler))
	defer d.Close()
	const key = "sk-aihub-Zx81Kd02mmQpLw73TtYrEe55GgHhJj11"
	b := newBodies(`{"content":"my key is `+key+`"}`, "data: {\"text\":\"use\\n"+key+"\"}\n\n")
	b.Upstream = []byte("Bearer " + key)
	var released atomic.Bool
	b.Release = func() { released.Store(true) }
	keep(t, d, b)
	got, err := d.Find(t.Context(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Request != `{"content":"my key is [secret]"}` || got.Response != "data: {\"text\":\"use\\n[secret]\"}\n\n" || got.UpstreamRequest != secret.Mark {
		t.Errorf("%+v", got)
	}
	if got.Redacted != 3 || len(got.Truncated) != 0 || !released.Load() {
		t.Errorf("%+v, released: %v", got, released.Load())
	}
	if _, err := d.Find(t.Context(), "req_unknown"); core.CodeOf(err) != core.CodeNotFound {
		t.Error(err)
	}
}

func TestWhatIsKeptOfABody(t *testing.T) {
	picture := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xff, 1, 2}, 50_000))
	for _, tt := range []struct {
		name, in, want string
		limit          int
		cut            bool
	}{
		{"all of a short one", "short", "short", 100, false},
		{"the beginning of a long one", "0123456789", "01234", 5, true},
		{"no half character", "ab模型", "ab模", 7, true},
		{"a picture", `{"url":"data:image/png;base64,` + picture + `","n":1}`, `{"url":"data:image/png;base64,` + picture[:64] + `[… 199936 characters]","n":1}`, 300, false},
		{"two pictures", picture + "," + picture + ".", picture[:64] + "[… 199936 characters]," + picture[:64] + "[… 199936 characters].", 300, false},
		{"what is too short for a picture", picture[:4000], picture[:4000], 5000, false},
		{"sound", "RIFF\x00\x01\xff", "(7 bytes that are no text)", 100, false},
		{"much sound", strings.Repeat("RIFF\x00\x01\xff", 10), "(70 bytes that are no text)", 21, true},
		{"a broken character", "caf\xe9", "caf\uFFFD", 100, false},
		{"nothing", "", "", 100, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBodies(tt.in, "")
			b.Limit = tt.limit
			c := b.tidy()
			if c.Request != tt.want || slices.Contains(c.Truncated, core.BodyRequest) != tt.cut {
				t.Errorf("%q, %v, want %q", c.Request, c.Truncated, tt.want)
			}
		})
	}
}

func TestAPictureIsFoundWhereverItBegins(t *testing.T) {
	run := strings.Repeat("A", minData)
	for offset := range 2 * minData {
		text := strings.Repeat(" ", offset) + run + `"`
		if got := cutData([]byte(text)); len(got) >= len(text) {
			t.Fatalf("the run at %d is missed", offset)
		}
	}
}

// gate is a store that takes its time.
type gate struct {
	*store.DB
	open chan struct{}
}

func (g *gate) PutCapture(ctx context.Context, c *core.Capture) error {
	<-g.open
	return g.DB.PutCapture(ctx, c)
}

func TestAFullQueueDropsAndSaysSo(t *testing.T) {
	var log bytes.Buffer
	g := &gate{openStore(t), make(chan struct{})}
	d := New(g, slog.New(slog.NewTextHandler(&log, nil)))
	d.max = 1000
	first, second := newBodies(strings.Repeat("a b ", 1250), ""), newBodies("b", "")
	keep(t, d, first) // the bodies of one request always fit
	for range 3 {
		if d.Reserve(second.ID, 10) {
			t.Fatal("there is no room, and yet it is promised")
		}
	}
	close(g.open)
	if c, err := d.Find(t.Context(), first.ID); err != nil || len(c.Request) != 5000 {
		t.Fatal(err)
	}
	keep(t, d, second)
	d.Close()
	if c, err := d.Find(t.Context(), second.ID); err != nil || c.Request != "b" {
		t.Errorf("after the queue was full: %v", err)
	}
	if d.held != 0 || len(d.pending) != 0 || !strings.Contains(log.String(), "requests=3") {
		t.Errorf("%d bytes held, %d pending, log %q", d.held, len(d.pending), log.String())
	}
	if d.Reserve(first.ID, 10) {
		t.Error("a closed desk takes something in")
	}
}

// Find waits for bodies that are promised, and no longer than who asks.
func TestFindWaitsForWhatIsComing(t *testing.T) {
	d := New(openStore(t), slog.New(slog.DiscardHandler))
	defer d.Close()
	b := newBodies("later", "")
	if !d.Reserve(b.ID, 5) {
		t.Fatal("no room")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Find(ctx, b.ID); err == nil {
		t.Error("found before it was there")
	}
	var found sync.WaitGroup
	found.Go(func() {
		if c, err := d.Find(t.Context(), b.ID); err != nil || c.Request != "later" {
			t.Errorf("%v, %v", c, err)
		}
	})
	d.Put(b, 5)
	found.Wait()
}

func TestManyAtOnce(t *testing.T) {
	d := New(openStore(t), slog.New(slog.DiscardHandler))
	ids := make(chan string, 200)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				b := newBodies(strings.Repeat("the same ", 1000), core.NewSecret(40))
				if d.Reserve(b.ID, b.size()) {
					d.Put(b, b.size())
					ids <- b.ID
				}
			}
		})
	}
	all.Wait()
	d.Close()
	close(ids)
	for id := range ids {
		if _, err := d.Find(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if d.held != 0 {
		t.Errorf("%d bytes are held", d.held)
	}
}
