package balance

import (
	"slices"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
)

// door is what findings close: an account, an address, or one model of either.
// It opens by itself when its time has come, and then lets requests through
// slowly.
type door struct {
	until   int64 // closed until then; never = until a person acts
	ramp    ramp
	model   string // "" = all
	strikes int    // failures in a row
	closed  int    // times in a row that it was closed

	state  core.State
	reason string
	link   string
	kind   llm.ErrorKind
}

// close shuts the door until a time. A shorter or lesser finding never replaces a
// longer or graver one that holds.
func (d *door) close(f *limits.Finding, until, now int64) {
	d.ramp = ramp{width: 1}
	if d.until > now {
		old, next := gravity(d.state), gravity(f.State)
		if next < old || next == old && until <= d.until {
			return
		}
	} else {
		d.closed++
	}
	d.until, d.state, d.reason, d.link, d.kind = until, f.State, f.Message, f.Link, f.Kind
}

// open forgets everything.
func (d *door) open() { *d = door{model: d.model, state: core.StateReady} }

// halfOpen reports whether the door was closed and only a few may pass.
func (d *door) halfOpen(now int64) bool { return d.ramp.width > 0 && d.until <= now }

// answered notes that somebody behind the door has answered.
func (d *door) answered() {
	d.strikes = 0
	if d.ramp.answered(); d.ramp.width == 0 {
		d.closed = 0
	}
}

// idle reports whether the door says nothing more than no door would.
func (d *door) idle(now int64) bool { return d.until <= now && d.ramp.width == 0 && d.strikes == 0 }

// gravity orders states: a lock is not forgotten for a limit.
func gravity(s core.State) int {
	switch s {
	case core.StateSuspended:
		return 2
	case core.StateNeedsLogin:
		return 1
	}
	return 0
}

// doors are those of single models.
type doors []*door

// maxDoors bounds the models whose doors are open and still remembered.
const maxDoors = 16

func (ds doors) find(model string) *door {
	for _, d := range ds {
		if d.model == model {
			return d
		}
	}
	return nil
}

// take returns the model's door, and makes it when there is none.
func (ds *doors) take(model string, now int64) *door {
	if d := ds.find(model); d != nil {
		return d
	}
	if len(*ds) >= maxDoors {
		*ds = slices.DeleteFunc(*ds, func(d *door) bool { return d.until <= now })
	}
	d := &door{model: model}
	*ds = append(*ds, d)
	return d
}

// sweep drops a door that says nothing.
func (ds *doors) sweep(d *door, now int64) {
	if d != nil && d.idle(now) {
		*ds = slices.DeleteFunc(*ds, func(o *door) bool { return o == d })
	}
}
