package app

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/login"
	upkiro "github.com/aihub/aihub/backend/upstream/kiro"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// buildLogins connects the sign-ins with what they lead to.
func (a *App) buildLogins(context.Context) error {
	a.logins = login.New(login.Deps{
		Store: a.store, Now: time.Now, Log: a.log,
		Client: a.signInClient,
		Profiles: func(ctx context.Context, channelID, accountID string, cred core.Credential) ([]string, error) {
			ch, acc, err := a.parties(channelID, accountID)
			if err != nil {
				return nil, err
			}
			acc.Credential = cred
			return a.upstream.ListProfiles(ctx, ch, acc)
		},
		Keep:    a.keepLogin,
		Changed: func(l core.Login) { a.events.Publish(core.EventLogin, l) },
	})
	return nil
}

// signInClient speaks to the sign-in services of a channel through the account's
// proxy.
func (a *App) signInClient(channelID, accountID string) (*auth.Client, error) {
	ch, acc, err := a.parties(channelID, accountID)
	if err != nil {
		return nil, err
	}
	kiro, ok := a.upstream.Provider(ch.Provider).(*upkiro.Provider)
	if !ok {
		return nil, core.Errorf(core.CodeUnsupported, "provider %q has no sign-in", ch.Provider)
	}
	via, err := a.upstream.Via(ch, acc)
	if err != nil {
		return nil, err
	}
	return kiro.SignIn(via, ch), nil
}

// resumeLogins takes up the sign-ins of the last run. Their accounts are made by
// the service, so it comes last.
func (a *App) resumeLogins(ctx context.Context) error { return a.logins.Resume(ctx) }

// parties finds the channel and a copy of the account of a sign-in; an account
// that is yet to be made is empty.
func (a *App) parties(channelID, accountID string) (*core.Channel, *core.Account, error) {
	snap := a.store.Snapshot()
	ch := snap.Channel(channelID)
	if ch == nil {
		return nil, nil, core.Errorf(core.CodeNotFound, "the channel was deleted")
	}
	if accountID == "" {
		return ch, &core.Account{ChannelID: channelID}, nil
	}
	acc := snap.Account(accountID)
	if acc == nil {
		return nil, nil, core.Errorf(core.CodeNotFound, "the account was deleted")
	}
	own := *acc
	return ch, &own, nil
}

// keepLogin makes or renews the account by the same operations as a person.
func (a *App) keepLogin(ctx context.Context, channelID, accountID string, cred core.Credential) (string, error) {
	if accountID == "" {
		accountID = a.signedIn(channelID, cred)
	}
	if accountID != "" {
		_, err := a.service.UpdateAccount(ctx, accountID, admin.AccountInput{Credential: &cred})
		return accountID, err
	}
	name := a.loginName(ctx, channelID, cred)
	made, err := a.service.CreateAccount(ctx, channelID, admin.AccountInput{Name: &name, Credential: &cred})
	return made.ID, err
}

// signedIn finds the account that a sign-in has already made: the program may
// have ended before it was written down that it did.
func (a *App) signedIn(channelID string, cred core.Credential) string {
	for _, acc := range a.store.Snapshot().AccountsOf(channelID) {
		c := acc.Credential
		if c.RefreshToken == cred.RefreshToken || c.ClientSecret != "" && c.ClientSecret == cred.ClientSecret {
			return acc.ID
		}
	}
	return ""
}

// nameTime is how long the provider may take to say who has signed in.
const nameTime = 10 * time.Second

// loginName tells accounts apart until a person names them: by whom the provider
// says that they belong to, else by the end of the secret.
func (a *App) loginName(ctx context.Context, channelID string, cred core.Credential) string {
	kind := map[auth.Kind]string{
		auth.BuilderID: "Builder ID", auth.IdentityCenter: "Identity Center", auth.Google: "Google", auth.GitHub: "GitHub",
	}[auth.KindOf(cred)]
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	ch, acc, err := a.parties(channelID, "")
	if err != nil {
		return kind + " " + cred.Hint()
	}
	acc.Credential = cred
	usage, err := a.upstream.ReadUsage(ctx, ch, acc)
	if err != nil || usage.Owner == "" {
		return kind + " " + cred.Hint()
	}
	return kind + " " + usage.Owner
}
