package gateway

import (
	"context"
	"net/http"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

func (a *api) registerLogins() {
	s := a.Service
	handle(a, operation{
		id: "list-logins", method: http.MethodGet, path: "/api/logins", tag: tagAccounts,
		summary: "List the sign-ins under way and those that ended not long ago",
	},
		func(ctx context.Context, _ *nothing) (admin.LoginList, error) { return s.ListLogins(ctx) })
	handle(a, operation{
		id: "create-login", method: http.MethodPost, path: "/api/logins", tag: tagAccounts,
		summary: "Begin a sign-in: answers with the code and the page for the person", status: http.StatusCreated,
	},
		func(ctx context.Context, in *creation[admin.LoginInput]) (core.Login, error) {
			return s.CreateLogin(ctx, in.Body)
		})
	handle(a, operation{
		id: "find-login", method: http.MethodGet, path: "/api/logins/{id}", tag: tagAccounts,
		summary: "Find one sign-in",
	},
		func(ctx context.Context, in *byID) (core.Login, error) { return s.FindLogin(ctx, in.ID) })
	handleDelete(a, operation{
		id: "delete-login", path: "/api/logins/{id}", tag: tagAccounts,
		summary: "Cancel a sign-in",
	}, s.DeleteLogin)
}
