// Package local finds the sign-ins that other programs keep on this machine:
// Kiro's IDE and its command line. It only ever reads, and only the files that
// it knows; what it finds goes through package importer like any upload.
package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/importer"
)

// Machine is where programs keep their files.
type Machine struct {
	Home string // the user's folder
	// Env tells variables of the system (LOCALAPPDATA, APPDATA, XDG_DATA_HOME).
	Env func(string) string
	OS  string // as runtime.GOOS
	Now func() time.Time
}

// This returns the machine that the program runs on.
func This() *Machine {
	home, _ := os.UserHomeDir() // without one nothing is found
	return &Machine{Home: home, Env: os.Getenv, OS: runtime.GOOS, Now: time.Now}
}

// Place is a file that may hold sign-ins.
type Place struct {
	ID   string // what a person names it by
	Kind core.SourceKind
	Path string
}

// Places lists the files that are known, whether they are there or not.
func (m *Machine) Places() []Place {
	if m.Home == "" {
		return nil
	}
	out := []Place{{ID: "kiro-ide", Kind: core.SourceKiroIDE, Path: filepath.Join(m.Home, ".aws", "sso", "cache", "kiro-auth-token.json")}}
	for _, dir := range m.dataFolders() {
		id := "kiro-cli"
		if strings.Contains(dir, "amazon-q") {
			id = "amazon-q"
		}
		out = append(out, Place{ID: id, Kind: core.SourceKiroCLI, Path: filepath.Join(dir, "data.sqlite3")})
	}
	return out
}

func (m *Machine) dataFolders() []string {
	switch m.OS {
	case "darwin":
		support := filepath.Join(m.Home, "Library", "Application Support")
		return []string{filepath.Join(support, "kiro-cli"), filepath.Join(support, "amazon-q")}
	case "windows":
		return []string{filepath.Join(m.Env("LOCALAPPDATA"), "Kiro-Cli")}
	}
	data := m.Env("XDG_DATA_HOME")
	if data == "" {
		data = filepath.Join(m.Home, ".local", "share")
	}
	return []string{filepath.Join(data, "kiro-cli"), filepath.Join(data, "amazon-q")}
}

// Found is a place whose file is there, and what it holds.
type Found struct {
	Place
	Entries []importer.Entry
	Err     error // why it could not be read
}

// Find looks at every place.
func (m *Machine) Find(ctx context.Context) []Found {
	var out []Found
	for _, p := range m.Places() {
		if info, err := os.Stat(p.Path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		f := Found{Place: p}
		f.Entries, f.Err = m.read(ctx, p)
		out = append(out, f)
	}
	return out
}

func (m *Machine) read(ctx context.Context, p Place) ([]importer.Entry, error) {
	sources, err := m.Sources(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	return importer.Read(ctx, sources, importer.Options{Provider: core.ProviderKiro, Now: m.Now()})
}

// Sources returns the files of a place, for package importer.
func (m *Machine) Sources(ctx context.Context, id string) ([]importer.Source, error) {
	for _, p := range m.Places() {
		if p.ID == id {
			return sourcesOf(ctx, p)
		}
	}
	return nil, core.Invalid("sources", "%q is not a place that AiHub knows; ask for the list of places", id)
}

// maxFile bounds a file that is read whole.
const maxFile = 64 << 20

func sourcesOf(ctx context.Context, p Place) ([]importer.Source, error) {
	if p.Kind == core.SourceKiroCLI {
		return databaseSource(ctx, p)
	}
	token, err := readFile(p.Path)
	if err != nil {
		return nil, err
	}
	out := []importer.Source{{Name: filepath.Base(p.Path), Content: token, Origin: core.CredentialSource{Kind: p.Kind, Path: p.Path}}}
	// Beside the token lie the registrations of all programs that sign in to AWS;
	// those of this account are found by their name.
	beside, err := filepath.Glob(filepath.Join(filepath.Dir(p.Path), "*.json"))
	if err != nil {
		return out, nil //nolint:nilerr // what cannot be read is not there
	}
	for _, path := range beside {
		content, err := readFile(path)
		if err == nil && path != p.Path && importer.IsRegistration(content) {
			out = append(out, importer.Source{Name: filepath.Base(path), Content: content})
		}
	}
	return out, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, core.Errorf(core.CodeNotFound, "there is no %s on this machine", path)
	case err == nil && info.Size() > maxFile:
		return nil, core.Errorf(core.CodeTooLarge, "%s is larger than %d MB", path, maxFile>>20)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, &core.Error{Code: core.CodeUnavailable, Message: "cannot read " + path, Err: err}
	}
	return content, nil
}

// databaseSource reads the database while its program may be writing it. It is
// handed on as an image, like an upload.
func databaseSource(ctx context.Context, p Place) ([]importer.Source, error) {
	if _, err := os.Stat(p.Path); err != nil {
		return nil, core.Errorf(core.CodeNotFound, "there is no %s on this machine", p.Path)
	}
	image, err := snapshot(ctx, p.Path)
	if err != nil {
		// A log that only its owner may open: the file alone has to do.
		if image, err = readFile(p.Path); err != nil {
			return nil, err
		}
	}
	return []importer.Source{{Name: filepath.Base(p.Path), Content: image, Origin: core.CredentialSource{Kind: p.Kind, Path: p.Path}}}, nil
}

// snapshot is the database as one consistent image, its log included.
func snapshot(ctx context.Context, path string) ([]byte, error) {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer conn.Close()
	var image []byte
	err = conn.Raw(func(driver any) error {
		c, ok := driver.(interface{ Serialize() ([]byte, error) })
		if !ok {
			return errors.New("the driver makes no images")
		}
		image, err = c.Serialize()
		return err
	})
	return image, err
}

// Reread reads the credential of an account again where it was found. It fails
// with CodeNotFound when nobody is signed in there any more.
func (m *Machine) Reread(ctx context.Context, s core.CredentialSource) (core.Credential, error) {
	sources, err := sourcesOf(ctx, Place{Kind: s.Kind, Path: s.Path})
	if err != nil {
		return core.Credential{}, err
	}
	entries, err := importer.Read(ctx, sources, importer.Options{Provider: core.ProviderKiro, Now: m.Now()})
	if err != nil {
		return core.Credential{}, err
	}
	for i := range entries {
		if e := &entries[i]; e.Reason == "" && e.Credential.Source.Key == s.Key {
			return e.Credential, nil
		}
	}
	return core.Credential{}, core.Errorf(core.CodeNotFound, "nobody is signed in in %s any more", s.Path)
}
