package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// update is a configuration in the making and the edits that bring the database
// there.
type update struct {
	*config
	edits edits
	gone  []string // ids of deleted accounts
}

func (u *update) apply(change core.Change) error {
	switch c := change.(type) {
	case core.PutChannel:
		return put(u, u.channels, "channel", prefixChannel, c.Channel.ID, c.Channel)
	case core.DeleteChannel:
		return u.deleteChannel(c.ID)
	case core.PutAccount:
		return u.putAccount(c)
	case core.PutCredential:
		return u.putCredential(c)
	case core.DeleteAccount:
		return u.deleteAccount(c.ID)
	case core.PutUser:
		return put(u, u.users, "user", prefixUser, c.User.ID, c.User)
	case core.DeleteUser:
		return u.deleteUser(c.ID)
	case core.PutKey:
		if err := exists(u.users, "user", c.Key.UserID); err != nil {
			return err
		}
		return put(u, u.keys, "key", prefixKey, c.Key.ID, c.Key)
	case core.DeleteKey:
		return u.deleteKey(c.ID)
	case core.PutSettings:
		return u.putSettings(c.Settings)
	case core.PutSecret:
		u.secrets[c.Name] = c.Value
		u.edits[prefixSecret+c.Name] = []byte(c.Value)
		return nil
	}
	panic(fmt.Sprintf("store: unknown change %T", change))
}

func (u *update) putAccount(c core.PutAccount) error {
	if err := exists(u.channels, "channel", c.Account.ChannelID); err != nil {
		return err
	}
	if c.KeepCredential {
		if err := exists(u.accounts, "account", c.Account.ID); err != nil {
			return err
		}
		c.Account.Credential = u.accounts[c.Account.ID].Credential
	}
	return put(u, u.accounts, "account", prefixAccount, c.Account.ID, c.Account)
}

func (u *update) putCredential(c core.PutCredential) error {
	if err := exists(u.accounts, "account", c.AccountID); err != nil {
		return err
	}
	a := u.accounts[c.AccountID]
	if !sameCredential(a.Credential, c.Was) {
		return core.Errorf(core.CodeConflict, "the credential of account %q has changed meanwhile", c.AccountID)
	}
	a.Credential = c.Credential
	return put(u, u.accounts, "account", prefixAccount, c.AccountID, a)
}

// sameCredential compares what a store keeps of a credential: times lose their
// location and the clock's monotonic part.
func sameCredential(a, b core.Credential) bool {
	same := a.ExpiresAt.Equal(b.ExpiresAt)
	a.ExpiresAt, b.ExpiresAt = time.Time{}, time.Time{}
	return same && a == b
}

// put keeps what a restart would read back, so that the snapshot shares no slice
// or map with the caller.
func put[T any](u *update, in map[string]T, what, prefix, id string, v T) error {
	if id == "" {
		return core.Invalid("id", "the %s has no id", what)
	}
	value, err := json.Marshal(v)
	if err != nil {
		return core.Invalid("", "the %s cannot be stored: %v", what, err)
	}
	u.edits[prefix+id] = value
	return readInto(in, id, value)
}

func (u *update) putSettings(s core.Settings) error {
	value, err := json.Marshal(s)
	if err != nil {
		return core.Invalid("", "the settings cannot be stored: %v", err)
	}
	u.edits[keySettings] = value
	u.settings = core.Settings{}
	return json.Unmarshal(value, &u.settings)
}

func (u *update) deleteChannel(id string) error {
	if err := exists(u.channels, "channel", id); err != nil {
		return err
	}
	for _, a := range u.accounts {
		if a.ChannelID == id {
			if err := u.deleteAccount(a.ID); err != nil {
				return err
			}
		}
	}
	delete(u.channels, id)
	u.edits[prefixChannel+id] = nil
	return nil
}

func (u *update) deleteAccount(id string) error {
	if err := exists(u.accounts, "account", id); err != nil {
		return err
	}
	delete(u.accounts, id)
	u.edits[prefixAccount+id] = nil
	u.edits[prefixLastUsed+id] = nil
	u.gone = append(u.gone, id)
	return nil
}

func (u *update) deleteUser(id string) error {
	if err := exists(u.users, "user", id); err != nil {
		return err
	}
	for _, k := range u.keys {
		if k.UserID == id {
			if err := u.deleteKey(k.ID); err != nil {
				return err
			}
		}
	}
	delete(u.users, id)
	u.edits[prefixUser+id] = nil
	return nil
}

func (u *update) deleteKey(id string) error {
	if err := exists(u.keys, "key", id); err != nil {
		return err
	}
	delete(u.keys, id)
	u.edits[prefixKey+id] = nil
	u.edits[prefixLastUsed+id] = nil
	return nil
}

func exists[T any](in map[string]T, what, id string) error {
	if _, ok := in[id]; !ok {
		return core.Errorf(core.CodeNotFound, "no such %s: %q", what, id)
	}
	return nil
}
