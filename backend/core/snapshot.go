package core

import (
	"cmp"
	"maps"
	"slices"
)

// Snapshot is the whole configuration at one moment. It is immutable: nobody
// may change what its methods return.
type Snapshot struct {
	Settings Settings
	channels map[string]*Channel
	accounts map[string]*Account
	users    map[string]*User
	keys     map[string]*Key
	secrets  map[string]string

	channelList []*Channel            // by priority (high first), then name
	userList    []*User               // by name
	byChannel   map[string][]*Account // by priority (high first), then name
	byUser      map[string][]*Key     // oldest first
	byHash      map[KeyHash]*Key
}

// NewSnapshot builds a snapshot and its indexes. It takes over the slices'
// elements; secrets may be nil.
func NewSnapshot(set Settings, chans []Channel, accs []Account, users []User, keys []Key, secrets map[string]string) *Snapshot {
	s := &Snapshot{
		Settings: set, secrets: secrets,
		channels: make(map[string]*Channel, len(chans)), accounts: make(map[string]*Account, len(accs)),
		users: make(map[string]*User, len(users)), keys: make(map[string]*Key, len(keys)),
		byChannel: map[string][]*Account{}, byUser: map[string][]*Key{}, byHash: make(map[KeyHash]*Key, len(keys)),
	}
	for i := range chans {
		s.channels[chans[i].ID] = &chans[i]
	}
	for i := range accs {
		a := &accs[i]
		s.accounts[a.ID] = a
		s.byChannel[a.ChannelID] = append(s.byChannel[a.ChannelID], a)
	}
	for i := range users {
		s.users[users[i].ID] = &users[i]
	}
	for i := range keys {
		k := &keys[i]
		s.keys[k.ID], s.byHash[k.Hash] = k, k
		s.byUser[k.UserID] = append(s.byUser[k.UserID], k)
	}
	s.sort()
	return s
}

func (s *Snapshot) sort() {
	s.channelList = slices.SortedFunc(maps.Values(s.channels), func(a, b *Channel) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	s.userList = slices.SortedFunc(maps.Values(s.users), func(a, b *User) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	for _, accs := range s.byChannel {
		slices.SortFunc(accs, func(a, b *Account) int {
			return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
	}
	for _, keys := range s.byUser {
		slices.SortFunc(keys, func(a, b *Key) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
		})
	}
}

// Channel returns the channel with the id, or nil.
func (s *Snapshot) Channel(id string) *Channel { return s.channels[id] }

// Account returns the account with the id, or nil.
func (s *Snapshot) Account(id string) *Account { return s.accounts[id] }

// User returns the user with the id, or nil.
func (s *Snapshot) User(id string) *User { return s.users[id] }

// Key returns the key with the id, or nil.
func (s *Snapshot) Key(id string) *Key { return s.keys[id] }

// KeyByHash returns the key whose secret has the hash, or nil.
func (s *Snapshot) KeyByHash(h KeyHash) *Key { return s.byHash[h] }

// Channels lists the channels by priority, high first, then name.
func (s *Snapshot) Channels() []*Channel { return s.channelList }

// Users lists the users by name.
func (s *Snapshot) Users() []*User { return s.userList }

// AccountsOf lists a channel's accounts by priority, high first, then name.
func (s *Snapshot) AccountsOf(channelID string) []*Account { return s.byChannel[channelID] }

// KeysOf lists a user's keys, oldest first.
func (s *Snapshot) KeysOf(userID string) []*Key { return s.byUser[userID] }

// Secret returns a secret of the program itself, or "".
func (s *Snapshot) Secret(name string) string { return s.secrets[name] }
