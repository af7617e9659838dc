package docker

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the project's folder: what "docker build" gets as its context.
const root = "../.."

// stage is what stands between two FROM lines.
type stage struct {
	base, name string
	steps      []step
}

// step is one instruction: its verb in capitals and the rest of its line.
type step struct{ verb, rest string }

// parseDockerfile reads the instructions, with continued lines joined and
// comments left out.
func parseDockerfile(t *testing.T) []stage {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	var stages []stage
	for _, line := range strings.Split(strings.ReplaceAll(string(src), "\\\n", " "), "\n") {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case verb == "" || strings.HasPrefix(verb, "#"):
		case verb == "FROM":
			words := strings.Fields(rest)
			stages = append(stages, stage{base: words[0], name: words[len(words)-1]})
		case len(stages) == 0:
			t.Fatalf("%s before the first FROM", verb)
		default:
			last := &stages[len(stages)-1]
			last.steps = append(last.steps, step{verb, strings.TrimSpace(rest)})
		}
	}
	return stages
}

// find returns what a stage says last under a verb.
func (s *stage) find(t *testing.T, verb string) string {
	t.Helper()
	found := ""
	for _, one := range s.steps {
		if one.verb == verb {
			found = one.rest
		}
	}
	if found == "" {
		t.Fatalf("stage %s has no %s", s.name, verb)
	}
	return found
}

// list reads the JSON form of ENTRYPOINT, CMD and a HEALTHCHECK's command.
func list(t *testing.T, text string) []string {
	t.Helper()
	var words []string
	if err := json.Unmarshal([]byte(text[strings.Index(text, "["):]), &words); err != nil {
		t.Fatalf("%q is not a list: %v", text, err)
	}
	return words
}

// environment returns what the ENV and ARG lines of a stage set.
func (s *stage) environment() []string {
	var env []string
	for _, one := range s.steps {
		if one.verb == "ENV" || one.verb == "ARG" {
			env = append(env, strings.Fields(one.rest)...)
		}
	}
	return env
}

// rule is one line of .dockerignore; the last one that matches a file decides.
type rule struct {
	pattern *regexp.Regexp
	keep    bool
}

func parseIgnore(t *testing.T) []rule {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(root, ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	var rules []rule
	for _, line := range strings.Split(string(src), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, keep := strings.CutPrefix(line, "!")
		rules = append(rules, rule{ignorePattern(strings.Trim(pattern, "/")), keep})
	}
	return rules
}

// ignorePattern translates a pattern of .dockerignore: it matches a path or a
// folder above it, * stays inside one name and **/ crosses folders.
func ignorePattern(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*\*/`, `(?:.*/)?`, `\*`, `[^/]*`, `\?`, `[^/]`).Replace(quoted)
	return regexp.MustCompile(`^` + quoted + `(?:/.*)?$`)
}

// ignored reports whether a file of the context is kept from the engine.
func ignored(rules []rule, name string) bool {
	hidden := false
	for _, r := range rules {
		if r.pattern.MatchString(name) {
			hidden = !r.keep
		}
	}
	return hidden
}
