package secret

// Mark stands where a secret was. It can stand in a JSON string and in a URL.
const Mark = "[secret]"

// Mask returns the text with every secret replaced by Mark, and how many there
// were. Without one it returns the text itself. It may be any bytes; secrets are
// found behind the escapes of JSON, also of JSON inside JSON, and of URLs.
func Mask(text []byte) ([]byte, int) {
	var out []byte
	n, kept := 0, 0
	for i := 0; i < len(text); {
		if !isWord[text[i]] {
			i = gap(text, i)
			continue
		}
		word := span(text, i, &isWord)
		from, to := find(text, i, word)
		if to == 0 {
			i = word
			continue
		}
		out = append(append(out, text[kept:from]...), Mark...)
		i, kept = to, to
		n++
	}
	if n == 0 {
		return text, 0
	}
	return append(out, text[kept:]...), n
}

// gap passes over what stands between words: one byte, or an escape whose last
// letters would otherwise be taken for the beginning of a word.
func gap(text []byte, i int) int {
	switch text[i] {
	case '%':
		if i+2 < len(text) && isHex[text[i+1]] && isHex[text[i+2]] {
			return i + 3
		}
	case '\\':
		for i < len(text) && text[i] == '\\' {
			i++
		}
		return escape(text, i)
	}
	return i + 1
}

// escape passes over the letters behind backslashes.
func escape(text []byte, i int) int {
	if i >= len(text) {
		return i
	}
	switch text[i] {
	case 'n', 'r', 't', 'b', 'f':
		return i + 1
	case 'u':
		if i+4 < len(text) && isHex[text[i+1]] && isHex[text[i+4]] {
			return i + 5
		}
	}
	return i
}

// find looks for a secret in the word text[i:end], or behind it where the word
// is a name. to is 0 when there is none.
func find(text []byte, i, end int) (from, to int) {
	if mayBegin[text[i]] {
		if to := shaped(text, i, end); to > 0 {
			return i, to
		}
	}
	return named(text, i, end)
}

// class is a set of bytes.
type class [256]bool

func newClass(sets ...string) (c class) {
	for _, set := range sets {
		for _, b := range []byte(set) {
			c[b] = true
		}
	}
	return c
}

const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
)

// The tables are never changed.
var (
	isWord  = newClass(lower, upper, digits, "-_")
	isToken = newClass(lower, upper, digits, "-_.~+/=:")
	isUpper = newClass(upper)
	isLower = newClass(lower)
	isDigit = newClass(digits)
	isHex   = newClass(digits, "abcdefABCDEF")
)

// span returns the end of the run of bytes of the class that begins at i.
func span(text []byte, i int, c *class) int {
	for i < len(text) && c[text[i]] {
		i++
	}
	return i
}

func holds(text []byte, c *class) bool {
	for _, b := range text {
		if c[b] {
			return true
		}
	}
	return false
}
