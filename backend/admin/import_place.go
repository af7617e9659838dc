package admin

import (
	"context"
	"net/url"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/importer"
)

// placing finds the channel of each entry and what is new there.
type placing struct {
	s       *Service
	snap    *core.Snapshot
	targets []ImportTarget
	fixed   bool // there is one channel, and the caller has named it
	places  map[string]*place
	order   []*place
	// signIns are the refresh tokens of all channels: two accounts that share
	// one would void it for each other.
	signIns map[string]string
}

// place is where the accounts of one provider and address go.
type place struct {
	channel core.Channel
	fresh   bool              // it is made by this import
	known   map[string]string // names by identity
	found   []found
}

// found is an account to be made and the row that it comes from.
type found struct {
	account core.Account
	row     int
}

func newPlacing(s *Service, in ImportRequest, fixed bool) *placing {
	p := &placing{
		s: s, snap: s.snapshot(), targets: in.Targets, fixed: fixed,
		places: map[string]*place{}, signIns: map[string]string{},
	}
	for _, c := range p.snap.Channels() {
		for _, a := range p.snap.AccountsOf(c.ID) {
			if a.Credential.RefreshToken != "" {
				p.signIns[importer.Identity(a.Credential)] = a.Name
			}
		}
	}
	return p
}

// judge marks the entries that cannot become accounts and makes accounts of the
// others.
func (p *placing) judge(entries []importer.Entry) error {
	for i := range entries {
		e := &entries[i]
		if e.Reason != "" {
			continue
		}
		at, err := p.placeOf(e)
		if err != nil {
			return err
		}
		e.Channel = at.channel.Name
		p.take(at, e, i)
	}
	return nil
}

// take makes the account of an entry, unless there is one.
func (p *placing) take(at *place, e *importer.Entry, row int) {
	a := p.s.newAccount(at.channel.ID)
	source := e.Credential.Source
	e.Credential.Source = core.CredentialSource{} // not for a client to set
	in := AccountInput{Credential: &e.Credential, Enabled: e.Enabled, ProxyURL: &e.ProxyURL}
	if e.Name != "" {
		in.Name = &e.Name
	}
	if err := in.apply(at.channel.Provider, &a); err != nil {
		e.Reason, e.Problem = importer.ReasonInvalid, message(err)
		return
	}
	a.Credential.Source, e.Name = source, a.Name
	id := importer.Identity(a.Credential)
	for _, known := range []map[string]string{at.known, p.signIns} {
		if other, dup := known[id]; dup {
			e.DuplicateOf = other
			return
		}
	}
	at.known[id] = e.Place()
	if a.Credential.RefreshToken != "" {
		p.signIns[id] = e.Place()
	}
	at.found = append(at.found, found{account: a, row: row})
}

// placeOf finds where an entry goes.
func (p *placing) placeOf(e *importer.Entry) (*place, error) {
	base := importer.NormalBase(e.Provider, e.BaseURL)
	if p.fixed {
		base = ""
	}
	key := string(e.Provider) + " " + base
	if at := p.places[key]; at != nil {
		return at, nil
	}
	at, err := p.newPlace(e, base)
	if err != nil {
		return nil, err
	}
	p.places[key] = at
	p.order = append(p.order, at)
	return at, nil
}

func (p *placing) newPlace(e *importer.Entry, base string) (*place, error) {
	at := &place{known: map[string]string{}}
	for _, t := range p.targets {
		if t.Provider != e.Provider || importer.NormalBase(t.Provider, t.BaseURL) != base && !p.fixed {
			continue
		}
		if t.ChannelID == "" {
			t.ChannelID = p.called(e.Provider, base, t.Name)
		}
		if t.ChannelID == "" {
			return at, p.create(at, e, t.Name)
		}
		c := p.snap.Channel(t.ChannelID)
		if c == nil || c.Provider != e.Provider {
			return nil, core.Invalid("targets", "there is no channel of %s with the id %q", e.Provider, t.ChannelID)
		}
		at.channel = *c
		p.learn(at, c)
		return at, nil
	}
	for _, c := range p.snap.Channels() {
		if c.Provider == e.Provider && importer.NormalBase(c.Provider, c.BaseURL) == base {
			if at.channel.ID == "" {
				at.channel = *c
			}
			p.learn(at, c)
		}
	}
	if at.channel.ID != "" {
		return at, nil
	}
	return at, p.create(at, e, "")
}

// called finds the channel that an earlier import made under the name.
func (p *placing) called(provider core.Provider, base, name string) string {
	for _, c := range p.snap.Channels() {
		if c.Name == name && c.Provider == provider && importer.NormalBase(provider, c.BaseURL) == base {
			return c.ID
		}
	}
	return ""
}

func (p *placing) learn(at *place, c *core.Channel) {
	for _, a := range p.snap.AccountsOf(c.ID) {
		at.known[importer.Identity(a.Credential)] = a.Name
	}
}

// create makes the channel for entries that none is there for.
func (p *placing) create(at *place, e *importer.Entry, name string) error {
	at.fresh, at.channel = true, p.s.newChannel()
	if name == "" {
		name = channelTitle(e)
	}
	base := e.BaseURL
	if importer.Official(e.Provider, base) {
		base = ""
	}
	in := ChannelInput{Name: &name, Provider: &e.Provider, BaseURL: &base}
	return in.apply(&at.channel)
}

// channelTitle names a new channel: as the export calls it, else by its host,
// else by its provider.
func channelTitle(e *importer.Entry) string {
	if e.Channel != "" {
		return e.Channel
	}
	if u, err := url.Parse(e.BaseURL); err == nil && u.Host != "" && !importer.Official(e.Provider, e.BaseURL) {
		return u.Hostname()
	}
	return importer.Title(e.Provider)
}

func (p *placing) tabulate(entries []importer.Entry) ImportResult {
	out := ImportResult{Rows: make([]ImportRow, len(entries))}
	for i := range entries {
		e := &entries[i]
		out.Rows[i] = viewEntry(e)
		switch {
		case e.Reason != "":
			out.Failed++
		case e.DuplicateOf != "":
			out.Skipped++
		default:
			out.Created++
		}
	}
	for _, at := range p.order {
		g := ImportGroup{
			Provider: at.channel.Provider, BaseURL: at.channel.BaseURL, ChannelID: at.channel.ID,
			Channel: at.channel.Name, New: at.fresh, Accounts: len(at.found),
		}
		if at.fresh {
			g.ChannelID = ""
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}

func viewEntry(e *importer.Entry) ImportRow {
	return ImportRow{
		File: e.File, Line: e.Line, Kind: e.Kind, Name: e.Name,
		Valid: e.Reason == "", DuplicateOf: e.DuplicateOf, Problem: e.Problem, Reason: e.Reason, Detail: e.Detail,
		Provider: e.Provider, Method: e.Credential.AuthMethod, Channel: e.Channel,
	}
}

// commit writes everything at once. What was made is written down first: an
// import that a crash leaves whole can be undone, and one that never happened
// has nothing to undo. The caller holds mu.
func (p *placing) commit(ctx context.Context, in ImportRequest, out *ImportResult) error {
	rec := p.record(in, out.Rows)
	var changes []core.Change
	for i, at := range p.order {
		if len(at.found) == 0 {
			continue
		}
		if at.fresh {
			at.channel.UpdatedAt = at.channel.CreatedAt
			changes = append(changes, core.PutChannel{Channel: at.channel})
			out.Groups[i].ChannelID = at.channel.ID
		}
		for _, f := range at.found {
			changes = append(changes, core.PutAccount{Account: f.account})
		}
	}
	if err := p.s.keepImport(ctx, rec); err != nil {
		return err
	}
	if err := p.s.deps.Store.Update(ctx, changes...); err != nil {
		return p.s.dropImport(ctx, rec.ID, err)
	}
	p.s.publishChannels(rec)
	out.ImportID = rec.ID
	if in.Verify {
		p.s.verifyInBackground(rec)
	}
	return nil
}

// record writes down what an import makes.
func (p *placing) record(in ImportRequest, rows []ImportRow) *Import {
	rec := newImport(p.s.now(), in)
	for _, at := range p.order {
		if at.fresh && len(at.found) > 0 {
			rec.Channels = append(rec.Channels, at.channel.ID)
			rec.Touched[at.channel.ID] = at.channel.CreatedAt
		}
		for _, f := range at.found {
			row := &rows[f.row]
			rec.add(&f.account, row.File, row.Line, in.Verify)
		}
	}
	return rec
}
