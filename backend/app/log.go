package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/aihub/aihub/backend/core"
)

// How much room the log takes at most: three old files and the current one.
const (
	logFileMB    = 10
	logFileCount = 3
)

// openLog returns a logger to the rotated file and, unless quiet, to the
// terminal; closing it closes the file.
func openLog(cfg *Config) (*slog.Logger, io.Closer, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		return nil, nil, core.Invalid("AIHUB_LOG_LEVEL", "the log level must be debug, info, warn or error, not %q", cfg.LogLevel)
	}
	file := &lumberjack.Logger{Filename: cfg.LogFile, MaxSize: logFileMB, MaxBackups: logFileCount}
	options := &slog.HandlerOptions{Level: level}
	handler := slog.Handler(slog.NewJSONHandler(file, options))
	if !cfg.Quiet {
		handler = tee{handler, slog.NewTextHandler(os.Stderr, options)}
	}
	return slog.New(handler), file, nil
}

// tee writes every line to two handlers.
type tee [2]slog.Handler

func (t tee) Enabled(ctx context.Context, l slog.Level) bool {
	return t[0].Enabled(ctx, l) || t[1].Enabled(ctx, l)
}

func (t tee) Handle(ctx context.Context, r slog.Record) error {
	return errors.Join(t[0].Handle(ctx, r.Clone()), t[1].Handle(ctx, r))
}

func (t tee) WithAttrs(as []slog.Attr) slog.Handler {
	return tee{t[0].WithAttrs(as), t[1].WithAttrs(as)}
}

func (t tee) WithGroup(name string) slog.Handler {
	return tee{t[0].WithGroup(name), t[1].WithGroup(name)}
}
