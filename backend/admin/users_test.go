package admin

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func TestCreateUser(t *testing.T) {
	h := newHub(t)
	u := must(h.CreateUser(t.Context(), UserInput{Name: ptr("ann")}))(t)
	want := User{
		User: core.User{
			ID: u.ID, Name: "ann", Enabled: true, Quota: core.Quota{Period: core.PeriodTotal},
			Models: []string{}, AllowedIPs: []string{}, CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt,
			OnClientGone: core.ClientGone{Mode: core.GoneCut},
		},
		Used: core.Used{Tokens: 7, Requests: 1},
		Keys: []Key{{ID: u.Keys[0].ID, Name: "key", Prefix: u.Secret[:len(u.Keys[0].Prefix)], CreatedAt: u.Keys[0].CreatedAt}},
	}
	if !reflect.DeepEqual(u.User, want) {
		t.Errorf("got %+v\nwant %+v", u.User, want)
	}
	key := h.store.Snapshot().KeyByHash(core.HashKey(u.Secret))
	if key == nil || key.UserID != u.ID || !strings.HasPrefix(u.Secret, core.KeyPrefix) {
		t.Errorf("the key %q does not lead to the user: %+v", u.Secret, key)
	}
	again, err := json.Marshal(must(h.FindUser(t.Context(), u.ID))(t))
	if err != nil || strings.Contains(string(again), u.Secret) {
		t.Errorf("the secret is shown twice: %s, %v", again, err)
	}
}

func TestUserInput(t *testing.T) {
	quota := func(q QuotaInput) UserInput { return UserInput{Quota: &q} }
	gone := func(p core.ClientGone) UserInput { return UserInput{OnClientGone: &p} }
	tests := []struct {
		name  string
		in    UserInput
		field string // "" means accepted
	}{
		{"no name", UserInput{Name: ptr(" ")}, "name"},
		{"a quota", quota(QuotaInput{Period: core.PeriodMonth, Tokens: ptr(int64(1000)), CostUSD: ptr(0.5)}), ""},
		{"a quota of nothing", quota(QuotaInput{Requests: ptr(int64(0))}), ""},
		{"an unknown period", quota(QuotaInput{Period: "year"}), "quota.period"},
		{"negative tokens", quota(QuotaInput{Tokens: ptr(int64(-1))}), "quota.tokens"},
		{"negative requests", quota(QuotaInput{Requests: ptr(int64(-1))}), "quota.requests"},
		{"negative cost", quota(QuotaInput{CostUSD: ptr(-0.1)}), "quota.cost_usd"},
		{"infinite cost", quota(QuotaInput{CostUSD: ptr(math.Inf(1))}), "quota.cost_usd"},
		{"a negative rate", UserInput{RPM: ptr(-1)}, "rpm"},
		{"a negative token rate", UserInput{TPM: ptr(-1)}, "tpm"},
		{"negative concurrency", UserInput{Concurrency: ptr(-1)}, "concurrency"},
		{"a wrong model", UserInput{Models: []string{"a b"}}, "models"},
		{"addresses", UserInput{AllowedIPs: []string{"10.0.0.1", "192.168.0.0/16", "::1", "2001:db8::/32"}}, ""},
		{"a host name", UserInput{AllowedIPs: []string{"localhost"}}, "allowed_ips"},
		{"a wrong range", UserInput{AllowedIPs: []string{"10.0.0.0/33"}}, "allowed_ips"},
		{"a zone", UserInput{AllowedIPs: []string{"fe80::1%eth0"}}, "allowed_ips"},
		{"an answer is read to its end", gone(core.ClientGone{Mode: core.GoneDrain}), ""},
		{"an answer is read on for a while", gone(core.ClientGone{Mode: core.GoneDrainFor, Seconds: 900}), ""},
		{"no time to read on", gone(core.ClientGone{Mode: core.GoneDrainFor}), "on_client_gone.seconds"},
		{"too long a time to read on", gone(core.ClientGone{Mode: core.GoneDrainFor, Seconds: 901}), "on_client_gone.seconds"},
		{"an unknown policy", gone(core.ClientGone{Mode: "wait"}), "on_client_gone.mode"},
		{"an end in the past", UserInput{ExpiresAt: OptionalTime{Set: true, Time: ptr(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))}}, ""},
		{"an end without a year", UserInput{ExpiresAt: OptionalTime{Set: true, Time: ptr(time.Time{})}}, "expires_at"},
	}
	h := newHub(t)
	u := must(h.CreateUser(t.Context(), UserInput{Name: ptr("ann")}))(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := h.UpdateUser(t.Context(), u.ID, test.in)
			if test.field != "" {
				wantInvalid(t, err, test.field)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestUpdateUser(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	u := must(h.CreateUser(ctx, UserInput{Name: ptr("ann"), RPM: ptr(9)}))(t)
	end := time.Date(2030, 1, 1, 8, 0, 0, 0, time.FixedZone("", 8*3600))
	got := must(h.UpdateUser(ctx, u.ID, UserInput{
		ExpiresAt: OptionalTime{Set: true, Time: &end}, Quota: &QuotaInput{Tokens: ptr(int64(5))},
	}))(t)
	if got.RPM != 9 || got.Quota.Period != core.PeriodTotal || *got.Quota.Tokens != 5 || got.ExpiresAt.Format(time.RFC3339) != "2030-01-01T00:00:00Z" {
		t.Errorf("%+v", got)
	}
	if got = must(h.UpdateUser(ctx, u.ID, UserInput{Name: ptr("bob")}))(t); got.ExpiresAt == nil || *got.Quota.Tokens != 5 {
		t.Errorf("an absent field was changed: %+v", got)
	}
	got = must(h.UpdateUser(ctx, u.ID, UserInput{ExpiresAt: OptionalTime{Set: true}, Quota: &QuotaInput{}}))(t)
	if got.ExpiresAt != nil || got.Quota.Tokens != nil {
		t.Errorf("%+v", got)
	}
	_, err := h.UpdateUser(ctx, "usr_none", UserInput{})
	wantCode(t, err, core.CodeNotFound)
}

func TestOptionalTime(t *testing.T) {
	tests := []struct{ text, want string }{
		{`{}`, "absent"},
		{`{"expires_at":null}`, "removed"},
		{`{"expires_at":""}`, "removed"},
		{`{"expires_at":"2030-01-01T00:00:00Z"}`, "2030-01-01T00:00:00Z"},
		{`{"expires_at":"soon"}`, "error"},
		{`{"expires_at":5}`, "error"},
	}
	for _, test := range tests {
		var in UserInput
		err := json.Unmarshal([]byte(test.text), &in)
		got := "absent"
		switch {
		case err != nil:
			got = "error"
		case in.ExpiresAt.Time != nil:
			got = in.ExpiresAt.Time.Format(time.RFC3339)
		case in.ExpiresAt.Set:
			got = "removed"
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.text, got, test.want)
		}
	}
}

func TestKeys(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	u := must(h.CreateUser(ctx, UserInput{Name: ptr("ann")}))(t)
	key := must(h.CreateKey(ctx, u.ID, KeyInput{Name: ptr("laptop")}))(t)
	if key.Name != "laptop" || h.store.Snapshot().KeyByHash(core.HashKey(key.Secret)) == nil {
		t.Errorf("%+v", key)
	}
	used := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	h.request(t, core.Record{Time: used, UserID: u.ID, KeyID: key.ID, Outcome: core.OutcomeOK})
	keys := must(h.FindUser(ctx, u.ID))(t).Keys
	if len(keys) != 2 || keys[1].ID != key.ID || keys[1].LastUsed == nil || !keys[1].LastUsed.Equal(used) || keys[0].LastUsed != nil {
		t.Errorf("%+v", keys)
	}
	if err := h.DeleteKey(ctx, key.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, h.DeleteKey(ctx, key.ID), core.CodeNotFound)
	_, err := h.CreateKey(ctx, "usr_none", KeyInput{})
	wantCode(t, err, core.CodeNotFound)
	_, err = h.CreateKey(ctx, u.ID, KeyInput{Name: ptr("")})
	wantInvalid(t, err, "name")
	if err := h.DeleteUser(ctx, u.ID); err != nil {
		t.Fatal(err)
	}
	if h.store.Snapshot().Key(u.Keys[0].ID) != nil {
		t.Error("the user is gone, the key is not")
	}
	wantCode(t, h.DeleteUser(ctx, u.ID), core.CodeNotFound)
	if !slices.Equal(h.forgot, []string{u.ID}) {
		t.Errorf("forgot what %v consumed, want %s", h.forgot, u.ID)
	}
	_, err = h.FindUser(ctx, u.ID)
	wantCode(t, err, core.CodeNotFound)
}
