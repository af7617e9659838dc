package importer

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// MaxRows is how many entries one import may have.
const MaxRows = 10_000

// Source is one thing to read: what was pasted (without a name) or a file.
type Source struct {
	Name    string
	Content []byte
	// Origin is set when the source is a file of this machine that its own
	// program goes on using; the credentials found in it remember it.
	Origin core.CredentialSource
}

// Options say for whom the sources are read.
type Options struct {
	// Provider is the channel's; "" takes accounts of every provider.
	Provider core.Provider
	// BaseURL is the channel's. At another address than the provider's own, keys
	// may look like anything.
	BaseURL string
	// Fallback is the provider of keys that do not show theirs, when Provider is
	// "".
	Fallback core.Provider
	Now      time.Time
}

// Entry is one account that was found, or a place where one was expected.
type Entry struct {
	File       string // the name of its source
	Line       int    // in the source, from 1
	Kind       Kind
	Provider   core.Provider // "" when nothing tells
	Name       string        // "" when the text gives none
	Credential core.Credential
	Enabled    *bool // nil when the text does not say
	ProxyURL   string
	// BaseURL is where the key belongs when that is not the provider's own
	// address, and Channel what the source calls that place.
	BaseURL string
	Channel string
	// Reason says why the entry cannot become an account, for programs; Detail
	// completes it (the name of a file, a service, a variable), and Problem says
	// the same to people, with what to change. None ever repeats a secret.
	Reason  Reason
	Detail  string
	Problem string
	// DuplicateOf names the account or the line that has the same secret.
	DuplicateOf string

	// hash names the client registration that the entry waits for.
	hash string
	// named: the text itself says which provider it is.
	named bool
}

// Place tells where the entry stands in the sources.
func (e *Entry) Place() string {
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
	KindSubscription Kind = "subscription" // the sign-in of another program, of no use here
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

// Read finds the accounts in the sources, in order. It fails with CodeInvalid
// when there is nothing to read, when an archive is larger than it may be, and
// above MaxRows entries.
func Read(ctx context.Context, sources []Source, o Options) ([]Entry, error) {
	r := &reader{ctx: ctx, Options: o}
	for _, s := range sources {
		if err := r.open(s); err != nil {
			return nil, err
		}
		if r.full() {
			return nil, core.Invalid("content", "there are more than %d entries; import them in several parts", MaxRows)
		}
	}
	r.match()
	for i := range r.entries {
		r.judge(&r.entries[i])
	}
	if len(r.entries) == 0 {
		return nil, core.Invalid("content", "there is nothing to import; paste one key per line, or choose a file with accounts")
	}
	return slices.Clip(r.entries), nil
}

// reader is one run of Read.
type reader struct {
	Options
	ctx     context.Context //nolint:containedctx // lives as long as the call of Read
	entries []Entry
	// registrations are the OAuth clients found in files of their own, profiles
	// the profile ARNs: they belong to accounts in other files.
	registrations []registration
	profiles      []string
	budget        budget

	fields map[string]field    // of fieldNames, made when first needed
	vars   map[string]variable // of variables, likewise
}

// fieldOf finds the field that a name stands for.
func (r *reader) fieldOf(name string) (field, bool) {
	if r.fields == nil {
		r.fields = fieldNames()
	}
	f, ok := r.fields[plain(name)]
	return f, ok
}

func (r *reader) full() bool { return len(r.entries) > MaxRows }

func (r *reader) add(e Entry) { //nolint:gocritic // an entry is built and handed over
	if !r.full() {
		r.entries = append(r.entries, e)
	}
}
