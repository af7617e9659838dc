package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/secret"
)

// What a library or a provider puts into an error is not in our hands; the file
// is the last place to hold a key back.
func TestTheLogFileHoldsNoSecret(t *testing.T) {
	const key, token = "sk-proj-T3BlbkFJ0123456789abcdefghijkl", "aorAAAAAGk9876543210abcDEF:MGUCMQDxyz"
	file := filepath.Join(t.TempDir(), "aihub.log")
	log, closer, err := openLog(&Config{LogLevel: "info", LogFile: file, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	refused := &url.Error{Op: "Get", URL: "https://host/v1beta/models?key=AbCdEf0123456789&alt=sse", Err: errors.New("refused")}
	log.Info("the key " + key + " was refused")
	log.Warn("upstream", "err", fmt.Errorf("wrapped: %w", refused))
	log.Error("deep", slog.Group("a", slog.Group("b", "header", "Bearer "+key)))
	log.WithGroup("g").With("token", token).Error("of the logger itself")
	log.Error("a value", "sent", struct {
		APIKey string `json:"api_key"`
		Body   []string
	}{"opaque-0123456789-opaque", []string{"first\n" + key}})
	log.Debug("not written", "key", key)
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(written)
	for _, hidden := range []string{key, key[len(key)-12:], token, "MGUCMQDxyz", "AbCdEf0123456789", "opaque-0123456789"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%q is in the log", hidden)
		}
	}
	if n := strings.Count(text, secret.Mark); n != 6 || strings.Count(text, "\n") != 5 {
		t.Errorf("%d marks in %s", n, text)
	}
	for _, kept := range []string{"was refused", "alt=sse", "of the logger itself", `"first\n`} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is missing in %s", kept, text)
		}
	}
}
