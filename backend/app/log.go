package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/secret"
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
	if err := checkLogFile(cfg.LogFile); err != nil {
		return nil, nil, err
	}
	file := &lumberjack.Logger{Filename: cfg.LogFile, MaxSize: logFileMB, MaxBackups: logFileCount}
	options := &slog.HandlerOptions{Level: level}
	handler := slog.Handler(slog.NewJSONHandler(masking{file}, options))
	if !cfg.Quiet {
		handler = tee{handler, slog.NewTextHandler(masking{os.Stderr}, options)}
	}
	return slog.New(handler), file, nil
}

// checkLogFile opens the file once: the rotation opens it at the first line, and
// nobody would see that it failed.
func checkLogFile(name string) error {
	err := os.MkdirAll(filepath.Dir(name), 0o750)
	var file *os.File
	if err == nil {
		file, err = os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	}
	if err == nil {
		err = file.Close()
	}
	if err == nil {
		return nil
	}
	reason := err
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		reason = p.Err
	}
	return &core.Error{
		Code: core.CodeInvalid, Field: "AIHUB_LOG_FILE", Err: err,
		Message: fmt.Sprintf("the log file %s cannot be written: %v", name, reason),
	}
}

// masking writes lines without the secrets in them. It works on the finished
// line, so it does not matter whether one came in the message, in an error, in a
// group or inside a value of any type, and a line that is not written costs
// nothing.
type masking struct{ io.Writer }

func (m masking) Write(line []byte) (int, error) {
	masked, _ := secret.Mask(line)
	if _, err := m.Writer.Write(masked); err != nil {
		return 0, err
	}
	return len(line), nil
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
