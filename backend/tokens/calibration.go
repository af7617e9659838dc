package tokens

import "sync"

// Bounds and pace of a Calibration.
const (
	minFactor = 0.5
	maxFactor = 2.0
	// pace is the weight of a new observation: about the last 20 count.
	pace = 0.1
	// minSample is below how many tokens an observation is ignored: what the
	// provider adds around a short prompt would drown the text.
	minSample = 64
	// maxModels bounds the memory, as names of models come from outside.
	maxModels = 1024
)

// Calibration learns for each upstream model by which factor the estimate is
// wrong, from what the upstream reports: an exponentially weighted average of
// reported/estimated, kept between 0.5 and 2. It needs no vocabulary and
// follows a provider's change of tokenizer. It may be used from everywhere at
// once; the zero value is ready.
type Calibration struct {
	mu      sync.RWMutex
	factors map[string]float64
}

// Observe notes that a text estimated (without Apply) at so many tokens was
// reported as so many. Texts too short to say anything are ignored, and so are
// new models once 1024 are known.
func (c *Calibration) Observe(model string, estimated, reported int64) {
	if estimated < minSample || reported <= 0 {
		return
	}
	ratio := clamp(float64(reported) / float64(estimated))
	c.mu.Lock()
	defer c.mu.Unlock()
	old, known := c.factors[model]
	switch {
	case known:
		c.factors[model] = old + pace*(ratio-old)
	case len(c.factors) < maxModels:
		if c.factors == nil {
			c.factors = map[string]float64{}
		}
		c.factors[model] = ratio
	}
}

// Factor returns what an estimate for the model is to be multiplied by, 1 for
// a model that was never observed.
func (c *Calibration) Factor(model string) float64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if f, ok := c.factors[model]; ok {
		return f
	}
	return 1
}

// Apply returns an estimate corrected for the model.
func (c *Calibration) Apply(model string, estimated int64) int64 {
	return int64(float64(estimated)*c.Factor(model) + 0.5)
}

func clamp(ratio float64) float64 { return min(max(ratio, minFactor), maxFactor) }
