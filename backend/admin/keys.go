package admin

import (
	"context"

	"github.com/aihub/aihub/backend/core"
)

const defaultKeyName = "key"

// maxKeys bounds the keys of one user.
const maxKeys = 1000

// CreateKey adds a key to a user. The answer shows its secret this once.
func (s *Service) CreateKey(ctx context.Context, userID string, in KeyInput) (NewKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := s.snapshot()
	if snap.User(userID) == nil {
		return NewKey{}, notFound(kindUser, userID)
	}
	if len(snap.KeysOf(userID)) >= maxKeys {
		return NewKey{}, core.Errorf(core.CodeConflict, "the user has %d keys; delete one first", maxKeys)
	}
	name := defaultKeyName
	if err := applyName(&name, in.Name); err != nil {
		return NewKey{}, err
	}
	key, secret := s.newKey(userID, name)
	if err := s.commit(ctx, kindKey, key.ID, core.PutKey{Key: key}); err != nil {
		return NewKey{}, err
	}
	return NewKey{Key: s.viewKey(&key), Secret: secret}, nil
}

// DeleteKey removes a key; requests with it are refused from then on.
func (s *Service) DeleteKey(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snapshot().Key(id) == nil {
		return notFound(kindKey, id)
	}
	return s.commit(ctx, kindKey, id, core.DeleteKey{ID: id})
}

func (s *Service) newKey(userID, name string) (key core.Key, secret string) {
	secret, prefix := core.NewUserKey()
	now := s.now()
	return core.Key{
		ID: core.NewID("key", now), UserID: userID, Name: name, Prefix: prefix,
		Hash: core.HashKey(secret), CreatedAt: now,
	}, secret
}

func (s *Service) viewKey(k *core.Key) Key {
	return Key{ID: k.ID, Name: k.Name, Prefix: k.Prefix, CreatedAt: k.CreatedAt, LastUsed: s.lastUsed(k.ID)}
}
