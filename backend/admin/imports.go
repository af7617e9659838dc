package admin

import (
	"context"
	"path/filepath"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/importer"
)

// ImportRequest brings accounts in from text that was pasted, from files, from
// sign-ins on this machine, or from all of these.
type ImportRequest struct {
	Content string       `json:"content,omitempty"`
	Files   []ImportFile `json:"files,omitempty"`
	// Sources are ids of ListImportSources.
	Sources []string `json:"sources,omitempty" doc:"sign-ins on AiHub's own machine, by the ids of the list of sources"`
	// DryRun reads and judges, and changes nothing.
	DryRun bool `json:"dry_run,omitempty"`
	// Verify sends one tiny request with each new account, in the background.
	Verify    bool      `json:"verify,omitempty" doc:"send one tiny request with each new account; the import's progress tells"`
	OnFailure OnFailure `json:"on_failure,omitempty" enum:"keep,disable,skip" doc:"what becomes of an account that fails its verification; default keep"`
	// Provider and Targets are for an import without a channel.
	Provider core.Provider  `json:"provider,omitempty" doc:"whose the keys are that do not show it"`
	Targets  []ImportTarget `json:"targets,omitempty" doc:"where the accounts of a provider go; default: its channel, or a new one"`
}

// ImportFile is one file with accounts: text in content, or any file in data.
type ImportFile struct {
	Name    string `json:"name"`
	Content string `json:"content,omitempty"`
	Data    []byte `json:"data,omitempty" doc:"the file's bytes in base64, for archives and databases"`
}

// OnFailure says what becomes of an account that fails its verification.
type OnFailure string

// The values of OnFailure.
const (
	FailureKeep    OnFailure = "keep"
	FailureDisable OnFailure = "disable"
	FailureSkip    OnFailure = "skip" // it is removed again
)

// ImportTarget says where the accounts of one provider, at one address, go.
type ImportTarget struct {
	Provider  core.Provider `json:"provider"`
	BaseURL   string        `json:"base_url,omitempty" doc:"of the group; empty is the provider's own address"`
	ChannelID string        `json:"channel_id,omitempty" doc:"an existing channel"`
	Name      string        `json:"name,omitempty" doc:"without a channel_id: the name of a new one"`
}

// ImportResult says what became of each entry. In a dry run the numbers are
// those that an import would have.
type ImportResult struct {
	Rows    []ImportRow   `json:"rows"`
	Created int           `json:"created"`
	Skipped int           `json:"skipped"` // duplicates
	Failed  int           `json:"failed"`  // entries with a problem
	Groups  []ImportGroup `json:"groups,omitempty"`
	// ImportID names the import: its progress, and its undoing.
	ImportID string `json:"import_id,omitempty"`
}

// ImportGroup is the accounts that go into one channel.
type ImportGroup struct {
	Provider  core.Provider `json:"provider"`
	BaseURL   string        `json:"base_url"`
	ChannelID string        `json:"channel_id,omitempty"` // "" of a channel that a dry run would make
	Channel   string        `json:"channel"`              // its name
	New       bool          `json:"new"`
	Accounts  int           `json:"accounts"`
}

// ImportRow is an entry as the table shows it: never the credential.
type ImportRow struct {
	File        string          `json:"file,omitempty"`
	Line        int             `json:"line"`
	Kind        importer.Kind   `json:"kind" enum:"api_key,refresh_token,subscription,unknown"`
	Name        string          `json:"name"`
	Valid       bool            `json:"valid"`
	DuplicateOf string          `json:"duplicate_of,omitempty" doc:"the account or the line that has the same secret"`
	Problem     string          `json:"problem,omitempty" doc:"why it cannot become an account, and what to change"`
	Reason      importer.Reason `json:"reason,omitempty" doc:"the problem, for programs"`
	Detail      string          `json:"detail,omitempty" doc:"what completes the reason: a file, a service, a variable"`
	Provider    core.Provider   `json:"provider,omitempty" doc:"whose it is, where that shows"`
	Method      string          `json:"method,omitempty" doc:"how a sign-in was made, as auth_method of a credential"`
	Channel     string          `json:"channel,omitempty" doc:"the name of the channel that it goes into"`
}

// ImportAccounts reads accounts in any of the known dialects and adds the
// valid ones that are new to the channel, all at once.
func (s *Service) ImportAccounts(ctx context.Context, channelID string, in ImportRequest) (ImportResult, error) {
	c := s.snapshot().Channel(channelID)
	if c == nil {
		return ImportResult{}, notFound(kindChannel, channelID)
	}
	if in.Provider != "" || len(in.Targets) > 0 {
		return ImportResult{}, core.Invalid("targets", "the channel is named by the path; provider and targets are for POST /api/import")
	}
	in.Targets = []ImportTarget{{Provider: c.Provider, ChannelID: channelID}}
	return s.bringIn(ctx, in, importer.Options{Provider: c.Provider, BaseURL: c.BaseURL})
}

// Import reads accounts of all providers and adds the valid ones that are new,
// all at once: each to the chosen channel of its provider and address, else to
// the one that is there, else to a new one.
func (s *Service) Import(ctx context.Context, in ImportRequest) (ImportResult, error) {
	if in.Provider != "" {
		if err := oneOf("provider", in.Provider, core.Providers()); err != nil {
			return ImportResult{}, err
		}
	}
	return s.bringIn(ctx, in, importer.Options{Fallback: in.Provider})
}

// bringIn reads without holding the lock: only the judgement and the commit
// exclude other changes.
func (s *Service) bringIn(ctx context.Context, in ImportRequest, o importer.Options) (ImportResult, error) {
	if in.OnFailure == "" {
		in.OnFailure = FailureKeep
	}
	if err := oneOf("on_failure", in.OnFailure, []OnFailure{FailureKeep, FailureDisable, FailureSkip}); err != nil {
		return ImportResult{}, err
	}
	sources, err := s.sourcesOf(ctx, in)
	if err != nil {
		return ImportResult{}, err
	}
	o.Now = s.now()
	entries, err := importer.Read(ctx, sources, o)
	if err != nil {
		return ImportResult{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := newPlacing(s, in, o.Provider != "")
	if err := p.judge(entries); err != nil {
		return ImportResult{}, err
	}
	out := p.tabulate(entries)
	if in.DryRun || out.Created == 0 {
		return out, nil
	}
	return out, p.commit(ctx, in, &out)
}

func (s *Service) sourcesOf(ctx context.Context, in ImportRequest) ([]importer.Source, error) {
	var out []importer.Source
	for _, id := range in.Sources {
		found, err := s.deps.Machine.Sources(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if in.Content != "" {
		out = append(out, importer.Source{Content: []byte(in.Content)})
	}
	for _, f := range in.Files {
		content := f.Data
		if f.Content != "" {
			content = []byte(f.Content)
		}
		out = append(out, importer.Source{Name: f.Name, Content: content})
	}
	return out, nil
}

// ImportSource is a file on AiHub's own machine that holds sign-ins.
type ImportSource struct {
	ID       string          `json:"id"`
	Kind     core.SourceKind `json:"kind"`
	Path     string          `json:"path"`
	Accounts []ImportRow     `json:"accounts"` // never the credentials
	Problem  string          `json:"problem,omitempty"`
}

// ImportSourceList is the answer of ListImportSources.
type ImportSourceList struct {
	Items []ImportSource `json:"items"`
}

// ListImportSources looks for the sign-ins that other programs keep on this
// machine. Nothing is imported.
func (s *Service) ListImportSources(ctx context.Context) (ImportSourceList, error) {
	out := ImportSourceList{Items: []ImportSource{}}
	for _, f := range s.deps.Machine.Find(ctx) {
		item := ImportSource{ID: f.ID, Kind: f.Kind, Path: filepath.ToSlash(f.Path), Accounts: []ImportRow{}}
		if f.Err != nil {
			item.Problem = message(f.Err)
		}
		for i := range f.Entries {
			item.Accounts = append(item.Accounts, viewEntry(&f.Entries[i]))
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}
