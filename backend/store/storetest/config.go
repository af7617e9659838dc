package storetest

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

func channel(id string) core.Channel {
	return core.Channel{
		ID: id, Name: "Channel " + id, Provider: core.ProviderOpenAI, API: core.APIAuto, Models: []string{"*"},
		Aliases: map[string]string{"a": "b"}, Headers: map[string]string{"x-org": "one"},
		Weight: 1, Policy: core.PolicyWeighted, PriceMultiplier: 1, Enabled: true, CreatedAt: day, UpdatedAt: day,
	}
}

func account(id, channelID string) core.Account {
	return core.Account{
		ID: id, ChannelID: channelID, Name: "Account " + id, Credential: core.Credential{APIKey: "secret-" + id},
		Models: []string{}, Tags: []string{"t"}, Weight: 2, Enabled: true, CreatedAt: day, UpdatedAt: day,
	}
}

func user(id string) core.User {
	tokens := int64(5000)
	return core.User{
		ID: id, Name: "User " + id, Enabled: true, Quota: core.Quota{Period: core.PeriodDay, Tokens: &tokens},
		Models: []string{"gpt-*"}, AllowedIPs: []string{}, CreatedAt: day, UpdatedAt: day,
	}
}

func key(id, userID string) core.Key {
	return core.Key{ID: id, UserID: userID, Name: "Key " + id, Prefix: "sk-aihub-abcd", Hash: core.HashKey(id), CreatedAt: day}
}

// everything is a configuration with one of each kind.
func everything() []core.Change {
	settings := core.DefaultSettings()
	settings.LogDays = 7
	return []core.Change{
		core.PutChannel{Channel: channel("c1")},
		core.PutAccount{Account: account("a1", "c1")},
		core.PutUser{User: user("u1")},
		core.PutKey{Key: key("k1", "u1")},
		core.PutSettings{Settings: settings},
		core.PutSecret{Name: "admin", Value: "s3cret"},
	}
}

func checkEverything(t *testing.T, s *core.Snapshot) {
	t.Helper()
	check := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", what, got, want)
		}
	}
	c, a, u, k := channel("c1"), account("a1", "c1"), user("u1"), key("k1", "u1")
	check("channel", s.Channel("c1"), &c)
	check("account", s.Account("a1"), &a)
	check("user", s.User("u1"), &u)
	check("key", s.KeyByHash(core.HashKey("k1")), &k)
	check("accounts of the channel", s.AccountsOf("c1"), []*core.Account{&a})
	check("keys of the user", s.KeysOf("u1"), []*core.Key{&k})
	check("settings", s.Settings.LogDays, 7)
	check("secret", s.Secret("admin"), "s3cret")
}

func newStoreIsEmpty(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	snap := s.Snapshot()
	if len(snap.Channels()) != 0 || len(snap.Users()) != 0 {
		t.Errorf("a new store has %d channels and %d users", len(snap.Channels()), len(snap.Users()))
	}
	if !reflect.DeepEqual(snap.Settings, core.DefaultSettings()) {
		t.Errorf("a new store has the settings %+v", snap.Settings)
	}
}

func putIsFound(t *testing.T, open Open) {
	s := open(t)
	update(t, s, everything()...)
	checkEverything(t, s.Snapshot())
	shut(t, s)

	s = open(t)
	defer shut(t, s)
	checkEverything(t, s.Snapshot())
	replaced := channel("c1")
	replaced.Name = "Renamed"
	update(t, s, core.PutChannel{Channel: replaced})
	if got := s.Snapshot().Channel("c1").Name; got != "Renamed" {
		t.Errorf("the replaced channel is called %q", got)
	}
}

func failedUpdate(t *testing.T, open Open) {
	s := open(t)
	update(t, s, everything()...)
	err := s.Update(context.Background(),
		core.PutChannel{Channel: channel("c2")}, core.DeleteUser{ID: "u1"}, core.DeleteUser{ID: "nobody"})
	wantNotFound(t, err)
	for _, state := range []string{"at once", "after a restart"} {
		if s.Snapshot().Channel("c2") != nil || s.Snapshot().User("u1") == nil {
			t.Errorf("%s: part of a failed update was carried out", state)
		}
		shut(t, s)
		s = open(t)
	}
	shut(t, s)
}

func unknownIsNotFound(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	for _, change := range []core.Change{
		core.DeleteChannel{ID: "x"},
		core.DeleteAccount{ID: "x"},
		core.DeleteUser{ID: "x"},
		core.DeleteKey{ID: "x"},
		core.PutAccount{Account: account("a", "x")},
		core.PutKey{Key: key("k", "x")},
		core.PutCredential{AccountID: "x"},
	} {
		if err := s.Update(context.Background(), change); core.CodeOf(err) != core.CodeNotFound {
			t.Errorf("%T: %v, want not_found", change, err)
		}
	}
	if err := s.Update(context.Background(), core.PutUser{}); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("a user without an id: %v, want invalid", err)
	}
}

func deleteCascades(t *testing.T, open Open) {
	s := open(t)
	update(t, s, everything()...)
	update(t, s, core.PutChannel{Channel: channel("c2")}, core.PutAccount{Account: account("a2", "c2")},
		core.PutUser{User: user("u2")}, core.PutKey{Key: key("k2", "u2")})
	update(t, s, core.DeleteChannel{ID: "c1"}, core.DeleteUser{ID: "u1"})
	for range 2 {
		snap := s.Snapshot()
		if snap.Channel("c1") != nil || snap.Account("a1") != nil || snap.User("u1") != nil || snap.Key("k1") != nil {
			t.Error("something of the deleted channel or user is left")
		}
		if snap.Account("a2") == nil || snap.Key("k2") == nil {
			t.Error("an account or key of another was deleted")
		}
		shut(t, s)
		s = open(t)
	}
	shut(t, s)
}

func snapshotIsImmutable(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	update(t, s, everything()...)
	before := s.Snapshot()
	update(t, s, core.DeleteChannel{ID: "c1"}, core.DeleteUser{ID: "u1"}, core.PutSettings{}, core.PutSecret{Name: "admin"})
	checkEverything(t, before)
}

func nothingShared(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	mine := channel("c1")
	update(t, s, core.PutChannel{Channel: mine})
	mine.Models[0], mine.Headers["x-org"] = "changed", "changed"
	want := channel("c1")
	if got := s.Snapshot().Channel("c1"); !reflect.DeepEqual(got, &want) {
		t.Errorf("the stored channel followed the caller's: %+v", got)
	}
}

// largeUpdate is larger than what databases like to take in one transaction.
func largeUpdate(t *testing.T, open Open) {
	const n = 3000
	s := open(t)
	changes := []core.Change{core.PutChannel{Channel: channel("c1")}}
	for i := range n {
		a := account(fmt.Sprintf("a%d", i), "c1")
		a.Credential.AccessToken = strings.Repeat("t", 2000)
		changes = append(changes, core.PutAccount{Account: a})
	}
	err := s.Update(context.Background(), append(changes[:n:n], core.DeleteKey{ID: "nothing"})...)
	wantNotFound(t, err)
	if got := len(s.Snapshot().AccountsOf("c1")); got != 0 {
		t.Fatalf("the failed update left %d accounts", got)
	}
	update(t, s, changes...)
	shut(t, s)
	s = open(t)
	defer shut(t, s)
	if got := len(s.Snapshot().AccountsOf("c1")); got != n {
		t.Fatalf("%d accounts after a restart, want %d", got, n)
	}
	update(t, s, core.DeleteChannel{ID: "c1"})
	if got := len(s.Snapshot().AccountsOf("c1")); got != 0 {
		t.Errorf("%d accounts of the deleted channel are left", got)
	}
}

func concurrentUpdates(t *testing.T, open Open) {
	const n = 16
	s := open(t)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := s.Update(context.Background(), core.PutUser{User: user(fmt.Sprintf("u%d", i))}); err != nil {
				t.Error(err)
			}
			if s.Snapshot().User(fmt.Sprintf("u%d", i)) == nil {
				t.Error("an update is not visible when it returns")
			}
		})
	}
	wg.Wait()
	shut(t, s)
	s = open(t)
	defer shut(t, s)
	if got := len(s.Snapshot().Users()); got != n {
		t.Errorf("%d users after a restart, want %d", got, n)
	}
}
