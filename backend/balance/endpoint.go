package balance

import (
	"time"

	"github.com/aihub/aihub/backend/core"
)

// endpoint is an address of a provider as it is reached: accounts with a proxy
// of their own go another way and fail for other reasons. Its own door is the
// circuit of the address.
type endpoint struct {
	own    door
	models doors
	herd   herd
}

type endpointKey struct {
	provider    core.Provider
	base, proxy string
}

func (b *Balancer) endpoint(ch *core.Channel, a *core.Account) *endpoint {
	k := endpointKey{ch.Provider, ch.BaseURL, ch.ProxyURL}
	if a.ProxyURL != "" {
		k.proxy = a.ProxyURL
	}
	e := b.endpoints[k]
	if e == nil {
		e = &endpoint{}
		b.endpoints[k] = e
	}
	return e
}

// reopenAddress ends what has closed an address. It was written down with every
// account that has met it.
func (b *Balancer) reopenAddress(e *endpoint) {
	if now := b.nanos(); e.own.until > now || len(e.models) > 0 {
		for _, st := range b.accounts {
			if st.endpoint == e {
				b.dirty.Mark(st.id)
			}
		}
	}
	e.own.open()
}

// herd bounds how many accounts of one address are tried at once when they come
// back together: their limits may be one limit.
type herd struct{ ramp }

const (
	herdWidth    = 4
	maxHerdWidth = 256
	// herdMemory is how long the width that was reached is believed in.
	herdMemory = int64(time.Minute)
)

func (h *herd) free(now int64) bool { return now-h.since > herdMemory || h.ramp.free(now) }

func (h *herd) take(now int64) {
	if h.width == 0 || now-h.since > herdMemory {
		h.ramp = ramp{width: herdWidth}
	}
	h.ramp.take(now)
}

func (h *herd) answered() { h.width = min(h.width+1, maxHerdWidth) }

func (h *herd) failed() { h.width = max(1, h.width/2) }
