package kiro

import (
	"slices"
	"strings"
)

// Models of generations that the service no longer has are served by the next
// of their kind that every plan offers.
var successors = map[string]string{"sonnet": "claude-sonnet-4.5", "haiku": "claude-haiku-4.5", "opus": "claude-opus-4.5"}

// efforts are the ends of names by which clients choose how much a model is to
// think.
var efforts = []string{"none", "minimal", "low", "medium", "high", "xhigh", "max"}

// WireModel returns the service's own name of a model that a client names in
// another way: claude-{family}-{major}.{minor}, in lower case, without a date,
// "[1m]", "-latest", "-thinking" and an effort. Names that are none of these come
// back in lower case, ids of the legacy hosts as they are.
func WireModel(name string) string {
	wire, _ := readModel(name)
	return wire
}

// effortOf is what the end of a client's name of a model says of thinking: one
// of efforts, "thinking", or "".
func effortOf(name string) string {
	_, effort := readModel(name)
	return effort
}

func readModel(name string) (wire, effort string) {
	if strings.HasPrefix(name, "CLAUDE_") {
		return name, ""
	}
	wire = strings.ToLower(strings.TrimSpace(name))
	for _, vendor := range []string{"anthropic/", "openai/", "kiro/"} {
		wire = strings.TrimPrefix(wire, vendor)
	}
	if i := strings.IndexAny(wire, "[@"); i > 0 {
		wire = wire[:i]
	}
	parts := strings.Split(wire, "-")
	isClaude := parts[0] == "claude"
	for len(parts) > 1 {
		last := parts[len(parts)-1]
		switch {
		case last == "thinking" && effort != "":
		case last == "thinking", slices.Contains(efforts, last) && (isClaude || parts[0] == "gpt"):
			effort = last
		case last != "latest" && !isDate(last):
			if !isClaude {
				return strings.Join(parts, "-"), effort
			}
			return claudeName(parts), effort
		}
		parts = parts[:len(parts)-1]
	}
	return wire, effort
}

func isDate(s string) bool {
	return len(s) == 8 && strings.HasPrefix(s, "20") && strings.Trim(s, "0123456789") == ""
}

// claudeName orders the parts of a name: the family, the version with dots, and
// what else there is. Older names have the version first.
func claudeName(parts []string) string {
	var family string
	var version, rest []string
	for _, p := range parts[1:] {
		switch {
		case strings.Trim(p, "0123456789.") == "" && len(rest) == 0:
			version = append(version, p)
		case family == "":
			family = p
		default:
			rest = append(rest, p)
		}
	}
	if family == "" || len(version) == 0 {
		return strings.Join(parts, "-")
	}
	number := strings.TrimSuffix(strings.Join(version, "."), ".0")
	major, _, _ := strings.Cut(number, ".")
	if next := successors[family]; next != "" && len(major) == 1 && major < "4" {
		return next
	}
	return strings.Join(append([]string{"claude", family, number}, rest...), "-")
}
