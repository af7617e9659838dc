package simulator

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// engine invents answers. It keeps no state: the same ask gets the same
// answer for the same seed.
type engine struct {
	mint             mint
	english, chinese *lexicon
}

func newEngine(m mint) *engine {
	return &engine{mint: m, english: newLexicon(), chinese: chineseLexicon()}
}

// compose answers an ask. nth tells apart the alternatives of one request.
func (e *engine) compose(a *ask, nth int) *answer {
	c := composer{engine: e, ask: a, rng: e.random(a, nth), words: e.english, out: &answer{}}
	if isHan(a.text) {
		c.words = e.chinese
	}
	c.think()
	c.speak()
	c.obeyStops()
	c.obeyLimit()
	c.count()
	if a.orders.tokens > 0 {
		c.out.pieces = 1
	}
	return c.out
}

// random gives the sequence of an ask: it depends on the conversation and not
// on the time or on other requests.
func (e *engine) random(a *ask, nth int) *rand.Rand {
	return e.mint.random("answer", a.model.id, strconv.FormatUint(a.digest(), 16), strconv.Itoa(nth))
}

// digest identifies the prompt.
func (a *ask) digest() uint64 {
	h := startHash
	for i := range a.parts {
		h = chain(h, a.parts[i].text)
	}
	return h
}

// composer is the work on one answer.
type composer struct {
	*engine
	ask   *ask
	rng   *rand.Rand
	words *lexicon
	out   *answer
}

func (c *composer) add(b block) {
	b.n = len(c.out.blocks)
	c.out.blocks = append(c.out.blocks, b)
}

func (c *composer) think() {
	if !c.ask.think.on {
		return
	}
	b := block{kind: thinkingBlock, text: c.words.thinking(c.rng, c.ask.text), hidden: !c.ask.think.show}
	if c.ask.orders.redacted {
		b.kind = redactedBlock
	}
	// Reasoning never eats more than half of a small limit: an answer of
	// nothing but hidden thoughts would be true to life and of no use.
	if half := c.ask.limit / 2; c.ask.limit > 0 {
		b.text = cutTokens(b.text, half)
	}
	c.add(b)
}

func (c *composer) speak() {
	o := &c.ask.orders
	switch {
	case o.refuse:
		c.add(block{kind: refusalBlock, text: c.words.refusal})
		c.out.stop = stopRefusal
	case o.empty:
	case c.call():
		c.out.stop = stopTool
	default:
		c.add(block{kind: textBlock, text: c.text()})
	}
}

// text is what the answer says when it says something.
func (c *composer) text() string {
	a, o := c.ask, &c.ask.orders
	switch {
	case a.format == formatSchema:
		return newInventor(c.rng, a.schema, names(a.text)).json()
	case a.format == formatJSON:
		return string(encode(obj{{"topic", topic(a.text)}, {"answer", c.words.prose(c.rng, a.text)}, {"confidence", 0.5}}))
	case o.hasText:
		return o.text
	case o.echo:
		return stripDirectives(a.text)
	case o.tokens > 0:
		return c.words.words(c.rng, o.tokens)
	case len(a.results) > 0:
		return pick(c.rng, c.words.found) + excerpt(a.results)
	}
	return c.words.prose(c.rng, a.text)
}

// excerpt quotes the beginnings of tool results.
func excerpt(results []string) string {
	const longest = 300
	quoted := make([]string, len(results))
	for i, r := range results {
		if len(r) > longest {
			r = strings.ToValidUTF8(r[:longest], "") + "…"
		}
		quoted[i] = r
	}
	return strings.Join(quoted, "; ")
}

// obeyStops cuts the answer where the first stop sequence begins.
func (c *composer) obeyStops() {
	for i := range c.out.blocks {
		b := &c.out.blocks[i]
		if b.kind != textBlock {
			continue
		}
		at, met := firstStop(b.text, c.ask.stops)
		if met == "" {
			continue
		}
		b.text = b.text[:at]
		c.out.blocks = c.out.blocks[:i+1]
		c.out.stop, c.out.sequence = stopSequence, met
		return
	}
}

func firstStop(text string, stops []string) (int, string) {
	at, met := -1, ""
	for _, s := range stops {
		if i := strings.Index(text, s); s != "" && i >= 0 && (at < 0 || i < at) {
			at, met = i, s
		}
	}
	return at, met
}

// obeyLimit cuts the answer after as many tokens as the client allows.
func (c *composer) obeyLimit() {
	left := c.ask.limit
	if left <= 0 {
		return
	}
	for i := range c.out.blocks {
		b := &c.out.blocks[i]
		if n := b.tokens(); n <= left {
			left -= n
			continue
		}
		if b.kind == callBlock {
			left -= countTokens(b.name)
		}
		b.text = cutTokens(b.text, max(left, 0))
		c.out.blocks = c.out.blocks[:i+1]
		if b.text == "" {
			c.out.blocks = c.out.blocks[:i]
		}
		c.out.stop, c.out.sequence = stopLimit, ""
		return
	}
}

func (c *composer) count() {
	for i := range c.out.blocks {
		b := &c.out.blocks[i]
		n := b.tokens()
		c.out.output += n
		if b.kind == thinkingBlock || b.kind == redactedBlock {
			c.out.reasoned += n
		}
	}
}

// offered returns the tools that may be called now.
func (a *ask) offered() []tool {
	if a.choice.mode == choiceNone {
		return nil
	}
	if len(a.choice.only) == 0 {
		return a.tools
	}
	var kept []tool
	for _, t := range a.tools {
		if slices.Contains(a.choice.only, t.name) {
			kept = append(kept, t)
		}
	}
	return kept
}
