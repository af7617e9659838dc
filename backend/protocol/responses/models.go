package responses

import (
	_ "embed" // the table of models is a file
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/aihub/aihub/backend/protocol"
)

//go:embed models.json
var modelsJSON []byte

// traits are what a model takes of the format. The table is read from the top:
// the first row with a matching pattern counts. Its last row stands for models
// that are not known yet, which behave like the newest family. Sources: the
// catalogue of the AI SDK's provider and the provider's pages on its models.
type traits struct {
	Match     []string `json:"match"`
	Effort    []string `json:"effort"`    // levels of reasoning.effort; none for models that do not reason
	Sampling  bool     `json:"sampling"`  // temperature, top_p, log probabilities
	Verbosity bool     `json:"verbosity"` // text.verbosity
	MaxOutput int64    `json:"max_output"`
}

// reasons reports whether the model has reasoning to control at all.
func (t *traits) reasons() bool { return len(t.Effort) > 0 }

// modelTable reads the table once; it never changes.
var modelTable = sync.OnceValue(func() []traits {
	var rows []traits
	if err := json.Unmarshal(modelsJSON, &rows); err != nil {
		panic("responses: models.json: " + err.Error())
	}
	return rows
})

// traitsOf finds the row of a model.
func traitsOf(t protocol.Target) *traits {
	rows, name := modelTable(), familyOf(t.Model)
	for i := range rows[:len(rows)-1] {
		if slices.ContainsFunc(rows[i].Match, func(p string) bool { return matches(p, name) }) {
			return &rows[i]
		}
	}
	if t.ThirdParty {
		return &traits{Effort: []string{"low", "medium", "high"}, Sampling: true}
	}
	return &rows[len(rows)-1]
}

// familyOf cuts what resellers and fine-tuning add to the name of a model.
func familyOf(model string) string {
	name := strings.TrimPrefix(strings.ToLower(model), "ft:")
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	if i := strings.IndexAny(name, ":@["); i > 0 {
		name = name[:i]
	}
	return name
}

// matches reports whether name fits a pattern in which * stands for anything.
func matches(pattern, name string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, head)
	if !ok {
		return false
	}
	for i := 0; i <= len(name); i++ {
		if matches(rest, name[i:]) {
			return true
		}
	}
	return false
}
