package login

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// document is what the store keeps of a sign-in. Device and Grant are secret;
// both are gone once it has ended.
type document struct {
	Login  core.Login  `json:"login"`
	Device auth.Device `json:"device,omitzero"`
	// Grant is the credential between the moment in which the provider hands it
	// out, which it does once, and the moment in which the account has it.
	Grant *core.Credential `json:"grant,omitempty"`
}

func (d *Desk) save(ctx context.Context, doc document) error {
	raw, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("login %s: %w", doc.Login.ID, err)
	}
	return d.deps.Store.PutStates(ctx, core.StateLogin, map[string][]byte{doc.Login.ID: raw})
}

func (d *Desk) drop(ctx context.Context, ids ...string) error {
	docs := make(map[string][]byte, len(ids))
	for _, id := range ids {
		docs[id] = nil
	}
	return d.deps.Store.PutStates(ctx, core.StateLogin, docs)
}

// Resume takes up the sign-ins that the last run has left: those whose code
// still lives go on, the others have expired. It is to be called once, before
// Begin.
func (d *Desk) Resume(ctx context.Context) error {
	docs, err := d.deps.Store.ListStates(ctx, core.StateLogin)
	if err != nil {
		return err
	}
	for id, raw := range docs {
		var doc document
		if err := json.Unmarshal(raw, &doc); err != nil || doc.Login.ID != id {
			d.deps.Log.Warn("login: a sign-in of the last run cannot be read", "login", id, "err", err)
			if err := d.drop(ctx, id); err != nil {
				return err
			}
			continue
		}
		if err := d.resume(ctx, doc); err != nil {
			return err
		}
	}
	d.forget(ctx)
	return nil
}

func (d *Desk) resume(ctx context.Context, doc document) error {
	switch {
	case doc.Login.State != core.LoginPending:
		d.put(&entry{document: doc})
		return nil
	case doc.Grant == nil && !d.deps.Now().Before(doc.Device.ExpiresAt):
		doc.Login.State, doc.Device = core.LoginExpired, auth.Device{}
		d.put(&entry{document: doc})
		return d.save(ctx, doc)
	}
	return d.watch(doc)
}

func (d *Desk) put(e *entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open[e.Login.ID] = e
}

// forget drops the sign-ins that ended long ago. That it fails is no reason to
// refuse a new one.
func (d *Desk) forget(ctx context.Context) {
	limit := d.deps.Now().Add(-keepTime)
	var old []string
	d.mu.Lock()
	for id, e := range d.open {
		if e.Login.State != core.LoginPending && e.Login.ExpiresAt.Before(limit) {
			old = append(old, id)
			delete(d.open, id)
		}
	}
	d.mu.Unlock()
	if len(old) == 0 {
		return
	}
	if err := d.drop(ctx, old...); err != nil {
		d.deps.Log.Error("login: ended sign-ins could not be dropped", "err", err)
	}
}
