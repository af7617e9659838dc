package storetest

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

func putStates(t *testing.T, s core.Store, kind core.StateKind, docs map[string][]byte) {
	t.Helper()
	if err := s.PutStates(context.Background(), kind, docs); err != nil {
		t.Fatal(err)
	}
}

// wantStates compares the ids of a kind, and returns the documents.
func wantStates(t *testing.T, s core.Store, kind core.StateKind, ids ...string) map[string][]byte {
	t.Helper()
	docs, err := s.ListStates(context.Background(), kind)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(docs)); !slices.Equal(got, ids) {
		t.Errorf("documents of kind %s: %v, want %v", kind, got, ids)
	}
	return docs
}

func statesKept(t *testing.T, open Open) {
	s := open(t)
	mine := []byte("one")
	putStates(t, s, core.StateLogin, map[string][]byte{"a": mine, "b": []byte("two"), "c/d": []byte("three")})
	mine[0] = 'X'
	putStates(t, s, core.StateHealth, map[string][]byte{"a": []byte("other kind")})
	putStates(t, s, core.StateLogin, map[string][]byte{"b": nil, "never": nil})
	if err := s.PutStates(context.Background(), core.StateLogin, map[string][]byte{"": []byte("x")}); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("a document without an id: %v", err)
	}
	shut(t, s)
	s = open(t)
	defer shut(t, s)
	docs := wantStates(t, s, core.StateLogin, "a", "c/d")
	if string(docs["a"]) != "one" {
		t.Errorf("document a is %q", docs["a"])
	}
	wantStates(t, s, core.StateHealth, "a")
}

func statesDeleted(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	update(t, s, core.PutChannel{Channel: channel("c1")}, core.PutAccount{Account: account("a1", "c1")}, core.PutAccount{Account: account("a2", "c1")})
	for _, kind := range core.AccountStates() {
		putStates(t, s, kind, map[string][]byte{"a1": []byte("x"), "a2": []byte("y")})
	}
	update(t, s, core.DeleteAccount{ID: "a1"})
	for _, kind := range core.AccountStates() {
		wantStates(t, s, kind, "a2")
	}
}
