package llm

import "encoding/json"

// ModelInfo is what a provider says of one of its models. A zero field is not
// known.
type ModelInfo struct {
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`       // for people
	Window    int64  `json:"window,omitempty"`     // tokens that fit into a request
	MaxOutput int64  `json:"max_output,omitempty"` // tokens of an answer
	Images    bool   `json:"images,omitempty"`     // takes images
	// Rate is what the model costs in proportion to the provider's standard
	// one, where it charges in credits.
	Rate float64 `json:"rate,omitempty"`
	// Fields is the JSON Schema of the further parameters that the model takes
	// (Kiro: additionalModelRequestFieldsSchema); empty = it takes none.
	Fields json.RawMessage `json:"fields,omitempty"`
}
