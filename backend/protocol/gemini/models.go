package gemini

import (
	_ "embed" // the table of models is a file
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

//go:embed models.json
var modelsJSON []byte

// traits are what a model takes of the format. The table is read from the top:
// the first row with a matching pattern counts. Its last rows stand for models
// that are not known yet, which behave like the newest family, and for models
// that only answer behind an endpoint of this format. Sources: the catalogues
// of the providers' SDKs and Google's documentation.
type traits struct {
	Match     []string `json:"match"`
	Levels    []string `json:"levels"`     // values of thinkingLevel
	MinBudget int64    `json:"min_budget"` // the range of thinkingBudget
	MaxBudget int64    `json:"max_budget"`
	Off       bool     `json:"off"`    // takes a budget of 0
	Always    bool     `json:"always"` // reasons even when nobody asks
	// Signed says that calls of the model need their signatures back.
	Signed       bool `json:"signed"`
	MediaResults bool `json:"media_results"` // results of tools take pictures
	ToolsJSON    bool `json:"tools_json"`    // JSON answers beside functions
	Penalties    bool `json:"penalties"`
	// MaxOutput is the largest maxOutputTokens; 0 = unknown.
	MaxOutput int64 `json:"max_output"`
}

// thinks reports whether the model has reasoning to show at all.
func (t *traits) thinks() bool { return len(t.Levels) > 0 || t.MaxBudget > 0 || t.Always }

// modelTable reads the table once; it never changes.
var modelTable = sync.OnceValue(func() []traits {
	var rows []traits
	if err := json.Unmarshal(modelsJSON, &rows); err != nil {
		panic("gemini: models.json: " + err.Error())
	}
	return rows
})

// traitsOf finds the row of a model.
func traitsOf(model string) *traits {
	rows, name := modelTable(), strings.ToLower(model)
	for i := range rows {
		if slices.ContainsFunc(rows[i].Match, func(p string) bool { return matches(p, name) }) {
			return &rows[i]
		}
	}
	return &rows[len(rows)-1]
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
