//go:build desktop && !bindings

package main

import (
	"context"
	"errors"
	"html/template"
	"net/http"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"

	"github.com/aihub/aihub/backend/core"
)

// failurePage tells a person who started the app by a click, and sees no
// terminal, why it does not start.
const failurePage = `<!doctype html>
<meta charset="utf-8">
<title>AiHub</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 0; padding: 2.5rem; box-sizing: border-box }
h1 { font-size: 1.25rem; margin: 0 0 .75rem }
p { margin: 0; overflow-wrap: anywhere; white-space: pre-line }
</style>
<h1>{{.Title}}</h1>
<p>{{.Message}}</p>
`

// showFailure shows the reason in a window until that is closed.
func showFailure(ctx context.Context, reason error) error {
	page, err := template.New("failure").Parse(failurePage)
	if err != nil {
		return err
	}
	serve := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, map[string]string{"Title": "AiHub cannot start", "Message": messageOf(reason)})
	}
	return wails.Run(&options.App{
		Title: "AiHub", Width: 560, Height: 280, BackgroundColour: background(ctx),
		AssetServer: &assetserver.Options{Handler: http.HandlerFunc(serve)},
		Linux:       linuxOptions(),
	})
}

func messageOf(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
