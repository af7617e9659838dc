//go:build desktop && !bindings

package main

import (
	"context"

	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// dialogs are the system's own, over the window.
type dialogs struct{ w *window }

func (d dialogs) save(_ context.Context, name string) (string, error) {
	<-d.w.started
	return runtime.SaveFileDialog(d.w.wails, runtime.SaveDialogOptions{DefaultFilename: name, CanCreateDirectories: true})
}

func (d dialogs) open(context.Context) (string, error) {
	<-d.w.started
	return runtime.OpenFileDialog(d.w.wails, runtime.OpenDialogOptions{})
}
