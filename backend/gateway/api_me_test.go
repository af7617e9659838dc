package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

func TestMe(t *testing.T) {
	d := newDoor(t)
	made := d.call(http.MethodPost, "/api/users", `{"name":"Ana","quota":{"period":"month","tokens":1000},"models":["gpt-*"]}`)
	var user struct{ ID, Key string }
	made.json(t, &user)
	for _, place := range [][]string{
		{"Authorization", "Bearer " + user.Key},
		{"X-Api-Key", user.Key},
		{"X-Goog-Api-Key", user.Key},
	} {
		got := d.call(http.MethodGet, "/api/me?days=2", "", append([]string{adminKeyHeader, ""}, place...)...)
		if got.status != http.StatusOK {
			t.Fatalf("%s: %d %s", place[0], got.status, got.body)
		}
		var me Me
		got.json(t, &me)
		if me.ID != user.ID || me.Name != "Ana" || *me.Quota.Tokens != 1000 || me.Models[0] != "gpt-*" || len(me.Stats.Trend) != 48 {
			t.Errorf("%+v", me)
		}
		if strings.Contains(got.body, user.Key) || strings.Contains(got.body, "hash") {
			t.Errorf("the answer shows the key: %s", got.body)
		}
	}
}

func TestMeNeedsAUsersKey(t *testing.T) {
	d := newDoor(t)
	for name, headers := range map[string][]string{
		"no key":        {adminKeyHeader, ""},
		"the admin key": {adminKeyHeader, testAdminKey},
		"a wrong key":   {adminKeyHeader, "", "Authorization", "Bearer sk-aihub-wrong"},
	} {
		got := d.call(http.MethodGet, "/api/me", "", headers...)
		var p Problem
		got.json(t, &p)
		if got.status != http.StatusUnauthorized || p.Code != core.CodeUnauthorized {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}
