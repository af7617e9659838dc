// Package relay is the one path of a request: quota, catalog, balance, ledger,
// upstream, and the answer back to the client.
//
// The gateway has authenticated the client and found out what it asks for; the
// relay carries it out. Where client and upstream speak the same protocol the
// bytes pass through untouched and a meter reads along.
package relay

import (
	"net/http"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/protocol"
)

// Call is one request of a client, read and understood.
type Call struct {
	ID       string // of the ledger row
	Start    time.Time
	Snapshot *core.Snapshot
	User     *core.User
	Key      *core.Key
	Format   protocol.Format
	Op       protocol.Operation
	Head     protocol.Head
	Method   string
	// Path is on the gateway's own surface. Where it names the model (Gemini),
	// Path ends before the name and PathTail begins behind it.
	Path, PathTail string
	Query          string // raw, without the client's key
	Header         http.Header
	Body           *Payload // nil when the request has none
	ClientIP       string
	// AtCut arranges that f is called when the server's patience at a stop is
	// over, for what goes on without its client; nil = the server never stops.
	AtCut func(f func()) (undo func() bool)
}

// upstreamPath is the path with the upstream's name of the model.
func (c *Call) upstreamPath(model string) string {
	if c.PathTail == "" {
		return c.Path
	}
	return c.Path + model + c.PathTail
}

// record begins the ledger row.
func (c *Call) record() *core.Record {
	return &core.Record{
		ID: c.ID, Time: c.Start.UTC(), UserID: c.User.ID, UserName: c.User.Name, KeyID: c.Key.ID,
		ClientProtocol: c.Format.ID(), RequestedModel: c.Head.Model, Stream: c.Head.Stream,
		RequestBytes: int64(c.Body.Len()), UserAgent: clip(c.Header.Get("User-Agent"), 200), ClientIP: c.ClientIP,
		Attempts: []core.Attempt{}, Dropped: []string{},
	}
}

// clip bounds what a client can make the ledger keep.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n]
}
