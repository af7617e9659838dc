package kiro

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// breaches lists in which points a request is not as the service wants it, in
// words of its own: the rules of the specification, read from the wire and not
// from the code.
func breaches(body []byte) []string {
	r := &ruler{ids: map[string]bool{}, names: map[string]bool{}}
	if !json.Valid(body) || !utf8.Valid(body) {
		return []string{"no JSON"}
	}
	if lone.Match(pairs.ReplaceAll(body, nil)) {
		r.say("half of a surrogate pair")
	}
	state := gjson.GetBytes(body, "conversationState")
	current := state.Get("currentMessage")
	r.tools(current.Get("userInputMessage.userInputMessageContext.tools"))
	messages := append(state.Get("history").Array(), current)
	for i, m := range messages {
		user, said := m.Get("userInputMessage"), m.Get("assistantResponseMessage")
		if user.Exists() == said.Exists() || user.Exists() != (i%2 == 0) {
			r.say("message %d: not the turn of its side", i)
		}
		if i < len(messages)-1 && user.Get("userInputMessageContext.tools").Exists() {
			r.say("message %d: tools in the history", i)
		}
		r.user(i, user)
		r.assistant(i, said)
	}
	if len(messages)%2 == 0 || len(r.open) > 0 {
		r.say("the last message is no answer to what came before")
	}
	return r.said
}

var (
	pairs    = regexp.MustCompile(`\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..`) // an escaped backslash, a whole pair
	lone     = regexp.MustCompile(`\\u[dD][89a-fA-F]`)
	toolName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]{0,63}$`)
	callID   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

type ruler struct {
	said  []string
	names map[string]bool // of the tools
	ids   map[string]bool // of all calls so far
	open  []string        // calls that wait for a result
}

func (r *ruler) say(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *ruler) tools(list gjson.Result) {
	for _, t := range list.Array() {
		spec := t.Get("toolSpecification")
		name, schema := spec.Get("name").Str, spec.Get("inputSchema.json")
		if !toolName.MatchString(name) || r.names[name] {
			r.say("tool %q: no name, or the second of it", name)
		}
		r.names[name] = true
		if text := spec.Get("description").Str; strings.TrimSpace(text) == "" || len(text) > 10_240 {
			r.say("tool %q: a description of %d bytes", name, len(text))
		}
		if schema.Get("type").Str != "object" || schema.Get("oneOf").Exists() || schema.Get("anyOf").Exists() || schema.Get("allOf").Exists() {
			r.say("tool %q: the schema is not one of an object: %s", name, schema.Raw)
		}
		if required := schema.Get("required"); required.Exists() && len(required.Array()) == 0 || schema.Get("properties").Type == gjson.Null {
			r.say("tool %q: null or empty members: %s", name, schema.Raw)
		}
	}
}

func (r *ruler) user(i int, m gjson.Result) {
	if !m.Exists() {
		return
	}
	results := m.Get("userInputMessageContext.toolResults").Array()
	if strings.TrimSpace(m.Get("content").Str) == "" {
		r.say("message %d: empty", i)
	}
	if context := m.Get("userInputMessageContext"); context.Exists() && len(context.Map()) == 0 {
		r.say("message %d: an empty context", i)
	}
	if len(results) != len(r.open) {
		r.say("message %d: %d results for %d calls", i, len(results), len(r.open))
	}
	for n, result := range results {
		if n < len(r.open) && result.Get("toolUseId").Str != r.open[n] {
			r.say("message %d: result %d is for %q, not for %q", i, n, result.Get("toolUseId").Str, r.open[n])
		}
		content := result.Get("content").Array()
		for _, c := range content {
			if strings.TrimSpace(c.Get("text").Str) == "" {
				r.say("message %d: an empty text in a result", i)
			}
		}
		if status := result.Get("status").Str; len(content) == 0 || status != "success" && status != "error" {
			r.say("message %d: result %d says nothing, or has status %q", i, n, status)
		}
	}
	r.open = nil
	for _, img := range m.Get("images").Array() {
		switch img.Get("format").Str {
		case "png", "jpeg", "gif", "webp":
		default:
			r.say("message %d: an image as %q", i, img.Get("format").Str)
		}
		if img.Get("source.bytes").Str == "" {
			r.say("message %d: an image of nothing", i)
		}
	}
}

func (r *ruler) assistant(i int, m gjson.Result) {
	if !m.Exists() {
		return
	}
	calls := m.Get("toolUses").Array()
	if m.Get("content").Type != gjson.String || strings.TrimSpace(m.Get("content").Str) == "" && len(calls) == 0 {
		r.say("message %d: empty", i)
	}
	for _, c := range calls {
		id, name := c.Get("toolUseId").Str, c.Get("name").Str
		if !callID.MatchString(id) || r.ids[id] {
			r.say("message %d: the id %q, or the second of it", i, id)
		}
		if !r.names[name] {
			r.say("message %d: the tool %q is not declared", i, name)
		}
		if !c.Get("input").IsObject() {
			r.say("message %d: the input is %s", i, c.Get("input").Raw)
		}
		r.ids[id] = true
		r.open = append(r.open, id)
	}
}
