package app

import (
	"context"
	"maps"
	"slices"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/pricing"
)

// buildPrices opens the book of the listed prices and those of the person.
func (a *App) buildPrices(ctx context.Context) (err error) {
	if a.prices, err = pricing.NewBook(); err != nil {
		return err
	}
	custom, err := admin.CustomPrices(ctx, a.store)
	if err != nil {
		return err
	}
	return a.prices.Replace(slices.Collect(maps.Values(custom)))
}
