package admin

import (
	"context"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/importer"
)

// ImportRequest brings accounts in from text that was pasted, from files, or
// from both.
type ImportRequest struct {
	Content string       `json:"content,omitempty"`
	Files   []ImportFile `json:"files,omitempty"`
	// DryRun reads and judges, and changes nothing.
	DryRun bool `json:"dry_run,omitempty"`
}

// ImportFile is one file with accounts: text in content, or any file in data.
type ImportFile struct {
	Name    string `json:"name"`
	Content string `json:"content,omitempty"`
	Data    []byte `json:"data,omitempty" doc:"the file's bytes in base64, for archives and databases"`
}

// ImportResult says what became of each entry. In a dry run the numbers are
// those that an import would have.
type ImportResult struct {
	Rows    []ImportRow `json:"rows"`
	Created int         `json:"created"`
	Skipped int         `json:"skipped"` // duplicates
	Failed  int         `json:"failed"`  // entries with a problem
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
}

// ImportAccounts reads accounts in any of the known dialects and adds the
// valid ones that are new to the channel, all at once.
func (s *Service) ImportAccounts(ctx context.Context, channelID string, in ImportRequest) (ImportResult, error) {
	c := s.snapshot().Channel(channelID)
	if c == nil {
		return ImportResult{}, notFound(kindChannel, channelID)
	}
	entries, err := importer.Read(ctx, in.sources(), importer.Options{Provider: c.Provider, BaseURL: c.BaseURL, Now: s.now()})
	if err != nil {
		return ImportResult{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := s.snapshot()
	if snap.Channel(channelID) == nil {
		return ImportResult{}, notFound(kindChannel, channelID)
	}
	accounts := s.judge(c, snap.AccountsOf(channelID), entries)
	out := tabulate(entries)
	if in.DryRun || len(accounts) == 0 {
		return out, nil
	}
	changes := make([]core.Change, len(accounts))
	for i, a := range accounts {
		changes[i] = core.PutAccount{Account: a}
	}
	return out, s.commit(ctx, kindChannel, channelID, changes...)
}

func (in ImportRequest) sources() []importer.Source {
	var out []importer.Source
	if in.Content != "" || len(in.Files) == 0 {
		out = append(out, importer.Source{Content: []byte(in.Content)})
	}
	for _, f := range in.Files {
		content := f.Data
		if f.Content != "" {
			content = []byte(f.Content)
		}
		out = append(out, importer.Source{Name: f.Name, Content: content})
	}
	return out
}

// judge marks the entries that cannot become accounts and returns the accounts
// of the others.
func (s *Service) judge(c *core.Channel, existing []*core.Account, entries []importer.Entry) []core.Account {
	known := make(map[string]string, len(existing))
	for _, a := range existing {
		known[importer.Identity(a.Credential)] = a.Name
	}
	out := make([]core.Account, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		if e.Problem != "" {
			continue
		}
		a := s.newAccount(c.ID)
		in := AccountInput{Credential: &e.Credential, Enabled: e.Enabled, ProxyURL: &e.ProxyURL}
		if e.Name != "" {
			in.Name = &e.Name
		}
		if err := in.apply(c.Provider, &a); err != nil {
			e.Reason, e.Problem = importer.ReasonInvalid, message(err)
			continue
		}
		e.Name = a.Name
		id := importer.Identity(a.Credential)
		if other, dup := known[id]; dup {
			e.DuplicateOf = other
			continue
		}
		known[id] = e.Place()
		out = append(out, a)
	}
	return out
}

func tabulate(entries []importer.Entry) ImportResult {
	out := ImportResult{Rows: make([]ImportRow, len(entries))}
	for i := range entries {
		e := &entries[i]
		out.Rows[i] = ImportRow{
			File: e.File, Line: e.Line, Kind: e.Kind, Provider: e.Provider, Method: e.Credential.AuthMethod, Name: e.Name,
			Valid: e.Problem == "", DuplicateOf: e.DuplicateOf, Problem: e.Problem, Reason: e.Reason, Detail: e.Detail,
		}
		switch {
		case e.Problem != "":
			out.Failed++
		case e.DuplicateOf != "":
			out.Skipped++
		default:
			out.Created++
		}
	}
	return out
}
