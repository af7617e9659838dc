package admin

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// configured is a hub with one of each kind and secrets everywhere.
func configured(t *testing.T) (*hub, Channel, Account, NewUser) {
	t.Helper()
	h := newHub(t)
	ch := must(h.CreateChannel(t.Context(), ChannelInput{
		Name: ptr("main"), Provider: ptr(core.ProviderOpenAI), BaseURL: ptr("https://example.com/v1"), API: ptr(core.APIChat),
		Models: []string{"gpt-*"}, Aliases: map[string]string{"fast": "gpt-x"}, Priority: ptr(2), Weight: ptr(3), Policy: ptr(core.PolicyFillFirst),
		Headers: map[string]string{"X-Org": "secret-header"}, ProxyURL: ptr("http://me:secret-proxy@10.0.0.1:3128"), PriceMultiplier: ptr(0.5),
	}))(t)
	a := must(h.CreateAccount(t.Context(), ch.ID, AccountInput{
		Name: ptr("one"), Credential: &core.Credential{APIKey: "sk-secret-credential"}, Priority: ptr(4), Weight: ptr(5), MaxConcurrency: ptr(6), RPM: ptr(7),
		DailyShare: ptr(8), ActiveHours: &core.Hours{From: "08:00", To: "18:00", TimeZone: "Asia/Shanghai"},
		Budget:   &core.Quota{Period: core.PeriodWeek, Tokens: ptr(int64(9)), Requests: ptr(int64(10)), CostUSD: ptr(11.5)},
		ProxyURL: ptr("socks5://me:secret-socks@10.0.0.1:1080"), Models: []string{"gpt-x"}, Tags: []string{"team"},
	}))(t)
	u := must(h.CreateUser(t.Context(), UserInput{
		Name: ptr("ann"), RPM: ptr(7), TPM: ptr(8), Concurrency: ptr(9), Models: []string{"gpt-*"}, AllowedIPs: []string{"10.0.0.0/8"},
		Quota:     &QuotaInput{Period: core.PeriodDay, Tokens: ptr(int64(1)), Requests: ptr(int64(2)), CostUSD: ptr(3.5)},
		ExpiresAt: OptionalTime{Set: true, Time: ptr(h.clock.AddDate(1, 0, 0))}, OnClientGone: &core.ClientGone{Mode: core.GoneDrainFor, Seconds: 5},
	}))(t)
	return h, ch, a, u
}

// still is the file without the times of the changes.
func still(f ConfigFile) ConfigFile {
	var zero time.Time
	f.ExportedAt, f.Channels, f.Accounts, f.Users = zero, slices.Clone(f.Channels), slices.Clone(f.Accounts), slices.Clone(f.Users)
	f.Channels[0].CreatedAt, f.Channels[0].UpdatedAt, f.Accounts[0].CreatedAt, f.Accounts[0].UpdatedAt = zero, zero, zero, zero
	f.Users[0].CreatedAt, f.Users[0].UpdatedAt = zero, zero
	return f
}

// A field that is new in a type is new in the file too, or this test names it.
func TestConfigKeepsEveryField(t *testing.T) {
	from, _, _, _ := configured(t)
	file := must(from.configFile())(t)
	for _, v := range []any{file.Channels[0], file.Accounts[0], file.Users[0]} {
		for field, value := range reflect.ValueOf(v).Fields() {
			if value.IsZero() && field.Name != "Credential" {
				t.Errorf("%T: nothing is known of what becomes of %s", v, field.Name)
			}
		}
	}
	to := newHub(t)
	file.Channels[0].Headers, file.Channels[0].ProxyURL, file.Accounts[0].ProxyURL = map[string]string{}, "", "" // what nobody else can know
	must(to.ImportConfig(t.Context(), file, false))(t)
	file.Accounts[0].Enabled = false
	if got := must(to.configFile())(t); !reflect.DeepEqual(still(got), still(file)) {
		t.Errorf("got  %+v\nwant %+v", got, file)
	}
	bare := file
	bare.Accounts = slices.Clone(file.Accounts)
	bare.Accounts[0].ActiveHours, bare.Accounts[0].Budget, bare.Accounts[0].DailyShare = nil, nil, 0
	must(to.ImportConfig(t.Context(), bare, false))(t)
	if got := must(to.configFile())(t); !reflect.DeepEqual(still(got), still(bare)) {
		t.Errorf("a limit that the file does not have stays: %+v", got.Accounts)
	}
}

func TestConfigWithoutSecrets(t *testing.T) {
	h, _, _, u := configured(t)
	text, err := json.Marshal(must(h.configFile())(t))
	if err != nil || strings.Contains(string(text), "secret-") || strings.Contains(string(text), u.Secret) || strings.Contains(string(text), "hash") {
		t.Errorf("%v: %s", err, text)
	}
}

// What is exported and imported again changes nothing and loses no secret.
func TestConfigImportedWhereItCameFrom(t *testing.T) {
	h, ch, a, u := configured(t)
	file := must(h.configFile())(t)
	before := must(h.configFile())(t)
	got := must(h.ImportConfig(t.Context(), file, false))(t)
	if got.Channels.Updated != 1 || got.Accounts.Updated != 1 || got.Users.Updated != 1 || len(got.Warnings) > 0 {
		t.Errorf("%+v", got)
	}
	snap := h.store.Snapshot()
	if snap.Account(a.ID).Credential.APIKey != "sk-secret-credential" || snap.Channel(ch.ID).Headers["X-Org"] != "secret-header" ||
		!strings.Contains(snap.Channel(ch.ID).ProxyURL, "secret-proxy") || snap.KeyByHash(core.HashKey(u.Secret)) == nil {
		t.Error("a secret is lost")
	}
	after := must(h.configFile())(t)
	if !reflect.DeepEqual(still(before), still(after)) {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
}

// On another machine the ids stay, and what is missing is said.
func TestConfigImportedElsewhere(t *testing.T) {
	from, ch, a, u := configured(t)
	file := must(from.configFile())(t)
	to := newHub(t)
	dry := must(to.ImportConfig(t.Context(), file, true))(t)
	if !dry.DryRun || dry.Channels.Created != 1 || len(dry.Warnings) != 5 || len(to.store.Snapshot().Channels()) != 0 {
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
	good := must(h.configFile())(t)
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
