package simulator

import (
	"cmp"
	"slices"
	"sync"

	"github.com/aihub/aihub/backend/llm"
)

// Tally is what the simulator counted for one account, protocol and model.
//
// Usage is what it told its clients, so it is what a gateway's ledger must
// hold. Lost is what it generated for answers whose count never reached the
// client, because the client left or a fault cut the answer.
type Tally struct {
	Account  string       `json:"account"`
	Hint     string       `json:"hint,omitempty"`
	Protocol llm.Protocol `json:"protocol"`
	Model    string       `json:"model"`

	Requests int64 `json:"requests"` // accepted: an answer was begun
	Refused  int64 `json:"refused"`  // refused for what they were
	Faulted  int64 `json:"faulted"`  // hit by a fault on demand

	Answered         int64 `json:"answered"`          // whole answers, streams included
	StreamsBegun     int64 `json:"streams_begun"`     // answers that were streamed
	StreamsFinished  int64 `json:"streams_finished"`  // up to their terminal event
	StreamsCancelled int64 `json:"streams_cancelled"` // the client left
	StreamsBroken    int64 `json:"streams_broken"`    // ended by a fault
	Cancelled        int64 `json:"cancelled"`         // the client left an answer that was no stream

	Usage llm.Usage `json:"usage"`
	Lost  llm.Usage `json:"lost"`
}

// Stats is everything the simulator counted since its start or last reset.
type Stats struct {
	Total   Tally   `json:"total"`
	Tallies []Tally `json:"tallies"`
}

// Account returns the sum over one account's tallies.
func (s Stats) Account(id string) Tally {
	sum := Tally{Account: id}
	for _, t := range s.Tallies {
		if t.Account == id {
			sum.add(t)
		}
	}
	return sum
}

// mostTallies bounds the memory of a counter; what comes later is counted
// under the account and model "other".
const mostTallies = 4096

type tallyKey struct {
	account, model string
	protocol       llm.Protocol
}

type counter struct {
	mu      sync.Mutex
	tallies map[tallyKey]*Tally
}

func newCounter() *counter { return &counter{tallies: make(map[tallyKey]*Tally)} }

// count lets change work on the tally of an account, protocol and model.
func (c *counter) count(a account, p llm.Protocol, model string, change func(*Tally)) {
	if len(model) > 128 {
		model = "other"
	}
	k := tallyKey{a.id, model, p}
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tallies[k]
	if t == nil {
		if len(c.tallies) >= mostTallies {
			k, a = tallyKey{"other", "other", p}, account{id: "other"}
		}
		if t = c.tallies[k]; t == nil {
			t = &Tally{Account: k.account, Hint: a.hint, Protocol: p, Model: k.model}
			c.tallies[k] = t
		}
	}
	change(t)
}

func (c *counter) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.tallies)
}

func (c *counter) stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Stats{Tallies: make([]Tally, 0, len(c.tallies))}
	for _, t := range c.tallies {
		s.Tallies = append(s.Tallies, *t)
		s.Total.add(*t)
	}
	slices.SortFunc(s.Tallies, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Model, b.Model))
	})
	return s
}

func (t *Tally) add(o Tally) {
	t.Requests += o.Requests
	t.Refused += o.Refused
	t.Faulted += o.Faulted
	t.Answered += o.Answered
	t.StreamsBegun += o.StreamsBegun
	t.StreamsFinished += o.StreamsFinished
	t.StreamsCancelled += o.StreamsCancelled
	t.StreamsBroken += o.StreamsBroken
	t.Cancelled += o.Cancelled
	addUsage(&t.Usage, o.Usage, 1)
	addUsage(&t.Lost, o.Lost, 1)
}

func addUsage(sum *llm.Usage, u llm.Usage, sign int64) {
	sum.Input += sign * u.Input
	sum.CacheRead += sign * u.CacheRead
	sum.CacheWrite += sign * u.CacheWrite
	sum.Output += sign * u.Output
	sum.Reasoning += sign * u.Reasoning
	sum.Credits += float64(sign) * u.Credits
}
