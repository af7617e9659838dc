package store

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// badgerLog hands Badger's log to slog. What Badger calls information, such as
// every compaction, is for debugging here; its debugging lines are dropped.
type badgerLog struct{ log *slog.Logger }

func (l badgerLog) Errorf(format string, args ...any)   { l.print(slog.LevelError, format, args) }
func (l badgerLog) Warningf(format string, args ...any) { l.print(slog.LevelWarn, format, args) }
func (l badgerLog) Infof(format string, args ...any)    { l.print(slog.LevelDebug, format, args) }
func (l badgerLog) Debugf(string, ...any)               {}

func (l badgerLog) print(level slog.Level, format string, args []any) {
	ctx := context.Background()
	if !l.log.Enabled(ctx, level) {
		return
	}
	l.log.Log(ctx, level, "badger", "says", strings.TrimSpace(fmt.Sprintf(format, args...)))
}
