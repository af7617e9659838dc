package protocoltest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

func toolFacts(req *llm.Request) facts {
	var l facts
	for _, t := range req.Tools {
		l.add("tool", "%s custom=%v", strings.Trim(t.Namespace+"/"+t.Name, "/"), t.Custom)
		if t.Description != "" {
			l.add("tool.description", "%s", t.Description)
		}
		if t.Custom {
			if syntax, definition := protocol.Grammar(t.Grammar); definition != "" {
				l.add("tool.grammar", "%s %s", syntax, definition)
			}
		} else {
			l.add("tool.schema", "%s", plainSchema(t.Schema))
		}
		if t.Strict != nil {
			l.add("tool.strict", "%v", *t.Strict)
		}
		if t.Defer {
			l.add("tool.defer", "%s", t.Name)
		}
		if t.Cache != nil {
			l.add("cache.tool", "%s", t.Name)
		}
	}
	return append(l, choiceFacts(req.ToolChoice)...)
}

func choiceFacts(c llm.ToolChoice) facts {
	var l facts
	var names []string
	for _, n := range c.Names {
		names = append(names, strings.Trim(n.Namespace+"/"+n.Name, "/"))
	}
	slices.Sort(names)
	if c.Mode != "" && c.Mode != llm.ChoiceAuto || len(names) > 0 {
		l.add("choice", "%s %v", c.Mode, names)
	}
	if c.Parallel != nil && !*c.Parallel {
		l.add("parallel", "false")
	}
	return l
}

// plainSchema is a schema without what formats add or leave out by themselves.
func plainSchema(raw json.RawMessage) string {
	s := string(protocol.Compact(protocol.NormalizeSchema(raw)))
	for _, extra := range []string{`,"additionalProperties":false`, `"additionalProperties":false,`} {
		s = strings.ReplaceAll(s, extra, "")
	}
	return s
}

func parameterFacts(req *llm.Request) facts {
	var l facts
	if req.MaxTokens != nil {
		l.add("max_tokens", "%d", *req.MaxTokens)
	}
	for _, p := range []struct {
		name  string
		value *float64
	}{{"temperature", req.Temperature}, {"top_p", req.TopP}, {"frequency", req.Frequency}, {"presence", req.Presence}} {
		if p.value != nil {
			l.add(p.name, "%v", *p.value)
		}
	}
	for _, p := range []struct {
		name  string
		value *int64
	}{{"top_k", req.TopK}, {"seed", req.Seed}, {"logprobs", req.Logprobs}} {
		if p.value != nil {
			l.add(p.name, "%d", *p.value)
		}
	}
	if len(req.Stop) > 0 {
		l.add("stop", "%q", req.Stop)
	}
	if req.N > 1 {
		l.add("n", "%d", req.N)
	}
	return append(append(l, accountFacts(req)...), formatFacts(req.Format)...)
}

// accountFacts lists what a request says beside the question.
func accountFacts(req *llm.Request) facts {
	var l facts
	addIf := func(kind, value string) {
		if value != "" {
			l.add(kind, "%s", value)
		}
	}
	addIf("logit_bias", string(protocol.Compact(req.LogitBias)))
	addIf("verbosity", req.Verbosity)
	addIf("user", req.UserID)
	addIf("metadata", string(protocol.Compact(req.Metadata)))
	addIf("tier", req.Tier)
	addIf("cache.key", req.Cache.Key)
	if req.Cache.Auto != nil {
		l.add("cache.auto", "%s", req.Cache.Auto.TTL)
	}
	if req.Store != nil {
		l.add("store", "%v", *req.Store)
	}
	return l
}

func formatFacts(f llm.OutputFormat) facts {
	var l facts
	if f.Kind == "" || f.Kind == llm.FormatText {
		return l
	}
	l.add("format", "%s", f.Kind)
	if f.Kind == llm.FormatJSONSchema {
		l.add("format.schema", "%s", plainSchema(f.Schema))
		l.add("format.name", "%s %s %v", f.Name, f.Description, f.Strict != nil && *f.Strict)
	}
	return l
}

func reasoningFacts(req *llm.Request) facts {
	var l facts
	r := req.Reasoning
	effort := r.Effort
	if r.Budget != nil {
		l.add("budget", "%d", *r.Budget)
		if effort == "" {
			effort = protocol.EffortOf(*r.Budget)
		}
	}
	if effort != "" {
		l.add("effort", "%s", effort)
	} else if r.Auto {
		l.add("effort.auto", "")
	}
	if r.Show != "" {
		l.add("show", "%s", r.Show)
	}
	return l
}

// isDropped reports whether the list of what was dropped names a fact, in
// whatever words the client has for it.
func isDropped(dropped []string, kind string) bool {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s)) }
	words := []string{plain(kind)}
	switch kind {
	case "n":
		words = []string{"candidatecount"}
	case "max_tokens":
		words = append(words, "maxoutputtokens", "maxcompletiontokens")
	}
	return slices.ContainsFunc(dropped, func(d string) bool {
		return plain(d) == kind || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(plain(d), w) })
	})
}

func describe(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%+v", v)
	}
	return string(raw)
}
