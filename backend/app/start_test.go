package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
)

func TestAnUnwritableLogFileEndsTheStart(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Join(file, "aihub.log"), dir} {
		cfg := config(t.TempDir())
		cfg.LogFile = name
		_, err := app.New(t.Context(), cfg)
		if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABrokenEnvFileIsNotQuoted(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(".env", []byte("ADMIN_KEY=fine\nsecret-value-0123456789\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := app.Environment()
	if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), ".env") {
		t.Fatalf("err = %v", err)
	}
	if strings.Contains(err.Error(), "secret-value") || strings.Contains(err.Error(), "fine") {
		t.Errorf("the file's content is in %v", err)
	}
}
