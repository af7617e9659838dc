package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// How many imports can be undone, and for how long.
const (
	maxImports = 20
	importLife = 30 * 24 * time.Hour
)

// ImportState says how far an import is.
type ImportState string

// The states of an import.
const (
	ImportDone        ImportState = "done"
	ImportVerifying   ImportState = "verifying"
	ImportCancelled   ImportState = "cancelled"   // its verification was; the accounts are there
	ImportInterrupted ImportState = "interrupted" // AiHub ended during its verification
	ImportUndone      ImportState = "undone"
)

// Import is one import and how the verification of its accounts goes.
type Import struct {
	ID        string            `json:"id"`
	CreatedAt time.Time         `json:"created_at"`
	State     ImportState       `json:"state" enum:"done,verifying,cancelled,interrupted,undone"`
	Files     []string          `json:"files"` // names of what was read
	OnFailure OnFailure         `json:"on_failure" enum:"keep,disable,skip"`
	Channels  []string          `json:"channels"` // ids of those that it made
	Total     int               `json:"total"`    // accounts that it made
	Done      int               `json:"done"`     // of them verified
	OK        int               `json:"ok"`
	Failed    int               `json:"failed"`
	Accounts  []ImportedAccount `json:"accounts,omitempty"` // absent in lists

	// Touched is when each thing was last changed as the import knows it: what
	// was changed later is somebody's work.
	Touched map[string]time.Time `json:"touched,omitempty" hidden:"true"`
}

// ImportedAccount is one account that an import made.
type ImportedAccount struct {
	ID        string `json:"id"`
	ChannelID string `json:"channel_id"`
	Name      string `json:"name"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line"`
	Verdict   string `json:"verdict,omitempty" enum:"pending,ok,failed,skipped" doc:"of its verification; absent when there is none"`
	Error     string `json:"error,omitempty"`
	LatencyMS int64  `json:"latency_ms,omitempty"`
}

// ImportList is the answer of ListImports.
type ImportList struct {
	Items []Import `json:"items"`
}

// ImportUndo says what the undoing of an import did.
type ImportUndo struct {
	Deleted  int `json:"deleted"`  // accounts
	Kept     int `json:"kept"`     // accounts that somebody has changed since
	Gone     int `json:"gone"`     // accounts that were deleted before
	Channels int `json:"channels"` // channels deleted with them
}

func newImport(now time.Time, in ImportRequest) *Import {
	rec := &Import{
		ID: core.NewID("imp", now), CreatedAt: now, State: ImportDone, OnFailure: in.OnFailure,
		Channels: []string{}, Accounts: []ImportedAccount{}, Touched: map[string]time.Time{},
		Files: append([]string{}, in.Sources...),
	}
	for _, f := range in.Files[:min(len(in.Files), 100)] {
		rec.Files = append(rec.Files, f.Name)
	}
	return rec
}

func (rec *Import) add(a *core.Account, file string, line int, verify bool) {
	made := ImportedAccount{ID: a.ID, ChannelID: a.ChannelID, Name: a.Name, File: file, Line: line}
	if verify {
		made.Verdict, rec.State = verdictPending, ImportVerifying
	}
	rec.Accounts = append(rec.Accounts, made)
	rec.Touched[a.ID] = a.UpdatedAt
	rec.Total++
}

// clone is a copy that shares nothing that changes.
func (rec *Import) clone() *Import {
	c := *rec
	c.Accounts, c.Touched = slices.Clone(rec.Accounts), maps.Clone(rec.Touched)
	return &c
}

// ListImports returns the imports that are remembered, newest first: the last
// 20 of the last 30 days.
func (s *Service) ListImports(ctx context.Context) (ImportList, error) {
	recs, err := s.imports(ctx)
	out := ImportList{Items: []Import{}}
	for _, rec := range recs {
		view := viewImport(rec)
		view.Accounts = nil
		out.Items = append(out.Items, view)
	}
	return out, err
}

// FindImport returns one import with its accounts.
func (s *Service) FindImport(ctx context.Context, id string) (Import, error) {
	rec, err := s.findImport(ctx, id)
	if err != nil {
		return Import{}, err
	}
	return viewImport(rec), nil
}

// CancelImport ends the verification of an import. Its accounts stay as they
// are.
func (s *Service) CancelImport(ctx context.Context, id string) (Import, error) {
	if err := s.deps.Jobs.stop(ctx, id); err != nil {
		return Import{}, err
	}
	return s.FindImport(ctx, id)
}

// UndoImport deletes exactly what an import made and nobody has changed since:
// accounts that were edited stay, and so do channels that were edited or have
// other accounts. Tokens that AiHub itself renewed are no change.
func (s *Service) UndoImport(ctx context.Context, id string) (ImportUndo, error) {
	if err := s.deps.Jobs.stop(ctx, id); err != nil {
		return ImportUndo{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rec, err := s.findImport(ctx, id)
	if err != nil {
		return ImportUndo{}, err
	}
	if rec.State == ImportUndone {
		return ImportUndo{}, core.Errorf(core.CodeConflict, "the import has been undone already")
	}
	out, changes := s.undo(rec)
	if len(changes) > 0 {
		if err := s.deps.Store.Update(ctx, changes...); err != nil {
			return ImportUndo{}, err
		}
		s.publishChannels(rec)
	}
	rec.State = ImportUndone
	return out, s.keepImport(ctx, rec)
}

// undo lists the changes that take an import back.
func (s *Service) undo(rec *Import) (out ImportUndo, changes []core.Change) {
	snap := s.snapshot()
	left := map[string]int{}
	for _, id := range rec.Channels {
		left[id] = len(snap.AccountsOf(id))
	}
	for i := range rec.Accounts {
		made := &rec.Accounts[i]
		switch a := snap.Account(made.ID); {
		case a == nil:
			out.Gone++
		case !a.UpdatedAt.Equal(rec.Touched[a.ID]):
			out.Kept++
		default:
			out.Deleted++
			left[a.ChannelID]--
			changes = append(changes, core.DeleteAccount{ID: a.ID})
		}
	}
	for _, id := range rec.Channels {
		if c := snap.Channel(id); c != nil && left[id] == 0 && c.UpdatedAt.Equal(rec.Touched[id]) {
			out.Channels++
			changes = append(changes, core.DeleteChannel{ID: id})
		}
	}
	return out, changes
}

// viewImport is the import as a client gets it.
func viewImport(rec *Import) Import {
	view := *rec
	view.Touched = nil
	return view
}

// imports reads what is remembered, newest first. The jobs are looked at before
// the documents: one that has ended by then has written its outcome down, and a
// verification without a job was interrupted.
func (s *Service) imports(ctx context.Context) ([]*Import, error) {
	live := s.deps.Jobs.all()
	docs, err := s.deps.Store.ListStates(ctx, core.StateImport)
	if err != nil {
		return nil, err
	}
	out := make([]*Import, 0, len(docs))
	for id, doc := range docs {
		if rec := live[id]; rec != nil {
			out = append(out, rec)
			continue
		}
		rec := &Import{}
		if err := json.Unmarshal(doc, rec); err != nil {
			return nil, &core.Error{Code: core.CodeInternal, Message: "cannot read an import", Err: err}
		}
		if rec.State == ImportVerifying {
			rec.State = ImportInterrupted
		}
		out = append(out, rec)
	}
	slices.SortFunc(out, func(a, b *Import) int { return cmp.Compare(b.ID, a.ID) })
	return out, nil
}

func (s *Service) findImport(ctx context.Context, id string) (*Import, error) {
	recs, err := s.imports(ctx)
	if err != nil {
		return nil, err
	}
	for _, rec := range recs {
		if rec.ID == id {
			return rec, nil
		}
	}
	return nil, core.Errorf(core.CodeNotFound, "there is no import with the id %q, or it is older than is remembered", id)
}

// keepImport writes an import down, and forgets the oldest.
func (s *Service) keepImport(ctx context.Context, rec *Import) error {
	doc, err := json.Marshal(rec)
	if err != nil {
		return &core.Error{Code: core.CodeInternal, Message: "cannot keep the import", Err: err}
	}
	docs := map[string][]byte{rec.ID: doc}
	known, err := s.imports(ctx)
	if err != nil {
		return err
	}
	for i, old := range known {
		if old.ID != rec.ID && (i >= maxImports || s.now().Sub(old.CreatedAt) > importLife) {
			docs[old.ID] = nil
		}
	}
	return s.deps.Store.PutStates(ctx, core.StateImport, docs)
}

// dropImport forgets an import that did not happen, because of err.
func (s *Service) dropImport(ctx context.Context, id string, err error) error {
	ctx = context.WithoutCancel(ctx)
	return errors.Join(err, s.deps.Store.PutStates(ctx, core.StateImport, map[string][]byte{id: nil}))
}

// publishChannels tells listeners that the accounts of an import's channels are
// others now.
func (s *Service) publishChannels(rec *Import) {
	seen := map[string]bool{}
	for i := range rec.Accounts {
		if id := rec.Accounts[i].ChannelID; !seen[id] {
			seen[id] = true
			s.tell(kindChannel, id)
		}
	}
}
