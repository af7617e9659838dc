package desktop

import (
	"testing"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

func TestSumUp(t *testing.T) {
	user := func(name string, enabled bool, q core.Quota, used core.Used) admin.User {
		return admin.User{User: core.User{Name: name, Enabled: enabled, Quota: q}, Used: used}
	}
	account := func(s core.State) admin.Account { return admin.Account{Health: core.Health{State: s}} }
	users := []admin.User{
		user("free", true, core.Quota{}, core.Used{Tokens: 1 << 40}),
		user("half", true, core.Quota{Tokens: new(int64(100))}, core.Used{Tokens: 50}),
		user("costly", true, core.Quota{Requests: new(int64(100)), CostUSD: new(2.0)}, core.Used{Requests: 1, CostUSD: 1.5}),
		user("gone", false, core.Quota{Requests: new(int64(1))}, core.Used{Requests: 1}),
	}
	accounts := []admin.Account{
		account(core.StateReady), account(core.StateCooling), account(core.StateDisabled), account(core.StateReady),
	}
	want := Quota{User: "costly", Used: 0.75, Ready: 2, Accounts: 3}
	if got := SumUp(users, accounts); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := SumUp(nil, nil); got != (Quota{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestQuotaOfZeroIsUsedUp(t *testing.T) {
	part, limited := usedPart(core.Quota{Tokens: new(int64)}, core.Used{})
	if part != 1 || !limited {
		t.Errorf("%v, %v; want 1, true", part, limited)
	}
}
