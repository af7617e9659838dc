package tokens

// A splitter returns where the pre-token that begins at text[i] ends. Byte
// pairs are merged inside of pre-tokens only. text is valid UTF-8 and i lies
// inside of it.
//
// The two splitters do by hand what these regular expressions of tiktoken do
// (openai_public.py; alternatives from left to right, greedy, backtracking):
//
// o200k_base:
//
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	\p{N}{1,3}
//	 ?[^\s\p{L}\p{N}]+[\r\n/]*
//	\s*[\r\n]+ | \s+(?!\S) | \s+
//
// cl100k_base:
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)
//	[^\r\n\p{L}\p{N}]?\p{L}+
//	\p{N}{1,3}
//	 ?[^\s\p{L}\p{N}]+[\r\n]*
//	\s*[\r\n]+ | \s+(?!\S) | \s+
type splitter func(c *categories, text string, i int) int

// wordHead and wordTail are the sets before and after the border inside of a
// word of o200k: capitals, then small letters. Letters without case and marks
// are in both.
const (
	wordHead = upper | caseless | mark
	wordTail = lower | caseless | mark
)

func splitO200k(c *categories, text string, i int) int {
	first, size := c.at(text, i)
	if first&letter != 0 {
		end, _ := c.word(text, i)
		return contraction(text, end)
	}
	if first&(number|newline) == 0 && i+size < len(text) {
		end, whole := c.word(text, i+size)
		switch {
		case whole:
			return contraction(text, end)
		case first&mark != 0: // a mark before capitals alone is a word of its own
			return contraction(text, i+size)
		case end > i+size:
			return contraction(text, end)
		}
	}
	if first&mark != 0 {
		end, _ := c.word(text, i)
		return contraction(text, end)
	}
	return c.rest(text, i, true)
}

// word returns where the word of o200k that begins at text[i] ends, i when
// none does. whole tells a match of the first alternative from one of the
// second, which is a run of capitals alone.
func (c *categories) word(text string, i int) (end int, whole bool) {
	end, tail := i, -1
	for end < len(text) {
		k, size := c.at(text, end)
		if k&wordHead == 0 {
			if k&lower != 0 {
				return c.run(text, end, wordTail), true
			}
			break
		}
		end += size
		if k&wordTail != 0 {
			tail = end
		}
	}
	if tail >= 0 { // the tail takes back the last character that may be in it
		return tail, true
	}
	return end, false
}

func splitCL100k(c *categories, text string, i int) int {
	if end := contraction(text, i); end > i {
		return end
	}
	first, size := c.at(text, i)
	if first&letter != 0 {
		return c.run(text, i, letter)
	}
	if first&(number|newline) == 0 {
		if end := c.run(text, i+size, letter); end > i+size {
			return end
		}
	}
	return c.rest(text, i, false)
}

// run returns the end of the run of characters of the set that begins at i.
func (c *categories) run(text string, i int, set category) int {
	for i < len(text) {
		k, size := c.at(text, i)
		if k&set == 0 {
			break
		}
		i += size
	}
	return i
}

// contraction skips one of 's 't 're 've 'm 'll 'd, in any case, at text[i].
func contraction(text string, i int) int {
	if i+1 >= len(text) || text[i] != '\'' {
		return i
	}
	switch first := text[i+1] | 0x20; first {
	case 's', 't', 'm', 'd':
		return i + 2
	case 'r', 'v', 'l':
		second := byte('e')
		if first == 'l' {
			second = 'l'
		}
		if i+2 < len(text) && text[i+2]|0x20 == second {
			return i + 3
		}
	}
	return i
}

// rest is what both expressions end with: numbers, symbols, white space.
// slashes says that a run of symbols takes slashes among the line ends after
// it.
func (c *categories) rest(text string, i int, slashes bool) int {
	first, size := c.at(text, i)
	if first&number != 0 {
		return c.digits(text, i)
	}
	if first&space == 0 {
		return c.symbols(text, i, slashes)
	}
	if text[i] == ' ' && i+1 < len(text) {
		if k, _ := c.at(text, i+size); k&(space|letter|number) == 0 {
			return c.symbols(text, i+size, slashes)
		}
	}
	return c.white(text, i)
}

func (c *categories) digits(text string, i int) int {
	for n := 0; n < 3 && i < len(text); n++ {
		k, size := c.at(text, i)
		if k&number == 0 {
			break
		}
		i += size
	}
	return i
}

func (c *categories) symbols(text string, i int, slashes bool) int {
	for i < len(text) {
		k, size := c.at(text, i)
		if k&(space|letter|number) != 0 {
			break
		}
		i += size
	}
	for i < len(text) && (text[i] == '\r' || text[i] == '\n' || slashes && text[i] == '/') {
		i++
	}
	return i
}

// white splits a run of white space: up to its last line end if it has one;
// else all of it at the end of the text; else all but the last character,
// which belongs to what follows.
func (c *categories) white(text string, i int) int {
	end, last, line := i, i, -1
	for end < len(text) {
		k, size := c.at(text, end)
		if k&space == 0 {
			break
		}
		last = end
		end += size
		if k&newline != 0 {
			line = end
		}
	}
	if line >= 0 {
		return line
	}
	if end < len(text) && last > i {
		return last
	}
	return end
}
