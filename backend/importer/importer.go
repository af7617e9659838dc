package importer

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/core"
)

// MaxRows is how many entries one import may have.
const MaxRows = 5000

// Source is one text to read: what was pasted (without a name) or a file.
type Source struct {
	Name    string
	Content string
}

// Entry is one account that was found, or a place where one was expected.
type Entry struct {
	File       string // the name of its source
	Line       int    // in the source, from 1
	Kind       Kind
	Name       string // "" when the text gives none
	Credential core.Credential
	Enabled    *bool // nil when the text does not say
	// Problem says why the entry cannot become an account, and what to change.
	// It never repeats a secret.
	Problem string
	// DuplicateOf names the account or the line that has the same secret.
	DuplicateOf string
}

// Place tells where the entry stands in the sources.
func (e Entry) Place() string {
	line := "line " + strconv.Itoa(e.Line)
	if e.File == "" {
		return line
	}
	return e.File + ", " + line
}

// Kind says what an entry signs in with.
type Kind string

// The kinds of entries.
const (
	KindAPIKey       Kind = "api_key"
	KindRefreshToken Kind = "refresh_token"
	KindUnknown      Kind = "unknown"
)

// Identity returns what makes two credentials the same account: the secret
// that lasts. It is as secret as the credential.
func Identity(c core.Credential) string {
	if c.APIKey != "" {
		return "key " + c.APIKey
	}
	return "token " + c.RefreshToken
}

// Read finds the accounts in the sources, in order, for a channel of provider
// p. It fails with CodeInvalid when there is nothing to read, when a source is
// not text, and above MaxRows entries.
func Read(sources []Source, p core.Provider) ([]Entry, error) {
	var out []Entry
	for _, s := range sources {
		text := strings.TrimPrefix(s.Content, "\ufeff")
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return nil, core.Invalid("content", "%s is not text; save it as UTF-8", title(s))
		}
		entries := readText(text, p)
		for i := range entries {
			entries[i].File = s.Name
			entries[i].Kind = kindOf(entries[i].Credential)
			if entries[i].Kind == KindUnknown && entries[i].Problem == "" {
				entries[i].Problem = "there is no key here; an entry needs an api_key or a refresh_token"
			}
		}
		out = append(out, entries...)
		if len(out) > MaxRows {
			return nil, core.Invalid("content", "there are more than %d entries; import them in several parts", MaxRows)
		}
	}
	if len(out) == 0 {
		return nil, core.Invalid("content", "there is nothing to import; paste one key per line, or a JSON list of accounts")
	}
	return slices.Clip(out), nil
}

func title(s Source) string {
	if s.Name == "" {
		return "the content"
	}
	return "the file " + s.Name
}

func kindOf(c core.Credential) Kind {
	switch {
	case c.APIKey != "":
		return KindAPIKey
	case c.RefreshToken != "":
		return KindRefreshToken
	}
	return KindUnknown
}

// dialect reads one way to write accounts down. ok is false when the text is
// of another dialect. Reading stops early once there are more than MaxRows.
type dialect func(text string, p core.Provider) (entries []Entry, ok bool)

// dialects are tried in order; the last one takes every text.
func dialects() []dialect { return []dialect{readJSON, readLines} }

func readText(text string, p core.Provider) []Entry {
	for _, read := range dialects() {
		if entries, ok := read(text, p); ok {
			return entries
		}
	}
	return nil
}

// secret makes the credential of a secret that stands alone, which for kiro
// may be either of two: its API keys begin with "ksk_" (as the provider's
// console shows them), everything else is a refresh token.
func secret(value string, p core.Provider) core.Credential {
	if p == core.ProviderKiro && !strings.HasPrefix(value, "ksk_") {
		return core.Credential{RefreshToken: value}
	}
	return core.Credential{APIKey: value}
}
