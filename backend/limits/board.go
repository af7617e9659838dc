package limits

import (
	"sync"

	"github.com/aihub/aihub/backend/core"
)

// Board keeps what the last answer of each account has told of its limits. It is
// gone at the end of the program: the next answer tells it anew. Its methods may
// be called concurrently.
type Board struct {
	mu   sync.Mutex
	last map[string]core.AccountUsage
}

// NewBoard returns an empty board.
func NewBoard() *Board { return &Board{last: map[string]core.AccountUsage{}} }

// Put notes the usage of an account.
func (b *Board) Put(accountID string, u core.AccountUsage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last[accountID] = u
}

// Find returns the usage of an account, or nil when no answer has told it.
func (b *Board) Find(accountID string) *core.AccountUsage {
	b.mu.Lock()
	defer b.mu.Unlock()
	u, ok := b.last[accountID]
	if !ok {
		return nil
	}
	return &u
}
