package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/joho/godotenv"

	"github.com/aihub/aihub/backend/core"
)

// DefaultPort is where the gateway listens when nobody says otherwise.
const DefaultPort = 8000

// Config is how one run of the program is configured.
type Config struct {
	AdminKey     string // "" = kept in the store, made at the first start
	DatabasePath string // the Badger folder; the log and the key file lie in it too
	Host         string
	Port         int    // 0 = the settings' port, else DefaultPort; -1 = any free port
	MasterKey    string // "" = OS keyring (desktop) or key file
	LogLevel     string
	LogFile      string // "" = aihub.log in DatabasePath
	Version      string
	Assets       fs.FS // the dashboard
	Desktop      bool  // there is a session with a keyring, and a window
	Quiet        bool  // nothing is logged to the terminal
	// KiroOpenEnd takes answers of Kiro for whole that end without the event by
	// which today's hosts tell their end.
	KiroOpenEnd bool
	// KeepAlive is how long a streaming client gets nothing before it gets a sign
	// of life; 0 = the relay's own.
	KeepAlive time.Duration
}

// Environment reads the configuration from the environment and from the .env
// file of the working folder; the environment wins.
func Environment() (Config, error) {
	env, err := godotenv.Read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		// The parser's error quotes the file, and with it the keys in it.
		return Config{}, core.Invalid(".env", "the file .env cannot be read: it must hold lines of the form NAME=value")
	}
	get := func(name string) string {
		if v := os.Getenv(name); v != "" {
			return v
		}
		return env[name]
	}
	cfg := Config{
		AdminKey: get("ADMIN_KEY"), DatabasePath: get("DATABASE_PATH"), Host: get("HOST"),
		MasterKey: get("AIHUB_MASTER_KEY"), LogLevel: get("AIHUB_LOG_LEVEL"), LogFile: get("AIHUB_LOG_FILE"),
		KiroOpenEnd: get("AIHUB_KIRO_OPEN_END") == "1",
	}
	if port := get("PORT"); port != "" {
		if cfg.Port, err = strconv.Atoi(port); err != nil || cfg.Port < 1 || cfg.Port > 65535 {
			return Config{}, core.Invalid("PORT", "PORT must be a number from 1 to 65535, not %q", port)
		}
	}
	// net/http reads these itself, but only from the environment.
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"} {
		if v := env[name]; v != "" && os.Getenv(name) == "" {
			if err := os.Setenv(name, v); err != nil {
				return Config{}, fmt.Errorf("set %s from .env: %w", name, err)
			}
		}
	}
	return cfg, nil
}

// complete fills in the defaults and makes the data folder.
func (c *Config) complete() error {
	if c.Host == "" {
		c.Host = "127.0.0.1"
	}
	if c.LogLevel == "" {
		c.LogLevel = "info"
	}
	dir, err := c.DataDir()
	if err != nil {
		return err
	}
	c.DatabasePath = dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &core.Error{Code: core.CodeInvalid, Field: "DATABASE_PATH", Message: "the data folder " + dir + " cannot be made", Err: err}
	}
	if c.LogFile == "" {
		c.LogFile = filepath.Join(dir, "aihub.log")
	}
	return nil
}

// DataDir is the folder in which everything lies that survives a restart, as an
// absolute path. It need not exist yet.
func (c *Config) DataDir() (string, error) {
	if c.DatabasePath != "" {
		dir, err := filepath.Abs(c.DatabasePath)
		if err != nil {
			return "", fmt.Errorf("data folder: %w", err)
		}
		return dir, nil
	}
	dir, err := dataFolder()
	if err != nil {
		return "", core.Invalid("DATABASE_PATH", "the user has no home folder: set DATABASE_PATH to a folder for AiHub's data")
	}
	return filepath.Join(dir, "aihub"), nil
}

// dataFolder is where programs of this system keep a user's data.
func dataFolder() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" && runtime.GOOS == "linux" {
		return dir, nil
	}
	if dir := os.Getenv("LOCALAPPDATA"); dir != "" && runtime.GOOS == "windows" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(home, "AppData", "Local"), nil
	case "darwin":
		return filepath.Join(home, "Library", "Application Support"), nil
	}
	return filepath.Join(home, ".local", "share"), nil
}
