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
)

// Candidates returns the enabled channels that offer the model, by priority and,
// inside one priority, those first that speak the client's protocol. convert
// says whether the operation can be converted at all; without it only channels
// of the client's protocol count. Without a candidate, the error tells the
// client what is missing.
func Candidates(s *core.Snapshot, p llm.Protocol, model string, convert bool) ([]core.Candidate, *llm.Error) {
	var found []core.Candidate
	enabled, offered := 0, 0
	for _, ch := range s.Channels() {
		if !ch.Enabled {
			continue
		}
		enabled++
		name, ok := Resolve(ch, model)
		if !ok {
			continue
		}
		offered++
		if ch.Speaks(p) {
			found = append(found, core.Candidate{Channel: ch, Model: name, Protocol: p, Native: true})
		} else if convert {
			found = append(found, core.Candidate{Channel: ch, Model: name, Protocol: ch.Preferred()})
		}
	}
	if len(found) == 0 {
		return nil, nobody(p, model, enabled, offered)
	}
	slices.SortStableFunc(found, func(a, b core.Candidate) int {
		if a.Channel.Priority != b.Channel.Priority || a.Native == b.Native {
			return 0
		}
		if a.Native {
			return -1
		}
		return 1
	})
	return found, nil
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
// first), else by its models. A channel that lists no models offers all.
func Resolve(ch *core.Channel, model string) (string, bool) {
	if name, ok := ch.Aliases[model]; ok {
		return name, true
	}
	if pattern := bestPattern(ch.Aliases, model); pattern != "" {
		return ch.Aliases[pattern], true
	}
	return model, len(ch.Models) == 0 || core.MatchAny(ch.Models, model)
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
