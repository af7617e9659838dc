package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/login"
	"github.com/aihub/aihub/backend/simulator"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// newDesk returns a desk whose provider is the simulator.
func (d *door) newDesk(t *testing.T) *login.Desk {
	t.Helper()
	provider := httptest.NewServer(simulator.New(simulator.Options{}))
	desk := login.New(login.Deps{
		Store: d.store, Now: time.Now, Log: d.logger,
		Changed: func(l core.Login) { d.events.Publish(core.EventLogin, l) },
		Client: func(string, string) (*auth.Client, error) {
			return &auth.Client{HTTP: provider.Client(), Base: provider.URL + "/kiro", Now: time.Now}, nil
		},
	})
	t.Cleanup(func() { desk.Close(); provider.Close() })
	return desk
}

func TestLoginsAPI(t *testing.T) {
	runScenarios(t, []scenario{
		{name: "list of none", request: "GET /api/logins", status: 200, want: []string{`{"items":[]}`}},
		{
			name: "create", request: "POST /api/logins", body: `{"channel_id":"{kiro}","kind":"builder_id"}`, status: 201,
			want: []string{
				`"id":"lgn_`, `"channel_id":"{kiro}"`, `"kind":"builder_id"`, `"user_code":"`, `"verification_url":"http://127.0.0.1:`,
				`"verification_url_complete":"http://127.0.0.1:`, `"interval":1`, `"expires_at":"`, `"state":"pending"`,
			},
			absent: []string{"client_id", "client_secret", "device_code", "account_id", "error", "region"},
		},
		{
			name: "create of an organisation's member", request: "POST /api/logins",
			body:   `{"channel_id":"{kiro}","kind":"identity_center","start_url":"https://d-1234567890.awsapps.com/start","region":"eu-central-1"}`,
			status: 201, want: []string{`"start_url":"https://d-1234567890.awsapps.com/start"`, `"region":"eu-central-1"`},
		},
		{
			name: "create by Google", request: "POST /api/logins", body: `{"channel_id":"{kiro}","kind":"google"}`, status: 201,
			want: []string{`"interval":5`}, absent: []string{"start_url", "region"},
		},
		{
			name: "create without a channel", request: "POST /api/logins", body: `{"kind":"google"}`, status: 400,
			want: []string{`"code":"invalid"`, "channel_id"},
		},
		{
			name: "create in a channel without sign-in", request: "POST /api/logins", body: `{"channel_id":"{channel}","kind":"google"}`, status: 400,
			want: []string{`"field":"channel_id"`, "API key"},
		},
		{
			name: "create of another kind", request: "POST /api/logins", body: `{"channel_id":"{kiro}","kind":"facebook"}`, status: 400,
			want: []string{`"field":"kind"`},
		},
		{
			name: "create for the account of another channel", request: "POST /api/logins",
			body: `{"channel_id":"{kiro}","kind":"google","account_id":"{account}"}`, status: 400, want: []string{`"field":"account_id"`},
		},
		{name: "find none", request: "GET /api/logins/lgn_none", status: 404, want: []string{`"code":"not_found"`}},
		{name: "delete none", request: "DELETE /api/logins/lgn_none", status: 404, want: []string{`"code":"not_found"`}},
	})
}

// A sign-in that is cancelled is gone, and listeners hear of it.
func TestLoginIsCancelled(t *testing.T) {
	d := newDoor(t)
	channel := d.create("/api/channels", `{"name":"kiro","provider":"kiro"}`)
	id := d.create("/api/logins", `{"channel_id":"`+channel+`","kind":"github"}`)
	if got := d.call(http.MethodGet, "/api/logins/"+id, ""); got.status != 200 || !strings.Contains(got.body, `"state":"pending"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := d.call(http.MethodGet, "/api/logins", ""); !strings.Contains(got.body, id) {
		t.Errorf("not in %s", got.body)
	}
	seq := d.events.Last()
	if got := d.call(http.MethodDelete, "/api/logins/"+id, ""); got.status != http.StatusNoContent {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := d.call(http.MethodGet, "/api/logins/"+id, ""); got.status != http.StatusNotFound {
		t.Errorf("%d %s", got.status, got.body)
	}
	events, _, _ := d.events.Since(seq)
	if len(events) != 1 || events[0].Type != core.EventLogin || !strings.Contains(string(events[0].Data), `"state":"cancelled"`) {
		t.Errorf("told %v", events)
	}
}
