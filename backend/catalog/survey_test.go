package catalog

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/store"
)

func TestOffers(t *testing.T) {
	o := NewOffers()
	if !o.Allows("a", "m") {
		t.Error("an account whose list is not known was refused")
	}
	o.Set("a", []llm.ModelInfo{{ID: "m", Window: 5}})
	if info, known, offered := o.Find("a", "m"); !known || !offered || info.Window != 5 || !o.Allows("a", "m") {
		t.Errorf("got %+v %v %v", info, known, offered)
	}
	if _, known, offered := o.Find("a", "other"); !known || offered || o.Allows("a", "other") {
		t.Error("a model that is not on the list was found")
	}
	o.Set("a", nil)
	if _, ok := o.List("a"); ok || !o.Allows("a", "other") {
		t.Error("a list that was taken back is still known")
	}
}

// Accounts are asked for once, again after hours or a change, and what was told
// outlives a restart and a failure.
func TestSurvey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Still: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		account := core.Account{ID: "a", ChannelID: "c", Enabled: true}
		if err := db.Update(t.Context(), core.PutChannel{Channel: core.Channel{ID: "c", Enabled: true}}, core.PutAccount{Account: account}); err != nil {
			t.Fatal(err)
		}
		asked, fail := 0, error(nil)
		newSurvey := func() *Survey {
			s, err := NewSurvey(t.Context(), SurveyDeps{
				Store: db, States: db, Offers: NewOffers(), Now: time.Now, Log: slog.New(slog.DiscardHandler),
				Lists:  func(core.Provider) bool { return true },
				Health: func(string) core.Health { return core.Health{} },
				Ask: func(context.Context, *core.Account) ([]llm.ModelInfo, error) {
					asked++
					return []llm.ModelInfo{{ID: "m"}}, fail
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		s := newSurvey()
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { s.Run(ctx) })
		time.Sleep(5 * time.Hour)
		if asked != 1 || s.Offers.Allows("a", "other") {
			t.Errorf("asked %d times in five hours", asked)
		}
		account.UpdatedAt = time.Now()
		fail = errors.New("not reached")
		if err := db.Update(t.Context(), core.PutAccount{Account: account}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		if asked < 3 || asked > 9 || !s.Offers.Allows("a", "m") {
			t.Errorf("after a change asked %d times", asked)
		}
		cancel()
		wg.Wait()
		s.Close()
		if list, ok := newSurvey().Offers.List("a"); !ok || len(list) != 1 {
			t.Errorf("after a restart: %v", list)
		}
	})
}
