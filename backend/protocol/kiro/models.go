package kiro

import (
	_ "embed" // the table of models is a file
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

//go:embed models.json
var modelsJSON []byte

// traits are what is known of a model without asking the service, whose own list
// is better. The table is read from the top: the first row with a matching
// pattern counts. Sources: captures of the service's list, up to September 2026.
type traits struct {
	Match     []string `json:"match"`
	Window    int64    `json:"window"`
	MaxOutput int64    `json:"max_output"`
	Rate      float64  `json:"rate"` // credits in proportion to auto
	// Tags says that the model knows how to think in tags of its text, where it
	// takes no parameter for it.
	Tags bool `json:"tags"`
	// Sealed says that what it thinks comes for nobody to read.
	Sealed bool `json:"sealed"`
	// Plain says that the schemas of its tools must do without the finer words,
	// which the back ends refuse that came before the models took parameters.
	Plain bool `json:"plain"`
	Blind bool `json:"blind"` // takes no images
}

// modelTable is read once; it never changes.
var modelTable = protocol.NewTable("kiro", modelsJSON, func(t *traits) []string { return t.Match })

// traitsOf finds the row of a model by the service's name.
func traitsOf(model string) *traits {
	row, _ := modelTable.Find(strings.ToLower(model))
	return row
}

// Serves reports whether the service is known to have a model, by any name that
// a client may give it. Whether an account may use it is another question.
func Serves(name string) bool {
	_, known := modelTable.Find(strings.ToLower(WireModel(name)))
	return known
}

// KnownModel is what is known of a model without asking the service; nil =
// nothing.
func KnownModel(model string) *llm.ModelInfo {
	row, known := modelTable.Find(strings.ToLower(model))
	if !known {
		return nil
	}
	return &llm.ModelInfo{ID: model, Window: row.Window, MaxOutput: row.MaxOutput, Images: !row.Blind, Rate: row.Rate}
}

// isPlain reports whether the schemas of a model's tools must do without the
// finer words. The models that take parameters of their own take those too.
func isPlain(t protocol.Target) bool {
	if t.Info != nil {
		return len(t.Info.Fields) == 0
	}
	return traitsOf(t.Model).Plain
}

// windowOf is how many tokens fit into a request.
func windowOf(t protocol.Target) int64 {
	if t.Info != nil && t.Info.Window > 0 {
		return t.Info.Window
	}
	return traitsOf(t.Model).Window
}
