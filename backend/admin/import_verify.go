package admin

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/aihub/aihub/backend/core"
)

const (
	// verifiers is how many accounts are tried at a time.
	verifiers = 8
	// verifyBeat is how often progress is told and outcomes are carried out.
	verifyBeat = 300 * time.Millisecond
)

// The verdicts on an account.
const (
	verdictPending = "pending"
	verdictOK      = "ok"
	verdictFailed  = "failed"
	verdictSkipped = "skipped" // it was deleted before its turn
)

// importEvent tells how the verification of an import goes.
type importEvent struct {
	ID     string      `json:"id"`
	State  ImportState `json:"state"`
	Total  int         `json:"total"`
	Done   int         `json:"done"`
	OK     int         `json:"ok"`
	Failed int         `json:"failed"`
}

// verdict is the outcome of one account.
type verdict struct {
	index  int
	gone   bool
	result core.TestResult
}

// verifyInBackground tries the accounts of an import, a few at a time.
func (s *Service) verifyInBackground(rec *Import) {
	s.deps.Jobs.start(rec, func(ctx context.Context, update func(func(*Import))) {
		s.verify(ctx, rec.ID, accountIDs(rec), update)
	})
}

func accountIDs(rec *Import) []string {
	ids := make([]string, len(rec.Accounts))
	for i := range rec.Accounts {
		ids[i] = rec.Accounts[i].ID
	}
	return ids
}

func (s *Service) verify(ctx context.Context, id string, ids []string, update func(func(*Import))) {
	verdicts := make(chan verdict, verifiers)
	go func() {
		defer close(verdicts)
		var group errgroup.Group
		group.SetLimit(verifiers)
		for i, account := range ids {
			if ctx.Err() != nil {
				break
			}
			group.Go(func() error {
				if v, ok := s.try(ctx, account); ok {
					v.index = i
					verdicts <- v
				}
				return nil
			})
		}
		_ = group.Wait() // its functions return no error
	}()
	tick := time.NewTicker(verifyBeat)
	defer tick.Stop()
	var batch []verdict
	for open := true; open; {
		var v verdict
		select {
		case v, open = <-verdicts:
			if open {
				batch = append(batch, v)
			}
		case <-tick.C:
			s.settle(id, batch, update)
			batch = nil
		}
	}
	s.settle(id, batch, update)
	s.endVerification(ctx, update)
}

// try sends one tiny request; ok is false when the verification was cancelled
// meanwhile.
func (s *Service) try(ctx context.Context, id string) (v verdict, ok bool) {
	snap := s.snapshot()
	a := snap.Account(id)
	if a == nil {
		return verdict{gone: true}, true
	}
	v.result = s.deps.Test(ctx, snap.Channel(a.ChannelID), a)
	return v, ctx.Err() == nil
}

// settle writes verdicts down, deals with the accounts that failed and tells the
// progress.
func (s *Service) settle(id string, batch []verdict, update func(func(*Import))) {
	if len(batch) == 0 {
		return
	}
	var failed []string
	var event importEvent
	var policy OnFailure
	update(func(rec *Import) {
		for _, v := range batch {
			if rec.note(v) {
				failed = append(failed, rec.Accounts[v.index].ID)
			}
		}
		policy, event = rec.OnFailure, rec.event()
	})
	if policy != FailureKeep && len(failed) > 0 {
		s.punish(id, failed, policy, update)
	}
	s.deps.Events.Publish(core.EventImport, event)
}

// note writes a verdict down; it reports whether the account failed.
func (rec *Import) note(v verdict) (failed bool) {
	a := &rec.Accounts[v.index]
	rec.Done++
	switch {
	case v.gone:
		a.Verdict = verdictSkipped
	case v.result.OK:
		rec.OK++
		a.Verdict, a.LatencyMS = verdictOK, v.result.LatencyMS
	default:
		rec.Failed++
		a.Verdict, a.Error, a.LatencyMS = verdictFailed, v.result.Error, v.result.LatencyMS
		return true
	}
	return false
}

func (rec *Import) event() importEvent {
	return importEvent{ID: rec.ID, State: rec.State, Total: rec.Total, Done: rec.Done, OK: rec.OK, Failed: rec.Failed}
}

// punish disables or deletes accounts that failed, unless somebody has changed
// them meanwhile.
func (s *Service) punish(id string, failed []string, policy OnFailure, update func(func(*Import))) {
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := s.snapshot()
	now := s.now()
	update(func(rec *Import) {
		var changes []core.Change
		for _, account := range failed {
			a := snap.Account(account)
			if a == nil || !a.UpdatedAt.Equal(rec.Touched[account]) {
				continue
			}
			if policy == FailureSkip {
				changes = append(changes, core.DeleteAccount{ID: account})
				continue
			}
			off := *a
			off.Enabled, off.UpdatedAt = false, now
			rec.Touched[account] = now
			changes = append(changes, core.PutAccount{Account: off, KeepCredential: true})
		}
		if len(changes) == 0 {
			return
		}
		if err := s.deps.Store.Update(context.Background(), changes...); err != nil {
			s.deps.Log.Error("import: accounts that failed their verification stay as they are", "import", id, "err", err)
			return
		}
		s.publishChannels(rec)
	})
}

// endVerification writes the outcome down for good.
func (s *Service) endVerification(ctx context.Context, update func(func(*Import))) {
	var last *Import
	update(func(rec *Import) {
		rec.State = ImportDone
		if ctx.Err() != nil {
			rec.State = ImportCancelled
		}
		last = rec.clone()
	})
	if err := s.keepImport(context.WithoutCancel(ctx), last); err != nil {
		s.deps.Log.Error("import: the outcome of the verification is not kept", "import", last.ID, "err", err)
	}
	s.deps.Events.Publish(core.EventImport, last.event())
}
