package gemini

import (
	_ "embed" // the table of models is a file
	"strings"

	"github.com/aihub/aihub/backend/protocol"
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

// modelTable is read once; it never changes.
var modelTable = protocol.NewTable("gemini", modelsJSON, func(t *traits) []string { return t.Match })

// traitsOf finds the row of a model.
func traitsOf(model string) *traits {
	row, _ := modelTable.Find(strings.ToLower(model))
	return row
}
