package tokens

import "strings"

// Family is a group of models whose tokenizers weigh the classes of characters
// alike.
type Family int

// The families of the tables.
const (
	OpenAI Family = iota // also every model that is not known
	Claude
	Gemini
	families = int(Gemini) + 1
)

// FamilyOf returns the family of a model by its name.
func FamilyOf(model string) Family {
	model = strings.ToLower(model)
	switch {
	case strings.Contains(model, "gemini"):
		return Gemini
	case strings.Contains(model, "claude"):
		return Claude
	default:
		return OpenAI
	}
}

// Encoding is one of OpenAI's published vocabularies.
type Encoding int

// The encodings that are counted exactly. O200k also serves gpt-oss, whose
// o200k_harmony differs in special tokens only.
const (
	NoEncoding Encoding = iota // of a model whose vocabulary is not known
	O200k
	CL100k
	encodings = int(CL100k) + 1
)

// String returns the name that tiktoken gives the encoding.
func (e Encoding) String() string {
	return [...]string{"none", "o200k_base", "cl100k_base"}[e]
}

// EncodingOf returns the encoding of a model by its name, as tiktoken's
// model.py maps them; a dash stands for any further part of a name. A vendor
// before a slash ("openai/gpt-4o") and the mark of a fine-tuned model ("ft:")
// are ignored.
func EncodingOf(model string) Encoding {
	model = strings.ToLower(model)
	model = strings.TrimPrefix(model[strings.LastIndexByte(model, '/')+1:], "ft:")
	model, _, _ = strings.Cut(model, ":")
	switch {
	case startsWith(model, "gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "chatgpt-4o", "gpt-oss"),
		isOrStartsWith(model, "o1", "o3", "o4-mini"):
		return O200k
	case isOrStartsWith(model, "gpt-4", "gpt-3.5", "text-embedding-3"),
		startsWith(model, "gpt-3.5-turbo", "gpt-35-turbo"), model == "text-embedding-ada-002":
		return CL100k
	default:
		return NoEncoding
	}
}

func startsWith(model string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(model, p) {
			return true
		}
	}
	return false
}

func isOrStartsWith(model string, names ...string) bool {
	for _, n := range names {
		if rest, ok := strings.CutPrefix(model, n); ok && (rest == "" || rest[0] == '-') {
			return true
		}
	}
	return false
}
