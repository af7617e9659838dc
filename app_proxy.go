package main

import (
	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// TestAccountProxy opens a connection in the way of an account's requests.
func (a *App) TestAccountProxy(id string) (core.ProxyTest, error) {
	return a.service.TestAccountProxy(a.ctx, id)
}

// TestProxy opens a connection through a proxy that is not saved yet.
func (a *App) TestProxy(in admin.ProxyTestRequest) (core.ProxyTest, error) {
	return a.service.TestProxy(a.ctx, in)
}
