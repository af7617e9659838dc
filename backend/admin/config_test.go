package admin

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// configured is a hub with one of each kind and secrets everywhere.
func configured(t *testing.T) (*hub, Channel, Account, NewUser) {
	t.Helper()
	h := newHub(t)
	p := core.ProviderOpenAI
	ch := must(h.CreateChannel(t.Context(), ChannelInput{
		Name: ptr("main"), Provider: &p, Headers: map[string]string{"X-Org": "secret-header"}, ProxyURL: ptr("http://me:secret-proxy@10.0.0.1:3128"),
	}))(t)
	a := h.account(t, ch.ID, "sk-secret-credential")
	u := must(h.CreateUser(t.Context(), UserInput{Name: ptr("ann"), RPM: ptr(7)}))(t)
	return h, ch, a, u
}

func TestConfigWithoutSecrets(t *testing.T) {
	h, _, _, u := configured(t)
	text, err := json.Marshal(must(h.ExportConfig(t.Context()))(t))
	if err != nil || strings.Contains(string(text), "secret-") || strings.Contains(string(text), u.Secret) || strings.Contains(string(text), "hash") {
		t.Errorf("%v: %s", err, text)
	}
}

// What is exported and imported again changes nothing and loses no secret.
func TestConfigImportedWhereItCameFrom(t *testing.T) {
	h, ch, a, u := configured(t)
	file := must(h.ExportConfig(t.Context()))(t)
	before := must(h.ExportConfig(t.Context()))(t)
	got := must(h.ImportConfig(t.Context(), file, false))(t)
	if got.Channels.Updated != 1 || got.Accounts.Updated != 1 || got.Users.Updated != 1 || len(got.Warnings) > 0 {
		t.Errorf("%+v", got)
	}
	snap := h.store.Snapshot()
	if snap.Account(a.ID).Credential.APIKey != "sk-secret-credential" || snap.Channel(ch.ID).Headers["X-Org"] != "secret-header" ||
		!strings.Contains(snap.Channel(ch.ID).ProxyURL, "secret-proxy") || snap.KeyByHash(core.HashKey(u.Secret)) == nil {
		t.Error("a secret is lost")
	}
	after := must(h.ExportConfig(t.Context()))(t)
	for _, f := range []*ConfigFile{&before, &after} {
		f.ExportedAt, f.Channels[0].UpdatedAt, f.Accounts[0].UpdatedAt, f.Users[0].UpdatedAt = f.Users[0].CreatedAt, f.Users[0].CreatedAt, f.Users[0].CreatedAt, f.Users[0].CreatedAt
	}
	if !reflect.DeepEqual(before, after) {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
}

// On another machine the ids stay, and what is missing is said.
func TestConfigImportedElsewhere(t *testing.T) {
	from, ch, a, u := configured(t)
	file := must(from.ExportConfig(t.Context()))(t)
	to := newHub(t)
	dry := must(to.ImportConfig(t.Context(), file, true))(t)
	if !dry.DryRun || dry.Channels.Created != 1 || len(dry.Warnings) != 4 || len(to.store.Snapshot().Channels()) != 0 {
		t.Errorf("a dry run: %+v", dry)
	}
	done := must(to.ImportConfig(t.Context(), file, false))(t)
	if !slices.Equal(done.Warnings, dry.Warnings) {
		t.Errorf("warnings %q", done.Warnings)
	}
	snap := to.store.Snapshot()
	if got := snap.Account(a.ID); got == nil || got.ChannelID != ch.ID || got.Enabled || got.Credential != (core.Credential{}) {
		t.Errorf("account %+v", got)
	}
	if got := snap.User(u.ID); got == nil || got.RPM != 7 || len(snap.KeysOf(u.ID)) != 0 || len(snap.Channel(ch.ID).Headers) != 0 {
		t.Errorf("user %+v", got)
	}
}

func TestConfigRefusals(t *testing.T) {
	h, ch, _, _ := configured(t)
	good := must(h.ExportConfig(t.Context()))(t)
	for name, spoil := range map[string]func(*ConfigFile){
		"another file":         func(f *ConfigFile) { f.Format = "x" },
		"a newer version":      func(f *ConfigFile) { f.Version = 2 },
		"a wrong channel":      func(f *ConfigFile) { f.Channels[0].Weight = -1 },
		"a wrong setting":      func(f *ConfigFile) { f.Settings = &SettingsInput{LogDays: ptr(-1)} },
		"a strange id":         func(f *ConfigFile) { f.Users[0].ID = "a/b" },
		"an orphan":            func(f *ConfigFile) { f.Accounts[0].ChannelID = "chn_none" },
		"a change of provider": func(f *ConfigFile) { f.Channels[0].Provider = core.ProviderGemini },
	} {
		file := good
		file.Channels, file.Accounts, file.Users = slices.Clone(good.Channels), slices.Clone(good.Accounts), slices.Clone(good.Users)
		file.Users[0].Name = "changed"
		spoil(&file)
		_, err := h.ImportConfig(t.Context(), file, false)
		if core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if u := h.store.Snapshot().Users()[0]; u.Name != "ann" || h.store.Snapshot().Channel(ch.ID).Provider != core.ProviderOpenAI {
		t.Errorf("part of a refused file was imported: %+v", u)
	}
}
