package secret

import "bytes"

// shape is how a kind of secret begins, what it goes on with, and how long it is
// at least as a whole.
type shape struct {
	prefix string
	chars  *class
	min    int
	mixed  bool // a digit or a capital tells it from words of a language
}

// shapes are the beginnings that providers give their secrets so that they can be
// found where they should not be.
var shapes = [...]shape{
	{"sk-", &isWord, 12, true},         // OpenAI, Anthropic and those that imitate them; AiHub's own
	{"AIza", &isWord, 30, false},       // Google API key
	{"AQ.A", &isToken, 30, false},      // Google API key, the newer kind
	{"ya29.", &isToken, 20, false},     // Google access token
	{"1//0", &isToken, 30, false},      // Google refresh token
	{"ksk_", &isWord, 12, false},       // Kiro API key
	{"aorAAAAA", &isToken, 20, false},  // AWS SSO refresh token
	{"aoaAAAAA", &isToken, 20, false},  // AWS SSO access token
	{"AKIA", &isWord, 20, false},       // AWS access key
	{"ASIA", &isWord, 20, false},       // the same for a session
	{"ghp_", &isWord, 20, false},       // GitHub, as are the next four
	{"gho_", &isWord, 20, false},       //
	{"ghs_", &isWord, 20, false},       //
	{"ghu_", &isWord, 20, false},       //
	{"github_pat", &isWord, 30, false}, //
	{"glpat-", &isWord, 20, false},     // GitLab
	{"xoxb-", &isWord, 20, false},      // Slack, as is the next
	{"xoxp-", &isWord, 20, false},      //
	{"hf_", &isWord, 20, true},         // Hugging Face
	{"gsk_", &isWord, 20, false},       // Groq
	{"xai-", &isWord, 20, true},        // xAI
}

// mayBegin are the first bytes of what shaped knows.
var mayBegin = newClass("sAy1kaghxeBb-")

// shaped returns the end of a secret that begins at i, 0 when there is none. word
// is the end of the word there.
func shaped(text []byte, i, word int) int {
	switch text[i] {
	case 'e':
		return webToken(text, i)
	case 'B', 'b':
		return bearer(text, i, word)
	case '-':
		return privateKey(text, i)
	}
	for s := range shapes {
		k := &shapes[s]
		if k.prefix[0] != text[i] || !begins(text, i, k.prefix) {
			continue
		}
		end := trim(text, i, span(text, i, k.chars))
		if body := text[i+len(k.prefix) : end]; end-i >= k.min && (!k.mixed || isMixed(body)) {
			return end
		}
	}
	return 0
}

func begins(text []byte, i int, prefix string) bool {
	return len(text)-i >= len(prefix) && string(text[i:i+len(prefix)]) == prefix
}

func isMixed(b []byte) bool { return holds(b, &isDigit) || holds(b, &isUpper) }

// trim leaves out the punctuation behind a token at the end of a sentence.
func trim(text []byte, i, end int) int {
	for end > i && (text[end-1] == '.' || text[end-1] == ':') {
		end--
	}
	return end
}

// minWebToken is far below the shortest real one, a header and a few claims.
const minWebToken = 24

// webToken is a JWT: base64 of JSON and, behind points, what it says and who
// vouches for it.
func webToken(text []byte, i int) int {
	if !begins(text, i, "eyJ") {
		return 0
	}
	end := i
	for end < len(text) && (isWord[text[end]] || text[end] == '.') {
		end++
	}
	end = trim(text, i, end)
	if end-i < minWebToken || bytes.IndexByte(text[i:end], '.') < 0 {
		return 0
	}
	return end
}

// bearer is what follows the word in a header, whatever its shape.
func bearer(text []byte, i, word int) int {
	if !bytes.EqualFold(text[i:word], []byte("bearer")) {
		return 0
	}
	at := word
	for at < len(text) && (text[at] == ' ' || begins(text, at, "%20")) {
		at = gap(text, at)
	}
	end := trim(text, at, span(text, at, &isToken))
	if n := end - at; at == word || n < 8 || n < 16 && !holds(text[at:end], &isDigit) {
		return 0
	}
	return end
}

// privateKey is a PEM block, from its first line to its last or to the end.
func privateKey(text []byte, i int) int {
	if !begins(text, i, "-----BEGIN") {
		return 0
	}
	head := text[i:min(len(text), i+64)]
	if !bytes.Contains(head, []byte("PRIVATE KEY-----")) {
		return 0
	}
	const last = "-----END"
	at := bytes.Index(text[i:], []byte(last))
	if at < 0 {
		return len(text)
	}
	at += i + len(last)
	if end := bytes.Index(text[at:min(len(text), at+64)], []byte("-----")); end >= 0 {
		return at + end + len("-----")
	}
	return at
}
