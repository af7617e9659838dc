package llm

// Source says where a token count comes from. A reader of the ledger can then
// tell a provider's bill from a guess.
type Source string

// The three origins of a count, from the best to the weakest.
const (
	Reported  Source = "reported"  // the provider's own numbers
	Counted   Source = "counted"   // counted here with the model's exact vocabulary
	Estimated Source = "estimated" // estimated here from classes of characters
)

// Usage is what one request consumed, in tokens.
//
// Input counts everything that was fed to the model, the cached parts
// included; Output everything that it generated, reasoning included. The other
// fields are parts of these two, never additions to them. Each codec converts
// its provider's arithmetic to this one (Anthropic's input_tokens leaves out
// the cache, Gemini's candidatesTokenCount leaves out the thoughts).
type Usage struct {
	Input      int64 `json:"input_tokens"`
	CacheRead  int64 `json:"cache_read_tokens"`
	CacheWrite int64 `json:"cache_write_tokens"`
	Output     int64 `json:"output_tokens"`
	Reasoning  int64 `json:"reasoning_tokens"`
	// CacheWrite1h is the part of CacheWrite that was written to live for an
	// hour, where the provider tells.
	CacheWrite1h int64 `json:"cache_write_1h_tokens,omitempty"`
	// ImageTokens is the part of Output that are generated images, and Images
	// their number where the provider charges by the piece.
	ImageTokens int64 `json:"image_tokens,omitempty"`
	Images      int64 `json:"images,omitempty"`
	// Credits is what the provider itself charged, in its own unit (Kiro).
	Credits float64 `json:"credits,omitempty"`
	Source  Source  `json:"source,omitempty" enum:"reported,counted,estimated"`
}

// Total is what quotas count: everything in and everything out.
func (u Usage) Total() int64 { return u.Input + u.Output }

// IsZero reports whether no token was counted at all.
func (u Usage) IsZero() bool { return u.Input == 0 && u.Output == 0 }
