package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// prose returns n bytes that do not repeat themselves.
func prose(seed uint64, n int) string {
	words := strings.Fields("the a model answers with many tokens 模型 回答 and \"quotes\" or {braces} \n")
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "%s %d ", words[r.IntN(len(words))], r.IntN(1000))
	}
	return strings.ToValidUTF8(b.String()[:n], "?")
}

func capture(at time.Time, seed uint64, size int) *core.Capture {
	return &core.Capture{
		ID: core.NewID("req", at), Time: at, Request: prose(seed, size), UpstreamRequest: "{}" + prose(seed, size),
		Response: prose(seed+1, size/2), Truncated: []core.BodyPart{core.BodyUpstream}, Redacted: 3,
	}
}

func putCapture(t *testing.T, s core.CaptureStore, c *core.Capture) {
	t.Helper()
	if err := s.PutCapture(context.Background(), c); err != nil {
		t.Fatalf("PutCapture: %v", err)
	}
}

func wantCapture(t *testing.T, s core.CaptureStore, want *core.Capture) {
	t.Helper()
	got, err := s.FindCapture(context.Background(), want.ID)
	if err != nil {
		t.Fatalf("FindCapture: %v", err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the bodies of %s differ: %d, %d and %d bytes, %v, want %d, %d and %d, %v", want.ID,
			len(got.Request), len(got.UpstreamRequest), len(got.Response), got.Truncated,
			len(want.Request), len(want.UpstreamRequest), len(want.Response), want.Truncated)
	}
}

func capturesKept(t *testing.T, open Open) {
	s := open(t)
	small, large := capture(day, 1, 300), capture(day.Add(time.Second), 2, 3<<20)
	empty := &core.Capture{ID: core.NewID("req", day), Time: day, Truncated: []core.BodyPart{}}
	other := capture(day, 1, 50_000)
	other.ID = "an id of another form"
	same := &core.Capture{ID: core.NewID("req", day), Time: day, Request: strings.Repeat("again ", 100_000), Truncated: []core.BodyPart{}}
	all := []*core.Capture{small, large, empty, other, same}
	for _, c := range all {
		putCapture(t, s, c)
	}
	small.Request, small.Truncated = "replaced", []core.BodyPart{}
	putCapture(t, s, small)
	for range 2 {
		for _, c := range all {
			wantCapture(t, s, c)
		}
		_, err := s.FindCapture(context.Background(), "req_unknown")
		wantNotFound(t, err)
		shut(t, s)
		s = open(t)
	}
	shut(t, s)
}

// What two days have in common is kept by each of them.
func capturesDropped(t *testing.T, open Open) {
	s := open(t)
	var all []*core.Capture
	for i := range 3 {
		at := day.AddDate(0, 0, i)
		c := capture(at, 1, 40_000)
		all = append(all, c)
		r := record(at)
		r.ID = c.ID
		commit(t, s, nil, []*core.Record{r})
		putCapture(t, s, c)
	}
	alone := capture(day.AddDate(0, 0, -1), 1, 40_000) // of a row that could not be stored
	putCapture(t, s, alone)
	if err := s.DropRecords(context.Background(), day.AddDate(0, 0, 1)); err != nil {
		t.Fatalf("DropRecords: %v", err)
	}
	for _, c := range []*core.Capture{alone, all[0]} {
		_, err := s.FindCapture(context.Background(), c.ID)
		wantNotFound(t, err)
	}
	wantCapture(t, s, all[1])
	if err := s.LimitRecords(context.Background(), 1<<40, day.AddDate(0, 0, 2)); err != nil {
		t.Fatalf("LimitRecords: %v", err)
	}
	wantCapture(t, s, all[2])
	putCapture(t, s, all[0])
	wantCapture(t, s, all[0])
	shut(t, s)
}

func capturesAtOnce(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	list := make([]*core.Capture, 16)
	var wg sync.WaitGroup
	for i := range list {
		list[i] = capture(day.Add(time.Duration(i)*time.Second), uint64(i%4), 100_000)
		wg.Go(func() {
			if err := s.PutCapture(context.Background(), list[i]); err != nil {
				t.Errorf("PutCapture: %v", err)
			}
		})
	}
	wg.Wait()
	for _, c := range list {
		wantCapture(t, s, c)
	}
}
