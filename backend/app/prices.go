package app

import (
	"context"
	"maps"
	"slices"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/pricing"
)

// prices returns the book of the listed prices and those of the person.
func (a *App) prices(ctx context.Context) (*pricing.Book, error) {
	book, err := pricing.NewBook()
	if err != nil {
		return nil, err
	}
	custom, err := admin.CustomPrices(ctx, a.store)
	if err != nil {
		return nil, err
	}
	return book, book.Replace(slices.Collect(maps.Values(custom)))
}
