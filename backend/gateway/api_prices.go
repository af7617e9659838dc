package gateway

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aihub/aihub/backend/admin"
)

const tagPrices = "prices"

// byModel names a model in the path; a "/" in its name is written %2F.
type byModel struct {
	Model string `path:"model"`
}

func (a *api) registerPrices() {
	s := a.Service
	handle(a, operation{
		id: "list-prices", method: http.MethodGet, path: "/api/prices", tag: tagPrices,
		summary: "List the prices of models, and the models in use that have none",
	},
		func(ctx context.Context, _ *nothing) (admin.PriceList, error) { return s.ListPrices(ctx) })
	handle(a, operation{
		id: "update-price", method: http.MethodPut, path: "/api/prices/{model}", tag: tagPrices,
		summary: "Set your own price of a model",
	},
		func(ctx context.Context, in *struct {
			byModel
			Body admin.PriceInput
		},
		) (admin.Price, error) {
			return s.UpdatePrice(ctx, in.Model, in.Body)
		})
	o := operation{
		id: "delete-price", method: http.MethodDelete, path: "/api/prices/{model}", tag: tagPrices,
		summary: "Delete your own price of a model", status: http.StatusNoContent,
	}
	huma.Register(a.huma, o.describe(), func(ctx context.Context, in *byModel) (*nothing, error) {
		if err := s.DeletePrice(ctx, in.Model); err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		return nil, nil
	})
	handle(a, operation{
		id: "import-prices", method: http.MethodPost, path: "/api/prices/import", tag: tagPrices,
		summary: "Bring in prices in the shape of LiteLLM or models.dev",
	},
		func(ctx context.Context, in *creation[admin.PriceImport]) (admin.PriceImportResult, error) {
			return s.ImportPrices(ctx, in.Body)
		})
}
