// Package catalog knows which channels can serve a model, and under what name.
//
// On the way of a request it stands before the balancer: it turns the name that
// the client used into candidates, by each channel's models and aliases.
package catalog

import (
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol/kiro"
)

// Candidates returns the enabled channels that offer the model, by priority and,
// inside one priority, those first that speak the client's protocol. convert
// says whether the operation can be converted at all; without it only channels
// of the client's protocol count. Without a candidate, the error tells the
// client what is missing.
//
// A channel that lists only "*" offers what its provider has: a model whose
// name tells another provider goes there only when no channel is at home in it.
// A Kiro channel is at home in the models of other makers that it serves, and
// takes names of nobody's that nobody else takes: only its own list tells them.
func Candidates(s *core.Snapshot, p llm.Protocol, model string, convert bool) ([]core.Candidate, *llm.Error) {
	var home, guest []core.Candidate
	enabled, offered := 0, 0
	for _, ch := range s.Channels() {
		if !ch.Enabled {
			continue
		}
		enabled++
		name, how := resolve(ch, model)
		if how == none {
			continue
		}
		offered++
		c := core.Candidate{Channel: ch, Model: name, Protocol: p, Native: ch.Speaks(p)}
		if !c.Native {
			c.Protocol = ch.Preferred()
		}
		switch {
		case !c.Native && !convert:
		case how == named || atHome(ch.Provider, model):
			home = append(home, c)
		case c.Native || ch.Provider == core.ProviderKiro && !hasFamily(model):
			guest = append(guest, c)
		}
	}
	if len(home) == 0 {
		home = guest
	}
	if len(home) == 0 {
		return nil, nobody(p, model, enabled, offered)
	}
	slices.SortStableFunc(home, nativeFirst)
	return home, nil
}

// nativeFirst orders candidates of the same priority.
func nativeFirst(a, b core.Candidate) int {
	if a.Channel.Priority != b.Channel.Priority || a.Native == b.Native {
		return 0
	}
	if a.Native {
		return -1
	}
	return 1
}

func nobody(p llm.Protocol, model string, enabled, offered int) *llm.Error {
	if enabled == 0 {
		return &llm.Error{Kind: llm.Overloaded, NoRetry: true, Message: "no channel is configured: add one in the AiHub dashboard"}
	}
	message := "model: " + model + " is not offered by any enabled channel"
	if offered > 0 {
		message = "model: " + model + " is offered only by channels of another API than " + string(p) + ", to which this request cannot be converted"
	}
	return &llm.Error{Kind: llm.NotFound, Code: "model_not_found", Param: "model", NoRetry: true, Message: message}
}

// Resolve returns the upstream's name of a model in a channel, and whether the
// channel offers it: by an alias (an exact one before patterns, longer patterns
// first), else by its models. A channel that lists no models offers all. Kiro
// has names of its own for the models of others, so there either name fits.
func Resolve(ch *core.Channel, model string) (string, bool) {
	name, how := resolve(ch, model)
	return name, how != none
}

// match says how a channel offers a model.
type match int

const (
	none  match = iota
	open        // it lists "*", or nothing
	named       // an alias, a name or a narrower pattern fits
)

func resolve(ch *core.Channel, model string) (string, match) {
	name, how := lookUp(ch, model)
	isAlias := how == named && name != model
	if ch.Provider != core.ProviderKiro || isAlias {
		return name, how
	}
	name, own := lookUp(ch, kiro.WireModel(model))
	return name, max(how, own)
}

func lookUp(ch *core.Channel, model string) (string, match) {
	if name, ok := ch.Aliases[model]; ok {
		return name, named
	}
	if pattern := bestPattern(ch.Aliases, model); pattern != "" {
		return ch.Aliases[pattern], named
	}
	how := none
	if len(ch.Models) == 0 {
		how = open
	}
	for _, pattern := range ch.Models {
		if pattern == "*" {
			how = max(how, open)
		} else if core.MatchName(pattern, model) {
			how = named
		}
	}
	return model, how
}

func bestPattern(aliases map[string]string, model string) string {
	best := ""
	for pattern := range aliases {
		longer := len(pattern) > len(best) || len(pattern) == len(best) && pattern < best
		if longer && strings.Contains(pattern, "*") && core.MatchName(pattern, model) {
			best = pattern
		}
	}
	return best
}

// Names returns the model names that the enabled channels list without a
// wildcard, sorted; wild holds the channels whose models must be asked for.
func Names(s *core.Snapshot) (names []string, wild []*core.Channel) {
	for _, ch := range s.Channels() {
		if !ch.Enabled {
			continue
		}
		if len(ch.Models) == 0 || slices.ContainsFunc(ch.Models, isWild) {
			wild = append(wild, ch)
		}
		for _, m := range ch.Models {
			if !isWild(m) {
				names = append(names, m)
			}
		}
		for alias := range ch.Aliases {
			if !isWild(alias) {
				names = append(names, alias)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), wild
}

func isWild(name string) bool { return strings.Contains(name, "*") }
