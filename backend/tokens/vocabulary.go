package tokens

import (
	"bytes"
	"compress/flate"
	_ "embed" // for the vocabularies
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io"
	"strings"
	"unicode/utf8"
)

//go:generate go -C oracle run ./vocab
//go:generate go -C oracle run ./golden

// The vocabularies as oracle/vocab writes them: deflated; inside, for every
// token in the order of the ranks, one byte of length and the token's bytes.
// They come from OpenAI's tiktoken (MIT licence).
var (
	//go:embed o200k_base.flate
	o200kFile []byte
	//go:embed cl100k_base.flate
	cl100kFile []byte
)

// Vocabulary counts the exact tokens of one encoding. It does not change after
// it was built and may be used from everywhere at once.
type Vocabulary struct {
	split  splitter
	chars  *categories
	bytes  string   // all tokens one after the other, by rank
	starts []uint32 // where each begins, and the end of the last
	pairs  []uint32 // the ranks of tokens of two bytes, by their bytes
	seed   maphash.Seed
	slots  []uint32 // open addressing: tag<<rankBits | rank+1; 0 is free
}

// rankBits is the width of a rank (plus one) in a slot; the other bits are
// taken from the hash and spare most comparisons.
const rankBits = 18

// newVocabulary inflates and indexes a vocabulary. The files are part of the
// program: one that cannot be read is a broken build.
func newVocabulary(file []byte, split splitter) *Vocabulary {
	packed, err := io.ReadAll(flate.NewReader(bytes.NewReader(file)))
	if err != nil {
		panic(fmt.Sprintf("tokens: embedded vocabulary: %v", err))
	}
	v := &Vocabulary{
		split: split, chars: categoryTable(), seed: maphash.MakeSeed(),
		pairs: make([]uint32, 1<<16), starts: make([]uint32, 0, 1<<rankBits),
	}
	v.unpack(packed)
	v.index()
	return v
}

func (v *Vocabulary) unpack(packed []byte) {
	var all strings.Builder
	all.Grow(len(packed))
	for len(packed) > 0 {
		n := int(packed[0])
		v.starts = append(v.starts, uint32(all.Len()))
		all.Write(packed[1 : 1+n])
		packed = packed[1+n:]
	}
	v.bytes = all.String()
	v.starts = append(v.starts, uint32(all.Len()))
}

func (v *Vocabulary) index() {
	size := 1
	for size < 2*len(v.starts) {
		size *= 2
	}
	v.slots = make([]uint32, size)
	for i := range v.pairs {
		v.pairs[i] = none
	}
	for r := range len(v.starts) - 1 {
		token := v.token(uint32(r))
		if len(token) == 2 {
			v.pairs[binary.LittleEndian.Uint16([]byte(token))] = uint32(r)
		}
		h := maphash.String(v.seed, token)
		i := h & uint64(size-1)
		for v.slots[i] != 0 {
			i = (i + 1) & uint64(size-1)
		}
		v.slots[i] = uint32(h>>32)<<rankBits | uint32(r+1)
	}
}

func (v *Vocabulary) token(rank uint32) string { return v.bytes[v.starts[rank]:v.starts[rank+1]] }

// rank returns the rank of a token, none for bytes that are no token.
func (v *Vocabulary) rank(token string) uint32 {
	h := maphash.String(v.seed, token)
	tag, mask := uint32(h>>32)<<rankBits, uint64(len(v.slots)-1)
	for i := h & mask; v.slots[i] != 0; i = (i + 1) & mask {
		slot := v.slots[i]
		if slot&^(1<<rankBits-1) != tag {
			continue
		}
		if r := slot&(1<<rankBits-1) - 1; v.token(r) == token {
			return r
		}
	}
	return none
}

// pair returns the rank of the two bytes at piece[i].
func (v *Vocabulary) pair(piece string, i int) uint32 {
	if i+1 >= len(piece) {
		return none
	}
	return v.pairs[uint16(piece[i])|uint16(piece[i+1])<<8]
}

// Count returns the exact number of tokens of text, all of it read as ordinary
// text: what looks like a special token is none. Invalid bytes count as
// U+FFFD, which is what an API makes of them. The time grows with the length
// of the text (with n·log(n) for a single word without end), about 20 to 70
// MB/s.
func (v *Vocabulary) Count(text string) int64 {
	if !utf8.ValidString(text) {
		text = string([]rune(text))
	}
	m := merger{vocabulary: v}
	var n int64
	for i := 0; i < len(text); {
		end := v.split(v.chars, text, i)
		n += int64(m.count(text[i:end]))
		i = end
	}
	return n
}
