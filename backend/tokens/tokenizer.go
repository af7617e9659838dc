package tokens

import (
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
)

// exactLimit is how many bytes of one text are counted exactly. What follows
// is estimated, so that one huge request cannot hold a core for long.
const exactLimit = 2 << 20

// Tokenizer counts texts the best way it can. It is made once and may be used
// from everywhere at once.
type Tokenizer struct {
	vocabularies [encodings]atomic.Pointer[Vocabulary]
	mu           sync.Mutex // held while one is built
}

// NewTokenizer returns a Tokenizer that estimates everything until Load.
func NewTokenizer() *Tokenizer { return &Tokenizer{} }

// Load inflates and indexes vocabularies (both when none is named), which
// takes a few dozen milliseconds each. It is meant to be called in the
// background at the start of the program, so that no request waits for it.
// Loading again does nothing.
func (t *Tokenizer) Load(list ...Encoding) {
	if len(list) == 0 {
		list = []Encoding{O200k, CL100k}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range list {
		switch {
		case t.vocabularies[e].Load() != nil:
		case e == O200k:
			t.vocabularies[e].Store(newVocabulary(o200kFile, splitO200k))
		case e == CL100k:
			t.vocabularies[e].Store(newVocabulary(cl100kFile, splitCL100k))
		}
	}
}

func (t *Tokenizer) vocabulary(e Encoding) *Vocabulary { return t.vocabularies[e].Load() }

// Count returns how many tokens text has for a model, and how it knows: Counted
// by the model's vocabulary, or Estimated when the vocabulary is not public or
// not loaded yet, or the text is longer than 2 MB.
func (t *Tokenizer) Count(model, text string) (int64, llm.Source) {
	v := t.vocabulary(EncodingOf(model))
	switch {
	case v == nil:
		return Estimate(FamilyOf(model), text), llm.Estimated
	case len(text) <= exactLimit:
		return v.Count(text), llm.Counted
	}
	cut := exactLimit
	for cut > exactLimit-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return v.Count(text[:cut]) + Estimate(FamilyOf(model), text[cut:]), llm.Estimated
}
