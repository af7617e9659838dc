package core

// Price is what a model costs, in US dollars: for a million tokens, and for an
// image or a credit where those are charged. A part without a price of its own
// costs what it is a part of.
type Price struct {
	Input       float64  `json:"input"`
	Output      float64  `json:"output"`
	CacheRead   *float64 `json:"cache_read,omitempty"`
	CacheWrite  *float64 `json:"cache_write,omitempty"`    // for five minutes, or whatever the provider's default is
	CacheWrite1 *float64 `json:"cache_write_1h,omitempty"` // for an hour; else twice the input, as Anthropic charges
	Reasoning   *float64 `json:"reasoning,omitempty"`
	ImageOutput *float64 `json:"image_output,omitempty"` // tokens of generated images
	Image       float64  `json:"image,omitempty"`        // for each generated image
	Credit      float64  `json:"credit,omitempty"`       // for each credit that the provider charged
	// Tiers are for long prompts: the highest one that the input exceeds holds
	// for the whole request.
	Tiers []PriceTier `json:"tiers,omitempty"`
}

// PriceTier replaces prices when more than Above tokens are fed to the model.
type PriceTier struct {
	Above      int64    `json:"above"`
	Input      float64  `json:"input"`
	Output     float64  `json:"output"`
	CacheRead  *float64 `json:"cache_read,omitempty"`
	CacheWrite *float64 `json:"cache_write,omitempty"`
	// CacheWrite1 is as Price.CacheWrite1.
	CacheWrite1 *float64 `json:"cache_write_1h,omitempty"`
}

// PriceUsed is the price by which a request was charged, frozen in its row: a
// later change of the table does not change what was.
type PriceUsed struct {
	Input       float64 `json:"input"`
	Output      float64 `json:"output"`
	CacheRead   float64 `json:"cache_read"`
	CacheWrite  float64 `json:"cache_write"`
	CacheWrite1 float64 `json:"cache_write_1h"`
	Reasoning   float64 `json:"reasoning"`
	ImageOutput float64 `json:"image_output"`
	Image       float64 `json:"image"`
	Credit      float64 `json:"credit"`
	Multiplier  float64 `json:"multiplier"` // of the channel
}
