package admin

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// A row without bodies says why it has none.
func TestFindLogBody(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	row := func(captured bool) *core.Record {
		r := &core.Record{ID: core.NewID("req", h.now()), Time: h.now(), Outcome: core.OutcomeOK, Captured: captured}
		if err := h.ledger.Reject(ctx, r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	kept, gone, never := row(true), row(true), row(false)
	if err := h.store.PutCapture(ctx, &core.Capture{ID: kept.ID, Time: kept.Time, Request: "asked", Response: "answered", Redacted: 2}); err != nil {
		t.Fatal(err)
	}
	live := &core.Record{ID: core.NewID("req", h.now()), Time: h.now()}
	entry, err := h.ledger.Begin(ctx, live)
	if err != nil {
		t.Fatal(err)
	}
	got := must(h.FindLogBody(ctx, kept.ID))(t)
	if got.Request != "asked" || got.Response != "answered" || got.Redacted != 2 || got.Truncated == nil {
		t.Errorf("%+v", got)
	}
	for id, want := range map[string]string{
		gone.ID: "no longer kept", never.ID: "settings", live.ID: "not ended", "req_unknown": "no such request",
	} {
		if _, err := h.FindLogBody(ctx, id); core.CodeOf(err) != core.CodeNotFound || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := entry.End(live); err != nil {
		t.Fatal(err)
	}
}
