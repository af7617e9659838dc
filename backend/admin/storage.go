package admin

import (
	"context"

	"github.com/aihub/aihub/backend/core"
)

// Storage is what the database takes on the disk, beside what the settings allow.
type Storage struct {
	core.Storage
	BudgetBytes int64 `json:"log_budget_bytes"` // log_mb of the settings; 0 = unlimited
}

// FindStorage measures what the database takes on the disk.
func (s *Service) FindStorage(ctx context.Context) (Storage, error) {
	v, err := s.deps.Store.Storage(ctx)
	return Storage{Storage: v, BudgetBytes: s.snapshot().Settings.LogBudget()}, err
}
