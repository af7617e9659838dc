//go:build desktop && !bindings

package main

import (
	"log/slog"
	"os"
)

// wailsLog sends what Wails logs to the program's own log.
type wailsLog struct{ log *slog.Logger }

func (l wailsLog) Print(message string)   { l.log.Info("wails", "message", message) }
func (l wailsLog) Trace(message string)   { l.log.Debug("wails", "message", message) }
func (l wailsLog) Debug(message string)   { l.log.Debug("wails", "message", message) }
func (l wailsLog) Info(message string)    { l.log.Info("wails", "message", message) }
func (l wailsLog) Warning(message string) { l.log.Warn("wails", "message", message) }
func (l wailsLog) Error(message string)   { l.log.Error("wails", "message", message) }

// Fatal ends the program, as Wails expects of it.
func (l wailsLog) Fatal(message string) {
	l.log.Error("wails", "message", message)
	os.Exit(1)
}
