package gateway

import (
	"context"
	"net/http"

	"github.com/aihub/aihub/backend/admin"
)

const tagUsers = "users"

// optionalChange is a change whose body may be left out.
type optionalChange[T any] struct {
	ID   string `path:"id"`
	Body *T
}

func (a *api) registerUsers() {
	s := a.Service
	handle(a, operation{
		id: "list-users", method: http.MethodGet, path: "/api/users", tag: tagUsers,
		summary: "List the users, by name",
	},
		func(ctx context.Context, _ *nothing) (admin.UserList, error) { return s.ListUsers(ctx) })
	handle(a, operation{
		id: "create-user", method: http.MethodPost, path: "/api/users", tag: tagUsers,
		summary: "Create a user with one key, which is shown this once", status: http.StatusCreated,
	},
		func(ctx context.Context, in *creation[admin.UserInput]) (admin.NewUser, error) {
			return s.CreateUser(ctx, in.Body)
		})
	handle(a, operation{
		id: "find-user", method: http.MethodGet, path: "/api/users/{id}", tag: tagUsers,
		summary: "Find one user",
	},
		func(ctx context.Context, in *byID) (admin.User, error) { return s.FindUser(ctx, in.ID) })
	handle(a, operation{
		id: "update-user", method: http.MethodPut, path: "/api/users/{id}", tag: tagUsers,
		summary: "Change the given fields of a user",
	},
		func(ctx context.Context, in *change[admin.UserInput]) (admin.User, error) {
			return s.UpdateUser(ctx, in.ID, in.Body)
		})
	handleDelete(a, operation{
		id: "delete-user", path: "/api/users/{id}", tag: tagUsers,
		summary: "Delete a user and the keys",
	}, s.DeleteUser)
	handle(a, operation{
		id: "create-key", method: http.MethodPost, path: "/api/users/{id}/keys", tag: tagUsers,
		summary: "Add a key to a user; it is shown this once", status: http.StatusCreated,
	},
		func(ctx context.Context, in *optionalChange[admin.KeyInput]) (admin.NewKey, error) {
			if in.Body == nil {
				in.Body = &admin.KeyInput{}
			}
			return s.CreateKey(ctx, in.ID, *in.Body)
		})
	handleDelete(a, operation{
		id: "delete-key", path: "/api/keys/{id}", tag: tagUsers,
		summary: "Delete a key",
	}, s.DeleteKey)
}
