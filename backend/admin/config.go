package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// ConfigFormat is the value of the first member of a configuration file.
const ConfigFormat = "aihub-config"

// ConfigFile is the configuration without secrets: no credential, no key, and
// "***" for the values of headers and the passwords of proxies.
type ConfigFile struct {
	Format     string          `json:"format"` // aihub-config
	Version    int             `json:"version"`
	ExportedAt time.Time       `json:"exported_at"`
	Settings   *SettingsInput  `json:"settings,omitempty"`
	Channels   []ConfigChannel `json:"channels"`
	Accounts   []ConfigAccount `json:"accounts"`
	Users      []ConfigUser    `json:"users"`
}

// What a configuration file holds, as it is kept. The types have names of their
// own because the document of the API knows others by these.
type (
	ConfigChannel core.Channel
	ConfigAccount core.Account
	ConfigUser    core.User
)

// ConfigImport says what an import changes.
type ConfigImport struct {
	DryRun   bool         `json:"dry_run"`
	Settings bool         `json:"settings"` // they are in the file
	Channels ConfigChange `json:"channels"`
	Accounts ConfigChange `json:"accounts"`
	Users    ConfigChange `json:"users"`
	// Warnings say what is missing and has to be entered by hand.
	Warnings []string `json:"warnings"`
}

// ConfigChange counts what is created and what is replaced.
type ConfigChange struct {
	Created int `json:"created"`
	Updated int `json:"updated"`
}

func (c *ConfigChange) count(existed bool) {
	if existed {
		c.Updated++
	} else {
		c.Created++
	}
}

// ExportConfig writes the configuration without secrets as JSON, a ConfigFile.
func (s *Service) ExportConfig(context.Context) (Download, error) {
	file, err := s.configFile()
	if err != nil {
		return Download{}, err
	}
	return Download{
		Name: "aihub-config-" + file.ExportedAt.Format(time.DateOnly) + ".json", ContentType: "application/json",
		Write: func(_ context.Context, w io.Writer) error {
			out := json.NewEncoder(w)
			out.SetIndent("", "  ")
			return out.Encode(file)
		},
	}, nil
}

// configFile is the configuration without secrets. Ids stay, so that it
// can be imported again, here or on another machine.
func (s *Service) configFile() (ConfigFile, error) {
	snap := s.snapshot()
	settings, err := settingsInput(viewSettings(snap.Settings))
	if err != nil {
		return ConfigFile{}, err
	}
	out := ConfigFile{
		Format: ConfigFormat, Version: 1, ExportedAt: s.now(), Settings: settings,
		Channels: []ConfigChannel{}, Accounts: []ConfigAccount{}, Users: []ConfigUser{},
	}
	for _, c := range snap.Channels() {
		out.Channels = append(out.Channels, ConfigChannel(viewChannel(snap, c).Channel))
		for _, a := range snap.AccountsOf(c.ID) {
			v := *a
			v.Credential, v.ProxyURL = core.Credential{}, maskProxy(a.ProxyURL)
			out.Accounts = append(out.Accounts, ConfigAccount(v))
		}
	}
	for _, u := range snap.Users() {
		out.Users = append(out.Users, ConfigUser(*u))
	}
	return out, nil
}

// settingsInput names all settings: both types have the same names in JSON.
func settingsInput(v core.Settings) (*SettingsInput, error) {
	in := &SettingsInput{}
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, in)
	}
	return in, err
}

// ImportConfig creates or replaces what the file holds, by id, all or none of it;
// what it does not name stays. What exists keeps its secrets. A new account comes
// without a credential and switched off, a new user without a key.
func (s *Service) ImportConfig(ctx context.Context, in ConfigFile, dryRun bool) (ConfigImport, error) {
	if in.Format != ConfigFormat || in.Version != 1 {
		return ConfigImport{}, core.Invalid("format", "this is no configuration file of AiHub, or one of a newer version")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := configImport{snap: s.snapshot(), now: s.now(), out: ConfigImport{DryRun: dryRun, Warnings: []string{}}}
	if err := i.read(&in); err != nil {
		return ConfigImport{}, err
	}
	if dryRun || len(i.changes) == 0 {
		return i.out, nil
	}
	return i.out, s.commit(ctx, kindSettings, "import", i.changes...)
}

// configImport is an import under way.
type configImport struct {
	snap    *core.Snapshot
	now     time.Time
	changes []core.Change
	out     ConfigImport
}

func (i *configImport) read(in *ConfigFile) error {
	if in.Settings != nil {
		next := i.snap.Settings
		if err := in.Settings.apply(&next); err != nil {
			return inFile("settings", err)
		}
		i.out.Settings = true
		i.changes = append(i.changes, core.PutSettings{Settings: next})
	}
	channels := map[string]core.Provider{}
	for _, c := range i.snap.Channels() {
		channels[c.ID] = c.Provider
	}
	for _, c := range in.Channels {
		if err := i.channel(core.Channel(c)); err != nil {
			return inFile("channel "+c.Name, err)
		}
		channels[c.ID] = c.Provider
	}
	for _, a := range in.Accounts {
		provider, ok := channels[a.ChannelID]
		if !ok {
			return inFile("account "+a.Name, core.Invalid("channel_id", "there is no channel %q, neither here nor in the file", a.ChannelID))
		}
		if err := i.account(provider, core.Account(a)); err != nil {
			return inFile("account "+a.Name, err)
		}
	}
	for _, u := range in.Users {
		if err := i.user(core.User(u)); err != nil {
			return inFile("user "+u.Name, err)
		}
	}
	return nil
}

// inFile says where in the file an error is.
func inFile(where string, err error) error {
	return core.Invalid("config", "%s: %s", where, message(err))
}

func (i *configImport) warn(format string, args ...any) {
	i.out.Warnings = append(i.out.Warnings, fmt.Sprintf(format, args...))
}

func (i *configImport) channel(c core.Channel) error {
	if err := checkID(c.ID); err != nil {
		return err
	}
	base := core.Channel{ID: c.ID, API: core.APIAuto, Weight: 1, Policy: core.PolicyWeighted, PriceMultiplier: 1, CreatedAt: i.now}
	old := i.snap.Channel(c.ID)
	if old != nil {
		base = *old
	}
	headers := map[string]string{}
	for name, value := range c.Headers {
		if _, has := base.Headers[name]; value == masked && !has {
			i.warn("channel %s: the value of the header %s is not in the file; enter it", c.Name, name)
			continue
		}
		headers[name] = value
	}
	proxy := i.proxy("channel "+c.Name, c.ProxyURL, base.ProxyURL)
	in := ChannelInput{
		Name: &c.Name, Provider: &c.Provider, BaseURL: &c.BaseURL, API: &c.API, Models: list(c.Models), Aliases: c.Aliases,
		Priority: &c.Priority, Weight: &c.Weight, Policy: &c.Policy, Headers: headers, ProxyURL: &proxy,
		PriceMultiplier: &c.PriceMultiplier, Enabled: &c.Enabled,
	}
	if old != nil && c.Provider != old.Provider && len(i.snap.AccountsOf(c.ID)) > 0 {
		return core.Invalid("provider", "the provider of a channel with accounts cannot change")
	}
	if err := in.apply(&base); err != nil {
		return err
	}
	base.UpdatedAt = i.now
	i.out.Channels.count(old != nil)
	i.changes = append(i.changes, core.PutChannel{Channel: base})
	return nil
}

// proxy drops a proxy whose password is neither in the file nor here.
func (i *configImport) proxy(what, address, old string) string {
	if strings.Contains(address, ":"+masked+"@") && address != maskProxy(old) {
		i.warn("%s: the password of the proxy is not in the file; enter the proxy again", what)
		return ""
	}
	return address
}

func (i *configImport) account(p core.Provider, a core.Account) error {
	if err := checkID(a.ID); err != nil {
		return err
	}
	old := i.snap.Account(a.ID)
	base := a
	if old != nil {
		base = *old
		base.ChannelID = a.ChannelID
	}
	base.Credential, base.UpdatedAt = core.Credential{}, i.now
	base.ProxyURL, base.ActiveHours, base.Budget = "", nil, nil
	if old != nil {
		base.ProxyURL = old.ProxyURL
	}
	proxy := i.proxy("account "+a.Name, a.ProxyURL, base.ProxyURL)
	in := AccountInput{
		Name: &a.Name, Priority: &a.Priority, Weight: &a.Weight, MaxConcurrency: &a.MaxConcurrency, RPM: &a.RPM,
		DailyShare: &a.DailyShare, ActiveHours: a.ActiveHours, Budget: a.Budget,
		ProxyURL: &proxy, Models: list(a.Models), Tags: list(a.Tags), Enabled: &a.Enabled,
	}
	if err := in.apply(p, &base); err != nil {
		return err
	}
	if old == nil {
		base.Enabled = false
		i.warn("account %s: the credential is not in the file; enter it and switch the account on", a.Name)
	}
	i.out.Accounts.count(old != nil)
	i.changes = append(i.changes, core.PutAccount{Account: base, KeepCredential: old != nil})
	return nil
}

func (i *configImport) user(u core.User) error {
	if err := checkID(u.ID); err != nil {
		return err
	}
	old := i.snap.User(u.ID)
	base := core.User{ID: u.ID, CreatedAt: i.now}
	if old != nil {
		base = *old
	} else {
		i.warn("user %s: keys are not in the file; make one", u.Name)
	}
	quota := QuotaInput(u.Quota)
	gone := u.OnClientGone
	if gone.Mode == "" {
		gone.Mode = core.GoneCut
	}
	in := UserInput{
		Name: &u.Name, Enabled: &u.Enabled, Quota: &quota, RPM: &u.RPM, TPM: &u.TPM, Concurrency: &u.Concurrency,
		Models: list(u.Models), AllowedIPs: list(u.AllowedIPs), ExpiresAt: OptionalTime{Set: true, Time: u.ExpiresAt}, OnClientGone: &gone,
	}
	if err := in.apply(&base); err != nil {
		return err
	}
	base.UpdatedAt = i.now
	i.out.Users.count(old != nil)
	i.changes = append(i.changes, core.PutUser{User: base})
	return nil
}

// checkID refuses ids that could not be written into a path.
func checkID(id string) error {
	if !plainName(id) || len(id) > 64 || strings.ContainsAny(id, "/?#%\\") {
		return core.Invalid("id", "%q is no id", id)
	}
	return nil
}
