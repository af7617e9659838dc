// Package storetest is the conformance suite of core.Store: every adapter runs
// it against the real thing, so that all of them keep the same promises.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) storetest.Open {
//			dir := t.TempDir()
//			return func(t *testing.T) core.Store { … open dir … }
//		})
//	}
package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// Open opens a place. Opening it again, after the store was closed, shows what
// the store kept.
type Open func(t *testing.T) core.Store

// Place makes a new, empty place to open. The suite calls it once per test.
type Place func(t *testing.T) Open

// Run runs the whole suite but for Survive, which needs a process of its own.
func Run(t *testing.T, place Place) {
	for name, test := range map[string]func(*testing.T, Open){
		"config/a new store is empty":                        newStoreIsEmpty,
		"config/what is put is found again":                  putIsFound,
		"config/a failed update changes nothing":             failedUpdate,
		"config/the unknown is not found":                    unknownIsNotFound,
		"config/a channel takes its accounts along":          deleteCascades,
		"config/a snapshot does not change":                  snapshotIsImmutable,
		"config/a store shares nothing with its callers":     nothingShared,
		"config/a very large update is one update":           largeUpdate,
		"config/concurrent updates are all kept":             concurrentUpdates,
		"config/a credential replaces only the one it knew":  credentialReplaced,
		"config/renewals and edits keep each other's fields": credentialAmongEdits,
		"records/a row comes back as it was":                 rowRoundTrip,
		"records/begun rows are open until they end":         openRows,
		"records/open rows outlive a restart":                openRowsReopened,
		"records/open rows share nothing with ended ones":    openRowsAndDrop,
		"records/a checkpoint replaces what is open":         checkpoints,
		"records/checkpoints outlive a restart":              checkpointsReopened,
		"records/a batch of any size":                        largeBatch,
		"records/pages are newest first and complete":        pages,
		"records/pages hold while rows are added":            pagesWhileAdding,
		"records/filters":                                    filters,
		"records/wrong pages are refused":                    wrongPages,
		"records/a row at midnight is found":                 midnight,
		"records/dropping keeps younger days and sums":       dropRecords,
		"captures/bodies come back as they were":             capturesKept,
		"captures/bodies are dropped with their day":         capturesDropped,
		"captures/bodies that are stored at once":            capturesAtOnce,
		"rollups/rows are summed by their labels":            rollups,
		"rollups/filters":                                    rollupFilters,
		"rollups/latencies are summed by their labels":       latencies,
		"rollups/last use is the latest":                     lastUsed,
		"rollups/last use goes with its key and account":     lastUsedDeleted,
		"states/documents outlive a restart":                 statesKept,
		"states/documents go with their account":             statesDeleted,
		"backup/takes the place of everything":               backupRestored,
		"backup/changes nothing when it is not whole":        backupRefused,
		"storage/rows go by whole days":                      limitRecords,
		"life/a cancelled context is obeyed":                 cancelled,
		"life/a closed store refuses":                        closed,
	} {
		t.Run(name, func(t *testing.T) { test(t, place(t)) })
	}
}

// day is the first day on which the suite's requests begin.
var day = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// record returns an ended row with every field set that a store has to keep.
func record(at time.Time) *core.Record {
	cost := 0.0125
	return &core.Record{
		ID: core.NewID("req", at), Time: at, UserID: "usr_1", UserName: "Ana", KeyID: "key_1",
		ClientProtocol: llm.OpenAI, UpstreamProtocol: llm.Anthropic,
		RequestedModel: "gpt-5", UpstreamModel: "claude-sonnet", Stream: true,
		ChannelID: "chn_1", ChannelName: "Main", AccountID: "acc_1", AccountName: "first",
		Status: 200, Outcome: core.OutcomeOK, Error: "none — 没有", Captured: true,
		Attempts: []core.Attempt{
			{ChannelID: "chn_1", AccountID: "acc_0", Status: 429, Reason: "rate limit", StartedAt: at, DurationMS: 12},
			{ChannelID: "chn_1", AccountID: "acc_1", Status: 200, StartedAt: at.Add(time.Second), DurationMS: 900},
		},
		Usage: llm.Usage{
			Input: 1000, CacheRead: 800, CacheWrite: 50, Output: 200, Reasoning: 20, Source: llm.Reported,
		},
		CostUSD: &cost, QueueMS: 3, FirstByteMS: 450, DurationMS: 2000, RequestBytes: 4096, ResponseBytes: 8192,
		UserAgent: "suite/1", ClientIP: "127.0.0.1", Dropped: []string{"logit_bias", "seed"},
	}
}

// begun returns the row as it is before its end.
func begun(r *core.Record) *core.Record {
	b := *r
	b.Outcome, b.Status, b.DurationMS, b.CostUSD = core.OutcomeInFlight, 0, 0, nil
	return &b
}

// records returns n rows, a second apart, with distinct users and models.
func records(n int, from time.Time) []*core.Record {
	list := make([]*core.Record, n)
	for i := range list {
		list[i] = record(from.Add(time.Duration(i) * time.Second))
		list[i].UserID = fmt.Sprintf("usr_%d", i%3)
		list[i].RequestedModel = fmt.Sprintf("model-%d", i%2)
	}
	return list
}

func commit(t *testing.T, s core.RecordStore, begun, ended []*core.Record) {
	t.Helper()
	if err := s.CommitRecords(context.Background(), begun, ended); err != nil {
		t.Fatalf("CommitRecords: %v", err)
	}
}

func update(t *testing.T, s core.ConfigStore, changes ...core.Change) {
	t.Helper()
	if err := s.Update(context.Background(), changes...); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func shut(t *testing.T, s core.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

func wantNotFound(t *testing.T, err error) {
	t.Helper()
	if core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("error %v, want not_found", err)
	}
}
