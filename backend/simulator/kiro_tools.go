package simulator

import (
	"strings"

	"github.com/tidwall/gjson"
)

// The bounds of tools. How many the service takes is between 49, which passed,
// and 137, which did not.
const (
	mostKiroTools       = 128
	mostKiroToolBytes   = 256 << 10
	mostKiroDescription = 10_240
)

// checkTools refuses definitions that the service does not take.
func (p *kiroPlane) checkTools(m *kiroModel, body gjson.Result) *refusal {
	tools := body.Get(currentPath + ".userInputMessageContext.tools")
	list := tools.Array()
	if len(list) > orElse(p.dir.set().MaxTools, mostKiroTools) || len(tools.Raw) > mostKiroToolBytes {
		return improper("there are too many tools, or they are too big")
	}
	names := map[string]bool{}
	for _, t := range list {
		spec := t.Get("toolSpecification")
		name := spec.Get("name").Str
		switch {
		case t.Get("cachePoint").Exists():
			return improper("a cachePoint stands among the tools")
		case !isKiroTool(name):
			return badTools("the tool name " + name + " does not match the pattern")
		case names[name]:
			return improper("two tools are named " + name)
		case !isNotBlank(spec.Get("description").Str) || len(spec.Get("description").Str) > mostKiroDescription:
			return improper("the description of " + name + " is empty or too long")
		}
		names[name] = true
		if problem := kiroSchemaProblem(spec.Get("inputSchema.json"), m.plain && !p.dir.set().AnySchema); problem != "" {
			return improper("the schema of " + name + " " + problem)
		}
	}
	return nil
}

// isKiroTool reports whether s matches ^[a-zA-Z][a-zA-Z0-9_-]{0,63}$.
func isKiroTool(s string) bool {
	return isName(s) && len(s) <= 64 && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
}

// kiroSchemaProblem says what is wrong with the schema of a tool, "" when
// nothing is. plain is how some back ends want it: without the keywords that
// only narrow a value.
func kiroSchemaProblem(s gjson.Result, plain bool) string {
	if s.Get("type").Str != "object" {
		return "is not of type object"
	}
	for _, key := range []string{"oneOf", "anyOf", "allOf"} {
		if s.Get(key).Exists() {
			return "has " + key + " at its root"
		}
	}
	return schemaPartProblem(s, plain)
}

func schemaPartProblem(s gjson.Result, plain bool) (problem string) {
	required, properties := s.Get("required"), s.Get("properties")
	switch {
	case required.Exists() && (!required.IsArray() || len(required.Array()) == 0):
		return "has a required that is null or empty"
	case properties.Exists() && !properties.IsObject():
		return "has properties that are no object"
	}
	s.ForEach(func(key, val gjson.Result) bool {
		switch {
		case plain && isNarrowing(key.Str):
			problem = "has " + key.Str
		case key.Str == "properties" || key.Str == "$defs" || key.Str == "definitions":
			val.ForEach(func(_, sub gjson.Result) bool { problem = subProblem(sub, plain); return problem == "" })
		case key.Str == "items" || key.Str == "anyOf" || key.Str == "oneOf" || key.Str == "allOf":
			for _, sub := range val.Array() {
				if problem == "" {
					problem = subProblem(sub, plain)
				}
			}
		}
		return problem == ""
	})
	return problem
}

func subProblem(s gjson.Result, plain bool) string {
	if !s.IsObject() {
		return ""
	}
	return schemaPartProblem(s, plain)
}

// isNarrowing reports whether a keyword of JSON Schema is one of those that
// some back ends refuse.
func isNarrowing(key string) bool {
	switch key {
	case "$schema", "additionalProperties", "pattern", "format", "minimum", "maximum":
		return true
	}
	return strings.HasPrefix(key, "min") || strings.HasPrefix(key, "max")
}

// checkToolNames demands that tools stand in the current message only, and that
// each tool of the history is among them.
func checkToolNames(turns []kiroTurn, body gjson.Result) *refusal {
	known := map[string]bool{}
	for _, name := range body.Get(currentPath + ".userInputMessageContext.tools.#.toolSpecification.name").Array() {
		known[name.Str] = true
	}
	for i := range turns[:len(turns)-1] {
		t := &turns[i]
		if t.user.Get("userInputMessageContext.tools").Exists() {
			return improper("tools stand in the history")
		}
		for _, c := range t.calls() {
			if !known[c.Get("name").Str] {
				return improper("the tool " + c.Get("name").Str + " of the history is not among the tools")
			}
		}
	}
	return nil
}

// checkPairs demands one result for each call, in the next message of the user,
// and no others.
func checkPairs(turns []kiroTurn) *refusal {
	used := map[string]bool{}
	for i := range turns {
		t := &turns[i]
		for _, c := range t.calls() {
			id := c.Get("toolUseId").Str
			switch {
			case !isName(id) || len(id) > 64:
				return badTools("the toolUseId " + id + " does not match the pattern")
			case used[id]:
				return improper("two calls have the toolUseId " + id)
			}
			used[id] = true
		}
		if !t.isUser() {
			continue
		}
		var before []gjson.Result
		if i > 0 {
			before = turns[i-1].calls()
		}
		if r := checkAnswered(before, t.results()); r != nil {
			return r
		}
	}
	return nil
}

func checkAnswered(calls, results []gjson.Result) *refusal {
	waiting := map[string]bool{}
	for _, c := range calls {
		waiting[c.Get("toolUseId").Str] = true
	}
	for _, r := range results {
		id := r.Get("toolUseId").Str
		if !waiting[id] {
			return improper("a second result, or one without a call, has the toolUseId " + id)
		}
		delete(waiting, id)
	}
	for id := range waiting {
		return improper("the call " + id + " has no result in the next message")
	}
	return nil
}
