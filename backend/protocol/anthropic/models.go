package anthropic

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
// of other vendors behind an endpoint of this format. Sources: the catalogues
// of the providers' SDKs, and the documentation for system turns (from Opus 4.8
// on, without a beta header).
type traits struct {
	Match     []string `json:"match"`
	Adaptive  bool     `json:"adaptive"` // thinking adaptive
	Budget    bool     `json:"budget"`   // thinking enabled with budget_tokens
	Between   bool     `json:"between"`  // thinking between_tools
	Disable   bool     `json:"disable"`  // thinking disabled
	Sampling  bool     `json:"sampling"` // temperature, top_p, top_k
	Force     bool     `json:"force"`    // tool_choice any and tool
	Effort    []string `json:"effort"`   // levels of output_config.effort
	Format    bool     `json:"format"`   // output_config.format and strict tools
	System    bool     `json:"system"`   // system turns in the middle
	Prefill   bool     `json:"prefill"`  // a last turn of the assistant
	MaxOutput int64    `json:"max_output"`
	// Open says that MaxOutput is a guess: a client's larger limit is sent.
	Open bool `json:"open"`
}

// thinks reports whether the model has reasoning to control at all.
func (t *traits) thinks() bool { return t.Adaptive || t.Budget }

// alwaysThinks reports whether the model reasons even when nobody asks.
func (t *traits) alwaysThinks() bool { return t.Adaptive && !t.Disable }

// modelTable is read once; it never changes.
var modelTable = protocol.NewTable("anthropic", modelsJSON, func(t *traits) []string { return t.Match })

// traitsOf finds the row of a model.
func traitsOf(model string) *traits {
	row, _ := modelTable.Find(familyOf(model))
	return row
}

// familyOf cuts what resellers and releases add to the name of a model: dates,
// revisions, sizes of the window, and dots for dashes.
func familyOf(model string) string {
	name := strings.ReplaceAll(strings.ToLower(model), ".", "-")
	if i := strings.IndexAny(name, "@:["); i > 0 {
		name = name[:i]
	}
	for {
		i := strings.LastIndexByte(name, '-')
		if i < 0 || !isSuffix(name[i+1:]) {
			return name
		}
		name = name[:i]
	}
}

func isSuffix(part string) bool {
	switch part {
	case "latest", "thinking", "fast", "preview":
		return true
	}
	digits := strings.TrimPrefix(part, "v")
	isNumber := digits != "" && strings.Trim(digits, "0123456789") == ""
	return isNumber && (len(digits) >= 6 || len(digits) < len(part))
}
