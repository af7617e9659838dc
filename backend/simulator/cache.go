package simulator

import (
	"sync"
	"time"
)

// startHash and chain are FNV-1a, by which a prompt's prefixes are known.
const (
	startHash  uint64 = 14695981039346656037
	hashFactor uint64 = 1099511628211
)

func chain(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * hashFactor
	}
	return (h ^ 0xff) * hashFactor
}

// cacheEntries bounds the memory of a promptCache.
const cacheEntries = 8192

// promptCache remembers which prompt prefixes it saw, as the providers' prompt
// caches do. When it is full the oldest entries go.
type promptCache struct {
	mu      sync.Mutex
	expires map[uint64]time.Time
	order   []uint64 // oldest first
}

func newPromptCache() *promptCache {
	return &promptCache{expires: make(map[uint64]time.Time)}
}

func (c *promptCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.expires)
	c.order = nil
}

func (c *promptCache) put(key uint64, until time.Time) {
	if _, known := c.expires[key]; !known {
		c.order = append(c.order, key)
	}
	c.expires[key] = until
	if len(c.order) > cacheEntries {
		delete(c.expires, c.order[0])
		c.order = c.order[1:]
	}
}

// prefix is a beginning of a prompt.
type prefix struct {
	key    uint64
	tokens int
	mark   time.Duration
}

// prefixes returns the beginnings of the prompt that end with a whole part.
func (a *ask) prefixes(scope string) []prefix {
	h, tokens := chain(chain(startHash, scope), a.model.id), 0
	list := make([]prefix, len(a.parts))
	for i, p := range a.parts {
		h, tokens = chain(h, p.text), tokens+p.tokens
		list[i] = prefix{h, tokens, p.mark}
	}
	return list
}

// automatic is the cache of OpenAI and Gemini: every prompt is kept for a few
// minutes, and its longest known prefix of at least least tokens is read, in
// steps of step tokens.
func (c *promptCache) automatic(a *ask, scope string, now time.Time, least, step int) (read int) {
	const life = 10 * time.Minute
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range a.prefixes(scope) {
		if p.tokens < least {
			continue
		}
		if c.expires[p.key].After(now) {
			read = p.tokens / step * step
		}
		c.put(p.key, now.Add(life))
	}
	return read
}

// written are the tokens that an explicit cache stored, by their life.
type written struct{ short, long int }

// explicit is the cache of Anthropic: prefixes are written only at marks, and
// read where an earlier request wrote one.
func (c *promptCache) explicit(a *ask, scope string, now time.Time, least int) (read int, w written) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := a.prefixes(scope)
	last := len(list) - 1
	for last >= 0 && list[last].mark == 0 {
		last--
	}
	for _, p := range list[:last+1] {
		if c.expires[p.key].After(now) {
			read = p.tokens
		}
	}
	from := read
	for _, p := range list[:last+1] {
		if p.mark == 0 || p.tokens < least {
			continue
		}
		c.put(p.key, now.Add(p.mark))
		fresh := max(p.tokens-from, 0)
		from = max(from, p.tokens)
		if p.mark > 5*time.Minute {
			w.long += fresh
		} else {
			w.short += fresh
		}
	}
	return read, w
}
