package gateway

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

const mePath = "/api/me"

// Me is what a user may know of itself. It is asked for with the user's own key,
// in any of the places where a client puts one.
type Me struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Key         MyKey       `json:"key"`
	Quota       core.Quota  `json:"quota"`
	Used        core.Used   `json:"used"`
	RPM         int         `json:"rpm"`
	TPM         int         `json:"tpm"`
	Concurrency int         `json:"concurrency"`
	Models      []string    `json:"models"`
	ExpiresAt   *time.Time  `json:"expires_at,omitempty"`
	Stats       admin.Stats `json:"stats"`
}

// MyKey is the key that was sent, without its secret.
type MyKey struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Prefix string `json:"prefix"`
}

// meKey is the key of the context value that holds whose key was sent.
type meKey struct{}

// caller is a user with the key that was sent.
type caller struct {
	user *core.User
	key  *core.Key
}

// authenticateUser lets a user in with an own key.
func (a *api) authenticateUser(c *gin.Context) {
	user, key, denied := authenticate(c.Request, a.Store.Snapshot(), a.Auth.now())
	if denied != nil {
		code := core.CodeUnauthorized
		if denied.Kind == llm.Forbidden {
			code = core.CodeForbidden
		}
		writeProblem(c, core.Errorf(code, "%s", denied.Message))
		return
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), meKey{}, caller{user, key}))
}

func (a *api) registerMe() {
	o := operation{
		id: "find-me", method: http.MethodGet, path: mePath, tag: tagUsers,
		summary: "What the user of the key may use and has used",
	}
	described := o.describe()
	described.Security = []map[string][]string{{"user": {}}}
	type input struct {
		Days int    `query:"days" minimum:"0" maximum:"365" doc:"of the statistics; 0 means 7"`
		Key  string `query:"key" doc:"the key, where a client can send no header"`
	}
	huma.Register(a.huma, described, func(ctx context.Context, in *input) (*answer[Me], error) {
		out, err := a.me(ctx, in.Days)
		if err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		return &answer[Me]{Body: out}, nil
	})
}

func (a *api) me(ctx context.Context, days int) (Me, error) {
	from, ok := ctx.Value(meKey{}).(caller)
	if !ok {
		return Me{}, core.Errorf(core.CodeUnauthorized, "send a key of an AiHub user")
	}
	u, err := a.Service.FindUser(ctx, from.user.ID)
	if err != nil {
		return Me{}, err
	}
	stats, err := a.Service.FindStats(ctx, admin.StatsRequest{Days: days, User: u.ID})
	if err != nil {
		return Me{}, err
	}
	// Which channels and accounts serve a user is none of the user's business.
	stats.Channels, stats.Accounts = []admin.Share{}, []admin.Share{}
	return Me{
		ID: u.ID, Name: u.Name, Quota: u.Quota, Used: u.Used, RPM: u.RPM, TPM: u.TPM, Concurrency: u.Concurrency,
		Models: u.Models, ExpiresAt: u.ExpiresAt, Stats: stats,
		Key: MyKey{ID: from.key.ID, Name: from.key.Name, Prefix: from.key.Prefix},
	}, nil
}
