//go:build desktop && !bindings

package main

import (
	"log/slog"
	"os"
)

// wailsLog sends what Wails logs to the program's own log.
type wailsLog struct{ log *slog.Logger }

func (l wailsLog) Print(message string)   { l.log.Info(message, "from", "wails") }
func (l wailsLog) Trace(message string)   { l.log.Debug(message, "from", "wails") }
func (l wailsLog) Debug(message string)   { l.log.Debug(message, "from", "wails") }
func (l wailsLog) Info(message string)    { l.log.Info(message, "from", "wails") }
func (l wailsLog) Warning(message string) { l.log.Warn(message, "from", "wails") }
func (l wailsLog) Error(message string)   { l.log.Error(message, "from", "wails") }

// Fatal ends the program, as Wails expects of it.
func (l wailsLog) Fatal(message string) {
	l.log.Error(message, "from", "wails")
	os.Exit(1)
}
