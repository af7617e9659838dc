package openai

import (
	_ "embed" // the table of models is a file
	"strings"

	"github.com/aihub/aihub/backend/protocol"
)

//go:embed models.json
var modelsJSON []byte

// traits are what a model takes of the format. The table is read from the top:
// the first row with a matching pattern counts. A generation of OpenAI's models
// that is not known yet behaves like the newest known one; of any other model
// nothing is assumed. Sources: the catalogues of the providers' SDKs and the
// errors that the services answer with.
type traits struct {
	Match []string `json:"match"`
	// Reasoning is the words in which reasoning is asked for: effort
	// (reasoning_effort), thinking ({"type":…}) or enable_thinking. Empty where
	// nothing is known to be taken.
	Reasoning string   `json:"reasoning"`
	Effort    []string `json:"effort"` // the levels of reasoning_effort
	Developer bool     `json:"developer"`
	// Fixed says that temperature, top_p, the penalties, logit_bias and stop are
	// refused; FreeAtNone, that the first two are taken at effort none.
	Fixed      bool `json:"fixed"`
	FreeAtNone bool `json:"free_at_none"`
	Serial     bool `json:"serial"` // refuses parallel_tool_calls
	Custom     bool `json:"custom"` // takes custom tools
	Verbosity  bool `json:"verbosity"`
	Search     bool `json:"search"` // takes web_search_options
	// ToolsNeedNone says that tools are refused together with reasoning.
	ToolsNeedNone bool `json:"tools_need_none"`
	// KeepReasoning says that the reasoning of earlier turns is to be sent back.
	KeepReasoning bool  `json:"keep_reasoning"`
	Google        bool  `json:"google"` // takes thought signatures
	MaxOutput     int64 `json:"max_output"`
}

// isReasoner reports whether the model is one of OpenAI's that always reason.
func (t *traits) isReasoner() bool { return t.Developer }

// modelTable is read once; it never changes.
var modelTable = protocol.NewTable("openai", modelsJSON, func(t *traits) []string { return t.Match })

// traitsOf finds the row of a model.
func traitsOf(model string) *traits {
	row, _ := modelTable.Find(familyOf(model))
	return row
}

// familyOf cuts what resellers and fine-tuning put around the name of a model:
// openai/gpt-5, models/gemini-3-pro, ft:gpt-4o:acme::1.
func familyOf(model string) string {
	name := strings.ToLower(model)
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.TrimPrefix(name, "ft:")
	if i := strings.IndexByte(name, ':'); i > 0 {
		name = name[:i]
	}
	return name
}
