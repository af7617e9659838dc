package secret

// names are the ends of the names behind which a secret stands, in small letters
// and without "_" and "-": OPENAI_API_KEY, x-api-key, refreshToken.
var names = [...]string{
	"apikey", "accesstoken", "refreshtoken", "sessiontoken", "authtoken", "idtoken", "clientsecret", "secretaccesskey",
	"adminkey", "masterkey", "password", "passphrase", "webhooksecret",
}

const (
	maxName = 48
	// minNamed is the shortest value that is masked for its name alone; most
	// that is shorter is code, or a word such as "none".
	minNamed = 8
	minMixed = 16
)

// named finds the secret behind the name text[i:end], as JSON, code, a file of
// settings or a URL writes it.
func named(text []byte, i, end int) (from, to int) {
	switch {
	case isQueryKey(text, i, end):
		from, to = end+1, span(text, end+1, &isToken)
		if to-from >= minNamed {
			return from, to
		}
	case mayFollow(text, end) && isName(text[i:end]):
		from = value(text, end)
		to = trim(text, from, span(text, from, &isToken))
		if v := text[from:to]; from > end && len(v) >= minNamed && holds(v, &isDigit) && (holds(v, &isLower) || holds(v, &isUpper) || len(v) >= minMixed) {
			return from, to
		}
	}
	return 0, 0
}

// isQueryKey reports whether the word is the parameter by which Google's clients
// send their key in a URL.
func isQueryKey(text []byte, i, end int) bool {
	if string(text[i:end]) != "key" || i == 0 || end >= len(text) || text[end] != '=' {
		return false
	}
	return text[i-1] == '?' || text[i-1] == '&' || i >= 6 && string(text[i-6:i]) == `\u0026`
}

// mayFollow reports whether a value may follow a name that ends at i. It spares
// most words a closer look.
func mayFollow(text []byte, i int) bool {
	if i+1 >= len(text) || !closers[text[i]] && text[i] != ':' && text[i] != '=' {
		return false
	}
	return text[i] != ' ' || text[i+1] == '=' || text[i+1] == ':'
}

func isName(word []byte) bool {
	if len(word) > maxName {
		return false
	}
	switch word[len(word)-1] {
	case 'y', 'n', 't', 'd', 'e', 'Y', 'N', 'T', 'D', 'E':
	default:
		return false
	}
	var flat [maxName]byte
	n := 0
	for _, b := range word {
		switch {
		case b == '_' || b == '-':
		case isUpper[b]:
			flat[n] = b | 0x20
			n++
		default:
			flat[n] = b
			n++
		}
	}
	for _, name := range names {
		if n >= len(name) && string(flat[n-len(name):n]) == name {
			return true
		}
	}
	return false
}

// value returns where the value begins behind a name that ends at i, or i when
// nothing is said of it there.
func value(text []byte, i int) int {
	at := skip(text, i, &closers)
	if at >= len(text) || text[at] != ':' && text[at] != '=' {
		return i
	}
	return skip(text, at, &openers)
}

// What stands between a name and its value: quotes, escaped or not, and a sign.
var (
	closers = newClass(`"'\ `, "`")
	openers = newClass(`:="'\ >`, "`")
)

// maxBetween bounds it.
const maxBetween = 16

func skip(text []byte, i int, c *class) int { return span(text[:min(len(text), i+maxBetween)], i, c) }
