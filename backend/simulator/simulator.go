package simulator

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Options configure a Simulator. The zero value works and never waits.
type Options struct {
	// Seed decides everything that is invented: answers, ids, signatures and
	// the chance of faults. The same seed and the same requests in the same
	// order give the same bytes.
	Seed int64
	// Now is the clock for dates and cache lives; nil is time.Now.
	Now func() time.Time
	// Latency is how long answers take; see DefaultLatency.
	Latency Latency
	// Models are patterns ("*" stands for any run of characters) of names that
	// every provider takes besides its own list.
	Models []string
	// AllowFields are names of unknown request fields that pass. Names that
	// begin with "x_" always do.
	AllowFields []string
	// Lenient lets all unknown request fields pass.
	Lenient bool
	// KeepRequests bounds the recorded requests in number, KeepBytes in bytes
	// of body. 0 means 256 and 32 MB.
	KeepRequests int
	KeepBytes    int
	// CacheTokens is the shortest prompt that the prompt caches keep; 0 means
	// 1024, as at the real services.
	CacheTokens int
}

// Latency is the pace of answers.
type Latency struct {
	FirstByte time.Duration // before an answer begins
	Chunk     time.Duration // before each streamed piece
}

// DefaultLatency is a pace that looks like a real, fast model.
func DefaultLatency() Latency {
	return Latency{FirstByte: 150 * time.Millisecond, Chunk: 12 * time.Millisecond}
}

// Simulator answers for the providers. It is an http.Handler and safe for
// concurrent use; it starts no goroutine.
type Simulator struct {
	options   Options
	mint      mint
	engine    *engine
	models    *catalogue
	cache     *promptCache
	counter   *counter
	journal   *journal
	faults    *faultList
	responses *responseStore
	directory *kiroDirectory
	reports   *reportBook
	serial    atomic.Uint64
	routes    router
	admin     http.Handler
}

// New returns a simulator.
func New(o Options) *Simulator {
	if o.Now == nil {
		o.Now = time.Now
	}
	m := mint{o.Seed}
	s := &Simulator{
		options: o, mint: m, engine: newEngine(m), models: newCatalogue(o.Models),
		cache: newPromptCache(), counter: newCounter(), faults: newFaultList(m), responses: newResponseStore(),
		directory: newKiroDirectory(m, o.Now), reports: newReportBook(),
		journal: &journal{mostKept: orElse(o.KeepRequests, 256), mostBytes: orElse(o.KeepBytes, 32<<20)},
	}
	s.options.CacheTokens = orElse(o.CacheTokens, 1024)
	s.routes = newRouter(s)
	s.admin = newAdmin(s)
	return s
}

func orElse(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// ServeHTTP implements http.Handler.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/sim" || strings.HasPrefix(r.URL.Path, "/sim/") {
		s.admin.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == kiroPage {
		s.serveKiroPage(w, r)
		return
	}
	d, serve := s.routes.find(r)
	s.exchange(w, r, d).run(serve)
}

// Stats returns what was counted so far.
func (s *Simulator) Stats() Stats { return s.counter.stats() }

// Requests returns the recorded requests, oldest first.
func (s *Simulator) Requests() []Recorded { return s.journal.list() }

// Reset forgets everything: counts, requests, faults, caches, stored responses
// and Kiro's accounts. Answers that hang by a fault go on.
func (s *Simulator) Reset() {
	s.faults.clear()
	s.counter.clear()
	s.journal.clear()
	s.cache.clear()
	s.responses.clear()
	s.directory.clear()
	s.reports.clear()
	s.serial.Store(0)
}
