package admin

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// settled waits until the verification of an import has ended.
func (h *hub) settled(t *testing.T, id string) Import {
	t.Helper()
	for {
		rec := must(h.FindImport(t.Context(), id))(t)
		if rec.State != ImportVerifying {
			return rec
		}
		time.Sleep(time.Millisecond)
	}
}

func (h *hub) tick() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(time.Minute)
}

func TestImportAcrossProviders(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	mine := h.channel(t, core.ProviderOpenAI)
	h.account(t, mine.ID, "sk-proj-known-0123456789")
	in := ImportRequest{Content: strings.Join([]string{
		"sk-proj-known-0123456789", "sk-proj-new-0123456789", "sk-ant-api03-0123456789", "gsk_0123456789abcdef", "0123456789abcdef",
	}, "\n"), DryRun: true}
	dry := must(h.Import(ctx, in))(t)
	if dry.Created != 3 || dry.Skipped != 1 || dry.Failed != 1 || len(dry.Groups) != 3 || dry.ImportID != "" {
		t.Fatalf("%+v", dry)
	}
	want := []ImportGroup{
		{Provider: core.ProviderOpenAI, ChannelID: mine.ID, Channel: mine.Name, Accounts: 1},
		{Provider: core.ProviderAnthropic, Channel: "Anthropic", New: true, Accounts: 1},
		{Provider: core.ProviderOpenAI, BaseURL: "https://api.groq.com/openai/v1", Channel: "api.groq.com", New: true, Accounts: 1},
	}
	for i := range want {
		if dry.Groups[i] != want[i] {
			t.Errorf("group %+v, want %+v", dry.Groups[i], want[i])
		}
	}
	if n := len(h.store.Snapshot().Channels()); n != 1 {
		t.Errorf("a dry run made a channel: %d", n)
	}
	in.DryRun, in.Provider = false, core.ProviderGemini
	in.Targets = []ImportTarget{{Provider: core.ProviderGemini, Name: "Keys of Google"}}
	done := must(h.Import(ctx, in))(t)
	if done.Created != 4 || done.ImportID == "" || done.Groups[3].Channel != "Keys of Google" || done.Groups[3].ChannelID == "" {
		t.Errorf("%+v", done)
	}
	again := must(h.Import(ctx, in))(t)
	if again.Created != 0 || again.Skipped != 5 || again.ImportID != "" {
		t.Errorf("%+v", again)
	}
	in.Targets = []ImportTarget{{Provider: core.ProviderAnthropic, ChannelID: mine.ID}}
	_, err := h.Import(ctx, in)
	wantInvalid(t, err, "targets")
}

// Two accounts that share a refresh token would void it for each other, in
// whatever channels they are.
func TestASignInIsImportedOnce(t *testing.T) {
	h := newHub(t)
	first, second := h.channel(t, core.ProviderKiro), h.channel(t, core.ProviderKiro)
	in := ImportRequest{Content: "aor" + strings.Repeat("1", 150)}
	must(h.ImportAccounts(t.Context(), first.ID, in))(t)
	if got := must(h.ImportAccounts(t.Context(), second.ID, in))(t); got.Skipped != 1 {
		t.Errorf("%+v", got)
	}
}

func TestUndoImport(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	done := must(h.Import(ctx, ImportRequest{Content: "a,sk-proj-a-0123456789\nb,sk-proj-b-0123456789\nc,sk-proj-c-0123456789\nd,sk-ant-api03-d-0123456789"}))(t)
	rec := must(h.FindImport(ctx, done.ImportID))(t)
	if rec.Total != 4 || rec.State != ImportDone || len(rec.Channels) != 2 || len(rec.Accounts) != 4 || rec.Accounts[0].Line != 1 {
		t.Fatalf("%+v", rec)
	}
	h.tick()
	must(h.UpdateAccount(ctx, rec.Accounts[0].ID, AccountInput{Priority: ptr(1)}))(t)
	if err := h.DeleteAccount(ctx, rec.Accounts[1].ID); err != nil {
		t.Fatal(err)
	}
	renewed := h.store.Snapshot().Account(rec.Accounts[2].ID)
	if err := h.store.Update(ctx, core.PutCredential{AccountID: renewed.ID, Was: renewed.Credential, Credential: core.Credential{APIKey: "renewed"}}); err != nil {
		t.Fatal(err)
	}
	undone := must(h.UndoImport(ctx, done.ImportID))(t)
	if want := (ImportUndo{Deleted: 2, Kept: 1, Gone: 1, Channels: 1}); undone != want {
		t.Errorf("%+v, want %+v", undone, want)
	}
	snap := h.store.Snapshot()
	if len(snap.Channels()) != 1 || len(snap.AccountsOf(rec.Channels[0])) != 1 || snap.Account(rec.Accounts[0].ID) == nil {
		t.Errorf("%d channels", len(snap.Channels()))
	}
	_, err := h.UndoImport(ctx, done.ImportID)
	wantCode(t, err, core.CodeConflict)
	_, err = h.UndoImport(ctx, "imp_none")
	wantCode(t, err, core.CodeNotFound)
}

func TestImportsAreForgotten(t *testing.T) {
	h := newHub(t)
	c := h.channel(t, core.ProviderOpenAI)
	for i := range maxImports + 3 {
		h.tick()
		must(h.ImportAccounts(t.Context(), c.ID, ImportRequest{Content: fmt.Sprint("sk-proj-0123456789-", i)}))(t)
	}
	list := must(h.ListImports(t.Context()))(t)
	if n := len(list.Items); n < maxImports || n > maxImports+1 || list.Items[0].CreatedAt.Before(list.Items[1].CreatedAt) || list.Items[0].Accounts != nil {
		t.Errorf("%d imports: %+v", n, list.Items[0])
	}
	h.mu.Lock()
	h.clock = h.clock.Add(importLife + time.Hour)
	h.mu.Unlock()
	must(h.ImportAccounts(t.Context(), c.ID, ImportRequest{Content: "sk-proj-last-0123456789"}))(t)
	if n := len(must(h.ListImports(t.Context()))(t).Items); n != 1 {
		t.Errorf("%d imports", n)
	}
}

// bad reports whether the test's provider refuses an account.
func bad(a *core.Account) bool { return strings.HasPrefix(a.Name, "bad") }

func TestVerifyImport(t *testing.T) {
	for _, policy := range []OnFailure{FailureKeep, FailureDisable, FailureSkip} {
		t.Run(string(policy), func(t *testing.T) {
			h := newHub(t)
			var at, most atomic.Int32
			h.test = func(_ context.Context, a *core.Account) core.TestResult {
				most.Store(max(most.Load(), at.Add(1)))
				defer at.Add(-1)
				time.Sleep(time.Millisecond)
				if bad(a) {
					return core.TestResult{Error: "the key is wrong"}
				}
				return core.TestResult{OK: true, LatencyMS: 3}
			}
			c := h.channel(t, core.ProviderOpenAI)
			var text strings.Builder
			for i := range 40 {
				fmt.Fprintf(&text, "good %d,sk-proj-good-%08d\nbad %d,sk-proj-bad-%08d\n", i, i, i, i)
			}
			done := must(h.ImportAccounts(t.Context(), c.ID, ImportRequest{Content: text.String(), Verify: true, OnFailure: policy}))(t)
			rec := h.settled(t, done.ImportID)
			if rec.State != ImportDone || rec.Done != 80 || rec.OK != 40 || rec.Failed != 40 || rec.Accounts[1].Error != "the key is wrong" {
				t.Errorf("%s: %d done, %d ok, %d failed, %+v", rec.State, rec.Done, rec.OK, rec.Failed, rec.Accounts[1])
			}
			if most.Load() > verifiers {
				t.Errorf("%d at a time", most.Load())
			}
			h.checkPolicy(t, c.ID, policy)
			if undone := must(h.UndoImport(t.Context(), done.ImportID))(t); undone.Kept != 0 || len(h.store.Snapshot().AccountsOf(c.ID)) != 0 {
				t.Errorf("%+v", undone)
			}
			if events := strings.Join(h.published(t, 0), "\n"); !strings.Contains(events, `"state":"done","total":80,"done":80`) {
				t.Errorf("events %s", events)
			}
		})
	}
}

func (h *hub) checkPolicy(t *testing.T, channel string, policy OnFailure) {
	t.Helper()
	want := map[OnFailure]int{FailureKeep: 80, FailureDisable: 80, FailureSkip: 40}[policy]
	accounts := h.store.Snapshot().AccountsOf(channel)
	if len(accounts) != want {
		t.Errorf("%d accounts, want %d", len(accounts), want)
	}
	for _, a := range accounts {
		if bad(a) && a.Enabled == (policy == FailureDisable) || !bad(a) && !a.Enabled {
			t.Errorf("%s: enabled = %v", a.Name, a.Enabled)
		}
	}
}

func TestCancelImport(t *testing.T) {
	h := newHub(t)
	begun := make(chan struct{}, 100)
	h.test = func(ctx context.Context, _ *core.Account) core.TestResult {
		begun <- struct{}{}
		<-ctx.Done()
		return core.TestResult{Error: "cancelled"}
	}
	c := h.channel(t, core.ProviderOpenAI)
	var text strings.Builder
	for i := range 50 {
		fmt.Fprintf(&text, "sk-proj-%08d\n", i)
	}
	done := must(h.ImportAccounts(t.Context(), c.ID, ImportRequest{Content: text.String(), Verify: true, OnFailure: FailureSkip}))(t)
	<-begun
	if rec := must(h.FindImport(t.Context(), done.ImportID))(t); rec.State != ImportVerifying || rec.Accounts[0].Verdict != verdictPending {
		t.Errorf("%+v", rec)
	}
	rec := must(h.CancelImport(t.Context(), done.ImportID))(t)
	if rec.State != ImportCancelled || rec.Failed != 0 || len(h.store.Snapshot().AccountsOf(c.ID)) != 50 {
		t.Errorf("%+v", rec)
	}
}

// A large import holds nobody up for long: changes and reads go on beside it.
func TestLargeImport(t *testing.T) {
	h := newHub(t)
	c := h.channel(t, core.ProviderKiro)
	a := h.account(t, h.channel(t, core.ProviderOpenAI).ID, "sk-1")
	var text strings.Builder
	text.WriteString("[")
	for i := range 5000 {
		if i > 0 {
			text.WriteString(",\n")
		}
		fmt.Fprintf(&text, `{"email":"%d@example.com","refreshToken":"aor%0157d","clientId":"c","clientSecret":"s","region":"us-east-1"}`, i, i)
	}
	text.WriteString("]")
	ended := make(chan ImportResult)
	go func() {
		out, err := h.ImportAccounts(context.WithoutCancel(t.Context()), c.ID, ImportRequest{Content: text.String()})
		if err != nil {
			t.Error(err)
		}
		ended <- out
	}()
	for n := 0; ; n++ {
		select {
		case out := <-ended:
			if out.Created != 5000 || len(h.store.Snapshot().AccountsOf(c.ID)) != 5000 || n == 0 {
				t.Errorf("%d created, %d changes beside it", out.Created, n)
			}
			undone := must(h.UndoImport(t.Context(), out.ImportID))(t)
			if undone.Deleted != 5000 {
				t.Errorf("%+v", undone)
			}
			return
		default:
			must(h.UpdateAccount(t.Context(), a.ID, AccountInput{Priority: ptr(n)}))(t)
		}
	}
}
