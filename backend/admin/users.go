package admin

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// User is a user as the doors show it.
type User struct {
	core.User
	Used core.Used `json:"used"` // in the current period of the quota
	Keys []Key     `json:"keys"` // oldest first
}

// Key is a key as the doors show it: never the secret.
type Key struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Prefix    string     `json:"prefix"` // the first characters, to recognise it by
	CreatedAt time.Time  `json:"created_at"`
	LastUsed  *time.Time `json:"last_used_at,omitempty"`
}

// UserList is the answer of ListUsers.
type UserList struct {
	Items      []User `json:"items"`
	NextCursor string `json:"next_cursor,omitempty"`
}

// NewUser is the answer of CreateUser: the user, and the secret of the first
// key, which is shown this once.
type NewUser struct {
	User
	Secret string `json:"key"`
}

// NewKey is the answer of CreateKey: the key, and its secret, which is shown
// this once.
type NewKey struct {
	Key
	Secret string `json:"key"`
}

// UserInput creates or changes a user. An absent field takes its default on
// create and keeps its value on update; a present one replaces the value.
type UserInput struct {
	Name         *string          `json:"name,omitempty" doc:"1 to 200 characters; needed on create"`
	Enabled      *bool            `json:"enabled,omitempty" doc:"default true"`
	Quota        *QuotaInput      `json:"quota,omitempty" doc:"replaced as a whole; default: no limits"`
	RPM          *int             `json:"rpm,omitempty" doc:"requests per minute; 0, the default, is unlimited"`
	TPM          *int             `json:"tpm,omitempty" doc:"tokens per minute; 0, the default, is unlimited"`
	Concurrency  *int             `json:"concurrency,omitempty" doc:"parallel requests; 0, the default, is unlimited"`
	Models       []string         `json:"models,omitempty" doc:"model names, * as wildcard; default and empty: all"`
	AllowedIPs   []string         `json:"allowed_ips,omitempty" doc:"addresses or ranges such as 192.168.0.0/16; default and empty: all"`
	ExpiresAt    OptionalTime     `json:"expires_at,omitzero" doc:"null removes the end"`
	OnClientGone *core.ClientGone `json:"on_client_gone,omitempty" doc:"what becomes of an answer whose client leaves; default cut"`
}

// QuotaInput sets a quota; an absent or null limit is none.
type QuotaInput struct {
	Period   core.Period `json:"period,omitempty" doc:"default total"`
	Tokens   *int64      `json:"tokens,omitempty"`
	Requests *int64      `json:"requests,omitempty"`
	CostUSD  *float64    `json:"cost_usd,omitempty"`
}

// KeyInput creates a key.
type KeyInput struct {
	Name *string `json:"name,omitempty" doc:"1 to 200 characters; default \"key\""`
}

// ListUsers returns all users by name.
func (s *Service) ListUsers(context.Context) (UserList, error) {
	snap := s.snapshot()
	out := UserList{Items: make([]User, 0, len(snap.Users()))}
	for _, u := range snap.Users() {
		out.Items = append(out.Items, s.viewUser(snap, u))
	}
	return out, nil
}

// CreateUser adds a user with one key. The name is needed.
func (s *Service) CreateUser(ctx context.Context, in UserInput) (NewUser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	u := core.User{
		ID: core.NewID("usr", now), Enabled: true, Quota: core.Quota{Period: core.PeriodTotal},
		Models: []string{}, AllowedIPs: []string{}, CreatedAt: now, UpdatedAt: now,
		OnClientGone: core.ClientGone{Mode: core.GoneCut},
	}
	if err := in.apply(&u); err != nil {
		return NewUser{}, err
	}
	key, secret := s.newKey(u.ID, defaultKeyName)
	if err := s.commit(ctx, kindUser, u.ID, core.PutUser{User: u}, core.PutKey{Key: key}); err != nil {
		return NewUser{}, err
	}
	return NewUser{User: s.viewUser(s.snapshot(), &u), Secret: secret}, nil
}

// FindUser returns one user.
func (s *Service) FindUser(_ context.Context, id string) (User, error) {
	snap := s.snapshot()
	u := snap.User(id)
	if u == nil {
		return User{}, notFound(kindUser, id)
	}
	return s.viewUser(snap, u), nil
}

// UpdateUser changes the fields of a user that in carries.
func (s *Service) UpdateUser(ctx context.Context, id string, in UserInput) (User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.snapshot().User(id)
	if old == nil {
		return User{}, notFound(kindUser, id)
	}
	u := *old
	if err := in.apply(&u); err != nil {
		return User{}, err
	}
	u.UpdatedAt = s.now()
	if err := s.commit(ctx, kindUser, id, core.PutUser{User: u}); err != nil {
		return User{}, err
	}
	return s.viewUser(s.snapshot(), &u), nil
}

// DeleteUser removes a user and the keys. The rows in the ledger stay.
func (s *Service) DeleteUser(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snapshot().User(id) == nil {
		return notFound(kindUser, id)
	}
	if err := s.commit(ctx, kindUser, id, core.DeleteUser{ID: id}); err != nil {
		return err
	}
	s.deps.Forget(id)
	return nil
}

func (s *Service) viewUser(snap *core.Snapshot, u *core.User) User {
	v := User{User: *u, Used: s.deps.Used(u), Keys: []Key{}}
	v.Models, v.AllowedIPs = list(u.Models), list(u.AllowedIPs)
	if v.OnClientGone.Mode == "" {
		v.OnClientGone.Mode = core.GoneCut
	}
	for _, k := range snap.KeysOf(u.ID) {
		v.Keys = append(v.Keys, s.viewKey(k))
	}
	return v
}
