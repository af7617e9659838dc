package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// credentialReplaced: a renewed credential goes in only where the old one was,
// and an edit that leaves the credential out does not bring the old one back.
func credentialReplaced(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	before := core.Credential{RefreshToken: "r1", ExpiresAt: time.Now()}
	a := account("a1", "c1")
	a.Credential = before
	update(t, s, core.PutChannel{Channel: channel("c1")}, core.PutAccount{Account: a})
	after := core.Credential{RefreshToken: "r2", AccessToken: "t2", ExpiresAt: day}
	update(t, s, core.PutCredential{AccountID: "a1", Was: before, Credential: after})
	a.Name = "renamed"
	update(t, s, core.PutAccount{Account: a, KeepCredential: true})
	if got := s.Snapshot().Account("a1"); got.Credential != after || got.Name != "renamed" {
		t.Errorf("got %q with %s", got.Name, got.Credential.RefreshToken)
	}
	err := s.Update(context.Background(), core.PutCredential{AccountID: "a1", Was: before, Credential: before})
	if core.CodeOf(err) != core.CodeConflict {
		t.Errorf("over a newer credential: %v, want conflict", err)
	}
	wantNotFound(t, s.Update(context.Background(), core.PutAccount{Account: account("a9", "c1"), KeepCredential: true}))
}

// credentialAmongEdits: renewals and edits at the same time lose nothing of
// each other.
func credentialAmongEdits(t *testing.T, open Open) {
	const n = 20
	s := open(t)
	defer shut(t, s)
	update(t, s, core.PutChannel{Channel: channel("c1")}, core.PutAccount{Account: account("a1", "c1")})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range n {
			was := s.Snapshot().Account("a1").Credential
			next := core.Credential{RefreshToken: fmt.Sprint("r", i)}
			update(t, s, core.PutCredential{AccountID: "a1", Was: was, Credential: next})
		}
	})
	wg.Go(func() {
		for i := range n {
			a := *s.Snapshot().Account("a1")
			a.Weight = i + 1
			update(t, s, core.PutAccount{Account: a, KeepCredential: true})
		}
	})
	wg.Wait()
	if a := s.Snapshot().Account("a1"); a.Credential.RefreshToken != fmt.Sprint("r", n-1) || a.Weight != n {
		t.Errorf("weight %d with %s", a.Weight, a.Credential.RefreshToken)
	}
}
