package main

import (
	"context"
	"io"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// App is what the window's page calls: each exported method is one operation of
// the admin service, under the same name. The HTTP API is the other door to the
// same operations; a test holds the three sets against each other.
type App struct {
	service *admin.Service
	files   files
	// ctx ends with the program.
	ctx context.Context //nolint:containedctx // Wails calls the methods without one
}

// ListChannels returns all channels by priority.
func (a *App) ListChannels() (admin.ChannelList, error) {
	return a.service.ListChannels(a.ctx)
}

// CreateChannel adds a channel.
func (a *App) CreateChannel(in admin.ChannelInput) (admin.Channel, error) {
	return a.service.CreateChannel(a.ctx, in)
}

// FindChannel returns one channel.
func (a *App) FindChannel(id string) (admin.Channel, error) {
	return a.service.FindChannel(a.ctx, id)
}

// UpdateChannel changes the fields of a channel that in carries.
func (a *App) UpdateChannel(id string, in admin.ChannelInput) (admin.Channel, error) {
	return a.service.UpdateChannel(a.ctx, id, in)
}

// DeleteChannel removes a channel and its accounts.
func (a *App) DeleteChannel(id string) error {
	return a.service.DeleteChannel(a.ctx, id)
}

// TestChannel sends one tiny real request through any account of a channel.
func (a *App) TestChannel(id string) (core.TestResult, error) {
	return a.service.TestChannel(a.ctx, id)
}

// ListAccounts returns the accounts of a channel, or of all for an empty id.
func (a *App) ListAccounts(channelID string) (admin.AccountList, error) {
	return a.service.ListAccounts(a.ctx, channelID)
}

// CreateAccount adds an account to a channel.
func (a *App) CreateAccount(channelID string, in admin.AccountInput) (admin.Account, error) {
	return a.service.CreateAccount(a.ctx, channelID, in)
}

// FindAccount returns one account.
func (a *App) FindAccount(id string) (admin.Account, error) {
	return a.service.FindAccount(a.ctx, id)
}

// UpdateAccount changes the fields of an account that in carries.
func (a *App) UpdateAccount(id string, in admin.AccountInput) (admin.Account, error) {
	return a.service.UpdateAccount(a.ctx, id, in)
}

// DeleteAccount removes an account.
func (a *App) DeleteAccount(id string) error {
	return a.service.DeleteAccount(a.ctx, id)
}

// ResetAccount clears the cooldowns and the state of an account.
func (a *App) ResetAccount(id string) (admin.Account, error) {
	return a.service.ResetAccount(a.ctx, id)
}

// RefreshUsage asks the provider how much of an account's quota is used.
func (a *App) RefreshUsage(id string) (admin.Account, error) {
	return a.service.RefreshUsage(a.ctx, id)
}

// RefreshToken renews the access token of an account.
func (a *App) RefreshToken(id string) (admin.Account, error) {
	return a.service.RefreshToken(a.ctx, id)
}

// TestAccount sends one tiny real request through an account.
func (a *App) TestAccount(id string) (admin.AccountTest, error) {
	return a.service.TestAccount(a.ctx, id)
}

// Explain tells which account would serve a request, and why no other.
func (a *App) Explain(in admin.ExplainRequest) (core.Explanation, error) {
	return a.service.Explain(a.ctx, in)
}

// ImportAccounts adds accounts of any known dialect to a channel.
func (a *App) ImportAccounts(channelID string, in admin.ImportRequest) (admin.ImportResult, error) {
	return a.service.ImportAccounts(a.ctx, channelID, in)
}

// ListLogins returns the sign-ins of all channels, the newest first.
func (a *App) ListLogins() (admin.LoginList, error) {
	return a.service.ListLogins(a.ctx)
}

// CreateLogin begins a sign-in and returns the code for the person.
func (a *App) CreateLogin(in admin.LoginInput) (core.Login, error) {
	return a.service.CreateLogin(a.ctx, in)
}

// FindLogin returns one sign-in.
func (a *App) FindLogin(id string) (core.Login, error) {
	return a.service.FindLogin(a.ctx, id)
}

// DeleteLogin cancels a sign-in.
func (a *App) DeleteLogin(id string) error {
	return a.service.DeleteLogin(a.ctx, id)
}

// Import adds accounts of all providers, each to the channel of its provider.
func (a *App) Import(in admin.ImportRequest) (admin.ImportResult, error) {
	return a.service.Import(a.ctx, in)
}

// ListImportSources finds the sign-ins of other programs on this machine.
func (a *App) ListImportSources() (admin.ImportSourceList, error) {
	return a.service.ListImportSources(a.ctx)
}

// ListImports returns the last imports, newest first.
func (a *App) ListImports() (admin.ImportList, error) {
	return a.service.ListImports(a.ctx)
}

// FindImport returns one import and how its verification goes.
func (a *App) FindImport(id string) (admin.Import, error) {
	return a.service.FindImport(a.ctx, id)
}

// CancelImport ends the verification of an import.
func (a *App) CancelImport(id string) (admin.Import, error) {
	return a.service.CancelImport(a.ctx, id)
}

// UndoImport deletes what an import made and nobody has changed since.
func (a *App) UndoImport(id string) (admin.ImportUndo, error) {
	return a.service.UndoImport(a.ctx, id)
}

// ListUsers returns all users by name.
func (a *App) ListUsers() (admin.UserList, error) {
	return a.service.ListUsers(a.ctx)
}

// CreateUser adds a user with one key, which is shown this once.
func (a *App) CreateUser(in admin.UserInput) (admin.NewUser, error) {
	return a.service.CreateUser(a.ctx, in)
}

// FindUser returns one user.
func (a *App) FindUser(id string) (admin.User, error) {
	return a.service.FindUser(a.ctx, id)
}

// UpdateUser changes the fields of a user that in carries.
func (a *App) UpdateUser(id string, in admin.UserInput) (admin.User, error) {
	return a.service.UpdateUser(a.ctx, id, in)
}

// DeleteUser removes a user and the user's keys.
func (a *App) DeleteUser(id string) error {
	return a.service.DeleteUser(a.ctx, id)
}

// CreateKey adds a key to a user; its secret is shown this once.
func (a *App) CreateKey(userID string, in admin.KeyInput) (admin.NewKey, error) {
	return a.service.CreateKey(a.ctx, userID, in)
}

// DeleteKey removes a key.
func (a *App) DeleteKey(id string) error {
	return a.service.DeleteKey(a.ctx, id)
}

// FindStats returns the statistics of a span of days.
func (a *App) FindStats(in admin.StatsRequest) (admin.Stats, error) {
	return a.service.FindStats(a.ctx, in)
}

// ListLogs returns a page of the request log, newest first.
func (a *App) ListLogs(in admin.LogsRequest) (admin.LogList, error) {
	return a.service.ListLogs(a.ctx, in)
}

// FindLog returns one row of the request log.
func (a *App) FindLog(id string) (core.Record, error) {
	return a.service.FindLog(a.ctx, id)
}

// FindLogBody returns the bodies that were kept of a request.
func (a *App) FindLogBody(id string) (core.Capture, error) {
	return a.service.FindLogBody(a.ctx, id)
}

// ListPrices returns the price table.
func (a *App) ListPrices() (admin.PriceList, error) {
	return a.service.ListPrices(a.ctx)
}

// UpdatePrice sets a person's own price of a model.
func (a *App) UpdatePrice(model string, in admin.PriceInput) (admin.Price, error) {
	return a.service.UpdatePrice(a.ctx, model, in)
}

// DeletePrice removes a person's own price of a model.
func (a *App) DeletePrice(model string) error {
	return a.service.DeletePrice(a.ctx, model)
}

// ImportPrices makes the prices of a document a person's own.
func (a *App) ImportPrices(in admin.PriceImport) (admin.PriceImportResult, error) {
	return a.service.ImportPrices(a.ctx, in)
}

// ExportLogs writes the selected requests to a file that the person chooses, and
// returns its path; "" when they have changed their mind.
func (a *App) ExportLogs(in admin.ExportRequest) (string, error) {
	return a.save(a.service.ExportLogs(a.ctx, in))
}

// FindStorage returns what the database takes on the disk.
func (a *App) FindStorage() (admin.Storage, error) {
	return a.service.FindStorage(a.ctx)
}

// CreateBackup writes everything, encrypted, to a file that the person chooses,
// and returns its path; "" when they have changed their mind.
func (a *App) CreateBackup(in admin.BackupRequest) (string, error) {
	return a.save(a.service.CreateBackup(a.ctx, in))
}

// RestoreBackup reads a backup from a file that the person chooses; the zero
// result when they have changed their mind.
func (a *App) RestoreBackup(in admin.RestoreRequest) (out admin.RestoreResult, err error) {
	err = a.read(func(file io.Reader) (err error) {
		out, err = a.service.RestoreBackup(a.ctx, in, file)
		return err
	})
	return out, err
}

// ExportConfig writes the configuration without secrets to a file that the person
// chooses, and returns its path; "" when they have changed their mind.
func (a *App) ExportConfig() (string, error) {
	return a.save(a.service.ExportConfig(a.ctx))
}

// ImportConfig creates or replaces what a configuration file holds.
func (a *App) ImportConfig(in admin.ConfigFile, dryRun bool) (admin.ConfigImport, error) {
	return a.service.ImportConfig(a.ctx, in, dryRun)
}

// FindSettings returns the settings.
func (a *App) FindSettings() (core.Settings, error) {
	return a.service.FindSettings(a.ctx)
}

// UpdateSettings changes the settings that in carries.
func (a *App) UpdateSettings(in admin.SettingsInput) (core.Settings, error) {
	return a.service.UpdateSettings(a.ctx, in)
}

// TestWebhook sends a test to the webhook of the settings.
func (a *App) TestWebhook() (admin.WebhookTest, error) {
	return a.service.TestWebhook(a.ctx)
}

// FindGateway returns the state of the gateway.
func (a *App) FindGateway() (core.GatewayStatus, error) {
	return a.service.FindGateway(a.ctx)
}

// StartGateway opens the gateway.
func (a *App) StartGateway() (core.GatewayStatus, error) {
	return a.service.StartGateway(a.ctx)
}

// StopGateway closes the gateway after open requests have ended.
func (a *App) StopGateway() (core.GatewayStatus, error) {
	return a.service.StopGateway(a.ctx)
}
