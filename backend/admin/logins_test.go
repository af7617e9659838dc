package admin

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/login"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// newDesk returns a desk that would sign in at a provider which refuses all.
func (h *hub) newDesk(t *testing.T) *login.Desk {
	t.Helper()
	provider := httptest.NewServer(http.NotFoundHandler())
	desk := login.New(login.Deps{
		Store: h.store, Now: h.now, Changed: func(core.Login) {},
		Client: func(channelID, _ string) (*auth.Client, error) {
			h.asked = append(h.asked, channelID)
			return &auth.Client{HTTP: provider.Client(), Base: provider.URL, Now: h.now}, nil
		},
	})
	t.Cleanup(func() { desk.Close(); provider.Close() })
	return desk
}

func TestCreateLoginRefusesWrongInput(t *testing.T) {
	h := newHub(t)
	kiro, other := h.channel(t, core.ProviderKiro), h.channel(t, core.ProviderOpenAI)
	foreign := h.account(t, other.ID, "sk-foreign")
	tests := []struct {
		field string
		in    LoginInput
	}{
		{"channel_id", LoginInput{ChannelID: "chn_none", Kind: core.LoginGoogle}},
		{"channel_id", LoginInput{ChannelID: other.ID, Kind: core.LoginGoogle}},
		{"kind", LoginInput{ChannelID: kiro.ID, Kind: "facebook"}},
		{"start_url", LoginInput{ChannelID: kiro.ID, Kind: core.LoginGoogle, StartURL: "https://d-1.awsapps.com/start"}},
		{"region", LoginInput{ChannelID: kiro.ID, Kind: core.LoginBuilderID, Region: "eu-west-1"}},
		{"start_url", LoginInput{ChannelID: kiro.ID, Kind: core.LoginIdentityCenter}},
		{"region", LoginInput{ChannelID: kiro.ID, Kind: core.LoginIdentityCenter, StartURL: "https://d-1.awsapps.com/start", Region: "Europe"}},
		{"account_id", LoginInput{ChannelID: kiro.ID, Kind: core.LoginGoogle, AccountID: "acc_none"}},
		{"account_id", LoginInput{ChannelID: kiro.ID, Kind: core.LoginGoogle, AccountID: foreign.ID}},
	}
	for _, tt := range tests {
		_, err := h.CreateLogin(t.Context(), tt.in)
		wantInvalid(t, err, tt.field)
	}
	if list := must(h.ListLogins(t.Context()))(t); list.Items == nil || len(list.Items) != 0 {
		t.Errorf("listed %v", list.Items)
	}
}

// What the provider refuses is an answer, not a fault of AiHub.
func TestCreateLoginTellsWhatTheProviderSays(t *testing.T) {
	h := newHub(t)
	kiro := h.channel(t, core.ProviderKiro)
	_, err := h.CreateLogin(t.Context(), LoginInput{ChannelID: kiro.ID, Kind: core.LoginBuilderID})
	wantCode(t, err, core.CodeUpstream)
	if len(h.asked) != 1 || h.asked[0] != kiro.ID {
		t.Errorf("asked for %v", h.asked)
	}
	_, err = h.FindLogin(t.Context(), "lgn_none")
	wantCode(t, err, core.CodeNotFound)
	wantCode(t, h.DeleteLogin(t.Context(), "lgn_none"), core.CodeNotFound)
}
