package credential

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// crowd is how many ask for a token at once.
const crowd = 64

// TestCrowd lets many race for the renewals of sign-ins whose refresh tokens
// are good for one use: each is used once, and the store has the last.
func TestCrowd(t *testing.T) {
	for _, kind := range []simulator.KiroKind{simulator.KiroBuilderID, simulator.KiroGoogle} {
		t.Run(string(kind), func(t *testing.T) {
			s := startSignIn(t, kind, simulator.KiroSingleUse)
			h := s.open(t)
			defer h.shut()
			var wg sync.WaitGroup
			for range crowd {
				wg.Go(func() {
					for range 8 {
						a, err := h.Force(t.Context(), accountID)
						if err != nil {
							t.Error(err)
							return
						}
						s.use(t, a)
					}
				})
			}
			wg.Wait()
			s.checkTokens(t, h)
			for _, token := range s.sim.KiroTokens() {
				if token.Uses > 1 || token.Refused > 0 {
					t.Errorf("a refresh token was used %d times and refused %d times", token.Uses, token.Refused)
				}
			}
		})
	}
}

// TestKilledAtAnyMoment kills a process in the middle of its renewals, again and
// again over one store. The service lets an old refresh token go when the new
// one is in use: whoever used it before it was stored would lose the sign-in.
func TestKilledAtAnyMoment(t *testing.T) {
	s := startSignIn(t, simulator.KiroBuilderID, simulator.KiroOverlap)
	for round := range 4 {
		kept := s.runUntil(t, nil, 100*(round+1))
		h := s.open(t)
		if stored := s.place(h.account().Credential.RefreshToken); stored < s.newest(kept) {
			t.Fatalf("round %d: the store has refresh token %d, and %d was given to a request", round, stored, s.newest(kept))
		}
		s.renews(t, h)
		h.shut()
	}
}

// TestKilledBeforeTheAnswer kills a process whose renewal the service has made
// and not yet answered.
func TestKilledBeforeTheAnswer(t *testing.T) {
	s := startSignIn(t, simulator.KiroGoogle, simulator.KiroOverlap)
	for range 3 {
		s.runUntil(t, s.gate.shut(5, true), 0)
		s.gate.open()
		h := s.open(t)
		s.renews(t, h)
		h.shut()
	}
}

// TestKilledBetweenRenewals kills a process of a service that takes every
// refresh token once: the last one that it gave out is in the store.
func TestKilledBetweenRenewals(t *testing.T) {
	s := startSignIn(t, simulator.KiroGoogle, simulator.KiroSingleUse)
	for range 3 {
		s.runUntil(t, s.gate.shut(5, false), 0)
		s.gate.open()
		h := s.open(t)
		s.checkTokens(t, h)
		s.renews(t, h)
		h.shut()
	}
	for _, token := range s.sim.KiroTokens() {
		if token.Uses > 1 || token.Refused > 0 {
			t.Errorf("a refresh token was used %d times and refused %d times", token.Uses, token.Refused)
		}
	}
}

// runUntil lets a crowd renew in a process of its own and kills it when held is
// closed, or after so many lines. It returns the ids of the refresh tokens that
// requests went with.
func (s *signIn) runUntil(t *testing.T, held <-chan struct{}, lines int) (kept []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+s.dir, childBase+"="+s.url)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var killer sync.WaitGroup
	over := make(chan struct{})
	killer.Go(func() {
		select {
		case <-held:
			_ = cmd.Process.Kill() // on Unix this is SIGKILL
		case <-over:
		}
	})
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		if kept = append(kept, strings.TrimPrefix(scanner.Text(), "kept ")); len(kept) == lines {
			_ = cmd.Process.Kill() // what is in the pipe still counts
		}
		if strings.HasPrefix(scanner.Text(), "dead") {
			t.Error(scanner.Text())
		}
	}
	err = cmd.Wait()
	close(over)
	killer.Wait()
	if err == nil || stderr.Len() > 0 || len(kept) == 0 {
		t.Fatalf("the crowd ended by itself after %d lines (%v): %s", len(kept), err, stderr.String())
	}
	return kept
}

// refreshForEver is the life of the process that is killed: a crowd that renews
// the sign-in of a store, uses each token and says so.
func refreshForEver(dir, base string) error {
	h, err := openHouse(dir, func(reason string) { fmt.Println("dead", reason) })
	if err != nil {
		return err
	}
	ended := make(chan error)
	for range crowd {
		go func() {
			for {
				a, err := h.Force(context.Background(), accountID)
				if err == nil {
					err = useToken(base, a)
				}
				if err != nil {
					ended <- err
					return
				}
				fmt.Println("kept", simulator.AccountID(a.Credential.RefreshToken))
			}
		}()
	}
	return <-ended
}

// renews demands that the sign-in is alive.
func (s *signIn) renews(t *testing.T, h *house) {
	t.Helper()
	before := h.account().Credential.RefreshToken
	a, err := h.Force(t.Context(), accountID)
	if err != nil || len(h.deaths()) > 0 {
		t.Fatalf("a healthy sign-in: %v, deaths %q", err, h.deaths())
	}
	if a.Credential.RefreshToken == before {
		t.Error("the token did not rotate")
	}
	s.use(t, a)
	s.checkTokens(t, h)
}

// checkTokens demands that the store has the one refresh token that is good.
func (s *signIn) checkTokens(t *testing.T, h *house) {
	t.Helper()
	stored := simulator.AccountID(h.account().Credential.RefreshToken)
	for _, token := range s.sim.KiroTokens() {
		if good := token.State == "live"; good != (token.ID == stored) {
			t.Errorf("a refresh token is %s, and it is %v that the store has it", token.State, token.ID == stored)
		}
	}
}

// place is the number of a refresh token in the order in which they were given
// out, -1 for one that never was.
func (s *signIn) place(refresh string) int { return s.newest([]string{simulator.AccountID(refresh)}) }

func (s *signIn) newest(ids []string) int {
	at, want := -1, map[string]bool{}
	for _, id := range ids {
		want[id] = true
	}
	for i, token := range s.sim.KiroTokens() {
		if want[token.ID] {
			at = i
		}
	}
	return at
}

func (s *signIn) use(t *testing.T, a *core.Account) {
	t.Helper()
	if err := useToken(s.url, a); err != nil {
		t.Error(err)
	}
}
