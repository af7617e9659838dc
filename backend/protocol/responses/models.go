package responses

import (
	_ "embed" // the table of models is a file
	"strings"

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

// modelTable is read once; it never changes.
var modelTable = protocol.NewTable("responses", modelsJSON, func(t *traits) []string { return t.Match })

// traitsOf finds the row of a model. Of a model that no row knows nothing is
// assumed on another vendor's endpoint but what everybody takes.
func traitsOf(t protocol.Target) *traits {
	row, known := modelTable.Find(familyOf(t.Model))
	if !known && t.ThirdParty {
		return &traits{Effort: []string{"low", "medium", "high"}, Sampling: true}
	}
	return row
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
